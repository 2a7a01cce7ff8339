/**
 * What is searched for: the panel that shows it, and the samples.
 *
 * @typedef {{kind: 'image', key: string, name: string, blob?: Blob, file?: string, part?: import('./crop.js').Part}}
 *   ImageQuery a visitor's image, or with `file` a sample of this site; or a part of either
 * @typedef {{kind: 'model', key: string, uid: string, model?: import('./engine.js').Model}} ModelQuery
 * @typedef {{kind: 'code', key: string, code: string}} CodeQuery an image that somebody shared, without the image
 * @typedef {{kind: 'several', key: string, members: import('./several.js').Member[]}} SeveralQuery
 * @typedef {ImageQuery | ModelQuery | CodeQuery | SeveralQuery} Query
 */

import { showThumbnail } from './card.js';
import { showCrop } from './crop.js';
import { button, element } from './messages.js';
import { query as words, results } from './strings.js';

const byId = (id) => document.getElementById(id);

/** The preview's object URL; one at a time, revoked when another takes its place. */
let objectUrl = null;

/** What the preview shows. @type {Query | null} */
let shown = null;

/**
 * Shows what is searched for.
 * @param {Query} query
 */
export function showQuery(query) {
  if (query === shown && query.kind === 'image') return showCrop(query); // the picture stays
  shown = query;
  byId('preview').hidden = query.kind === 'several';
  byId('preview-kind').textContent = kindOf(query);
  byId('preview-name').textContent = nameOf(query);
  const old = objectUrl;
  objectUrl = query.kind === 'image' && !query.file ? URL.createObjectURL(query.blob) : null;
  showThumbnail(byId('preview-image'), objectUrl ?? query.file ?? query.model?.thumbnail ?? '');
  byId('preview-image').alt = nameOf(query);
  if (old) URL.revokeObjectURL(old);
  showCrop(query);
}

/** Shows that nothing is searched for. */
export function hideQuery() {
  byId('preview').hidden = true;
  byId('preview-image').removeAttribute('src');
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  [objectUrl, shown] = [null, null];
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
  if (query.kind === 'image') return { type: 'image', key: query.key, image: query.blob, part: query.part ?? null };
  return { type: 'several', parts: query.members.map((member) => ({ asked: asked(member.query), weight: member.weight })) };
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
