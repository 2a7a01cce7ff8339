/** One answer as a card: its thumbnail, what it is, how near it is, and where it leads. */

import { bdi, button, element } from './dom.js';
import { showViewer, viewable } from './viewer.js';

/**
 * @typedef {object} Look what a card needs beside its neighbour
 * @property {import('../strings/strings.js').Words['results']} words
 * @property {string} base the address of the page or the site, of which thumbnails are, and links to models
 * @property {boolean} isCalibrated whether this catalogue tells how unusual a score is
 * @property {(neighbour: import('../engine/protocol.js').Neighbour) => void} onMore
 * @property {(neighbour: import('../engine/protocol.js').Neighbour, event: MouseEvent) => void} [onOpen] its link is followed
 * @property {(neighbour: import('../engine/protocol.js').Neighbour) => void} [onAdd] this and the next on the page alone
 * @property {(neighbour: import('../engine/protocol.js').Neighbour) => void} [onWhy]
 */

/**
 * The list item of a neighbour.
 * @param {import('../engine/protocol.js').Neighbour} neighbour
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

/** The id of an answer's name. A uid is any text, and lists of ids end at blanks. @param {string} uid */
export const resultId = (uid) => `result-${encodeURIComponent(uid)}`;

/** The place of an answer that has not come. */
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
 * Points an image at a file of this site; what cannot be shown leaves its box empty but reserved.
 * Files of other sites are not asked for: they would learn what a visitor looks at.
 * @param {HTMLImageElement} image
 * @param {string} file a path within the site, or an object URL of this page
 * @param {string} [base] the address of the page or the site
 */
export function showThumbnail(image, file, base = document.baseURI) {
  const box = image.parentElement;
  const address = ownAddress(file, base);
  box.classList.toggle('empty', !address);
  image.onload = () => box.classList.remove('empty');
  image.onerror = () => box.classList.add('empty');
  if (address) image.src = address;
  else image.removeAttribute('src');
}

function ownAddress(file, base) {
  if (!file) return null;
  try {
    const address = new URL(file, base);
    return address.origin === new URL(base).origin ? address.href : null;
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

/** The thumbnail with its badges. Clicking and dragging it are conveniences; the button below is for everybody. */
function picture(neighbour, name, { words, base, isCalibrated, onMore }) {
  const { model, score, closer_than: closer, duplicates } = neighbour;
  const box = element('div', 'box');
  box.setAttribute('part', 'picture');
  box.addEventListener('click', () => onMore(neighbour));
  box.draggable = true;
  box.addEventListener('dragstart', (event) => {
    event.dataTransfer.effectAllowed = 'copy';
    event.dataTransfer.setData('text/uri-list', `${base.split('#')[0]}#model=${encodeURIComponent(model.uid)}`);
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

/** Short on a picture; the title, or what is spoken in its place, is a sentence. */
function badge(className, text, title, spoken = title) {
  const made = element('span', `badge ${className}`, text);
  made.title = title;
  made.setAttribute('role', 'img');
  made.setAttribute('aria-label', spoken);
  return made;
}

function byline({ author, licence }, { words }) {
  const line = element('p', 'byline');
  line.setAttribute('part', 'byline');
  if (author) line.append(bdi(author));
  if (licence) {
    const part = bdi(licence);
    part.className = 'licence';
    part.title = words.licence(licence);
    line.append(part);
  }
  return line;
}

function actions(neighbour, name, { words, onMore, onOpen }) {
  const row = element('div', 'actions');
  row.setAttribute('part', 'actions');
  row.append(button('more', words.more, () => onMore(neighbour), words.moreSpoken(name)));
  const address = safeLink(neighbour.model.url);
  if (address) row.append(link(address, name, words));
  row.querySelector('.view')?.addEventListener('click', (event) => onOpen?.(neighbour, event));
  return row;
}

/** What else can be done with a model, on its picture, where it takes no room: signs, each with its sentence. */
function extras(neighbour, name, { words, onAdd, onWhy }) {
  const { model } = neighbour;
  const row = element('div', 'extras');
  const add = (sign, spoken, act) => {
    row.append(button('extra', sign, act, spoken));
    row.lastElementChild.title = spoken;
  };
  add('?', words.whySpoken(name), () => onWhy(neighbour));
  add('+', words.addSpoken(name), () => onAdd(neighbour));
  if (viewable(model)) add('3D', words.viewerSpoken(name), () => showViewer(model, name));
  return row;
}

/** A link says where it leads: a catalogue may name any site. */
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
