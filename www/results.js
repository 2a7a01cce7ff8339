/** The answers: a grid of models whose places are reserved before they come. */

import { button, element } from './messages.js';
import { results as words } from './strings.js';

const byId = (id) => document.getElementById(id);

/** How many models an answer shows. */
export const TOP = 12;

/** Holds the places of the answers; answers that are there already stay, dimmed. */
export function showWaiting(title) {
  // The page becomes another one, which is read from its top.
  if (document.documentElement.dataset.view === 'start') window.scrollTo({ top: 0 });
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  byId('grid').setAttribute('aria-busy', 'true');
  if (byId('grid').childElementCount > 0) return;
  byId('results-title').textContent = title;
  byId('grid').replaceChildren(...Array.from({ length: TOP }, emptyCard));
}

/**
 * Shows an answer.
 * @param {{title: string, note: string, neighbours: import('./engine.js').Neighbour[]}} answer
 * @param {(model: import('./engine.js').Model) => void} onMore
 */
export function showResults({ title, note, neighbours }, onMore) {
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  byId('results-title').textContent = title;
  byId('results-note').textContent = neighbours.length > 0 ? note : words.none;
  byId('grid').removeAttribute('aria-busy');
  byId('grid').replaceChildren(...neighbours.map((neighbour, index) => card(neighbour, index, onMore)));
}

/** Back to the page as it began. */
export function hideResults() {
  document.documentElement.dataset.view = 'start';
  byId('results').hidden = true;
  byId('grid').removeAttribute('aria-busy');
  byId('grid').replaceChildren();
  byId('results-note').textContent = '';
}

/** The keyboard goes on from the answers where the button that was pressed has gone with the old ones. */
export function focusResults() {
  byId('results-title').focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

/**
 * Points an image at a file of this site; what cannot be shown leaves its box empty but reserved.
 * Files of other sites are not asked for: they would learn what a visitor looks at.
 * @param {HTMLImageElement} image
 * @param {string} file a path within the site, or an object URL of this page
 */
export function showThumbnail(image, file) {
  const box = image.parentElement;
  const address = ownAddress(file);
  box.classList.toggle('empty', !address);
  image.onload = () => box.classList.remove('empty');
  image.onerror = () => box.classList.add('empty');
  if (address) image.src = address;
  else image.removeAttribute('src');
}

function ownAddress(file) {
  if (!file) return null;
  try {
    const address = new URL(file, document.baseURI);
    return address.origin === location.origin ? address.href : null;
  } catch {
    return null;
  }
}

/** An https address, or null: catalogues come from anywhere. */
function safeLink(url) {
  try {
    const address = new URL(url);
    return address.protocol === 'https:' ? address : null;
  } catch {
    return null;
  }
}

function card({ model, score }, index, onMore) {
  const article = element('article', 'card');
  const name = model.name || words.unnamed;
  const title = element('h3');
  title.id = `result-${index}`;
  title.title = name;
  title.append(bdi(name));
  article.setAttribute('aria-labelledby', title.id);
  article.append(picture(model, name, score, onMore), title, byline(model), actions(model, name, onMore));
  const item = element('li');
  item.append(article);
  return item;
}

/** The thumbnail with its score. Clicking it is a convenience; the button below is for everybody. */
function picture(model, name, score, onMore) {
  const box = element('div', 'box');
  box.addEventListener('click', () => onMore(model));
  const image = element('img');
  Object.assign(image, { alt: name, width: 320, height: 180, loading: 'lazy', decoding: 'async', draggable: false });
  const badge = element('span', 'score', words.score(score));
  badge.title = words.scoreTitle(score);
  badge.setAttribute('role', 'img');
  badge.setAttribute('aria-label', words.scoreSpoken(score));
  box.append(image, badge);
  showThumbnail(image, model.thumbnail);
  return box;
}

function byline({ author, licence }) {
  const line = element('p', 'byline');
  if (author) line.append(bdi(author));
  if (author && licence) line.append(element('span', '', '·'));
  if (licence) {
    const part = bdi(licence);
    part.className = 'licence';
    part.title = words.licence(licence);
    line.append(part);
  }
  return line;
}

function actions(model, name, onMore) {
  const row = element('div', 'actions');
  row.append(button('more', words.more, () => onMore(model), words.moreSpoken(name)));
  const address = safeLink(model.url);
  if (address) row.append(link(address, name));
  return row;
}

/** A link says where it leads: a catalogue may name any site. */
function link(address, name) {
  const isSketchfab = /(^|\.)sketchfab\.com$/.test(address.hostname);
  const site = isSketchfab ? words.sketchfab : address.hostname;
  const made = element('a', 'view');
  Object.assign(made, { href: address.href, target: '_blank', rel: 'noopener noreferrer' });
  made.title = name;
  made.append(element('span', 'view-on', words.view), element('span', 'site', site), element('span', 'unseen', words.newTab));
  return made;
}

function bdi(text) {
  const made = element('bdi', '', text);
  made.dir = 'auto';
  return made;
}

function emptyCard() {
  const article = element('article', 'card waiting');
  const title = element('h3', '', '\u00a0');
  const line = element('p', 'byline', '\u00a0');
  article.append(element('div', 'box'), title, line, element('div', 'actions'));
  const item = element('li');
  item.setAttribute('aria-hidden', 'true');
  item.append(article);
  return item;
}
