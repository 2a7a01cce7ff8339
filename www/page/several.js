/** Several images and models that are searched together: how they are shown, and what is done with each. */

import { nameOf } from '../engine/query.js';
import { words as allWords, several as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { button, byId, element } from './dom.js';
import { isAsStored, pictureOf } from './query.js';

/** Addresses of the visitor's own images that are shown. @type {Map<Blob, string>} */
const addresses = new Map();

/**
 * Shows the members of a query of several, or none.
 * @param {import('../engine/query.js').Query | null} query
 * @param {(members: import('../engine/query.js').Member[]) => void} onChange
 */
export function showMembers(query, onChange) {
  const list = byId('parts');
  const members = query?.kind === 'several' ? query.members : [];
  const focused = placeOfFocus(list);
  list.hidden = members.length === 0;
  const item = (member, at) =>
    memberItem(member, nameOf(member.query, allWords), {
      onTurn: () => onChange(members.map((one, index) => (index === at ? { ...one, weight: -one.weight } : one))),
      onRemove: () => onChange(members.filter((_, index) => index !== at)),
    });
  list.replaceChildren(...members.map(item));
  release(members);
  if (focused) focusAgain(list, focused);
}

/** Which button of the list has the keyboard. */
function placeOfFocus(list) {
  if (!list.contains(document.activeElement)) return null;
  const item = document.activeElement.closest('li');
  return { at: [...list.children].indexOf(item), kind: document.activeElement.dataset.does };
}

/** The keyboard stays at its place; behind the last one it goes to what adds another. */
function focusAgain(list, { at, kind }) {
  const item = list.children[at] ?? list.lastElementChild;
  (item?.querySelector(`[data-does="${kind}"]`) ?? byId('add-file')).focus({ preventScroll: true });
}

function memberItem({ query, weight }, name, { onTurn, onRemove }) {
  const [item, box, picture] = [element('li', 'member'), element('span', 'box'), element('img')];
  item.classList.toggle('unlike', weight < 0);
  Object.assign(picture, { alt: name, width: 96, height: 54, decoding: 'async', draggable: false });
  box.append(picture);
  picture.classList.toggle('as-stored', isAsStored(query));
  const shown = pictureOf(query);
  showThumbnail(picture, shown instanceof Blob ? addressOf(shown) : shown);
  const turn = button('sign', weight < 0 ? '−' : '+', onTurn, words.unlike(name));
  turn.setAttribute('aria-pressed', weight < 0);
  const remove = button('remove', '×', onRemove, words.remove(name));
  Object.assign(turn.dataset, { does: 'turn' });
  Object.assign(remove.dataset, { does: 'remove' });
  for (const one of [turn, remove]) one.title = one.getAttribute('aria-label');
  item.append(box, turn, remove);
  return item;
}

function addressOf(blob) {
  if (!addresses.has(blob)) addresses.set(blob, URL.createObjectURL(blob));
  return addresses.get(blob);
}

/** Lets go of the images that are shown no more. */
function release(members) {
  const shown = new Set(members.map(({ query }) => pictureOf(query)));
  for (const [blob, address] of addresses) {
    if (shown.has(blob)) continue;
    URL.revokeObjectURL(address);
    addresses.delete(blob);
  }
}
