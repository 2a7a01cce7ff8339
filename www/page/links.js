/**
 * A link to an image on another host: its host learns the visitor's address when it is asked, so the visitor is asked
 * first, can cancel, and hears why nothing came.
 */

import { scriptAddress } from '../engine/trusted.js';
import { files, links as words } from '../strings/strings.js';
import { button, byId, element } from './dom.js';

/** Larger images are not fetched, and none for longer, in milliseconds. */
const [MOST, PATIENCE] = [50_000_000, 20_000];

/** What ends the asking that goes on. */
let end = () => {};

/**
 * Asks the visitor, and then the host.
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

/** Takes the question, or what goes on, away. */
export function endLink() {
  end();
  if (byId('link').contains(document.activeElement)) byId('file').focus({ preventScroll: true });
  byId('link').replaceChildren();
}

/** @returns {Promise<Blob>} rejects with a sentence, or with none where it was cancelled */
async function fetchImage(link) {
  const cancel = button('tool', words.cancel, endLink);
  show(words.fetching(link.hostname), cancel);
  cancel.focus();
  let worker = null;
  let timer;
  try {
    worker = begun();
    const { blob, reason, status, said } = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ reason: 'notStarted', said: message || 'fetch-image.js' });
      end = () => resolve({ reason: 'cancelled' });
      timer = setTimeout(() => resolve({ reason: 'slow' }), PATIENCE);
      worker.postMessage({ address: link.href, most: MOST });
    });
    if (blob) return blob;
    if (reason === 'notStarted') throw new Error(files.notStarted(said));
    throw new Error(reason === 'cancelled' ? '' : words[reason](link.hostname, status));
  } finally {
    clearTimeout(timer);
    worker?.terminate();
    end = () => {};
    endLink();
  }
}

function begun() {
  try {
    return new Worker(scriptAddress(new URL('fetch-image.js', import.meta.url)));
  } catch (error) {
    throw new Error(files.notStarted(error.message));
  }
}

function show(sentence, ...buttons) {
  byId('link').replaceChildren(element('p', '', sentence), ...buttons);
  byId('link').scrollIntoView({ block: 'nearest' });
}

function nameOf(link) {
  try {
    return decodeURIComponent(link.pathname.split('/').pop()) || link.hostname;
  } catch {
    return link.hostname;
  }
}
