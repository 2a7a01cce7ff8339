/**
 * In the window: decodes an image with an `<img>`, for the worker. An `<img>` shows formats that workers cannot decode:
 * SVG, and in some browsers AVIF and HEIC.
 */

/** The longest side of the pixels, and of those of an SVG drawing, which can be drawn at any size. */
const [LONGEST_SIDE, OF_DRAWING] = [4096, 1024];

/**
 * Returns the pixels, upright, in sRGB, with straight alpha; or null if the browser cannot show the image.
 * @param {Blob} blob
 * @returns {Promise<ImageData | null>}
 */
export async function pixelsOf(blob) {
  const address = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return drawn(image, blob.type.startsWith('image/svg'));
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @param {HTMLImageElement} image @param {boolean} isDrawing */
function drawn(image, isDrawing) {
  // An SVG file may have no size.
  const [wide, high] = [image.naturalWidth || OF_DRAWING, image.naturalHeight || OF_DRAWING];
  const longest = Math.max(wide, high);
  const scale = isDrawing ? OF_DRAWING / longest : Math.min(1, LONGEST_SIDE / longest);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [wide, high].map((side) => Math.max(1, Math.round(side * scale)));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
