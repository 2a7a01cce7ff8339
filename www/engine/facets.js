/** In the worker: which rows a filter lets through, and how many rows each further choice would let through. */

import { FACETS } from './filter.js';

/** A model's values. */
const VALUES = {
  category: ({ categories }) => categories,
  tag: ({ tags }) => tags,
  licence: ({ licence }) => (licence ? [licence] : []),
  author: ({ author }) => (author ? [author] : []),
};

/** The values of all models by facet, as numbers. */
export class Facets {
  /** By facet its values, the most common first. @type {Record<string, string[]>} */
  values = {};
  #rows;
  /** By facet the numbers of all rows' values, and where each row's begin. */
  #codes = {};

  /** @param {import('./protocol.js').Model[]} models */
  constructor(models) {
    this.#rows = models.length;
    for (const facet of FACETS) this.#read(facet, models);
  }

  #read(facet, models) {
    const lists = models.map((model) => [...new Set(VALUES[facet](model))]);
    const counts = new Map();
    for (const value of lists.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
    this.values[facet] = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
    const number = new Map(this.values[facet].map((value, code) => [value, code]));
    const starts = new Uint32Array(models.length + 1);
    for (const [row, list] of lists.entries()) starts[row + 1] = starts[row] + list.length;
    this.#codes[facet] = { starts, codes: Uint32Array.from(lists.flat(), (value) => number.get(value)) };
  }

  /**
   * Applies a filter to all rows.
   * @param {import('./protocol.js').Filter} filter
   * @returns {{only: Uint8Array | undefined, passing: number, counts: Record<string, Uint32Array>}} a byte for each
   *   row, or none where all pass; how many pass; and how many rows have each value among those that all other
   *   facets' choices let through
   */
  apply(filter) {
    const asked = FACETS.filter((facet) => filter[facet]?.length > 0).map((facet) => this.#ask(facet, filter[facet]));
    const counts = Object.fromEntries(FACETS.map((facet) => [facet, new Uint32Array(this.values[facet].length)]));
    const only = new Uint8Array(this.#rows);
    let passing = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      const failed = asked.filter(({ has }) => !has(row));
      if (failed.length === 0) {
        only[row] = 1;
        passing += 1;
        for (const facet of FACETS) this.#count(facet, row, counts[facet]);
      } else if (failed.length === 1) {
        this.#count(failed[0].facet, row, counts[failed[0].facet]);
      }
    }
    return { only: asked.length > 0 ? only : undefined, passing, counts };
  }

  #ask(facet, chosen) {
    const { starts, codes } = this.#codes[facet];
    const isChosen = Uint8Array.from(this.values[facet], (value) => Number(chosen.includes(value)));
    const has = (row) => {
      for (let at = starts[row]; at < starts[row + 1]; at += 1) if (isChosen[codes[at]]) return true;
      return false;
    };
    return { facet, has };
  }

  #count(facet, row, counts) {
    const { starts, codes } = this.#codes[facet];
    for (let at = starts[row]; at < starts[row + 1]; at += 1) counts[codes[at]] += 1;
  }
}
