/**
 * In the worker: a catalogue that is loaded whole. `Cells` does the same for one in cells.
 *
 * @import { Filter, Model, Regions } from './protocol.js'
 * @import { Named, Query, Recommender } from '../recasketch.js'
 * @import { Glue } from './decode.js'
 * @import { Facet, Facets } from './facets.js'
 *
 * @typedef {object} Found a neighbour as the WebAssembly module returns it
 * @property {number} row
 * @property {number} score
 * @property {number} closer_than
 * @property {number[]} duplicates rows
 *
 * @typedef {object} Narrowed
 * @property {number} passing the number of models that pass the filter and the words
 * @property {Record<Facet, Uint32Array>} counts for each value of a facet the number of models with it that pass the
 *   filter's other facets
 * @property {Facet[]} at_most the facets of whose values fewer models than the counts may pass
 *
 * @typedef {{top: number, filter: Filter, words: string}} Asked
 */

import { Failure } from './failure.js';
import { Words } from './words.js';

export class WholeCatalogue {
  #glue;
  #recommender;
  #models;
  #facets;
  #rowOf;
  #words;

  /** @param {Glue} glue @param {Recommender} recommender @param {Model[]} models by row @param {Facets} facets */
  constructor(glue, recommender, models, facets) {
    this.#glue = glue;
    this.#recommender = recommender;
    this.#models = models;
    this.#facets = facets;
    this.#rowOf = new Map(models.map(({ uid }, row) => [uid, row]));
    this.#words = new Words(glue, models);
  }

  /** The number of models. */
  get models() {
    return this.#models.length;
  }

  /** All values of each facet, the most common first. */
  get values() {
    return this.#facets.values;
  }

  /** The names of the files besides those that the manifest names. @type {string[]} */
  files = [];

  /** Returns the row of a uid. @param {string} uid */
  async rowOf(uid) {
    const row = this.#rowOf.get(uid);
    if (row === undefined) throw new Failure('failures.unknownModel');
    return row;
  }

  /** Returns the models of some rows. @param {number[]} rows */
  async modelsAt(rows) {
    return rows.map((row) => this.#models[row]);
  }

  /** Returns the query of a model. @param {number} row */
  async queryOf(row) {
    return this.#recommender.queryOfModel(row);
  }

  /**
   * Returns the contributions of regions to the score of a query and a model.
   * @param {Query} query
   * @param {number} row
   * @returns {Promise<Regions>}
   */
  async regions(query, row) {
    return this.#recommender.regions(query, row);
  }

  /** Returns the rows of models that differ from each other. @param {number} count @param {number} seed */
  async spread(count, seed) {
    return [...this.#recommender.spread(count, seed)];
  }

  /**
   * Returns the models that words name, best first, with how well the words fit each, 0 to 1.
   * @param {string} words
   */
  async named(words) {
    const names = this.#words.find(words);
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
    const { only, passing, counts } = this.#facets.apply(filter, among(rows, this.models));
    return { has: (row) => only?.[row] === 1, passing, counts, at_most: [] };
  }

  /**
   * Returns the nearest models, best first.
   * @param {Query} query
   * @param {number[]} rows rows to leave out
   * @param {Asked} how
   * @returns {Promise<Narrowed & {found: Found[], ranked_by: 'picture' | 'both'}>}
   */
  async nearest(query, rows, { top, filter, words }) {
    const names = words ? this.#words.find(words) : null;
    try {
      const { only, passing, counts, ranked_by } = this.#passed(names, filter);
      const { except, others } = without(rows, only, this.models);
      /** @type {Found[]} */
      const found = names
        ? this.#recommender.similarNamed(query, names, top, except, others)
        : this.#recommender.similar(query, top, except, others);
      return { found, passing, counts, at_most: [], ranked_by };
    } finally {
      names?.free();
    }
  }

  /**
   * Applies a filter, to the models that words name if these are enough for the picture to rank.
   * @param {Named | null} names
   * @param {Filter} filter
   * @returns {ReturnType<Facets['apply']> & {ranked_by: 'picture' | 'both'}}
   */
  #passed(names, filter) {
    if (names) {
      const narrowed = this.#facets.apply(filter, among(names.rows, this.models));
      if (this.#glue.Named.areEnough(narrowed.passing)) return { ...narrowed, ranked_by: 'picture' };
    }
    return { ...this.#facets.apply(filter), ranked_by: names ? 'both' : 'picture' };
  }
}

/** Returns a byte for each row, 1 for those that are listed. @param {Uint32Array} rows @param {number} count */
function among(rows, count) {
  const listed = new Uint8Array(count);
  for (let at = 0; at < rows.length; at += 1) listed[rows[at]] = 1;
  return listed;
}

/**
 * Returns how to leave out rows. The WebAssembly module leaves out one row by its number; several are left out by the
 * bytes of a filter.
 * @param {number[]} rows
 * @param {Uint8Array | undefined} only a byte for each row, 0 to leave it out
 * @param {number} count the number of all rows
 * @returns {{except?: number, others?: Uint8Array}}
 */
function without(rows, only, count) {
  if (rows.length < 2) return { except: rows[0], others: only };
  const others = only ?? new Uint8Array(count).fill(1);
  for (const row of rows) others[row] = 0;
  return { others };
}
