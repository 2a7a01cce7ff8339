/**
 * The members of a query of several images and models: a list with two buttons for each.
 *
 * @import { Member, Query } from '../engine/query.js'
 */

import { nameOf } from '../engine/query.js';
import { words as allWords, several as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { button, byId, element } from './dom.js';
import { focusWay } from './fold.js';
import { isAsStored, pictureOf } from './query.js';

/** The object URLs of the visitor's images that are shown. @type {Map<Blob, string>} */
const addresses = new Map();

/**
 * Shows the members of a query. The list is hidden if the query is a single image or model.
 * @param {Query | null} query
 * @param {(members: Member[]) => void} onChange receives the members after the visitor has changed or removed one
 */
export function showMembers(query, onChange) {
  const list = byId('parts');
  const members = query?.kind === 'several' ? query.members : [];
  const focused = placeOfFocus(list);
  list.hidden = members.length === 0;
  /** @param {Member} member @param {number} at */
  const item = (member, at) =>
    memberItem(member, nameOf(member.query, allWords), {
      onTurn: () => onChange(members.map((one, index) => (index === at ? turned(one) : one))),
      onRemove: () => onChange(members.filter((_, index) => index !== at)),
    });
  list.replaceChildren(...members.map(item));
  release(members);
  if (focused) focusAgain(list, focused);
}

/** Returns a member with the opposite weight. @param {Member} member @returns {Member} */
const turned = ({ query, weight }) => ({ query, weight: weight > 0 ? -1 : 1 });

/**
 * Returns the place and the kind of the list's button that has the keyboard focus, or null.
 * @param {HTMLElement} list
 */
function placeOfFocus(list) {
  const { activeElement } = document;
  const item = activeElement?.closest('li');
  if (!(activeElement instanceof HTMLElement) || !item || !list.contains(item)) return null;
  return { at: [...list.children].indexOf(item), kind: activeElement.dataset.does };
}

/**
 * Moves the keyboard focus to the button at the same place, or to that of the last member. Without members, the focus
 * moves to the button that adds an image.
 * @param {HTMLElement} list
 * @param {{at: number, kind?: string}} focused
 */
function focusAgain(list, { at, kind }) {
  const item = list.children[at] ?? list.lastElementChild;
  const same = /** @type {HTMLElement | null | undefined} */ (item?.querySelector(`[data-does="${kind}"]`));
  if (same) same.focus({ preventScroll: true });
  else focusWay('add-file');
}

/**
 * @param {Member} member
 * @param {string} name
 * @param {{onTurn: () => void, onRemove: () => void}} handlers
 */
function memberItem({ query, weight }, name, { onTurn, onRemove }) {
  const [item, box] = [element('li', 'member'), element('span', 'box')];
  const picture = element('img');
  item.classList.toggle('unlike', weight < 0);
  Object.assign(picture, { alt: name, width: 96, height: 54, decoding: 'async', draggable: false });
  box.append(picture);
  picture.classList.toggle('as-stored', isAsStored(query));
  const shown = pictureOf(query);
  showThumbnail(picture, shown instanceof Blob ? addressOf(shown) : shown);
  const turn = button('sign', weight < 0 ? '−' : '+', onTurn, words.unlike(name));
  turn.setAttribute('aria-pressed', String(weight < 0));
  turn.title = words.unlike(name);
  turn.dataset.does = 'turn';
  const remove = button('remove', '×', onRemove, words.remove(name));
  remove.title = words.remove(name);
  remove.dataset.does = 'remove';
  item.append(box, turn, remove);
  return item;
}

/** @param {Blob} blob */
function addressOf(blob) {
  const address = addresses.get(blob) ?? URL.createObjectURL(blob);
  addresses.set(blob, address);
  return address;
}

/** Revokes the object URLs of images that are no longer shown. @param {Member[]} members */
function release(members) {
  const shown = new Set(members.map(({ query }) => pictureOf(query)));
  for (const [blob, address] of addresses) {
    if (shown.has(blob)) continue;
    URL.revokeObjectURL(address);
    addresses.delete(blob);
  }
}
