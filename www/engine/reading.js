/**
 * In the worker: passes the network's bytes to all workers while they arrive, so that little work is left after the
 * last byte.
 *
 * @import { Bytes } from './protocol.js'
 *
 * @typedef {object} Kit
 * @property {typeof import('../recasketch.js').Reading} Reading
 * @property {WebAssembly.Module} module for the helpers
 * @property {string} [sha256] the network's digest, if the download is compared with it
 */

/** Bytes that are read at once. Pieces are small because a WebAssembly memory never shrinks. */
const PIECE = 1 << 18;

/** Reads one network in the worker and its helpers. */
export class NetworkReader {
  #pool;
  /** @type {Kit | null} */
  #kit = null;
  /** @type {Bytes} */
  #bytes = new Uint8Array();
  /** @type {import('../recasketch.js').Reading | null} */
  #reading = null;
  #read = 0;

  /** @param {import('./worker-pool.js').WorkerPool} pool */
  constructor(pool) {
    this.#pool = pool;
  }

  /**
   * Takes all bytes that have arrived, from the start of the file. They are fewer than before if the download was
   * repeated.
   * @param {Bytes} bytes
   */
  came(bytes) {
    this.#bytes = bytes;
    if (!this.#kit) return;
    if (!this.#reading || bytes.length < this.#read) this.#reading = this.#begin(this.#kit);
    while (this.#read < bytes.length) {
      const piece = bytes.subarray(this.#read, this.#read + PIECE);
      this.#reading.push(piece);
      this.#pool.push(piece);
      this.#read += piece.length;
    }
  }

  /** Reads the bytes that have arrived before the module was there. @param {Kit} kit */
  begin(kit) {
    this.#kit = kit;
    this.came(this.#bytes);
  }

  /** Returns the network once all bytes have arrived. {@link begin} was called before. */
  finish() {
    this.#pool.start();
    return /** @type {import('../recasketch.js').Reading} */ (this.#reading);
  }

  /** @param {Kit} kit */
  #begin({ Reading, module, sha256 }) {
    this.#reading?.free();
    const reading = new Reading(sha256);
    this.#pool.begin(module);
    this.#read = 0;
    return reading;
  }
}
