/**
 * The visitor's way through the queries: addresses, the browser's back and forward, and the answers
 * already given, so that going back is at once.
 *
 * A model has an address, `#model=UID`, that can be passed on. An image stays in memory; its address holds a code of
 * what the module made of it, `#like=CODE`, which finds the same without it. A filter is part of both.
 */

import { read, written } from '../engine/filter.js';

/** How many queries are remembered, with their images. */
const KEPT = 30;

/** @type {Map<string, {query: import('../engine/query.js').Query, answer: import('../engine/protocol.js').Answer}>} */
const remembered = new Map();

/** Milliseconds without a change after which an address follows. */
const PAUSE = 400;

let [images, soon] = [0, 0];

/**
 * @param {Blob} blob
 * @param {string} name
 * @returns {import('../engine/query.js').ImageQuery}
 */
export function imageQuery(blob, name) {
  images += 1;
  // The time tells this page's images from those of the page before a reload.
  return { kind: 'image', key: `image=${performance.timeOrigin}-${images}`, blob, name };
}

/**
 * @param {{file: string, name: string}} sample
 * @returns {import('../engine/query.js').ImageQuery}
 */
export function sampleQuery({ file, name }) {
  return { kind: 'image', key: `sample=${file}`, file, name: name.charAt(0).toLocaleUpperCase() + name.slice(1) };
}

/**
 * @param {string} uid
 * @param {import('../engine/protocol.js').Model} [model]
 * @returns {import('../engine/query.js').ModelQuery}
 */
export function modelQuery(uid, model) {
  return { kind: 'model', key: `model=${encodeURIComponent(uid)}`, uid, model };
}

/**
 * An image that somebody shared, without the image.
 * @param {string} code
 * @returns {import('../engine/query.js').CodeQuery}
 */
function codeQuery(code) {
  return { kind: 'code', key: `like=${code}`, code };
}

/** What the address and the browser's entry ask for, or null for the start. */
export function present() {
  const uid = terms().get('model');
  if (uid) return modelQuery(uid);
  const own = remembered.get(history.state?.key)?.query;
  const code = terms().get('like');
  return own ?? (code ? codeQuery(code) : null);
}

/** The filter that the address holds. */
export function presentFilter() {
  return read(terms());
}

/**
 * Makes a query an entry of the browser's history; the present one only changes its filter and its code.
 * @param {import('../engine/query.js').Query} query
 * @param {import('../engine/protocol.js').Filter} filter
 * @param {string | null} code of what it asks for, where it is no address itself
 */
export function record(query, filter, code) {
  const isAddress = query.kind === 'model' || query.kind === 'code';
  const hash = [isAddress ? query.key : `like=${code}`, written(filter)].filter(Boolean).join('&');
  const address = `${location.pathname}${location.search}#${hash}`;
  const isPresent = (isAddress ? present()?.key : history.state?.key) === query.key;
  if (isPresent) history.replaceState(history.state, '', address);
  else history.pushState({ key: query.key }, '', address);
}

/** The same for what changes many times a second, as browsers refuse addresses that do. */
export function recordSoon(query, filter, code) {
  clearTimeout(soon);
  soon = setTimeout(() => history.state?.key === query.key && record(query, filter, code), PAUSE);
}

/** Makes the start an entry of the browser's history. */
export function recordStart() {
  if (present()) history.pushState(null, '', location.pathname + location.search);
}

function terms() {
  return new URLSearchParams(location.hash.slice(1));
}

/** The answer that a query had, if it was about the same part, of at least `top` models, by the same filter; or null. */
export function recall(query, top, filter) {
  const answer = remembered.get(query.key)?.answer;
  const asked = ({ part, filter: of }) => JSON.stringify([part ?? null, written(of)]);
  const isSame = answer?.top >= top && asked(answer) === asked({ part: query.part, filter });
  return isSame ? answer : null;
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
