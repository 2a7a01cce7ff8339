/**
 * Receives queries: files and links that are dropped, chosen or pasted, on the page and on the element. For anything
 * else it gives the reason why it cannot be searched.
 *
 * @import { Words } from '../strings/strings.js'
 *
 * @typedef {object} Receiver what is done with queries; if `isAdded`, they are added to the query that is shown
 * @property {(files: {blob: Blob, name: string}[], isAdded?: boolean) => void} onImages files that may be images
 * @property {(uid: string, isAdded?: boolean) => void} onModel a link to a model
 * @property {(link: URL) => void} onLink a link to a file on another host that may be an image
 * @property {(sentence: string) => void} onRefused the reason why there is no query
 * @property {() => Words} words
 * @property {() => string} address the address of the page or the site, to recognise its own links
 */

import { uidOfLink, webLink } from './addresses.js';
import { byId, closest } from './dom.js';

/** Larger files would fill the browser's memory. Images of 64 megapixels are smaller. */
const MAXIMUM_BYTES = 200_000_000;

/** Listens to the whole window. @param {Receiver} receiver */
export function listen(receiver) {
  listenToDrops(receiver);
  listenToInput(byId('file'), receiver);
  listenToInput(byId('camera'), receiver);
  listenToInput(byId('add-file'), receiver, true);
  listenToZone(byId('zone'), byId('file'));
  document.addEventListener('paste', (event) => paste(event, receiver));
}

/**
 * Receives files, or a text with a link in it, that another app shared.
 * @param {{files: File[], text: string}} shared
 * @param {Receiver} receiver
 */
export function takeIn({ files, text }, receiver) {
  if (files.length > 0) return take(files, receiver);
  const links = text.split(/\s+/).map((word) => webLink(word));
  const link = links.find((one) => one !== null);
  const uid = link && uidOfLink(link.href);
  if (uid) return receiver.onModel(uid);
  return link ? receiver.onLink(link) : receiver.onRefused(receiver.words().intake.nothing);
}

/** @param {Receiver} receiver */
function listenToDrops(receiver) {
  // Browsers report that the pointer enters a child and leaves its parent. The number of elements that it has entered
  // and not left tells whether it is over the window.
  let depth = 0;
  // A result can be dropped only on the query's panel. Dropped elsewhere, nothing happens.
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
    isResult = closest(event, '.card') !== null;
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
    event.preventDefault(); // otherwise the browser opens the file in place of the page
    const isElsewhere = isResult && !closest(event, '#query');
    // Dropped on the images of the query, a result is added to them. Dropped beside them, it becomes the query.
    const isAdded = isResult && closest(event, '#preview, #parts') !== null;
    end();
    if (!isElsewhere) drop(event.dataTransfer, receiver, isAdded);
  });
}

/** Receives what was dropped. @param {DataTransfer | null} transfer @param {Receiver} receiver */
export function drop(transfer, receiver, isAdded = false) {
  const { intake: words } = receiver.words();
  const files = [...(transfer?.files ?? [])];
  const entry = [...(transfer?.items ?? [])].find((item) => item.kind === 'file')?.webkitGetAsEntry?.();
  if (entry?.isDirectory) return receiver.onRefused(words.folder);
  if (files.length > 0) return take(files, receiver);
  const uid = uidIn(transfer, receiver);
  if (uid) return receiver.onModel(uid, isAdded);
  const link = webLink(firstLine(transfer));
  if (link) return receiver.onLink(link);
  return receiver.onRefused(isText(transfer) ? words.link : words.nothing);
}

/** @param {DataTransfer | null} transfer */
const isText = (transfer) => transfer?.types.some((type) => type.startsWith('text/')) ?? false;

/**
 * Returns the uid of the model that a dropped or copied link names, or null.
 * @param {DataTransfer | null} transfer
 * @param {Receiver} receiver
 */
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
    const files = [...(input.files ?? [])];
    if (files.length > 0) take(files, receiver, { isAdded });
    input.value = ''; // otherwise choosing the same file again dispatches no event
  });
}

/**
 * Opens the choice of files on a click anywhere in the zone. Keyboards and screen readers use the label in it.
 * @param {HTMLElement} zone
 * @param {HTMLInputElement} input
 */
export function listenToZone(zone, input) {
  zone.addEventListener('click', (event) => {
    if (!closest(event, 'label, input')) input.click();
  });
}

/** Returns the hint that names the keys for pasting on this system. @param {Words} words */
export function pasteHint({ page }) {
  return /Mac|iP(hone|ad)/.test(navigator.platform) ? page.pasteOnMac : page.paste;
}

/** Receives what was pasted. @param {ClipboardEvent} event @param {Receiver} receiver */
export function paste(event, receiver) {
  const { intake: words, query } = receiver.words();
  const { clipboardData: transfer } = event;
  const files = [...(transfer?.files ?? [])];
  const image = files.find((file) => file.type.startsWith('image/')) ?? files[0];
  if (image) {
    event.preventDefault();
    // Browsers give this name to every picture that was copied as pixels. A copied file keeps its own name.
    return take([image], receiver, { name: image.name === 'image.png' ? query.pasted : image.name });
  }
  if (closest(event, 'input')) return undefined; // the text goes into the field
  const uid = uidIn(transfer, receiver);
  if (uid) return receiver.onModel(uid);
  const link = webLink(firstLine(transfer));
  if (link) return receiver.onLink(link);
  return receiver.onRefused(isText(transfer) ? words.clipboardText : words.clipboardEmpty);
}

/**
 * Hands files to the receiver, or refuses them if one is too large.
 * @param {File[]} files
 * @param {Receiver} receiver
 * @param {{name?: string, isAdded?: boolean}} [how] `name` replaces the names of the files
 */
function take(files, receiver, { name, isAdded = false } = {}) {
  const { intake: words } = receiver.words();
  const large = files.find(({ size }) => size > MAXIMUM_BYTES);
  if (large) return receiver.onRefused(words.large(large.name, large.size, MAXIMUM_BYTES));
  return receiver.onImages(
    files.map((file) => ({ blob: file, name: name ?? file.name })),
    isAdded,
  );
}
