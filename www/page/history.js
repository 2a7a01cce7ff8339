/**
 * The history of queries: their addresses and their answers. Answers are kept so that going back needs no search.
 *
 * The address of a model is `#model=UID`. The address of an image is `#like=CODE`: the code holds what the search needs
 * of the image. The image itself stays in memory. The address of words is `#words=WORDS`. The addresses of images and
 * models may hold words too. All hold the filter, and the model whose details are open. Open details have an entry of
 * their own, so that going back closes them.
 *
 * @import { Answer, Asked, Model, Sample } from '../engine/protocol.js'
 * @import { CodeQuery, ImageQuery, ModelQuery, Query, WordsQuery } from '../engine/query.js'
 */

import { read, written } from '../engine/filter.js';

/** How many queries are kept, with their images. */
const KEPT = 30;

/** @type {Map<string, {query: Query, answer: Answer | null}>} */
const remembered = new Map();

/** Milliseconds without a change after which the address is updated. */
const PAUSE = 400;

let [images, soon] = [0, 0];

/**
 * @param {Blob} blob
 * @param {string} name
 * @returns {ImageQuery}
 */
export function imageQuery(blob, name) {
  images += 1;
  // The time distinguishes the images of this page from those of the page before a reload.
  return { kind: 'image', key: `image=${performance.timeOrigin}-${images}`, blob, name };
}

/** @param {Sample} sample @returns {ImageQuery} */
export function sampleQuery({ file, name }) {
  return { kind: 'image', key: `sample=${file}`, file, name: name.charAt(0).toLocaleUpperCase() + name.slice(1) };
}

/**
 * @param {string} uid
 * @param {Model} [model]
 * @returns {ModelQuery}
 */
export function modelQuery(uid, model) {
  return { kind: 'model', key: `model=${encodeURIComponent(uid)}`, uid, model };
}

/** @param {string} words @returns {WordsQuery} */
export function wordsQuery(words) {
  return { kind: 'words', key: `words=${encodeURIComponent(words)}`, words };
}

/** @param {string} code from a shared link @returns {CodeQuery} */
function codeQuery(code) {
  return { kind: 'code', key: `like=${code}`, code };
}

/**
 * Returns the query of the browser's present history entry, or null for the start.
 * @returns {Query | null}
 */
export function present() {
  const uid = terms().get('model');
  if (uid) return modelQuery(uid);
  const own = remembered.get(history.state?.key)?.query;
  const code = terms().get('like');
  if (own ?? code) return own ?? codeQuery(code ?? '');
  const words = presentWords();
  return words ? wordsQuery(words) : null;
}

/** Returns the words in the address. */
export function presentWords() {
  return terms().get('words') ?? '';
}

/** Returns the filter in the address. */
export function presentFilter() {
  return read(terms());
}

/** Returns the uid of the model whose details the address asks for, or null. */
export const presentDetails = () => terms().get('details');

/** Adds the open details to the browser's history. @param {string} uid */
export function recordDetails(uid) {
  const address = `${withoutDetails()}&${detailsTerm(uid)}`;
  if (presentDetails() === null) history.pushState({ ...history.state, isOverAnswer: true }, '', address);
  else history.replaceState(history.state, '', address); // details were left for a query that is still being asked
}

/**
 * Takes the details out of the address: goes back to the entry of the answer. The browser reports that later. Details
 * whose address was opened directly have no such entry, so their address changes at once.
 */
export function endDetails() {
  if (presentDetails() === null) return;
  // The 3D viewer, a frame, may have entries of its own, to which `history` would go back.
  if (history.state?.isOverAnswer) (window.navigation ?? history).back();
  else history.replaceState(history.state, '', withoutDetails());
}

const withoutDetails = () => location.href.replace(/&details=[^&]*/, '');

/** @param {string} uid */
const detailsTerm = (uid) => `details=${encodeURIComponent(uid)}`;

/**
 * Adds a query to the browser's history. For the query of the present entry it updates the address, which holds the
 * code, the words and the filter. With open details, another filter or other words have an entry of their own: going
 * back leads to the details.
 * @param {Query} query
 * @param {Answer} answer
 */
export function record(query, { filter, words, code }) {
  const isAddress = ['model', 'code', 'words'].includes(query.kind);
  const details = presentDetails();
  const isPresent =
    (isAddress ? present()?.key : history.state?.key) === query.key &&
    (details === null || (written(presentFilter()) === written(filter) && presentWords() === words));
  const hash = [
    isAddress ? query.key : `like=${code}`,
    query.kind !== 'words' && words ? `words=${encodeURIComponent(words)}` : '',
    written(filter),
    isPresent && details !== null ? detailsTerm(details) : '',
  ];
  const address = `${location.pathname}${location.search}#${hash.filter(Boolean).join('&')}`;
  if (isPresent) history.replaceState(history.state, '', address);
  else history.pushState({ key: query.key }, '', address);
}

/**
 * Updates the address after a pause. Browsers refuse pages that change the address many times a second.
 * @param {Query} query
 * @param {Answer} answer
 */
export function recordSoon(query, answer) {
  clearTimeout(soon);
  soon = setTimeout(() => history.state?.key === query.key && record(query, answer), PAUSE);
}

/** Adds the start to the browser's history. */
export function recordStart() {
  if (present()) history.pushState(null, '', location.pathname + location.search);
}

function terms() {
  return new URLSearchParams(location.hash.slice(1));
}

/**
 * Returns the answer to the same part of the query, with the same filter and words and at least `top` models; or null.
 * @param {Query} query
 * @param {Asked} asked
 */
export function recall(query, { top, filter, words }) {
  const answer = remembered.get(query.key)?.answer;
  if (!answer || answer.top < top) return null;
  const part = query.kind === 'image' ? query.part : null;
  /** @param {Pick<Answer, 'part' | 'filter' | 'words'>} asked */
  const asked = ({ part, filter, words }) => JSON.stringify([part ?? null, written(filter), words]);
  return asked(answer) === asked({ part, filter, words }) ? answer : null;
}

/** Forgets all answers, but no query. */
export function forget() {
  for (const entry of remembered.values()) entry.answer = null;
}

/**
 * Keeps a query and its answer. Removes the oldest if there are too many.
 * @param {Query} query
 * @param {Answer} answer
 */
export function remember(query, answer) {
  remembered.delete(query.key);
  remembered.set(query.key, { query, answer });
  const [oldest] = remembered.keys();
  if (remembered.size > KEPT) remembered.delete(oldest);
}
