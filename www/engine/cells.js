/**
 * In the worker: a catalogue too large to fetch whole. Its models lie in cells of models that are alike; the
 * nearest cells to a query are fetched, and searched one by one.
 *
 * @typedef {{models: number, file: string, bytes: number, sha256: string}} CellFile as the list of cells names it
 */

import { download, parse } from './download.js';
import { Failure } from './failure.js';

/** Bytes of cells that a query fetches at most, but for the nearest one, which it always does. */
const BUDGET = 900_000;

/** Cells that are looked at for a query. */
const MOST = 16;

/** Cells that are kept, the last ones used. */
const KEPT = 48;

export class Cells {
  #list;
  #recommender;
  #digest;
  #catalogue;
  /** By number, in the order of their last use. @type {Map<number, import('../recasketch.js').Cell>} */
  #open = new Map();
  /** Where the models of every cell that was ever opened begin in the catalogue, by number. @type {Map<number, number>} */
  #starts = new Map();

  /**
   * @param {string} file
   * @param {Uint8Array} list the list of cells, in the order of the head's rows
   * @param {import('../recasketch.js').Recommender} recommender of the head
   * @param {import('./catalogue.js').Catalogue} catalogue which learns of the models of every cell that is opened
   * @param {(bytes: Uint8Array) => Promise<string>} digest
   */
  constructor(file, list, recommender, catalogue, digest) {
    this.#list = parse(file, list);
    const isNamed = ({ file, bytes, sha256 } = {}) =>
      typeof file === 'string' && Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256);
    if (!Array.isArray(this.#list) || this.#list.length !== recommender.models || !this.#list.every(isNamed)) {
      throw new Failure('files.rows', recommender.models, this.#list?.length ?? 0);
    }
    [this.#recommender, this.#catalogue, this.#digest] = [recommender, catalogue, digest];
  }

  /** How many models all cells have. */
  get models() {
    return this.#list.reduce((sum, { models }) => sum + models, 0);
  }

  /** Their files. */
  get files() {
    return this.#list.map(({ file }) => file);
  }

  /**
   * A model that the catalogue knows as a query.
   * @param {number} row its row in the catalogue
   */
  async queryOfModel(row) {
    const [number, at] = this.#placeOf(row);
    return (await this.#opened(number)).queryOf(at);
  }

  /**
   * A query -> the nearest models of the nearest cells, best first.
   * @param {import('../recasketch.js').Query} query
   * @param {number} [except] the row of a model to leave out
   */
  async similar(query, top, except) {
    const [numberOfExcept, rowOfExcept] = except === undefined ? [] : this.#placeOf(except);
    const numbers = this.#within(this.#recommender.nearestCells(query, MOST));
    const cells = await Promise.all(numbers.map((number) => this.#opened(number)));
    const found = cells.flatMap((cell, at) => {
      const inCatalogue = (row) => this.#starts.get(numbers[at]) + row;
      const groups = cell.similar(query, top, numberOfExcept === numbers[at] ? rowOfExcept : undefined);
      return groups.map(({ row, duplicates, ...group }) => ({
        ...group,
        row: inCatalogue(row),
        duplicates: duplicates.map(inCatalogue),
      }));
    });
    this.#close(this.#open.size - KEPT);
    return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, top);
  }

  /** What makes a query and a model alike, by its row in the catalogue. */
  async regions(query, row) {
    const [number, at] = this.#placeOf(row);
    return (await this.#opened(number)).regions(query, at);
  }

  /** The cell of a row of the catalogue, and its row there. */
  #placeOf(row) {
    const [number, start] = [...this.#starts].find(
      ([number, start]) => row >= start && row < start + this.#list[number].models,
    );
    return [number, row - start];
  }

  /** The cells, nearest first, whose bytes are within the budget. */
  #within(numbers) {
    let bytes = 0;
    return [...numbers].filter((number, at) => {
      const more = bytes + this.#list[number].bytes;
      if (at > 0 && more > BUDGET) return false;
      bytes = more;
      return true;
    });
  }

  async #opened(number) {
    const cell = this.#open.get(number) ?? (await this.#fetched(number));
    this.#open.delete(number);
    this.#open.set(number, cell);
    return cell;
  }

  /** Closes so many cells, those first that were not used for longest. */
  #close(count) {
    for (const [number, cell] of [...this.#open].slice(0, Math.max(count, 0))) {
      this.#open.delete(number);
      cell.free();
    }
  }

  async #fetched(number) {
    const named = this.#list[number];
    const cell = this.#recommender.cell(await download([named], () => {}, this.#digest));
    if (this.#starts.has(number)) return cell;
    const packed = new Blob([cell.catalogue]).stream().pipeThrough(new DecompressionStream('gzip'));
    const json = new Uint8Array(await new Response(packed).arrayBuffer());
    this.#starts.set(number, this.#catalogue.add(named.file, json, cell.models));
    return cell;
  }
}
