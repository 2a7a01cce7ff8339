/** In the worker: the network is read in all workers while its bytes come, so that little is left to do with the last one. */

/** Bytes that are read at once; a module keeps the memory that it once took. */
const PIECE = 1 << 18;

/** One network's way into the worker's module and those of its helpers. */
export class NetworkReader {
  #pool;
  #kit = null;
  #bytes = new Uint8Array();
  #reading = null;
  #read = 0;

  /** @param {import('./worker-pool.js').WorkerPool} pool */
  constructor(pool) {
    this.#pool = pool;
  }

  /**
   * All that has come, from the file's start on; fewer bytes than before where the download began anew.
   * @param {Uint8Array} bytes
   */
  came(bytes) {
    this.#bytes = bytes;
    if (!this.#kit) return;
    if (bytes.length < this.#read) this.#begin();
    while (this.#read < bytes.length) {
      const piece = bytes.subarray(this.#read, this.#read + PIECE);
      this.#reading.push(piece);
      this.#pool.push(piece);
      this.#read += piece.length;
    }
  }

  /**
   * There is a module: reads what has come by now.
   * @param {{Reading: typeof import('../recasketch.js').Reading, module: WebAssembly.Module, sha256?: string}} kit `sha256` where
   *   who downloads holds the whole file against it
   */
  begin(kit) {
    this.#kit = kit;
    this.#begin();
    this.came(this.#bytes);
  }

  /** What was read, once all bytes are there and are the network's. */
  finish() {
    this.#pool.start();
    return this.#reading;
  }

  #begin() {
    const { Reading, module, sha256 } = this.#kit;
    this.#reading?.free();
    this.#reading = new Reading(sha256);
    this.#pool.begin(module);
    this.#read = 0;
  }
}
