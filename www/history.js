/**
 * The visitor's way through the queries: addresses, the browser's back and forward, and the answers
 * already given, so that going back is at once.
 *
 * A model has an address, `#model=UID`, that can be passed on. An image has none: it stays in memory,
 * and after a reload its entry in the browser's history leads to the start. A filter is part of both.
 */

import { read, written } from './filter.js';

/** How many queries are remembered, with their images. */
const KEPT = 30;

/** @type {Map<string, {query: import('./query.js').Query, answer: import('./engine.js').Answer}>} */
const remembered = new Map();

let images = 0;

/**
 * @param {Blob} blob
 * @param {string} name
 * @returns {import('./query.js').ImageQuery}
 */
export function imageQuery(blob, name) {
  images += 1;
  // The time tells this page's images from those of the page before a reload.
  return { kind: 'image', key: `image=${performance.timeOrigin}-${images}`, blob, name };
}

/**
 * @param {{file: string, name: string}} sample
 * @returns {import('./query.js').ImageQuery}
 */
export function sampleQuery({ file, name }) {
  return { kind: 'image', key: `sample=${file}`, file, name: name.charAt(0).toLocaleUpperCase() + name.slice(1) };
}

/**
 * @param {string} uid
 * @param {import('./engine.js').Model} [model]
 * @returns {import('./query.js').ModelQuery}
 */
export function modelQuery(uid, model) {
  return { kind: 'model', key: `model=${encodeURIComponent(uid)}`, uid, model };
}

/** What the address and the browser's entry ask for, or null for the start. */
export function present() {
  const uid = terms().get('model');
  if (uid) return modelQuery(uid);
  return remembered.get(history.state?.key)?.query ?? null;
}

/** The filter that the address holds. */
export function presentFilter() {
  return read(terms());
}

/** Makes a query an entry of the browser's history; the present one only changes its filter. */
export function record(query, filter) {
  const hash = [query.kind === 'model' ? query.key : '', written(filter)].filter(Boolean).join('&');
  const address = location.pathname + location.search + (hash ? `#${hash}` : '');
  const isPresent = query.kind === 'model' ? present()?.key === query.key : history.state?.key === query.key;
  if (isPresent) history.replaceState(history.state, '', address);
  else history.pushState({ key: query.key }, '', address);
}

/** Makes the start an entry of the browser's history. */
export function recordStart() {
  if (present()) history.pushState(null, '', location.pathname + location.search);
}

function terms() {
  return new URLSearchParams(location.hash.slice(1));
}

/** The answer that a query had, if it has at least `top` models and the filter was the same, or null. */
export function recall(query, top, filter) {
  const answer = remembered.get(query.key)?.answer ?? null;
  return answer && answer.top >= top && written(answer.filter) === written(filter) ? answer : null;
}

/** Forgets all answers, but not what was asked. */
export function forget() {
  for (const entry of remembered.values()) entry.answer = null;
}

/** Keeps an answer; the oldest gives way. */
export function remember(query, answer) {
  remembered.delete(query.key);
  remembered.set(query.key, { query, answer });
  if (remembered.size > KEPT) remembered.delete(remembered.keys().next().value);
}
