/**
 * In the worker: messages to the window.
 *
 * @import { FromWorker } from './protocol.js'
 */

/** @param {FromWorker} message */
export function tell(message) {
  postMessage(message);
}

/**
 * The callers that wait for the pixels of an image, by its number.
 * @type {Map<number, (image: ImageData | null) => void>}
 */
const waiting = new Map();
let images = 0;

/**
 * Asks the window to decode an image with an `<img>`. Resolves with null if the browser cannot show it.
 * @param {Blob} image
 * @returns {Promise<ImageData | null>}
 */
export function askPage(image) {
  images += 1;
  tell({ type: 'show', of: images, image });
  return new Promise((resolve) => waiting.set(images, resolve));
}

/** Takes the window's reply to {@link askPage}. @param {{of: number, image: ImageData | null}} reply */
export function takeShown({ of, image }) {
  waiting.get(of)?.(image);
  waiting.delete(of);
}
