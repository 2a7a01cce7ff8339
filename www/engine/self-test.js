/**
 * In the worker: whether this browser computes as the owner's machine did. It embeds the thumbnail that the manifest
 * names; each cause of a failure has a sentence of its own.
 */

import { isHtml } from './download.js';
import { Failure } from './failure.js';

/** A thumbnail goes by the first digits of its SHA-256. */
const NAMED = /(?:^|\/)([0-9a-f]{16})\.\w+$/;

/**
 * @param {{recommender: import('../recasketch.js').Recommender, decoder: import('./decode.js').Decoder,
 *   embed: (rgb: Uint8Array) => Promise<import('../recasketch.js').Features>}} engine
 * @param {Uint8Array} thumbnail
 * @param {{uid: string, file: string}} named what the manifest says of it
 * @param {(bytes: Uint8Array) => Promise<string>} digest
 */
export async function selfTest({ recommender, decoder, embed }, thumbnail, { uid, file }, digest) {
  if (isHtml(thumbnail)) throw new Failure('files.html', file);
  const [, digits] = NAMED.exec(file) ?? [];
  if (digits && !(await digest(thumbnail)).startsWith(digits)) throw new Failure('files.digest', file);
  const features = await embed(await decoded(decoder, recommender.frame, thumbnail, file));
  try {
    recommender.selfTest(features, uid);
  } catch (error) {
    if (error.name !== 'Mismatch') throw error;
    throw new Failure(digits ? 'files.otherwise' : 'files.otherImage', file, error.message);
  } finally {
    features.free();
  }
}

/** The thumbnail's pixels, decoded in Rust: the browser's own differ a little. */
async function decoded(decoder, frame, thumbnail, file) {
  const told = await decoder.whole(frame, new Blob([thumbnail])).catch((error) => {
    if (error instanceof Failure) throw error;
    console.error(error);
    throw new Failure('files.undecodable', file);
  });
  if (told.decoder !== 'rust') throw new Failure('files.undecodable', file);
  return told.rgb;
}
