/** How queries reach the page and the element: dropped, chosen, pasted. What is no query gets a sentence. */

import { uidOfLink } from './names.js';
/** Larger files are not read: they would fill the browser's memory, and images of 64 megapixels are smaller. */
const MAXIMUM_BYTES = 200_000_000;

const byId = (id) => document.getElementById(id);

/**
 * @typedef {object} Receiver
 * @property {(file: Blob, name: string, note: string) => void} onImage a file that may be an image
 * @property {(uid: string) => void} onModel a link to a model
 * @property {(sentence: string) => void} onRefused
 * @property {import('./strings.js').Words} words
 * @property {() => string} address of the page or the site, by which its own links are known
 */

/**
 * Listens to the whole window.
 * @param {Receiver} receiver
 */
export function listen(receiver) {
  listenToDrops(receiver);
  listenToZone(byId('zone'), byId('file'), receiver);
  document.addEventListener('paste', (event) => paste(event, receiver));
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
    end();
    if (!isElsewhere) drop(event.dataTransfer, receiver);
  });
}

/** @param {DataTransfer | null} transfer @param {Receiver} receiver */
export function drop(transfer, receiver) {
  const { intake: words } = receiver.words;
  const files = Array.from(transfer?.files ?? []);
  const entry = Array.from(transfer?.items ?? []).find((item) => item.kind === 'file')?.webkitGetAsEntry?.();
  if (entry?.isDirectory) return receiver.onRefused(words.folder);
  if (files.length > 0) return take(files, receiver);
  const uid = uidIn(transfer, receiver);
  if (uid) return receiver.onModel(uid);
  const isText = Array.from(transfer?.types ?? []).some((type) => type.startsWith('text/'));
  return receiver.onRefused(isText ? words.link : words.nothing);
}

/** The model that a dropped or copied link names, or null. @param {DataTransfer | null} transfer */
function uidIn(transfer, { address }) {
  const [link] = (transfer?.getData('text/uri-list') || transfer?.getData('text/plain') || '').trim().split('\n');
  return uidOfLink(link, address());
}

/**
 * Listens to a choice of files and to the zone around it.
 * @param {HTMLElement} zone
 * @param {HTMLInputElement} input
 * @param {Receiver} receiver
 */
export function listenToZone(zone, input, receiver) {
  input.addEventListener('change', () => {
    if (input.files.length > 0) take(Array.from(input.files), receiver);
    input.value = ''; // so that the same file can be chosen again
  });
  // The whole zone is a large target for a pointer; the label is the one for everybody.
  zone.addEventListener('click', (event) => {
    if (!event.target.closest('label, input')) input.click();
  });
}

/** How to paste here. @param {import('./strings.js').Words} words */
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
    return take([image], receiver, image.name === 'image.png' ? query.pasted : image.name);
  }
  if (event.target.matches?.('input')) return undefined; // text goes where it was pasted
  const uid = uidIn(event.clipboardData, receiver);
  if (uid) return receiver.onModel(uid);
  const isText = Array.from(event.clipboardData?.types ?? []).some((type) => type.startsWith('text/'));
  return receiver.onRefused(isText ? words.clipboardText : words.clipboardEmpty);
}

/** Takes the first file. */
function take(files, receiver, name = files[0].name) {
  const { intake: words } = receiver.words;
  const [file] = files;
  if (file.size > MAXIMUM_BYTES) return receiver.onRefused(words.large(name, file.size, MAXIMUM_BYTES));
  return receiver.onImage(file, name, files.length > 1 ? words.several(files.length, name) : '');
}
