/**
 * In the worker: an image file -> the pixels that the network sees.
 *
 * Decoding has an instance of the module of its own. What breaks a decoder, or takes more memory than there is, ends
 * that instance alone: the next image gets a fresh one, and the network and the embeddings stay.
 *
 * @typedef {{width: number, height: number, upright: Blob | null}} Shown the sides of the upright image; and where the
 *   file's metadata turn it, the upright image, small: browsers do not read all metadata alike
 */

/** The longest side that is taken over from the browser; the network looks at 224 pixels. */
const LONGEST_SIDE = 4096;

/** The longest side of an upright image to be shown. */
const LONGEST_SHOWN = 960;

/** Errors after which the browser may still show the image: not where it is empty or too large. */
const ASKING = ['UnsupportedImage', 'Panic'];

/** An image broke the decoder: `Panic` or `Memory`, see {@link breakOf}. */
export class Broken extends Error {
  constructor(kind) {
    super('');
    this.name = kind;
  }
}

export class Decoder {
  #importGlue;
  #askPage;
  #module;
  #count = 0;
  /** The present instance's functions. @type {Promise<typeof import('../recasketch.js')> | null} */
  #instance = null;
  #memory = null;
  /** The image whose parts were asked for last, decoded. */
  #held = { key: null, picture: null, decoder: null, shown: null };

  /**
   * @param {(instance: string) => Promise<typeof import('../recasketch.js')>} importGlue
   * @param {(image: Blob) => Promise<ImageData | null>} askPage what an `<img>` makes of an image
   */
  constructor(importGlue, askPage) {
    [this.#importGlue, this.#askPage] = [importGlue, askPage];
  }

  /** Loads what the first instance needs, before there is a module. */
  load() {
    this.#count += 1;
    return this.#importGlue(`-decoder-${this.#count}`);
  }

  /**
   * Starts the first instance.
   * @param {Awaited<ReturnType<Decoder['load']>>} glue
   * @param {WebAssembly.Module} module
   */
  async start(glue, module) {
    this.#module = module;
    this.#instance = this.#begun(glue);
    await this.#instance;
  }

  /** Bytes of the instance's memory. */
  get memory() {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /**
   * Decodes in Rust, as the owner's program does; what Rust does not decode, the browser may.
   * @param {object} frame the recommender's
   * @param {Blob} blob
   * @param {boolean} [isShown] whether to tell how to show it
   * @returns {Promise<{rgb: Uint8Array, decoder: 'rust' | 'browser', shown: Shown | null}>}
   */
  async whole(frame, blob, isShown = false) {
    this.#release(); // parts are asked for no more
    const { picture, rgb, decoder } = await this.#read(blob, (one) => one.pixels(frame));
    try {
      return { rgb, decoder, shown: isShown ? await this.#shownOf(picture, decoder) : null };
    } finally {
      free(picture);
    }
  }

  /**
   * A part of an image, which stays decoded while its parts are asked for.
   * @param {object} frame the recommender's
   * @param {Blob} blob
   * @param {string} key the same for the same image
   * @param {import('./protocol.js').Part} part
   * @returns {ReturnType<Decoder['whole']>}
   */
  async part(frame, blob, key, { left, top, width, height }) {
    const cut = (picture) => picture.part(left, top, width, height, frame);
    if (this.#held.key === key) {
      const { picture, decoder, shown } = this.#held;
      return { rgb: this.#guarded(() => cut(picture)), decoder, shown };
    }
    this.#release();
    const { picture, rgb, decoder } = await this.#read(blob, cut);
    const shown = await this.#shownOf(picture, decoder);
    this.#held = { key, picture, decoder, shown };
    return { rgb, decoder, shown };
  }

  async #begun(glue) {
    const { memory } = await glue.default({ module_or_path: this.#module });
    this.#memory = memory;
    return glue;
  }

  /**
   * Decodes in Rust and does something with the picture; where either fails, with what the browser decodes.
   * @param {(picture: import('../recasketch.js').Picture) => Uint8Array} act
   */
  async #read(blob, act) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    try {
      return { ...(await this.#opened((Picture) => Picture.read(bytes), act)), decoder: 'rust' };
    } catch (error) {
      if (!ASKING.includes(error.name)) throw error;
      const image = (await imageDataOf(blob)) ?? (await this.#askPage(blob));
      // Rust's sentence says more than the browser's "The source image could not be decoded".
      if (!image || isBlank(image)) throw error;
      return { ...(await this.#opened((Picture) => Picture.ofImageData(image), act)), decoder: 'browser' };
    }
  }

  async #opened(open, act) {
    const { Picture } = await this.#present();
    const picture = this.#guarded(() => open(Picture));
    return { picture, rgb: this.#guarded(() => act(picture)) };
  }

  /** The instance, or a fresh one where the last one broke. */
  #present() {
    this.#instance ??= this.load().then((glue) => this.#begun(glue));
    this.#instance.catch(() => (this.#instance = null));
    return this.#instance;
  }

  /** Lets the instance do something; where that breaks it, nothing of it is used again. */
  #guarded(act) {
    try {
      return act();
    } catch (error) {
      const kind = breakOf(error);
      if (!kind) throw error;
      console.error(error);
      this.#release();
      [this.#instance, this.#memory] = [null, null];
      throw new Broken(kind);
    }
  }

  /** How to show an image whose metadata turn it: browsers do not read all metadata alike. */
  async #shownOf(picture, decoder) {
    if (decoder !== 'rust') return null; // shown as it was taken
    const { width, height } = picture;
    if (!picture.isTurned) return { width, height, upright: null };
    const [columns, rows] = within(LONGEST_SHOWN, width, height);
    const rgba = this.#guarded(() => picture.upright(columns, rows));
    const context = new OffscreenCanvas(columns, rows).getContext('2d');
    context.putImageData(new ImageData(new Uint8ClampedArray(rgba.buffer), columns, rows), 0, 0);
    return { width, height, upright: await context.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }) };
  }

  #release() {
    free(this.#held.picture);
    this.#held = { key: null, picture: null, decoder: null, shown: null };
  }
}

/** The memory of a broken instance goes with it, so its picture is not freed. */
function free(picture) {
  try {
    picture?.free();
  } catch {
    // Its instance is gone with all that it holds.
  }
}

/**
 * What broke an instance: `Panic` for a fault of the decoder, `Memory` for too little of it; null where it goes on.
 * A panic says its name (src/wasm.rs). Where memory does not grow, Rust runs into `unreachable` without a word, and
 * browsers throw RangeError for buffers of theirs; for an exhausted stack too, but in Firefox.
 */
export function breakOf(error) {
  if (error.name === 'Panic' || error.name === 'InternalError') return 'Panic';
  if (error instanceof RangeError) return /stack/i.test(error.message) ? 'Panic' : 'Memory';
  if (error instanceof WebAssembly.RuntimeError) return /unreachable/i.test(error.message) ? 'Memory' : 'Panic';
  return null;
}

/** Sides in proportion, of which the longest is at most so long. */
function within(longest, width, height) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
}

/** Whether nothing is to be seen, as of an image that was cut before its first row. @param {ImageData} image */
function isBlank({ data }) {
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) return false;
  return true;
}

/** What a browser makes of an image in a worker: upright, in sRGB, with straight alpha; or null. */
async function imageDataOf(blob) {
  try {
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none', imageOrientation: 'from-image' });
    const [width, height] = within(LONGEST_SIDE, bitmap.width, bitmap.height);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}
