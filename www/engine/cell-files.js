/**
 * In the worker: the files of a catalogue in cells. A cell has a file of codes, one of fine codes and one of models
 * (src/index/cells.rs). Rows are numbered through all cells, in the order of their list. Of the codes of a near cell the
 * whole file is downloaded; of all else only the ranges that are needed.
 *
 * @import { Bytes, Model } from './protocol.js'
 * @import { Digest, Named } from './download.js'
 *
 * @typedef {{models: number, digests: [string, string, string], blocks: number[]}} Listed an entry of the list of cells
 * @typedef {'cell' | 'fine' | 'models'} Kind
 * @typedef {{number: number, from: number, to: number}} Span rows of a cell, counted within it; `to` is the row after
 */

import { modelsIn } from './catalogue.js';
import { download, downloadRange } from './download.js';
import { Failure } from './failure.js';

/** In the order of the list's digests; src/site/cells.rs has the same. @type {Kind[]} */
const KINDS = ['cell', 'fine', 'models'];

/** The number of models in a block. */
const BLOCK = 32;

/** Rows that are at most so far apart come in one range: a request costs as much as some kilobytes. */
export const APART = { cell: 64, fine: 16 };

/** The bytes of codes that stay in memory. What was not used for longest goes first. */
const KEPT = 32_000_000;

export class CellFiles {
  #cells;
  #digest;
  /** The first row of each cell, and the number of all rows. */
  #starts;
  /** Whole files and ranges, by their names, in the order of their last use. @type {Map<string, Bytes>} */
  #files = new Map();
  #bytes = 0;
  /** Codes of single rows. @type {Record<'cell' | 'fine', Map<number, Bytes>>} */
  #rows = { cell: new Map(), fine: new Map() };
  /** @type {Map<number, Model>} */
  #models = new Map();

  /** @param {Listed[]} cells @param {Digest} digest */
  constructor(cells, digest) {
    this.#cells = cells;
    this.#digest = digest;
    this.#starts = new Uint32Array(cells.length + 1);
    for (const [at, { models }] of cells.entries()) this.#starts[at + 1] = this.#starts[at] + models;
  }

  /** The number of models. */
  get models() {
    return this.#starts[this.#cells.length];
  }

  /** The names of all files. */
  get names() {
    return this.#cells.flatMap((_, number) => KINDS.map((kind) => this.#nameOf(number, kind)));
  }

  /** Returns the first row of a cell and the row after its last one. @param {number} number @returns {[number, number]} */
  rowsOf(number) {
    return [this.#starts[number], this.#starts[number + 1]];
  }

  /** Returns whether all codes of a cell are here. @param {number} number */
  has(number) {
    return this.#files.has(this.#nameOf(number, 'cell'));
  }

  /** Returns all codes of a cell. @param {number} number @param {number} width the bytes of a row */
  async codes(number, width) {
    const named = this.#named(number, 'cell', width);
    const known = this.#files.get(named.file);
    const bytes = known ?? (await download([named], () => {}, this.#digest));
    this.#hold(named.file, bytes);
    return bytes;
  }

  /**
   * Returns the codes of some rows, one after another.
   * @param {'cell' | 'fine'} kind
   * @param {ArrayLike<number>} rows
   * @param {number} width the bytes of a row
   */
  async rows(kind, rows, width) {
    const known = this.#rows[kind];
    const missing = Array.from(rows).filter((row) => !known.has(row));
    if ((known.size + missing.length) * width > KEPT) known.clear();
    const wanted = known.size > 0 ? missing : rows;
    await Promise.all(this.spans(wanted, APART[kind]).map((span) => this.#load(kind, span, width)));
    const bytes = new Uint8Array(rows.length * width);
    for (let at = 0; at < rows.length; at += 1) bytes.set(known.get(rows[at]) ?? [], at * width);
    return bytes;
  }

  /**
   * Returns the spans of rows that are at most so far apart.
   * @param {ArrayLike<number>} rows
   * @param {number} apart
   * @returns {Span[]}
   */
  spans(rows, apart) {
    /** @type {Span[]} */
    const spans = [];
    for (const row of Uint32Array.from(rows).sort()) {
      const number = this.cellOf(row);
      const at = row - this.#starts[number];
      const last = spans.at(-1);
      if (last?.number === number && at - last.to < apart) last.to = at + 1;
      else spans.push({ number, from: at, to: at + 1 });
    }
    return spans;
  }

  /** Returns the models of some rows. @param {number[]} rows @returns {Promise<Model[]>} */
  async modelsAt(rows) {
    const blocks = new Map();
    for (const row of rows.filter((one) => !this.#models.has(one))) {
      const number = this.cellOf(row);
      const block = Math.floor((row - this.#starts[number]) / BLOCK);
      blocks.set(`${number} ${block}`, [number, block]);
    }
    await Promise.all([...blocks.values()].map(([number, block]) => this.#loadModels(number, block)));
    return rows.map((row) => /** @type {Model} */ (this.#models.get(row)));
  }

  /** Returns the cell of a row. @param {number} row */
  cellOf(row) {
    let [low, high] = [0, this.#cells.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= row) low = middle;
      else high = middle;
    }
    return low;
  }

  /** @param {'cell' | 'fine'} kind @param {Span} span @param {number} width */
  async #load(kind, { number, from, to }, width) {
    const named = this.#named(number, kind, width);
    const bytes = await this.#range(named, from * width, to * width);
    for (let at = from; at < to; at += 1) {
      const start = (at - from) * width;
      this.#rows[kind].set(this.#starts[number] + at, bytes.slice(start, start + width));
    }
  }

  /** @param {number} number @param {number} block */
  async #loadModels(number, block) {
    const { models, blocks } = this.#cells[number];
    const [before, length] = [blocks.slice(0, block).reduce((sum, one) => sum + one, 0), blocks[block]];
    const named = this.#named(number, 'models', 0);
    const packed = await this.#range(named, before, before + length);
    const count = Math.min(BLOCK, models - block * BLOCK);
    const found = modelsIn(named.file, await unpacked(packed, named.file), count);
    for (const [at, model] of found.entries()) this.#models.set(this.#starts[number] + block * BLOCK + at, model);
  }

  /** Returns a range of a file. @param {Named} named @param {number} from @param {number} to */
  async #range(named, from, to) {
    const whole = this.#files.get(named.file);
    if (whole) return whole.subarray(from, to);
    const { bytes, isWhole } = await downloadRange(named, from, to, this.#digest);
    if (!isWhole) return bytes;
    this.#hold(named.file, bytes);
    return bytes.subarray(from, to);
  }

  /** @param {string} file @param {Bytes} bytes */
  #hold(file, bytes) {
    if (!this.#files.delete(file)) this.#bytes += bytes.length;
    this.#files.set(file, bytes);
    for (const [oldest, { length }] of this.#files) {
      if (this.#bytes <= KEPT || oldest === file) break;
      this.#files.delete(oldest);
      this.#bytes -= length;
    }
  }

  /** @param {number} number @param {Kind} kind */
  #nameOf(number, kind) {
    return `${kind}-${this.#cells[number].digests[KINDS.indexOf(kind)]}.bin`;
  }

  /** @param {number} number @param {Kind} kind @param {number} width the bytes of a row @returns {Named} */
  #named(number, kind, width) {
    const { models, blocks, digests } = this.#cells[number];
    const bytes = kind === 'models' ? blocks.reduce((sum, one) => sum + one, 0) : models * width;
    return { file: this.#nameOf(number, kind), bytes, sha256: digests[KINDS.indexOf(kind)] };
  }
}

/** Returns bytes out of gzip. @param {Bytes} packed @param {string} file its name @returns {Promise<Bytes>} */
export async function unpacked(packed, file) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Failure('files.digest', file);
  }
}
