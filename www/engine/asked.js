/**
 * Checks the arguments that programs pass to api.js and element.js. The errors are for the authors of those programs.
 *
 * @import { Asked, Filter, Part } from './protocol.js'
 */

import { keyOf } from './client.js';
import { FACETS } from './filter.js';

/** The number of models in an answer by default, and how many `Show more` adds. */
export const TOP = 12;

/**
 * Returns an image as requests hold it.
 * @param {import('../api.js').Image} image
 * @param {AbortSignal} [signal]
 * @returns {Promise<{image: Blob, key: string}>}
 */
export async function imageOf(image, signal) {
  if (image instanceof Blob) return { image, key: keyOf(image) };
  if (image instanceof ArrayBuffer || ArrayBuffer.isView(image))
    return imageOf(new Blob([/** @type {BlobPart} */ (image)]));
  if (typeof image !== 'string' && !(image instanceof URL)) {
    throw wrong(
      'an image (Blob, bytes or address) or an embedding',
      image,
      'pass what a file input, fetch or embed gives',
    );
  }
  const response = await fetch(new URL(image, document.baseURI), { signal });
  if (!response.ok) throw wrong(`an image at ${response.url}`, `status ${response.status}`, 'check the address');
  return imageOf(await response.blob());
}

/**
 * Returns the options of a search, with defaults; throws a TypeError for an option that is unknown or unusable.
 * @param {Partial<Asked>} options
 * @returns {Asked}
 */
export function checked({ top = TOP, filter = {}, words = '', ...others }) {
  const [unknown] = Object.keys(others);
  if (unknown) throw wrong('the options top, filter, part and signal', unknown, 'see api.d.ts');
  if (typeof words !== 'string') throw wrong('a text as words', words, 'write red chair, for instance');
  if (!Number.isInteger(top) || top < 1)
    throw wrong('a whole number of at least 1 as top', top, 'use 12, for instance');
  for (const [facet, values] of Object.entries(filter)) {
    const isUsable =
      FACETS.includes(/** @type {keyof Filter} */ (facet)) &&
      Array.isArray(values) &&
      values.every((value) => typeof value === 'string');
    if (!isUsable)
      throw wrong(
        `a filter with a list of texts for ${FACETS.join(', ')}`,
        `${facet}: ${JSON.stringify(values)}`,
        "write { category: ['chairs'] }",
      );
  }
  const asks = Object.entries(filter).filter(([, values]) => values.length > 0);
  return { top, filter: Object.fromEntries(asks), words: words.trim() };
}

/**
 * Returns the part of an image; throws a TypeError for a part that is not within the image.
 * @param {Part | null} part null for the whole image
 */
export function checkedPart(part) {
  if (part === null) return null;
  const { left, top, width, height } = part;
  const isWithin =
    [left, top].every((at) => at >= 0) &&
    [width, height].every((side) => side > 0) &&
    left + width <= 1.000001 &&
    top + height <= 1.000001;
  if (!isWithin)
    throw wrong(
      'a part within the image: left, top, width and height as fractions of its sides, 0 to 1',
      JSON.stringify(part),
      'leave it out for the whole image',
    );
  return { left, top, width, height };
}

/**
 * Returns the error for an unusable argument.
 * @param {string} expected
 * @param {unknown} found
 * @param {string} next what the program's author can do
 */
export function wrong(expected, found, next) {
  return new TypeError(`Expected ${expected}, found ${String(found)}; ${next}.`);
}
