/**
 * In the window: an image as an `<img>` shows it, for the worker. Browsers show more there than workers decode: drawings
 * (SVG), and in some of them AVIF and HEIC.
 */

/** The longest side that is taken over, and that of a drawing, which has any size. */
const [LONGEST_SIDE, OF_DRAWING] = [4096, 1024];

/**
 * The pixels, upright, in sRGB, with straight alpha; or null where the browser does not show the image.
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

function drawn(image, isDrawing) {
  // A drawing may tell no size.
  const [wide, high] = [image.naturalWidth || OF_DRAWING, image.naturalHeight || OF_DRAWING];
  const longest = Math.max(wide, high);
  const scale = isDrawing ? OF_DRAWING / longest : Math.min(1, LONGEST_SIDE / longest);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [wide, high].map((side) => Math.max(1, Math.round(side * scale)));
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
