/**
 * In the worker: applies filters to the catalogue's rows, and counts the rows that each further value would leave.
 *
 * @import { Filter, Model } from './protocol.js'
 *
 * @typedef {keyof Filter} Facet
 * @typedef {{starts: Uint32Array, codes: Uint32Array, totals: Uint32Array}} Codes the numbers of all rows' values, the
 *   position at which those of each row begin, and for each value the number of rows with it
 */

import { FACETS } from './filter.js';

/** The values of a model by facet. @type {Record<Facet, (model: Model) => string[]>} */
const VALUES = {
  category: ({ categories }) => categories,
  tag: ({ tags }) => tags,
  licence: ({ licence }) => (licence ? [licence] : []),
  author: ({ author }) => (author ? [author] : []),
};

/** What bars a row: a bit for each facet, and one for rows that the filter is not applied to. */
const BITS = byFacet((facet) => 1 << FACETS.indexOf(facet));
const OUTSIDE = 1 << FACETS.length;

/** The values of all models by facet. */
export class Facets {
  /** The values of each facet, the most common first. */
  values;
  #rows;
  #codes;

  /** @param {Model[]} models */
  constructor(models) {
    this.#rows = models.length;
    const read = byFacet((facet) => valuesOf(facet, models));
    this.values = byFacet((facet) => read[facet].values);
    this.#codes = byFacet((facet) => read[facet].codes);
  }

  /**
   * Applies a filter to all rows, or to some of them.
   * @param {Filter} filter
   * @param {Uint8Array} [among] a byte for each row, 1 if the filter is applied to the row; the others do not pass
   * @returns {{only: Uint8Array | undefined, passing: number, counts: Record<Facet, Uint32Array>}} `only` has a byte
   *   for each row, 1 if the row passes, and is undefined if all rows pass. `passing` is the number of rows that pass.
   *   `counts` has for each value the number of rows with it that pass the filter's other facets.
   */
  apply(filter, among) {
    const bars = new Uint8Array(this.#rows);
    if (among) for (let row = 0; row < this.#rows; row += 1) bars[row] = among[row] ? 0 : OUTSIDE;
    const asked = FACETS.filter((facet) => filter[facet]?.length);
    for (const facet of asked) this.#bar(facet, filter[facet] ?? [], bars);
    const only = new Uint8Array(this.#rows);
    let passing = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      only[row] = bars[row] ? 0 : 1;
      passing += only[row];
    }
    const counts = byFacet((facet) => this.#count(facet, bars));
    return { only: asked.length > 0 || among ? only : undefined, passing, counts };
  }

  /**
   * Bars the rows that have none of the chosen values.
   * @param {Facet} facet
   * @param {string[]} chosen
   * @param {Uint8Array} bars for each row the bits of what bars it
   */
  #bar(facet, chosen, bars) {
    const { starts, codes } = this.#codes[facet];
    const isChosen = Uint8Array.from(this.values[facet], (value) => Number(chosen.includes(value)));
    for (let row = 0; row < bars.length; row += 1) {
      let has = 0;
      for (let at = starts[row]; at < starts[row + 1]; at += 1) has |= isChosen[codes[at]];
      if (!has) bars[row] |= BITS[facet];
    }
  }

  /**
   * Counts the values of the rows that nothing but the facet itself bars. Where these are most rows, it takes the values
   * of the others from those of all, which is less work.
   * @param {Facet} facet
   * @param {Uint8Array} bars for each row the bits of what bars it
   */
  #count(facet, bars) {
    const { starts, codes, totals } = this.#codes[facet];
    const others = ~BITS[facet];
    let barred = 0;
    for (let row = 0; row < bars.length; row += 1) if (bars[row] & others) barred += 1;
    const isMost = barred < bars.length / 2;
    const counts = isMost ? totals.slice() : new Uint32Array(totals.length);
    for (let row = 0; row < bars.length; row += 1) {
      if (((bars[row] & others) === 0) === isMost) continue;
      for (let at = starts[row]; at < starts[row + 1]; at += 1) counts[codes[at]] += isMost ? -1 : 1;
    }
    return counts;
  }
}

/**
 * Returns the values of a facet, the most common first, and each row's values as numbers.
 * @param {Facet} facet
 * @param {Model[]} models
 * @returns {{values: string[], codes: Codes}}
 */
function valuesOf(facet, models) {
  const lists = models.map((model) => [...new Set(VALUES[facet](model))]);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of lists.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  const values = [...counts].sort(([a, of], [b, others]) => others - of || (a < b ? -1 : 1)).map(([value]) => value);
  const numbers = new Map(values.map((value, number) => [value, number]));
  const starts = new Uint32Array(models.length + 1);
  for (const [row, list] of lists.entries()) starts[row + 1] = starts[row] + list.length;
  const codes = Uint32Array.from(lists.flat(), (value) => numbers.get(value) ?? 0);
  return { values, codes: { starts, codes, totals: Uint32Array.from(values, (value) => counts.get(value) ?? 0) } };
}

/**
 * Makes something for each facet.
 * @template T
 * @param {(facet: Facet) => T} make
 */
export function byFacet(make) {
  return /** @type {Record<Facet, T>} */ (Object.fromEntries(FACETS.map((facet) => [facet, make(facet)])));
}
