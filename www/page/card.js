/**
 * A neighbour as a card: its thumbnail with the score, its name, author and licence, and the actions on it.
 *
 * @import { Model, Neighbour } from '../engine/protocol.js'
 * @import { Words } from '../strings/strings.js'
 *
 * @typedef {object} Look what a card needs besides its neighbour
 * @property {Words['results']} words
 * @property {string} base the address of the page or the site, to which thumbnails and links to models are relative
 * @property {boolean} isCalibrated whether the catalogue is large enough to tell how unusual a score is
 * @property {(neighbour: Neighbour) => void} onMore the neighbour becomes the query
 * @property {(neighbour: Neighbour, event: MouseEvent) => void} [onOpen] the visitor follows the link
 * @property {(neighbour: Neighbour) => void} [onAdd] the neighbour is added to the query; only on the page
 * @property {(neighbour: Neighbour) => void} [onWhy] the visitor asks for an explanation; only on the page
 */

import { bdi, button, element } from './dom.js';
import { showViewer, viewable } from './viewer.js';

/**
 * Makes the list item of a neighbour.
 * @param {Neighbour} neighbour
 * @param {Look} look
 */
export function cardOf(neighbour, look) {
  const { model, uid } = neighbour;
  const article = element('article', 'card');
  article.setAttribute('part', 'card');
  const name = model.name || look.words.unnamed;
  const title = element('h3');
  title.setAttribute('part', 'name');
  title.id = resultId(uid);
  title.title = name;
  title.append(bdi(name));
  article.setAttribute('aria-labelledby', title.id);
  article.append(picture(neighbour, name, look), title, byline(model, look), actions(neighbour, name, look));
  if (look.onWhy) article.append(extras(neighbour, name, look));
  const item = element('li');
  item.append(article);
  return item;
}

/**
 * Returns the id of the element with a model's name. A uid may hold blanks, which would end an id in a list of ids.
 * @param {string} uid
 */
export const resultId = (uid) => `result-${encodeURIComponent(uid)}`;

/** Makes the list item that keeps the place of a neighbour until the answer arrives. */
export function emptyCard() {
  const article = element('article', 'card waiting');
  const title = element('h3', '', '\u00a0');
  const line = element('p', 'byline', '\u00a0');
  article.append(element('div', 'box'), title, line, element('div', 'actions'));
  const item = element('li');
  item.setAttribute('aria-hidden', 'true');
  item.append(article);
  return item;
}

/**
 * Shows a file of this site in an image. If the file cannot be shown, the box of the image stays empty and keeps its
 * size. Files of other sites are not fetched, because those sites would learn what the visitor looks at.
 * @param {HTMLImageElement} image an image in its box
 * @param {string} file a path within the site or an object URL of this page; empty for no image
 * @param {string} [base] the address of the page or the site
 */
export function showThumbnail(image, file, base = document.baseURI) {
  const box = image.parentElement;
  const address = ownAddress(file, base);
  box?.classList.toggle('empty', !address);
  image.onload = () => box?.classList.remove('empty');
  image.onerror = () => box?.classList.add('empty');
  if (address) image.src = address;
  else image.removeAttribute('src');
}

/** @param {string} file @param {string} base */
function ownAddress(file, base) {
  if (!file) return null;
  try {
    const address = new URL(file, base);
    return address.origin === new URL(base).origin ? address.href : null;
  } catch {
    return null;
  }
}

/** Returns an https address, or null: a catalogue may hold any text. @param {string} url */
function safeLink(url) {
  try {
    const address = new URL(url);
    return address.protocol === 'https:' ? address : null;
  } catch {
    return null;
  }
}

/**
 * Makes the thumbnail with its badges. It can be clicked and dragged with a pointer; the button below it does the same
 * for keyboards and screen readers.
 * @param {Neighbour} neighbour
 * @param {string} name
 * @param {Look} look
 */
function picture(neighbour, name, { words, base, isCalibrated, onMore }) {
  const { model, score, closer_than: closer, duplicates } = neighbour;
  const box = element('div', 'box');
  box.setAttribute('part', 'picture');
  box.addEventListener('click', () => onMore(neighbour));
  box.draggable = true;
  box.addEventListener('dragstart', ({ dataTransfer }) => {
    if (!dataTransfer) return;
    dataTransfer.effectAllowed = 'copy';
    dataTransfer.setData('text/uri-list', `${base.split('#')[0]}#model=${encodeURIComponent(model.uid)}`);
  });
  const image = element('img');
  Object.assign(image, { alt: name, width: 320, height: 180, loading: 'lazy', decoding: 'async', draggable: false });
  const badges = element('div', 'badges');
  badges.setAttribute('part', 'score');
  badges.append(badge('score', words.score(score), words.scoreTitle(score), words.scoreSpoken(score)));
  if (isCalibrated) badges.append(badge('closeness', words.closeness(closer), words.closenessTitle(closer)));
  box.append(image, badges);
  if (duplicates.length > 0) {
    box.append(badge('duplicates', words.duplicates(duplicates.length), words.duplicatesTitle(duplicates.length)));
  }
  showThumbnail(image, model.thumbnail, base);
  return box;
}

/**
 * Makes a badge: a short text on the thumbnail, with a sentence as its title.
 * @param {string} className
 * @param {string} text
 * @param {string} title
 * @param {string} [spoken] the sentence for screen readers, if it is not the title
 */
function badge(className, text, title, spoken = title) {
  const made = element('span', `badge ${className}`, text);
  made.title = title;
  made.setAttribute('role', 'img');
  made.setAttribute('aria-label', spoken);
  return made;
}

/** @param {Model} model @param {Look} look */
function byline({ author, licence }, { words }) {
  const line = element('p', 'byline');
  line.setAttribute('part', 'byline');
  if (author) line.append(bdi(author));
  if (licence) {
    const part = bdi(licence, 'licence');
    part.title = words.licence(licence);
    line.append(part);
  }
  return line;
}

/** @param {Neighbour} neighbour @param {string} name @param {Look} look */
function actions(neighbour, name, { words, onMore, onOpen }) {
  const row = element('div', 'actions');
  row.setAttribute('part', 'actions');
  row.append(button('more', words.more, () => onMore(neighbour), words.moreSpoken(name)));
  const address = safeLink(neighbour.model.url);
  if (!address) return row;
  const view = link(address, name, words);
  view.addEventListener('click', (event) => onOpen?.(neighbour, event));
  row.append(view);
  return row;
}

/**
 * Makes the small buttons on the thumbnail. Each shows a sign and has a sentence as its title.
 * @param {Neighbour} neighbour
 * @param {string} name
 * @param {Look} look
 */
function extras(neighbour, name, { words, onAdd, onWhy }) {
  const { model } = neighbour;
  const row = element('div', 'extras');
  /** @param {string} sign @param {string} spoken @param {() => void} act */
  const add = (sign, spoken, act) => {
    const extra = button('extra', sign, act, spoken);
    extra.title = spoken;
    row.append(extra);
  };
  add('?', words.whySpoken(name), () => onWhy?.(neighbour));
  add('+', words.addSpoken(name), () => onAdd?.(neighbour));
  if (viewable(model)) add('3D', words.viewerSpoken(name), () => showViewer(model, name));
  return row;
}

/**
 * Makes the link to a model. It shows the host, because a catalogue may name any site.
 * @param {URL} address
 * @param {string} name
 * @param {Look['words']} words
 */
function link(address, name, words) {
  const isSketchfab = /(^|\.)sketchfab\.com$/.test(address.hostname);
  const site = isSketchfab ? words.sketchfab : address.hostname;
  const made = element('a', 'view');
  Object.assign(made, { href: address.href, target: '_blank', rel: 'noopener noreferrer' });
  made.title = name;
  made.append(
    element('span', 'view-on', words.view),
    element('span', 'site', site),
    element('span', 'unseen', words.newTab),
  );
  return made;
}
