/**
 * In the worker: the self-test. It embeds the thumbnail that the manifest names, and compares the result with the
 * stored embedding. Each cause of a failure has its own sentence.
 *
 * @import { Bytes } from './protocol.js'
 * @import { Decoder } from './decode.js'
 */

import { isHtml } from './download.js';
import { Failure } from './failure.js';

/** A thumbnail's file name begins with the first digits of its SHA-256. */
const NAMED = /(?:^|\/)([0-9a-f]{16})\.\w+$/;

/**
 * Throws if this browser's features differ from those that the site's owner computed.
 * @param {{recommender: import('../recasketch.js').Recommender, decoder: Decoder,
 *   embed: (rgb: Uint8Array) => Promise<import('../recasketch.js').Features>}} engine
 * @param {Bytes} thumbnail
 * @param {{uid: string, file: string}} named the manifest's entry
 * @param {import('./download.js').Digest} digest
 */
export async function selfTest({ recommender, decoder, embed }, thumbnail, { uid, file }, digest) {
  if (isHtml(thumbnail)) throw new Failure('files.html', file);
  const [, digits] = NAMED.exec(file) ?? [];
  if (digits && !(await digest(thumbnail)).startsWith(digits)) throw new Failure('files.digest', file);
  const features = await embed(await decoded(decoder, recommender.networkInput, thumbnail, file));
  try {
    recommender.selfTest(features, uid);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Mismatch') throw error;
    throw new Failure(digits ? 'files.otherwise' : 'files.otherImage', file, error.message);
  } finally {
    features.free();
  }
}

/**
 * Decodes the thumbnail in Rust: pixels that the browser decodes differ slightly.
 * @param {Decoder} decoder
 * @param {unknown} networkInput the recommender's
 * @param {Bytes} thumbnail
 * @param {string} file
 */
async function decoded(decoder, networkInput, thumbnail, file) {
  const found = await decoder.whole(networkInput, new Blob([thumbnail])).catch((error) => {
    if (error instanceof Failure) throw error;
    console.error(error);
    throw new Failure('files.undecodable', file);
  });
  if (found.decoder !== 'rust') throw new Failure('files.undecodable', file);
  return found.rgb;
}
