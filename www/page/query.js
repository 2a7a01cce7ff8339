/**
 * What is searched for: the panel that shows it, and the samples.
 *
 * @typedef {{kind: 'image', key: string, name: string, blob?: Blob, file?: string, part?: import('./crop.js').Part,
 *   shown?: import('../engine/decode.js').Shown | null}} ImageQuery a visitor's image, or with `file` a sample of this site; or
 *   a part of either; and once it was answered how to show it
 * @typedef {{kind: 'model', key: string, uid: string, model?: import('../engine/engine.js').Model}} ModelQuery
 * @typedef {{kind: 'code', key: string, code: string}} CodeQuery an image that somebody shared, without the image
 * @typedef {{kind: 'several', key: string, members: import('./several.js').Member[]}} SeveralQuery
 * @typedef {ImageQuery | ModelQuery | CodeQuery | SeveralQuery} Query
 */

import { results, query as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { showCrop } from './crop.js';
import { button, byId, element } from './dom.js';

/** The preview's object URL; one at a time, revoked when another takes its place. */
let objectUrl = null;

/** What the preview shows, and as what. @type {{query: Query | null, picture: Blob | string | null}} */
const shown = { query: null, picture: null };

/**
 * Shows what is searched for.
 * @param {Query} query
 */
export function showQuery(query) {
  const picture = pictureOf(query);
  byId('preview-image').classList.toggle('as-stored', isAsStored(query));
  if (query === shown.query && picture === shown.picture && query.kind === 'image') return showCrop(query); // the picture stays
  Object.assign(shown, { query, picture });
  byId('preview').hidden = query.kind === 'several';
  byId('preview-kind').textContent = kindOf(query);
  byId('preview-name').textContent = nameOf(query);
  const old = objectUrl;
  objectUrl = picture instanceof Blob ? URL.createObjectURL(picture) : null;
  showThumbnail(byId('preview-image'), objectUrl ?? picture);
  byId('preview-image').alt = nameOf(query);
  if (old) URL.revokeObjectURL(old);
  showCrop(query);
}

/**
 * What shows a query: an image once it was answered as the network saw it, turned by the module, where its metadata
 * turn it.
 * @param {Query} query
 * @returns {Blob | string} a file of this site or none, as text
 */
export function pictureOf(query) {
  if (query.kind === 'image') return query.shown?.upright ?? query.file ?? query.blob;
  return query.model?.thumbnail ?? '';
}

/** Whether the network saw the image as it is stored, whatever a browser makes of its metadata. @param {Query} query */
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
 * What the worker is asked for.
 * @param {Query} query
 */
export function asked(query) {
  if (query.kind === 'model') return { type: 'model', uid: query.uid };
  if (query.kind === 'code') return { type: 'code', code: query.code };
  if (query.kind === 'image')
    return { type: 'image', key: query.key, image: query.blob, part: query.part ?? null, isShown: true };
  return {
    type: 'several',
    parts: query.members.map((member) => ({ asked: asked(member.query), weight: member.weight })),
  };
}

/**
 * A query in one name, never empty.
 * @param {Query} query
 */
export function nameOf(query) {
  if (query.kind === 'model') return query.model ? query.model.name || results.unnamed : '\u2026';
  if (query.kind === 'code') return words.shared;
  if (query.kind === 'several') return words.several(query.members.length);
  return query.name || words.unnamed;
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
