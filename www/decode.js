/** In the worker: an image file -> the pixels that the network sees. */

/** The longest side drawn for an image that only the browser decodes; the network looks at 224 pixels. */
const LONGEST_SIDE = 4096;

/** The same for a part, which is drawn again as often as it moves. */
const LONGEST_SIDE_OF_PART = 1024;

/** The image whose parts were asked for last. @type {{key: string | null, bitmap: ImageBitmap | null}} */
const drawn = { key: null, bitmap: null };

/**
 * Decodes in Rust, as the owner's program does; what Rust does not decode, the browser may.
 * @param {import('./recasketch.js').Recommender} recommender
 * @param {Blob} blob
 * @returns {Promise<{pixels: import('./recasketch.js').Pixels, decoder: 'rust' | 'browser'}>} pixels to be freed
 */
export async function decode(recommender, blob) {
  hold(null, null); // parts are asked for no more
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

/**
 * A part of an image, decoded by the browser, which keeps the image while its parts are asked for: photographs decode
 * slowly, and would fill the module's memory. Colours are as Rust takes them, without their profile.
 * @param {import('./recasketch.js').Recommender} recommender
 * @param {string} key the same for the same image
 * @param {Blob} blob
 * @param {import('./crop.js').Part} part
 * @returns {Promise<import('./recasketch.js').Pixels>} to be freed
 */
export async function decodePart(recommender, key, blob, { left, top, width, height }) {
  if (drawn.key !== key) {
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
    hold(key, bitmap);
  }
  const { bitmap } = drawn;
  // Whole pixels: between them the browser would blur.
  const [across, down] = [left * bitmap.width, top * bitmap.height].map(Math.round);
  const [wide, high] = [width * bitmap.width, height * bitmap.height].map((side) => Math.max(1, Math.round(side)));
  const scale = Math.min(1, LONGEST_SIDE_OF_PART / Math.max(wide, high));
  const [columns, rows] = [wide, high].map((side) => Math.max(1, Math.round(side * scale)));
  const context = contextOf(columns, rows);
  context.drawImage(bitmap, across, down, wide, high, 0, 0, columns, rows);
  return recommender.pixelsFromImageData(context.getImageData(0, 0, columns, rows));
}

function hold(key, bitmap) {
  drawn.bitmap?.close();
  Object.assign(drawn, { key, bitmap });
}

function contextOf(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.imageSmoothingQuality = 'high';
  return context;
}

/** What a browser makes of an image, upright and with straight alpha, or null. */
async function decodeInBrowser(blob) {
  try {
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none' });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const context = contextOf(width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}
