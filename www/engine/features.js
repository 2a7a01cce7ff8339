/**
 * In the worker: the features of images.
 *
 * @import { Part, Shown } from './protocol.js'
 * @import { Features, Recommender } from '../recasketch.js'
 * @import { Loaded } from './loading.js'
 * @import { WorkerPool } from './worker-pool.js'
 *
 * @typedef {object} Embedded
 * @property {Features} features
 * @property {Shown | null} shown how to show the image
 * @property {{decode: number, embed: number}} timings in milliseconds
 */

import { tell } from './to-window.js';

/** The number of images whose features are kept: a few more than a query of several can have. */
const EMBEDDED = 16;

/** The images that were embedded last, by key and part. @type {Map<string, Embedded>} */
const embedded = new Map();

/**
 * Returns the features of an image. They are kept, because further requests for the same image are likely.
 * @param {Loaded} engine
 * @param {string} key the same for the same image
 * @param {Blob} image
 * @param {Part | null} part null for the whole image
 * @param {boolean} [isShown] whether to return how to show the image
 * @returns {Promise<Embedded>}
 */
export async function featuresOf({ recommender, decoder, pool }, key, image, part, isShown = false) {
  const name = part ? `${key} ${JSON.stringify(part)}` : key;
  const known = embedded.get(name);
  if (known) return known;
  const start = performance.now();
  const { networkInput } = recommender;
  const { rgb, shown } = await (part
    ? decoder.part(networkInput, image, key, part)
    : decoder.whole(networkInput, image, isShown));
  const decoded = performance.now();
  const features = await embed({ recommender, pool }, rgb, (layer, layers) => tell({ type: 'layer', layer, layers }));
  const made = { features, shown, timings: { decode: decoded - start, embed: performance.now() - decoded } };
  embedded.set(name, made);
  if (embedded.size > EMBEDDED) forgetOldest();
  return made;
}

function forgetOldest() {
  const [[name, { features }]] = embedded;
  embedded.delete(name);
  features.free();
}

/**
 * Computes the features of the network's input.
 * @param {{recommender: Recommender, pool: WorkerPool}} engine
 * @param {Uint8Array} rgb
 * @param {(layer: number, layers: number) => void} [onLayer]
 */
export async function embed({ recommender, pool }, rgb, onLayer) {
  const pixels = recommender.pixelsOf(rgb);
  try {
    return await pool.features(recommender, pixels, onLayer);
  } finally {
    pixels.free();
  }
}
