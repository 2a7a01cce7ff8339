/** What is searched for: the panel that shows it, and the samples. */

import { nameOf } from '../engine/query.js';
import { words as allWords, query as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { showCrop } from './crop.js';
import { button, byId, element } from './dom.js';

/** The preview's object URL; one at a time, revoked when another takes its place. */
let objectUrl = null;

/** What the preview shows, and as what. @type {{query: import('../engine/query.js').Query | null, picture: Blob | string | null}} */
const shown = { query: null, picture: null };

/**
 * Shows what is searched for.
 * @param {import('../engine/query.js').Query} query
 */
export function showQuery(query) {
  const picture = pictureOf(query);
  byId('preview-image').classList.toggle('as-stored', isAsStored(query));
  if (query === shown.query && picture === shown.picture && query.kind === 'image') return showCrop(query); // the picture stays
  Object.assign(shown, { query, picture });
  byId('preview').hidden = query.kind === 'several';
  byId('preview-kind').textContent = kindOf(query);
  byId('preview-name').textContent = nameOf(query, allWords);
  const old = objectUrl;
  objectUrl = picture instanceof Blob ? URL.createObjectURL(picture) : null;
  showThumbnail(byId('preview-image'), objectUrl ?? picture);
  byId('preview-image').alt = nameOf(query, allWords);
  if (old) URL.revokeObjectURL(old);
  showCrop(query);
}

/**
 * What shows a query: an image once it was answered as the network saw it, turned by the module, where its metadata
 * turn it.
 * @param {import('../engine/query.js').Query} query
 * @returns {Blob | string} a file of this site or none, as text
 */
export function pictureOf(query) {
  if (query.kind === 'image') return query.shown?.upright ?? query.file ?? query.blob;
  return query.model?.thumbnail ?? '';
}

/** Whether the network saw the image as it is stored, whatever a browser makes of its metadata. @param {import('../engine/query.js').Query} query */
export function isAsStored(query) {
  return query.kind === 'image' && Boolean(query.shown) && !query.shown.upright;
}

/** Shows that nothing is searched for. */
export function hideQuery() {
  byId('preview').hidden = true;
  byId('preview-image').removeAttribute('src');
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  objectUrl = null;
  Object.assign(shown, { query: null, picture: null });
  showCrop(null);
}

function kindOf(query) {
  if (query.kind === 'model') return words.model;
  if (query.kind === 'code') return words.link;
  return query.file ? words.sample : words.image;
}

/**
 * Shows the images to try.
 * @param {{file: string, name: string}[]} samples
 * @param {(sample: {file: string, name: string}) => void} onChoose
 */
export function showSamples(samples, onChoose) {
  byId('samples').dataset.state = samples.length > 0 ? 'some' : 'none';
  byId('sample-list').replaceChildren(...samples.map((sample) => sampleItem(sample, onChoose)));
}

function sampleItem(sample, onChoose) {
  const chosen = button('sample', '', () => onChoose(sample));
  const picture = element('img');
  Object.assign(picture, { alt: '', width: 320, height: 180, decoding: 'async', draggable: false });
  picture.setAttribute('fetchpriority', 'low'); // the engine comes first
  const box = element('span', 'box');
  box.append(picture);
  showThumbnail(picture, sample.file);
  const name = element('bdi', 'name', sample.name || words.unnamed);
  chosen.append(box, name);
  const item = element('li');
  item.append(chosen);
  return item;
}
