/**
 * In the worker: a catalogue in cells, which is too large to download whole. A cell holds similar models. For each
 * query the nearest cells are downloaded and searched.
 *
 * @import { Bytes, Regions } from './protocol.js'
 * @import { Cell, Query, Recommender } from '../recasketch.js'
 * @import { Catalogue } from './catalogue.js'
 * @import { Digest, Named } from './download.js'
 * @import { Found } from './answers.js'
 *
 * @typedef {Named & {models: number}} CellFile an entry of the list of cells
 */

import { download, isNamed, parse } from './download.js';
import { Failure } from './failure.js';

/** The most bytes of cells that are opened for a query. The nearest cell is opened even if it is larger. */
const BUDGET = 900_000;

/** The most cells that are considered for a query. */
const MOST = 16;

/** The number of cells that stay open: those that were used last. */
const KEPT = 48;

export class Cells {
  #list;
  #recommender;
  #digest;
  #catalogue;
  /** The open cells by number, in the order of their last use. @type {Map<number, Cell>} */
  #open = new Map();
  /**
   * The catalogue's row at which the models of a cell begin, for all cells opened so far.
   * @type {Map<number, number>}
   */
  #starts = new Map();

  /**
   * @param {string} file the name of the list
   * @param {Bytes} list the list of cells, JSON
   * @param {Recommender} recommender whose rows are the cells' centres, in the order of the list
   * @param {Catalogue} catalogue to which the models of each opened cell are added
   * @param {Digest} digest
   */
  constructor(file, list, recommender, catalogue, digest) {
    const cells = /** @type {CellFile[] | null} */ (parse(file, list));
    if (!Array.isArray(cells) || cells.length !== recommender.models || !cells.every(isNamed)) {
      throw new Failure('files.rows', recommender.models, cells?.length ?? 0);
    }
    this.#list = cells;
    this.#recommender = recommender;
    this.#catalogue = catalogue;
    this.#digest = digest;
  }

  /** The number of models in all cells. */
  get models() {
    return this.#list.reduce((sum, { models }) => sum + models, 0);
  }

  /** The cells' files. */
  get files() {
    return this.#list.map(({ file }) => file);
  }

  /**
   * Returns the query of a model.
   * @param {number} row its row in the catalogue
   */
  async queryOfModel(row) {
    const [number, at] = this.#placeOf(row);
    return (await this.#opened(number)).queryOf(at);
  }

  /**
   * Finds the nearest models in the nearest cells, best first.
   * @param {Query} query
   * @param {number} top
   * @param {number} [except] the row of a model to leave out
   * @returns {Promise<Found[]>}
   */
  async similar(query, top, except) {
    const [numberOfExcept, rowOfExcept] = except === undefined ? [] : this.#placeOf(except);
    const numbers = this.#within(this.#recommender.nearestCells(query, MOST));
    const cells = await Promise.all(numbers.map((number) => this.#opened(number)));
    const found = cells.flatMap((cell, at) => {
      const start = /** @type {number} */ (this.#starts.get(numbers[at]));
      const inCatalogue = (/** @type {number} */ row) => start + row;
      /** @type {Found[]} */
      const groups = cell.similar(
        this.#recommender,
        query,
        top,
        numberOfExcept === numbers[at] ? rowOfExcept : undefined,
      );
      return groups.map(({ row, duplicates, ...group }) => ({
        ...group,
        row: inCatalogue(row),
        duplicates: duplicates.map(inCatalogue),
      }));
    });
    this.#close(this.#open.size - KEPT);
    return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, top);
  }

  /**
   * Returns the contributions of regions to the score of a query and a model.
   * @param {Query} query
   * @param {number} row its row in the catalogue
   * @returns {Promise<Regions>}
   */
  async regions(query, row) {
    const [number, at] = this.#placeOf(row);
    return (await this.#opened(number)).regions(query, at);
  }

  /**
   * Returns the cell of a row of the catalogue, and the row in that cell.
   * @param {number} row
   * @returns {[number, number]}
   */
  #placeOf(row) {
    const found = [...this.#starts].find(([number, start]) => row >= start && row < start + this.#list[number].models);
    if (!found) throw new Error(`No open cell has row ${row}.`);
    const [number, start] = found;
    return [number, row - start];
  }

  /** Returns the cells that fit into the budget together. @param {Uint32Array} numbers nearest first */
  #within(numbers) {
    let bytes = 0;
    return [...numbers].filter((number, at) => {
      const more = bytes + this.#list[number].bytes;
      if (at > 0 && more > BUDGET) return false;
      bytes = more;
      return true;
    });
  }

  /** @param {number} number */
  async #opened(number) {
    const cell = this.#open.get(number) ?? (await this.#fetched(number));
    this.#open.delete(number);
    this.#open.set(number, cell);
    return cell;
  }

  /** Closes the cells that were not used for longest. @param {number} count */
  #close(count) {
    for (const [number, cell] of [...this.#open].slice(0, Math.max(count, 0))) {
      this.#open.delete(number);
      cell.free();
    }
  }

  /** Downloads a cell. The first time, its models are added to the catalogue. @param {number} number */
  async #fetched(number) {
    const named = this.#list[number];
    const cell = this.#recommender.cell(await download([named], () => {}, this.#digest));
    if (this.#starts.has(number)) return cell;
    const packed = new Blob([/** @type {Bytes} */ (cell.catalogue)])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    const json = new Uint8Array(await new Response(packed).arrayBuffer());
    this.#starts.set(number, this.#catalogue.add(named.file, json, cell.models));
    return cell;
  }
}
