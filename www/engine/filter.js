/**
 * What a visitor asks of the models beside likeness. A facet that is not in a filter asks nothing.
 *
 * @typedef {import('../api.js').Filter} Filter
 */

/** What can be asked, in the order of the page. @type {(keyof Filter)[]} */
export const FACETS = ['category', 'tag', 'licence', 'author'];

/**
 * A filter as part of an address: the same filter gives the same text.
 * @param {Filter} filter
 */
export function written(filter) {
  const terms = FACETS.flatMap((facet) =>
    [...(filter[facet] ?? [])].sort().map((value) => `${facet}=${encodeURIComponent(value)}`),
  );
  return terms.join('&');
}

/**
 * The filter that an address holds; what is no facet is left alone.
 * @param {URLSearchParams} terms
 * @returns {Filter}
 */
export function read(terms) {
  const chosen = FACETS.map((facet) => [facet, [...new Set(terms.getAll(facet))]]);
  return Object.fromEntries(chosen.filter(([, values]) => values.length > 0));
}

/**
 * A filter with a value added, or taken away where it has it.
 * @param {Filter} filter
 */
export function toggled(filter, facet, value) {
  const { [facet]: values = [], ...others } = filter;
  const left = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return left.length > 0 ? { ...others, [facet]: left } : others;
}
