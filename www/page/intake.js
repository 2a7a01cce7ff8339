/** How queries reach the page and the element: dropped, chosen, pasted. What is no query gets a sentence. */

import { uidOfLink, webLink } from './addresses.js';
import { byId } from './dom.js';

/** Larger files are not read: they would fill the browser's memory, and images of 64 megapixels are smaller. */
const MAXIMUM_BYTES = 200_000_000;

/**
 * @typedef {object} Receiver
 * @property {(files: {blob: Blob, name: string}[], isAdded?: boolean) => void} onImages files that may be images; to be
 *   searched together with what is shown, or in its place
 * @property {(uid: string, isAdded?: boolean) => void} onModel a link to a model
 * @property {(link: URL) => void} onLink a link to what may be an image on another host
 * @property {(sentence: string) => void} onRefused
 * @property {import('../strings/strings.js').Words} words
 * @property {() => string} address of the page or the site, by which its own links are known
 */

/**
 * Listens to the whole window.
 * @param {Receiver} receiver
 */
export function listen(receiver) {
  listenToDrops(receiver);
  for (const id of ['file', 'camera', 'add-file']) listenToInput(byId(id), receiver, id === 'add-file');
  listenToZone(byId('zone'), byId('file'));
  document.addEventListener('paste', (event) => paste(event, receiver));
}

/**
 * Takes what came from another app: files, or text with a link in it.
 * @param {{files: File[], text: string}} shared
 * @param {Receiver} receiver
 */
export function takeIn({ files, text }, receiver) {
  if (files.length > 0) return take(files, receiver);
  const link = text.split(/\s+/).find((word) => webLink(word)) ?? '';
  const uid = uidOfLink(link);
  if (uid) return receiver.onModel(uid);
  return link ? receiver.onLink(webLink(link)) : receiver.onRefused(receiver.words.intake.nothing);
}

function listenToDrops(receiver) {
  // Entering a child leaves its parent, so only the balance tells whether the window was left.
  let depth = 0;
  // A result that is dragged goes to the query's panel alone: elsewhere it may be let go again.
  let isResult = false;
  const mark = () => {
    byId('veil').classList.toggle('shown', depth > 0 && !isResult);
    byId('query').classList.toggle('wanted', isResult);
  };
  const end = () => {
    [depth, isResult] = [0, false];
    mark();
  };
  window.addEventListener('dragstart', (event) => {
    isResult = Boolean(event.target.closest?.('.card'));
    mark();
  });
  window.addEventListener('dragend', end);
  window.addEventListener('dragenter', (event) => {
    event.preventDefault();
    depth += 1;
    mark();
  });
  window.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    mark();
  });
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault(); // or the browser leaves the page for the file
    const isElsewhere = isResult && !event.target.closest?.('#query');
    // What is searched for takes a result in; elsewhere on the panel the result takes its place.
    const isAdded = isResult && Boolean(event.target.closest?.('#preview, #parts'));
    end();
    if (!isElsewhere) drop(event.dataTransfer, receiver, isAdded);
  });
}

/** @param {DataTransfer | null} transfer @param {Receiver} receiver */
export function drop(transfer, receiver, isAdded = false) {
  const { intake: words } = receiver.words;
  const files = Array.from(transfer?.files ?? []);
  const entry = Array.from(transfer?.items ?? [])
    .find((item) => item.kind === 'file')
    ?.webkitGetAsEntry?.();
  if (entry?.isDirectory) return receiver.onRefused(words.folder);
  if (files.length > 0) return take(files, receiver);
  const uid = uidIn(transfer, receiver);
  if (uid) return receiver.onModel(uid, isAdded);
  const link = webLink(firstLine(transfer));
  if (link) return receiver.onLink(link);
  const isText = Array.from(transfer?.types ?? []).some((type) => type.startsWith('text/'));
  return receiver.onRefused(isText ? words.link : words.nothing);
}

/** The model that a dropped or copied link names, or null. @param {DataTransfer | null} transfer */
const uidIn = (transfer, { address }) => uidOfLink(firstLine(transfer), address());

/** @param {DataTransfer | null} transfer */
function firstLine(transfer) {
  return (transfer?.getData('text/uri-list') || transfer?.getData('text/plain') || '').trim().split('\n')[0];
}

/**
 * Listens to a choice of files.
 * @param {HTMLInputElement} input
 * @param {Receiver} receiver
 */
export function listenToInput(input, receiver, isAdded = false) {
  input.addEventListener('change', () => {
    if (input.files.length > 0) take(Array.from(input.files), receiver, { isAdded });
    input.value = ''; // so that the same file can be chosen again
  });
}

/**
 * Makes the whole zone a large target for a pointer; the label is the one for everybody.
 * @param {HTMLElement} zone
 * @param {HTMLInputElement} input
 */
export function listenToZone(zone, input) {
  zone.addEventListener('click', (event) => {
    if (!event.target.closest('label, input')) input.click();
  });
}

/** How to paste here. @param {import('../strings/strings.js').Words} words */
export function pasteHint({ page }) {
  return /Mac|iP(hone|ad)/.test(navigator.platform) ? page.pasteOnMac : page.paste;
}

/** @param {ClipboardEvent} event @param {Receiver} receiver */
export function paste(event, receiver) {
  const { intake: words, query } = receiver.words;
  const files = Array.from(event.clipboardData?.files ?? []);
  const image = files.find((file) => file.type.startsWith('image/')) ?? files[0];
  if (image) {
    event.preventDefault();
    // A browser names every picture of the clipboard alike; a copied file keeps its own name.
    return take([image], receiver, { name: image.name === 'image.png' ? query.pasted : image.name });
  }
  if (event.target.matches?.('input')) return undefined; // text goes where it was pasted
  const uid = uidIn(event.clipboardData, receiver);
  if (uid) return receiver.onModel(uid);
  const link = webLink(firstLine(event.clipboardData));
  if (link) return receiver.onLink(link);
  const isText = Array.from(event.clipboardData?.types ?? []).some((type) => type.startsWith('text/'));
  return receiver.onRefused(isText ? words.clipboardText : words.clipboardEmpty);
}

function take(files, receiver, { name, isAdded = false } = {}) {
  const { intake: words } = receiver.words;
  const large = files.find(({ size }) => size > MAXIMUM_BYTES);
  if (large) return receiver.onRefused(words.large(large.name, large.size, MAXIMUM_BYTES));
  return receiver.onImages(
    files.map((file) => ({ blob: file, name: name ?? file.name })),
    isAdded,
  );
}
