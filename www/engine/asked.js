/** Checks what a program asks of a site. Its errors are for the author of that program. */

import { keyOf } from './client.js';
import { FACETS } from './filter.js';

/** How many models an answer has by default, and how many more come at a time. */
export const TOP = 12;

/**
 * An image as the worker takes it.
 * @param {import('../api.js').Image} image
 * @param {AbortSignal} [signal]
 */
export async function imageOf(image, signal) {
  if (image instanceof Blob) return { image, key: keyOf(image) };
  if (image instanceof ArrayBuffer || ArrayBuffer.isView(image)) return imageOf(new Blob([image]));
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

/** What else is asked, once it is certain to be usable. */
export function checked({ top = TOP, filter = {}, ...others }) {
  const [unknown] = Object.keys(others);
  if (unknown) throw wrong('the options top, filter, part and signal', unknown, 'see api.d.ts');
  if (!Number.isInteger(top) || top < 1)
    throw wrong('a whole number from 1 on as top', top, 'ask for 12, for instance');
  for (const [facet, values] of Object.entries(filter)) {
    const isUsable =
      FACETS.includes(facet) && Array.isArray(values) && values.every((value) => typeof value === 'string');
    if (!isUsable)
      throw wrong(
        `a filter of lists by ${FACETS.join(', ')}`,
        `${facet}: ${JSON.stringify(values)}`,
        "write { category: ['chairs'] }",
      );
  }
  const asks = Object.entries(filter).filter(([, values]) => values.length > 0);
  return { top, filter: Object.fromEntries(asks) };
}

/** A part of an image that lies within it, or null. */
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
      'a part as shares of the image, 0 to 1: left, top, width, height',
      JSON.stringify(part),
      'leave it out for the whole image',
    );
  return { left, top, width, height };
}

/** @param {string} expected @param {unknown} came @param {string} next what to do */
export function wrong(expected, came, next) {
  return new TypeError(`Expected ${expected}, came ${String(came)}; ${next}.`);
}
