/** In the worker: an image file -> the pixels that the network sees. */

/** The longest side drawn for an image that only the browser decodes; the network looks at 224 pixels. */
const LONGEST_SIDE = 4096;

/**
 * Decodes in Rust, as the owner's program does; what Rust does not decode, the browser may.
 * @param {import('./recasketch.js').Recommender} recommender
 * @param {Blob} blob
 * @returns {Promise<{pixels: import('./recasketch.js').Pixels, decoder: 'rust' | 'browser'}>} pixels to be freed
 */
export async function decode(recommender, blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  try {
    return { pixels: recommender.pixels(bytes), decoder: 'rust' };
  } catch (error) {
    if (error.name !== 'UnsupportedImage') throw error;
    const image = await decodeInBrowser(blob);
    // Rust's sentence says more than the browser's "The source image could not be decoded".
    if (!image) throw error;
    return { pixels: recommender.pixelsFromImageData(image), decoder: 'browser' };
  }
}

/** What a browser makes of an image, upright and with straight alpha, or null. */
async function decodeInBrowser(blob) {
  try {
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none' });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}
