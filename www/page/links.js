/**
 * Fetches an image from another host. That host learns the visitor's network address, so the page asks the visitor
 * first. The visitor can cancel, and is told why an image cannot be fetched.
 *
 * @typedef {{blob: Blob} | {reason: 'unreadable' | 'other' | 'large'} | {reason: 'refused', status: number}} Fetched
 * @typedef {Fetched | {reason: 'cancelled' | 'slow'} | {reason: 'notStarted', said: string}} Outcome `said` is the
 *   browser's error message for a worker that does not start
 */

import { scriptAddress } from '../engine/trusted.js';
import { files, links as words } from '../strings/strings.js';
import { button, byId, element } from './dom.js';

/** The largest image that is fetched, in bytes, and the longest time, in milliseconds. */
const [MOST, PATIENCE] = [50_000_000, 20_000];

/** Ends the request that is under way. */
let end = () => {};

/**
 * Asks the visitor whether to fetch an image, and fetches it.
 * @param {URL} link
 * @param {{onImage: (blob: Blob, name: string) => void, onRefused: (sentence: string) => void}} receiver
 */
export function offerLink(link, { onImage, onRefused }) {
  const fetchIt = button('button', words.fetch, () => {
    fetchImage(link).then(
      (blob) => onImage(blob, nameOf(link)),
      ({ message }) => message && onRefused(message),
    );
  });
  show(words.ask(link.hostname), fetchIt, button('tool', words.cancel, endLink));
  fetchIt.focus();
}

/** Removes the question, and ends the request that is under way. */
export function endLink() {
  end();
  if (byId('link').contains(document.activeElement)) byId('file').focus({ preventScroll: true });
  byId('link').replaceChildren();
}

/**
 * @param {URL} link
 * @returns {Promise<Blob>} rejects with a sentence, which is empty if the visitor cancelled
 */
async function fetchImage(link) {
  const cancel = button('tool', words.cancel, endLink);
  show(words.fetching(link.hostname), cancel);
  cancel.focus();
  try {
    const outcome = await outcomeOf(link);
    if ('blob' in outcome) return outcome.blob;
    throw new Error(sentenceOf(outcome, link.hostname));
  } finally {
    end = () => {};
    endLink();
  }
}

/** @param {URL} link @returns {Promise<Outcome>} */
async function outcomeOf(link) {
  /** @type {Worker} */
  let worker;
  try {
    worker = new Worker(scriptAddress(new URL('fetch-image.js', import.meta.url)));
  } catch (error) {
    return { reason: 'notStarted', said: /** @type {Error} */ (error).message };
  }
  let timer = 0;
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ reason: 'notStarted', said: message || 'fetch-image.js' });
      end = () => resolve({ reason: 'cancelled' });
      timer = setTimeout(() => resolve({ reason: 'slow' }), PATIENCE);
      worker.postMessage({ address: link.href, most: MOST });
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

/**
 * Returns the reason why there is no image.
 * @param {Exclude<Outcome, {blob: Blob}>} outcome
 * @param {string} host
 */
function sentenceOf(outcome, host) {
  switch (outcome.reason) {
    case 'cancelled':
      return '';
    case 'notStarted':
      return files.notStarted(outcome.said);
    case 'refused':
      return words.refused(host, outcome.status);
    default:
      return words[outcome.reason](host);
  }
}

/** @param {string} sentence @param {HTMLElement[]} buttons */
function show(sentence, ...buttons) {
  byId('link').replaceChildren(element('p', '', sentence), ...buttons);
  byId('link').scrollIntoView({ block: 'nearest' });
}

/** Returns the last part of the path as the name of the image, or the host. @param {URL} link */
function nameOf(link) {
  try {
    return decodeURIComponent(link.pathname.split('/').pop() ?? '') || link.hostname;
  } catch {
    return link.hostname;
  }
}
