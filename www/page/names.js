/** Finding a model of the catalogue by its name, as it is typed, or by its link. */

import { at, folded } from '../engine/columns.js';
import { results, names as words } from '../strings/strings.js';
import { uidOfLink, webLink } from './addresses.js';
import { showThumbnail } from './card.js';
import { byId, element } from './dom.js';
import { alertVisitor, say } from './messages.js';

/** How many names are offered. */
const OFFERED = 8;

/** What is known, what is offered, and which of it the keyboard is on. */
const state = {
  /** @type {Names | null} */ known: null,
  /** @type {number[]} */ offered: [],
  at: -1,
};

/** From now on names can be found; in a catalogue in cells they cannot. @param {Names | null} known */
export function knowNames(known) {
  state.known = known;
  byId('names').parentElement.hidden = known === null;
  if (document.activeElement === byId('names')) offer();
}

/**
 * Listens to the field; once.
 * @param {{onChoose: (uid: string) => void, onLink: (link: URL) => void}} receiver of a model, or of a link that is
 *   pasted or entered and is no model's
 */
export function listenToNames({ onChoose, onLink }) {
  const [field, list] = [byId('names'), byId('names-list')];
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
    // What is typed is not at its end.
    return event.inputType?.startsWith('insertFrom') && follow() ? undefined : offer();
  });
  field.addEventListener('focus', () => field.value && offer());
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !follow()) return press(event, choose);
    return event.preventDefault(); // or the key also presses what the question brings into focus
  });
  list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the keyboard
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) choose(offeredUid(Number(option.dataset.at)));
  });
}

function press(event, choose) {
  if (event.isComposing) return;
  const count = state.offered.length;
  const moves = { ArrowDown: () => (state.at + 1) % count, ArrowUp: () => (state.at <= 0 ? count : state.at) - 1 };
  if (moves[event.key] && count > 0) {
    event.preventDefault();
    move(moves[event.key]());
  } else if (event.key === 'Enter' && byId('names').value.trim()) {
    if (count > 0) choose(offeredUid(Math.max(state.at, 0)));
    else alertVisitor(words.none(byId('names').value.trim()));
  } else if (event.key === 'Escape' && count > 0) {
    event.preventDefault(); // the next one empties the field
    close();
  }
}

function offeredUid(place) {
  return at(state.known.uids, state.offered[place]);
}

function move(place) {
  state.at = place;
  for (const [index, option] of [...byId('names-list').children].entries())
    option.setAttribute('aria-selected', index === place);
  byId('names').setAttribute('aria-activedescendant', `name-${place}`);
  byId(`name-${place}`).scrollIntoView({ block: 'nearest' });
}

function offer() {
  const wanted = byId('names').value.trim();
  const found = wanted && state.known ? find(state.known.folded, wanted) : [];
  [state.offered, state.at] = [found, -1];
  byId('names-list').replaceChildren(...found.map(option));
  byId('names-list').hidden = found.length === 0;
  byId('names').setAttribute('aria-expanded', found.length > 0);
  byId('names').removeAttribute('aria-activedescendant');
  if (wanted && state.known) say(words.offered(found.length));
}

function close() {
  [state.offered, state.at] = [[], -1];
  byId('names-list').replaceChildren();
  byId('names-list').hidden = true;
  byId('names').setAttribute('aria-expanded', false);
  byId('names').removeAttribute('aria-activedescendant');
}

/**
 * Rows whose names have all words: first those that begin with the first, then those where it begins a word.
 * @param {Column} names folded
 * @param {string} wanted
 */
function find(names, wanted) {
  const [first, ...others] = folded(wanted).split(/\s+/);
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

function option(row, place) {
  const { names, authors, thumbnails } = state.known;
  const [item, box, picture, text] = [element('li'), element('span', 'box'), element('img'), element('span', 'text')];
  item.id = `name-${place}`;
  item.dataset.at = place;
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  Object.assign(picture, { alt: '', width: 64, height: 36, decoding: 'async' });
  box.append(picture);
  showThumbnail(picture, at(thumbnails, row));
  text.append(isolated('name', at(names, row) || results.unnamed), isolated('author', at(authors, row)));
  item.append(box, text);
  return item;
}

function isolated(className, text) {
  const made = element('bdi', className, text);
  made.dir = 'auto';
  return made;
}
