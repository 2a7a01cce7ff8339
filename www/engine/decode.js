/**
 * In the worker: decodes an image file to the network's input.
 *
 * Images are decoded in a separate instance of the WebAssembly module. An image that breaks the decoder, or that needs
 * too much memory, ends only that instance. The next image gets a new one. The network and the embeddings stay.
 *
 * @import { Bytes, Part } from './protocol.js'
 * @import { Picture } from '../recasketch.js'
 *
 * @typedef {typeof import('../recasketch.js')} Glue the WebAssembly module's JavaScript
 *
 * @typedef {{width: number, height: number, upright: Blob | null}} Shown the size of the upright image. If the file's
 *   metadata turn the image, `upright` is a small upright copy, because browsers read such metadata differently.
 *
 * @typedef {{rgb: Uint8Array, decoder: 'rust' | 'browser', shown: Shown | null}} Decoded `rgb` is the network's input,
 *   `[height, width, 3] u8`
 *
 * @typedef {{key: string, picture: Picture, decoder: Decoded['decoder'], shown: Shown | null}} Held
 */

import { nameOf } from './failure.js';

/** The longest side of an image that the browser decodes. The network's input has 224 pixels. */
const LONGEST_SIDE = 4096;

/** The longest side of an upright copy. */
const LONGEST_SHOWN = 960;

/** Errors after which the browser is tried. It is not tried for an image that is empty or too large. */
const ASKING = ['UnsupportedImage', 'Panic'];

/** An image broke the decoder. */
export class Broken extends Error {
  /** @param {'Panic' | 'Memory'} kind see {@link breakOf} */
  constructor(kind) {
    super('');
    this.name = kind;
  }
}

export class Decoder {
  #importGlue;
  #askPage;
  /** @type {WebAssembly.Module | undefined} */
  #module;
  #count = 0;
  /** The functions of the present instance. @type {Promise<Glue> | null} */
  #instance = null;
  /** @type {WebAssembly.Memory | null} */
  #memory = null;
  /** The decoded image whose part was searched last. @type {Held | null} */
  #held = null;

  /**
   * @param {(instance: string) => Promise<Glue>} importGlue imports the JavaScript for a new instance
   * @param {(image: Blob) => Promise<ImageData | null>} askPage decodes an image with an `<img>`
   */
  constructor(importGlue, askPage) {
    this.#importGlue = importGlue;
    this.#askPage = askPage;
  }

  /** Loads the JavaScript of the next instance. The first one is loaded before the module has arrived. */
  load() {
    this.#count += 1;
    return this.#importGlue(`-decoder-${this.#count}`);
  }

  /**
   * Starts the first instance.
   * @param {Glue} glue
   * @param {WebAssembly.Module} module
   */
  async start(glue, module) {
    this.#module = module;
    this.#instance = this.#begun(glue);
    await this.#instance;
  }

  /** The size of the instance's memory in bytes. */
  get memory() {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /**
   * Decodes an image in Rust, as the native program does. If Rust does not know its format, the browser decodes it.
   * @param {unknown} networkInput the recommender's
   * @param {Blob} blob
   * @param {boolean} [isShown] whether to return how to show the image
   * @returns {Promise<Decoded>}
   */
  async whole(networkInput, blob, isShown = false) {
    this.#release();
    const { picture, rgb, decoder } = await this.#read(blob, (one) => one.pixels(networkInput));
    try {
      return { rgb, decoder, shown: isShown ? await this.#shownOf(picture, decoder) : null };
    } finally {
      free(picture);
    }
  }

  /**
   * Decodes a part of an image. The image stays decoded until another one is needed.
   * @param {unknown} networkInput the recommender's
   * @param {Blob} blob
   * @param {string} key the same for the same image
   * @param {Part} part
   * @returns {Promise<Decoded>}
   */
  async part(networkInput, blob, key, { left, top, width, height }) {
    const cut = (/** @type {Picture} */ picture) => picture.part(left, top, width, height, networkInput);
    if (this.#held?.key === key) {
      const { picture, decoder, shown } = this.#held;
      return { rgb: this.#guarded(() => cut(picture)), decoder, shown };
    }
    this.#release();
    const { picture, rgb, decoder } = await this.#read(blob, cut);
    const shown = await this.#shownOf(picture, decoder);
    this.#held = { key, picture, decoder, shown };
    return { rgb, decoder, shown };
  }

  /** @param {Glue} glue */
  async #begun(glue) {
    const { memory } = await glue.default({ module_or_path: /** @type {WebAssembly.Module} */ (this.#module) });
    this.#memory = memory;
    return glue;
  }

  /**
   * Decodes an image and makes the network's input from the picture. Tries Rust first, then the browser.
   * @param {Blob} blob
   * @param {(picture: Picture) => Uint8Array} act
   * @returns {Promise<{picture: Picture, rgb: Uint8Array, decoder: Decoded['decoder']}>}
   */
  async #read(blob, act) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    try {
      return { ...(await this.#opened((Picture) => Picture.read(bytes), act)), decoder: 'rust' };
    } catch (error) {
      if (!ASKING.includes(nameOf(error))) throw error;
      const image = (await imageDataOf(blob)) ?? (await this.#askPage(blob));
      // Rust's error is more precise than the browser's "The source image could not be decoded".
      if (!image || isBlank(image)) throw error;
      return { ...(await this.#opened((Picture) => Picture.ofImageData(image), act)), decoder: 'browser' };
    }
  }

  /** @param {(Picture: Glue['Picture']) => Picture} open @param {(picture: Picture) => Uint8Array} act */
  async #opened(open, act) {
    const { Picture } = await this.#present();
    const picture = this.#guarded(() => open(Picture));
    return { picture, rgb: this.#guarded(() => act(picture)) };
  }

  /** Returns the instance, or a new one if the last one broke. */
  #present() {
    const present = this.#instance ?? this.load().then((glue) => this.#begun(glue));
    this.#instance = present;
    present.catch(() => (this.#instance = null));
    return present;
  }

  /** Calls the instance. If that breaks it, the instance is not used again. @template T @param {() => T} act */
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

  /**
   * Returns how to show an image; null if the browser decoded it, because the page then shows the same pixels.
   * @param {Picture} picture
   * @param {Decoded['decoder']} decoder
   * @returns {Promise<Shown | null>}
   */
  async #shownOf(picture, decoder) {
    if (decoder !== 'rust') return null;
    const { width, height } = picture;
    if (!picture.isTurned) return { width, height, upright: null };
    const [columns, rows] = within(LONGEST_SHOWN, width, height);
    const rgba = this.#guarded(() => picture.upright(columns, rows));
    const context = contextOf(columns, rows);
    const buffer = /** @type {ArrayBuffer} */ (rgba.buffer);
    context.putImageData(new ImageData(new Uint8ClampedArray(buffer), columns, rows), 0, 0);
    return { width, height, upright: await context.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }) };
  }

  #release() {
    if (this.#held) free(this.#held.picture);
    this.#held = null;
  }
}

/** @param {Picture} picture */
function free(picture) {
  try {
    picture.free();
  } catch {
    // The picture's instance is broken. The browser frees its memory.
  }
}

/** @param {number} width @param {number} height */
function contextOf(width, height) {
  return /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d'));
}

/**
 * Returns what broke an instance: `Panic` for a fault of the module, `Memory` for too little memory; null for an error
 * after which the instance can be used.
 *
 * src/wasm.rs throws a panic as an error with that name. If a memory cannot grow, Rust executes `unreachable`. Browsers
 * throw a RangeError if they cannot allocate a buffer, and also if the stack is exhausted. Firefox throws an
 * InternalError for the stack.
 * @param {unknown} error
 * @returns {'Panic' | 'Memory' | null}
 */
export function breakOf(error) {
  if (nameOf(error) === 'Panic' || nameOf(error) === 'InternalError') return 'Panic';
  if (error instanceof RangeError) return /stack/i.test(error.message) ? 'Panic' : 'Memory';
  if (error instanceof WebAssembly.RuntimeError) return /unreachable/i.test(error.message) ? 'Memory' : 'Panic';
  return null;
}

/**
 * Returns sides in the same proportion, at most `longest` long.
 * @param {number} longest
 * @param {number} width
 * @param {number} height
 */
function within(longest, width, height) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
}

/** Returns whether all pixels are transparent, as in a file that ends before its first row. @param {ImageData} image */
function isBlank({ data }) {
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) return false;
  return true;
}

/**
 * Decodes an image with the worker's browser: upright, in sRGB, with straight alpha. Returns null if it cannot.
 * @param {Blob} blob
 */
async function imageDataOf(blob) {
  try {
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none', imageOrientation: 'from-image' });
    const [width, height] = within(LONGEST_SIDE, bitmap.width, bitmap.height);
    const context = contextOf(width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}
