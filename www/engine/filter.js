/**
 * The filter of a search. A facet that is absent filters nothing.
 *
 * @typedef {import('../api.js').Filter} Filter
 */

/** The facets, in the order in which the page shows them. @type {(keyof Filter)[]} */
export const FACETS = ['category', 'tag', 'licence', 'author'];

/**
 * Returns a filter as part of an address. Equal filters give equal texts.
 * @param {Filter} filter
 */
export function written(filter) {
  const terms = FACETS.flatMap((facet) =>
    [...(filter[facet] ?? [])].sort().map((value) => `${facet}=${encodeURIComponent(value)}`),
  );
  return terms.join('&');
}

/**
 * Reads the filter from an address; ignores parameters that are no facet.
 * @param {URLSearchParams} terms
 * @returns {Filter}
 */
export function read(terms) {
  const chosen = FACETS.map((facet) => [facet, [...new Set(terms.getAll(facet))]]);
  return Object.fromEntries(chosen.filter(([, values]) => values.length > 0));
}

/**
 * Returns a filter with the value added, or removed if the filter has it.
 * @param {Filter} filter
 * @param {keyof Filter} facet
 * @param {string} value
 * @returns {Filter}
 */
export function toggled(filter, facet, value) {
  const { [facet]: values = [], ...others } = filter;
  const left = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return left.length > 0 ? { ...others, [facet]: left } : others;
}
