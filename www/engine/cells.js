/**
 * In the worker: a catalogue in cells, which is too large to download whole. A cell holds similar models. The codes of the
 * cells nearest to a query are downloaded and searched; the best candidates are ranked by their fine codes, together.
 *
 * @import { Filter, Regions } from './protocol.js'
 * @import { Query, Recommender } from '../recasketch.js'
 * @import { Asked, Found, Narrowed } from './whole.js'
 * @import { Glue } from './decode.js'
 * @import { CellFiles } from './cell-files.js'
 * @import { Lists } from './lists.js'
 *
 * @typedef {{score: number, row: number}} Candidate
 * @typedef {{wholes: {number: number, rows: Uint32Array | null}[], rows: number[]}} Plan the cells whose codes are
 *   searched, all rows or some, and single rows of others
 */

import { APART } from './cell-files.js';
import { Failure } from './failure.js';

/** The most bytes of codes that are downloaded for a query. The nearest cell counts even if it is larger. */
const BUDGET = 650_000;

/** The most cells whose codes are searched whole, and the most requests for the codes of single rows. */
const [MOST, REQUESTS] = [16, 200];

/** Duplicates are searched among this many times the wanted number; src/search/duplicates.rs has the same. */
const DEPTH = 4;

export class Cells {
  #glue;
  #recommender;
  #files;
  #lists;

  /**
   * @param {Glue} glue
   * @param {Recommender} recommender whose rows are the cells' centres
   * @param {CellFiles} files
   * @param {Lists} lists
   */
  constructor(glue, recommender, files, lists) {
    this.#glue = glue;
    this.#recommender = recommender;
    this.#files = files;
    this.#lists = lists;
  }

  /** The number of models in all cells. */
  get models() {
    return this.#files.lengths.reduce((sum, models) => sum + models, 0);
  }

  /** The most common values of each facet, the most common first. */
  get values() {
    return this.#lists.values;
  }

  /** The names of the files besides those that the manifest names. */
  get files() {
    return [...this.#files.names, ...this.#lists.files];
  }

  /** Returns the row of a uid. @param {string} uid */
  async rowOf(uid) {
    const row = await this.#lists.rowOf(uid);
    if (row === undefined) throw new Failure('failures.unknownModel');
    return row;
  }

  /** Returns the models of some rows. @param {number[]} rows */
  modelsAt(rows) {
    return this.#files.modelsAt(rows);
  }

  /** Returns the query of a model. @param {number} row */
  async queryOf(row) {
    const [codes, fine] = await this.#codesOf([row]);
    return this.#recommender.queryOfCodes(codes, fine);
  }

  /**
   * Returns the contributions of regions to the score of a query and a model.
   * @param {Query} query
   * @param {number} row
   * @returns {Promise<Regions>}
   */
  async regions(query, row) {
    const [codes, fine] = await this.#codesOf([row]);
    return this.#recommender.regionsOfCodes(query, codes, fine);
  }

  /**
   * Returns the rows of models that differ from each other: one of each of some cells that differ, and more of each where
   * there are few cells.
   * @param {number} count
   * @param {number} seed
   */
  async spread(count, seed) {
    const cells = [...this.#recommender.spread(count, seed)];
    const rows = Array.from({ length: count }, (_, at) => {
      const [from, to] = this.#files.rowsOf(cells[at % cells.length]);
      const round = Math.floor(at / cells.length);
      return round < to - from ? from + ((seed + round) % (to - from)) : -1;
    });
    return rows.filter((row) => row >= 0);
  }

  /** Returns the models that words name, best first, with how well the words fit each. @param {string} words */
  async named(words) {
    const names = await this.#lists.find(words);
    const { rows, scores } = names;
    names.free();
    return { rows, scores };
  }

  /**
   * Returns which of some rows pass a filter.
   * @param {Uint32Array} rows
   * @param {Filter} filter
   * @returns {Promise<Narrowed & {has: (row: number) => boolean}>}
   */
  async narrowed(rows, filter) {
    const passing = new Set(await this.#lists.passing(filter, rows));
    const counted = await this.#lists.counts(filter, rows);
    return { has: (row) => passing.has(row), passing: passing.size, ...counted };
  }

  /**
   * Returns the nearest models, best first.
   * @param {Query} query
   * @param {number[]} rows rows to leave out
   * @param {Asked} how
   * @returns {Promise<Narrowed & {found: Found[], ranked_by: 'picture' | 'both'}>}
   */
  async nearest(query, rows, { top, filter, words }) {
    const only = Object.keys(filter).length > 0 ? await this.#lists.passing(filter) : null;
    const passing = only?.length ?? this.models;
    if (!words) {
      const counted = await this.#lists.counts(filter);
      return { found: await this.#similar(query, top, rows, only), ranked_by: 'picture', passing, ...counted };
    }
    const named = await this.named(words);
    const narrowed = await this.#lists.passing(filter, named.rows);
    if (this.#glue.Named.areEnough(narrowed.length)) {
      const found = await this.#similar(query, top, rows, narrowed);
      const counted = await this.#lists.counts(filter, named.rows);
      return { found, ranked_by: 'picture', passing: narrowed.length, ...counted };
    }
    const own = await this.#similar(query, narrowed.length, rows, narrowed);
    const others = await this.#similar(query, top + narrowed.length, rows, only);
    const found = this.#together(own, others, named, new Set(narrowed)).slice(0, top);
    return { found, ranked_by: 'both', passing, ...(await this.#lists.counts(filter)) };
  }

  /**
   * Returns those that words name and others by picture and words, as `nearest_named` of src/search/words.rs.
   * @param {Found[]} own
   * @param {Found[]} others
   * @param {{rows: Uint32Array, scores: Float32Array}} named
   * @param {Set<number>} passing
   */
  #together(own, others, { rows, scores }, passing) {
    const words = new Map([...rows].map((row, at) => [row, passing.has(row) ? scores[at] : 0]));
    const rank = (/** @type {Found} */ { score, row }) => this.#glue.Named.rank(score, words.get(row) ?? 0);
    const all = [...own, ...others.filter(({ row }) => !passing.has(row))];
    return all.sort((a, b) => rank(b) - rank(a) || a.row - b.row);
  }

  /**
   * Returns the nearest models in the nearest cells, near-duplicates as one, as `nearest_groups` of
   * src/search/duplicates.rs.
   * @param {Query} query
   * @param {number} top
   * @param {number[]} except rows to leave out
   * @param {Uint32Array | null} only the rows that may be found, rising; null for all
   * @returns {Promise<Found[]>}
   */
  async #similar(query, top, except, only) {
    const plan = this.#planned(query, only);
    for (let depth = top * DEPTH; ; depth *= DEPTH) {
      const count = this.#recommender.candidatesFor(depth);
      const candidates = await this.#candidates(query, plan, count + except.length);
      const listed = candidates.filter(({ row }) => !except.includes(row)).slice(0, count);
      const rows = Uint32Array.from(listed, ({ row }) => row).sort();
      const [codes, fine] = await this.#codesOf(rows);
      /** @type {Found[]} */
      const found = this.#recommender.ranked(query, codes, fine, top, depth);
      if (found.length === top || rows.length < depth) {
        return found.map(({ row, duplicates, ...closeness }) => {
          return { ...closeness, row: rows[row], duplicates: duplicates.map((at) => rows[at]) };
        });
      }
    }
  }

  /**
   * Chooses the codes to search: those of the nearest cells that fit into the budget together. Where few rows of a cell may
   * be found, only their codes.
   * @param {Query} query
   * @param {Uint32Array | null} only
   * @returns {Plan}
   */
  #planned(query, only) {
    const [width] = this.#recommender.rowBytes;
    /** @type {Plan} */
    const plan = { wholes: [], rows: [] };
    let [bytes, requests] = [0, 0];
    for (const number of this.#recommender.nearestCells(query, only ? this.#recommender.models : MOST)) {
      const [from, to] = this.#files.rowsOf(number);
      const rows = only && between(only, from, to);
      if (from === to || rows?.length === 0) continue;
      const isHere = this.#files.has(number);
      const spans = rows && !isHere ? this.#files.spans(rows, APART.cell) : [];
      const ofSpans = width * spans.reduce((sum, span) => sum + span.to - span.from, 0);
      const isPart = spans.length > 0 && ofSpans < (width * (to - from)) / 2;
      const more = isHere ? 0 : isPart ? ofSpans : width * (to - from);
      if (bytes > 0 && (bytes + more > BUDGET || requests + spans.length > REQUESTS)) break;
      bytes += more;
      if (!isPart || !rows) plan.wholes.push({ number, rows });
      else {
        requests += spans.length;
        plan.rows.push(...rows);
      }
    }
    return plan;
  }

  /**
   * Returns the best rows by the first level, best first.
   * @param {Query} query
   * @param {Plan} plan
   * @param {number} count
   */
  async #candidates(query, { wholes, rows }, count) {
    const [width] = this.#recommender.rowBytes;
    /** @type {Candidate[]} */
    const all = [];
    const take = (/** @type {Int32Array} */ found, /** @type {(at: number) => number} */ rowOf) => {
      for (let at = 0; at < found.length; at += 2) all.push({ score: found[at], row: rowOf(found[at + 1]) });
    };
    const ofCell = async (/** @type {Plan['wholes'][number]} */ { number, rows: some }) => {
      const [from] = this.#files.rowsOf(number);
      const codes = await this.#files.codes(number, width);
      const only = some?.map((row) => row - from);
      take(this.#recommender.candidates(query, codes, count, only), (row) => from + row);
    };
    const ofRows = async () => {
      const sorted = Uint32Array.from(rows).sort();
      const codes = await this.#files.rows('cell', sorted, width);
      take(this.#recommender.candidates(query, codes, count), (at) => sorted[at]);
    };
    await Promise.all([...wholes.map(ofCell), ...(rows.length > 0 ? [ofRows()] : [])]);
    return all.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, count);
  }

  /** Returns the codes of some rows, and their fine codes if these can be read. @param {ArrayLike<number>} rows */
  async #codesOf(rows) {
    const [width, ofFine] = this.#recommender.rowBytes;
    const fine = ofFine ? this.#files.rows('fine', rows, ofFine) : new Uint8Array();
    return Promise.all([this.#files.rows('cell', rows, width), fine]);
  }
}

/** Returns those of some rising numbers from `from` to before `to`. @param {Uint32Array} numbers */
function between(numbers, /** @type {number} */ from, /** @type {number} */ to) {
  const at = (/** @type {number} */ limit) => {
    let [low, high] = [0, numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[middle] < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return numbers.subarray(at(from), at(to));
}
