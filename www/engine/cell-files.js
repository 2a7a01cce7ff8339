/**
 * In the worker: the files of a catalogue in cells. A cell has a file of codes, one of fine codes and one of models
 * (src/index/cells.rs). A row is ROWS times the number of the cell, and the place in the cell. Of the codes of a near cell
 * the whole file is downloaded; of all else only the ranges that are needed.
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

/** The most rows of a cell; src/index/cells.rs has the same. */
const ROWS = 2048;

/** The number of models in a block. */
const BLOCK = 32;

/** Rows that are at most so far apart come in one range: a request costs as much as some kilobytes. */
export const APART = { cell: 64, fine: 16 };

/** The bytes of codes that stay in memory. What was not used for longest goes first. */
const KEPT = 32_000_000;

export class CellFiles {
  #cells;
  #digest;
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
  }

  /** The number of models in each cell. */
  get lengths() {
    return Uint32Array.from(this.#cells, ({ models }) => models);
  }

  /** The names of all files. */
  get names() {
    return this.#cells.flatMap((_, number) => KINDS.map((kind) => this.#nameOf(number, kind)));
  }

  /** Returns the first row of a cell and the row after its last one. @param {number} number @returns {[number, number]} */
  rowsOf(number) {
    return [number * ROWS, number * ROWS + this.#cells[number].models];
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
      const [number, at] = placeOf(row);
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
      const [number, at] = placeOf(row);
      const block = Math.floor(at / BLOCK);
      blocks.set(`${number} ${block}`, [number, block]);
    }
    await Promise.all([...blocks.values()].map(([number, block]) => this.#loadModels(number, block)));
    return rows.map((row) => /** @type {Model} */ (this.#models.get(row)));
  }

  /** @param {'cell' | 'fine'} kind @param {Span} span @param {number} width */
  async #load(kind, { number, from, to }, width) {
    const named = this.#named(number, kind, width);
    const bytes = await this.#range(named, from * width, to * width);
    for (let at = from; at < to; at += 1) {
      const start = (at - from) * width;
      this.#rows[kind].set(number * ROWS + at, bytes.slice(start, start + width));
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
    for (const [at, model] of found.entries()) this.#models.set(number * ROWS + block * BLOCK + at, model);
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

/** Returns the cell of a row, and its place in the cell. @param {number} row @returns {[number, number]} */
function placeOf(row) {
  return [Math.floor(row / ROWS), row % ROWS];
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
