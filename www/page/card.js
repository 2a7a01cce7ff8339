/**
 * A neighbour as a card: its thumbnail, its name, author and licence, how close it is, and the actions on it.
 *
 * @import { Answer, Model, Neighbour } from '../engine/protocol.js'
 * @import { Words } from '../strings/strings.js'
 *
 * @typedef {object} Look what a card needs besides its neighbour
 * @property {Words['results']} words
 * @property {string} base the address of the page or the site, to which thumbnails and links to models are relative
 * @property {Answer | null} answer the answer that the neighbour is part of; null if its score says nothing of closeness
 * @property {(neighbour: Neighbour) => void} onMore the neighbour becomes the query
 * @property {(neighbour: Neighbour, event: MouseEvent) => void} [onOpen] the visitor follows the link
 * @property {(neighbour: Neighbour) => void} [onAdd] the neighbour is added to the query; only on the page
 * @property {(neighbour: Neighbour) => void} [onDetails] the visitor asks for the details; only on the page
 * @property {(neighbour: Neighbour) => void} [onWhy] the visitor asks for an explanation; only on the page
 */

import { closenessOf } from '../engine/closeness.js';
import { fromPack, isInPack } from '../engine/packs.js';
import { bdi, button, element } from './dom.js';

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
  const label = bdi(name);
  label.id = resultId(uid);
  title.append(linkTo(model, label, look.words, (event) => look.onOpen?.(neighbour, event)) ?? label);
  title.title = name;
  article.classList.toggle('has-details', Boolean(look.onDetails));
  article.setAttribute('aria-labelledby', label.id);
  article.append(picture(neighbour, name, look), title, byline(model, look.words), closeness(neighbour, look));
  article.append(actions(neighbour, name, look));
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
  article.append(element('div', 'box'), title, line, element('p', 'closeness'));
  const item = element('li');
  item.setAttribute('aria-hidden', 'true');
  item.append(article);
  return item;
}

/** The thumbnails in packs that images wait for, by their addresses. @type {WeakMap<HTMLImageElement, string>} */
const awaited = new WeakMap();

/** The origins of other sites that thumbnails may come from, because the owner of a site left them there. */
const allowed = new Set();

/** Lets thumbnails come from other origins. @param {string[]} sources */
export function allowSources(sources) {
  for (const source of sources) allowed.add(source);
}

/**
 * Shows a file of this site in an image. If the file cannot be shown, the box of the image stays empty and keeps its
 * size. Files of other sites are fetched only if the owner left thumbnails there: those sites learn what the visitor
 * looks at.
 * @param {HTMLImageElement} image an image in its box
 * @param {string} file a path within the site, a place in a pack, or an object URL of this page; empty for no image
 * @param {string} [base] the address of the page or the site
 * @param {HTMLElement | null} [box]
 */
export function showThumbnail(image, file, base = document.baseURI, box = image.parentElement) {
  const address = ownAddress(file, base);
  box?.classList.toggle('empty', !address);
  image.onload = () => box?.classList.remove('empty');
  image.onerror = () => box?.classList.add('empty');
  awaited.delete(image);
  if (address && isInPack(address)) showFromPack(image, address, box);
  else if (address) {
    image.referrerPolicy = 'no-referrer';
    image.src = address;
  } else image.removeAttribute('src');
}

/**
 * Shows a thumbnail of a pack. Its object URL is revoked as soon as the image is loaded.
 * @param {HTMLImageElement} image
 * @param {string} address
 * @param {HTMLElement | null} box
 */
async function showFromPack(image, address, box) {
  awaited.set(image, address);
  image.removeAttribute('src');
  image.loading = 'eager'; // a lazy image outside of the window would keep its object URL
  const blob = await fromPack(address).catch(() => null);
  if (awaited.get(image) !== address) return; // it shows another picture by now
  box?.classList.toggle('empty', !blob);
  if (!blob) return;
  const url = URL.createObjectURL(blob);
  const revoke = () => URL.revokeObjectURL(url);
  image.addEventListener('load', revoke, { once: true });
  image.addEventListener('error', revoke, { once: true });
  image.src = url;
}

/** @param {string} file @param {string} base */
function ownAddress(file, base) {
  if (!file) return null;
  try {
    const address = new URL(file, base);
    return address.origin === new URL(base).origin || allowed.has(address.origin) ? address.href : null;
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
 * Makes the thumbnail. It opens the details, or in the element makes the neighbour the query.
 * @param {Neighbour} neighbour
 * @param {string} name
 * @param {Look} look
 */
function picture(neighbour, name, look) {
  const { words, base, onMore, onDetails } = look;
  const { model } = neighbour;
  const box = element('div', 'box');
  box.setAttribute('part', 'picture');
  box.draggable = true;
  box.addEventListener('dragstart', ({ dataTransfer }) => {
    if (!dataTransfer) return;
    dataTransfer.effectAllowed = 'copy';
    dataTransfer.setData('text/uri-list', `${base.split('#')[0]}#model=${encodeURIComponent(model.uid)}`);
  });
  const image = element('img');
  Object.assign(image, { alt: name, width: 320, height: 180, loading: 'lazy', decoding: 'async', draggable: false });
  if (onDetails) {
    const open = button('open', '', () => onDetails(neighbour), words.detailsSpoken(name));
    open.append(image);
    box.append(open);
  } else {
    // A convenience for pointers: the action does the same for everybody.
    image.addEventListener('click', () => onMore(neighbour));
    box.append(image);
  }
  showThumbnail(image, model.thumbnail, base, box);
  return box;
}

/**
 * Makes the actions, which take the place of the last two lines while the card is pointed at or has the keyboard focus.
 * @param {Neighbour} neighbour
 * @param {string} name
 * @param {Look} look
 */
function actions(neighbour, name, { words, onMore, onAdd, onWhy }) {
  const row = element('div', 'actions');
  row.setAttribute('part', 'actions');
  row.append(button('action more', words.more, () => onMore(neighbour), words.moreSpoken(name)));
  if (onWhy) row.append(button('action ask-why', words.why, () => onWhy(neighbour), words.whySpoken(name)));
  if (onAdd) row.append(button('action add-to', words.add, () => onAdd(neighbour), words.addSpoken(name)));
  return row;
}

/**
 * Makes the line that says how close a neighbour is. The cosine is in its title.
 * @param {Neighbour} neighbour
 * @param {Look} look
 */
function closeness(neighbour, { words, answer }) {
  const { score, duplicates } = neighbour;
  const line = element('p', 'closeness');
  line.setAttribute('part', 'score');
  if (!answer) return line;
  const { level, amount } = closenessOf(neighbour, answer);
  const mark = element('span', 'mark');
  mark.title = words.scoreTitle(score);
  const bar = element('span', 'amount');
  const filled = element('span');
  filled.style.inlineSize = `${Math.round(100 * amount)}%`;
  bar.append(filled);
  mark.append(bar, element('span', 'level', level ? words[level] : words.score(score)));
  if (level) mark.dataset.level = level;
  line.append(mark);
  if (duplicates.length > 0) {
    const more = element('span', 'duplicates', words.duplicates(duplicates.length));
    more.title = words.duplicatesTitle(duplicates.length);
    more.setAttribute('role', 'img');
    more.setAttribute('aria-label', more.title);
    line.append(more);
  }
  return line;
}

/**
 * Makes the line with the author and the licence.
 * @param {Model} model
 * @param {Look['words']} words
 */
export function byline({ author, licence }, words, className = 'byline') {
  const line = element('p', className);
  line.setAttribute('part', 'byline');
  if (author) line.append(bdi(author));
  if (licence) {
    const part = bdi(licence, 'licence');
    part.title = words.licence(licence);
    line.append(part);
  }
  return line;
}

/**
 * Makes a link to a model, if its address is safe. The link says where it leads, because a catalogue may name any site.
 * @param {Model} model
 * @param {string | Node} text
 * @param {Look['words']} words
 * @param {(event: MouseEvent) => void} [onOpen]
 */
export function linkTo({ url }, text, words, onOpen) {
  const address = safeLink(url);
  if (!address) return null;
  const made = element('a', 'view');
  Object.assign(made, { href: address.href, target: '_blank', rel: 'noopener noreferrer' });
  const isSketchfab = /(^|\.)sketchfab\.com$/.test(address.hostname);
  const site = isSketchfab ? words.sketchfab : address.hostname;
  made.append(text, element('span', 'unseen', `, ${words.view}${site}${words.newTab}`));
  if (onOpen) made.addEventListener('click', onOpen);
  return made;
}
