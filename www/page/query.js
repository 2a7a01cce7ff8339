/**
 * The panel that shows the query, and the samples below it.
 *
 * @import { Query } from '../engine/query.js'
 * @import { Sample } from '../engine/protocol.js'
 */

import { nameOf } from '../engine/query.js';
import { words as allWords, query as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { showCrop } from './crop.js';
import { button, byId, element } from './dom.js';
import { fold } from './fold.js';

/** The object URL of the preview. It is revoked when another one replaces it. @type {string | null} */
let objectUrl = null;

/** The content of the preview. @type {{query: Query | null, picture: Blob | string | null}} */
const shown = { query: null, picture: null };

/** Shows a query in the panel. @param {Query} query */
export function showQuery(query) {
  const picture = pictureOf(query);
  byId('preview-image').classList.toggle('as-stored', isAsStored(query));
  const isShown = query === shown.query && picture === shown.picture && query.kind === 'image';
  if (isShown) return showCrop(query); // only the part may have changed
  if (query !== shown.query) fold(true); // not when the same query is answered again
  Object.assign(shown, { query, picture });
  byId('preview').hidden = query.kind === 'several' || query.kind === 'words';
  byId('preview-kind').textContent = kindOf(query);
  byId('preview-name').textContent = nameOf(query, allWords);
  const old = objectUrl;
  objectUrl = picture instanceof Blob ? URL.createObjectURL(picture) : null;
  showThumbnail(byId('preview-image'), picture instanceof Blob ? (objectUrl ?? '') : picture);
  byId('preview-image').alt = nameOf(query, allWords);
  if (old) URL.revokeObjectURL(old);
  return showCrop(query);
}

/**
 * Returns the picture of a query. If the metadata of an image turn it, the answer holds the upright image, which the
 * network saw.
 * @param {Query} query
 * @returns {Blob | string} an image, or the path of a file of this site; empty for no picture
 */
export function pictureOf(query) {
  if (query.kind === 'image') return query.shown?.upright ?? query.file ?? query.blob ?? '';
  return (query.kind === 'model' && query.model?.thumbnail) || '';
}

/**
 * Returns whether the network saw the image as it is stored. The browser must not turn such an image by its metadata.
 * @param {Query} query
 */
export function isAsStored(query) {
  return query.kind === 'image' && Boolean(query.shown) && !query.shown?.upright;
}

/** Hides the preview. */
export function hideQuery() {
  byId('preview').hidden = true;
  byId('preview-image').removeAttribute('src');
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  objectUrl = null;
  Object.assign(shown, { query: null, picture: null });
  showCrop(null);
}

/** @param {Query} query */
function kindOf(query) {
  if (query.kind === 'model') return words.model;
  if (query.kind === 'code') return words.link;
  return query.kind === 'image' && query.file ? words.sample : words.image;
}

/**
 * Shows the samples.
 * @param {Sample[]} samples
 * @param {(sample: Sample) => void} onChoose
 */
export function showSamples(samples, onChoose) {
  byId('samples').dataset.state = samples.length > 0 ? 'some' : 'none';
  byId('sample-list').replaceChildren(...samples.map((sample) => sampleItem(sample, onChoose)));
}

/** @param {Sample} sample @param {(sample: Sample) => void} onChoose */
function sampleItem(sample, onChoose) {
  const chosen = button('sample', '', () => onChoose(sample));
  const picture = element('img');
  Object.assign(picture, { alt: '', width: 320, height: 180, decoding: 'async', draggable: false });
  picture.setAttribute('fetchpriority', 'low'); // the files of the engine are more urgent
  const box = element('span', 'box');
  box.append(picture);
  showThumbnail(picture, sample.file);
  const name = element('bdi', 'name', sample.name || words.unnamed);
  chosen.append(box, name);
  const item = element('li');
  item.append(chosen);
  return item;
}
