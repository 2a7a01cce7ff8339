/**
 * The field that finds a model of the catalogue by its name or its link. Names are offered while the visitor types.
 *
 * @import { Column, Names } from '../engine/protocol.js'
 */

import { at, folded } from '../engine/columns.js';
import { results, names as words } from '../strings/strings.js';
import { uidOfLink, webLink } from './addresses.js';
import { showThumbnail } from './card.js';
import { bdi, byId, closest, element } from './dom.js';
import { alertVisitor, say } from './messages.js';

/** How many names are offered. */
const OFFERED = 8;

const state = {
  /** @type {Names | null} */
  known: null,
  /** The uids of the offered models. @type {string[]} */
  offered: [],
  /** The place of the offered name that the arrow keys have reached, or -1. */
  at: -1,
};

/**
 * Takes the names of the catalogue, and offers some if the visitor has typed already.
 * @param {Names | null} known null for a catalogue in cells, whose names are not loaded: the field is hidden
 */
export function knowNames(known) {
  state.known = known;
  const { parentElement: box } = byId('names');
  if (box) box.hidden = known === null;
  if (document.activeElement === byId('names')) offer();
}

/**
 * Listens to the field. Call it once.
 * @param {object} receiver
 * @param {(uid: string) => void} receiver.onChoose a model was chosen
 * @param {(link: URL) => void} receiver.onLink a link was pasted or entered that does not name a model
 */
export function listenToNames({ onChoose, onLink }) {
  const field = byId('names');
  const list = byId('names-list');
  /** @param {string} uid */
  const choose = (uid) => {
    field.value = '';
    close();
    onChoose(uid);
  };
  const follow = () => {
    const link = webLink(field.value);
    if (!link) return false;
    field.value = '';
    close();
    onLink(link);
    return true;
  };
  field.addEventListener('input', (event) => {
    const uid = uidOfLink(field.value);
    if (uid) return choose(uid);
    // A pasted link is complete. A link that is being typed is not.
    const isPasted = event instanceof InputEvent && event.inputType.startsWith('insertFrom');
    return isPasted && follow() ? undefined : offer();
  });
  field.addEventListener('focus', () => field.value && offer());
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    // What is asked may move the focus to a button, which the key must not press.
    if (event.key === 'Enter' && !event.isComposing) event.preventDefault();
    if (event.key !== 'Enter' || !follow()) press(event, choose);
  });
  list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the keyboard focus
  list.addEventListener('click', (event) => {
    const option = closest(event, '[role="option"]');
    if (option) choose(state.offered[Number(option.dataset.at)]);
  });
}

/** @param {KeyboardEvent} event @param {(uid: string) => void} choose */
function press(event, choose) {
  if (event.isComposing) return;
  const count = state.offered.length;
  /** @type {Record<string, () => number>} */
  const moves = { ArrowDown: () => (state.at + 1) % count, ArrowUp: () => (state.at <= 0 ? count : state.at) - 1 };
  if (moves[event.key] && count > 0) {
    event.preventDefault();
    move(moves[event.key]());
  } else if (event.key === 'Enter' && byId('names').value.trim()) {
    if (count > 0) choose(state.offered[Math.max(state.at, 0)]);
    else alertVisitor(words.none(byId('names').value.trim()));
  } else if (event.key === 'Escape' && count > 0) {
    event.preventDefault(); // only the next Escape empties the field
    close();
  }
}

/** Moves the selection to an offered name. @param {number} place */
function move(place) {
  state.at = place;
  for (const [index, option] of [...byId('names-list').children].entries())
    option.setAttribute('aria-selected', String(index === place));
  byId('names').setAttribute('aria-activedescendant', `name-${place}`);
  byId(`name-${place}`).scrollIntoView({ block: 'nearest' });
}

function offer() {
  const { known } = state;
  const wanted = byId('names').value.trim();
  if (!wanted || !known) return close();
  const rows = find(known.folded, wanted);
  show(
    rows.map((row) => at(known.uids, row)),
    rows.map((row, place) => option(known, row, place)),
  );
  return say(words.offered(rows.length));
}

function close() {
  show([], []);
}

/** @param {string[]} uids @param {HTMLElement[]} options */
function show(uids, options) {
  [state.offered, state.at] = [uids, -1];
  byId('names-list').replaceChildren(...options);
  byId('names-list').hidden = options.length === 0;
  byId('names').setAttribute('aria-expanded', String(options.length > 0));
  byId('names').removeAttribute('aria-activedescendant');
}

/**
 * Finds the rows whose names contain all words of a text, at most `OFFERED`. First come the names that begin with the
 * first word, then those in which it begins a word, then the others.
 * @param {Column} names folded
 * @param {string} wanted
 */
function find(names, wanted) {
  const [first, ...others] = folded(wanted).split(/\s+/);
  /** @type {[number[], number[], number[]]} */
  const ranks = [[], [], []];
  for (let row = 0; row < names.starts.length && ranks[0].length < OFFERED; row += 1) {
    const name = at(names, row);
    const begin = name.indexOf(first);
    if (begin < 0 || !others.every((part) => name.includes(part))) continue;
    const rank = ranks[begin === 0 ? 0 : name.includes(` ${first}`) ? 1 : 2];
    if (rank.length < OFFERED) rank.push(row);
  }
  return ranks.flat().slice(0, OFFERED);
}

/**
 * Returns the name of a model, or null if it is not known.
 * @param {string} uid
 */
export function knownName(uid) {
  const { known } = state;
  if (!known) return null;
  for (let row = 0; row < known.uids.starts.length; row += 1) {
    if (at(known.uids, row) === uid) return at(known.names, row);
  }
  return null;
}

/** @param {Names} known @param {number} row @param {number} place */
function option({ names, authors, thumbnails }, row, place) {
  const [item, picture] = [element('li'), element('img')];
  const [box, text] = [element('span', 'box'), element('span', 'text')];
  item.id = `name-${place}`;
  item.dataset.at = String(place);
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  Object.assign(picture, { alt: '', width: 64, height: 36, decoding: 'async' });
  box.append(picture);
  showThumbnail(picture, at(thumbnails, row));
  text.append(bdi(at(names, row) || results.unnamed, 'name'), bdi(at(authors, row), 'author'));
  item.append(box, text);
  return item;
}
