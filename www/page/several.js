/**
 * Several images and models as one query, each to be like or unlike: what they are together, and how they are shown.
 *
 * @typedef {{query: import('./query.js').ImageQuery | import('./query.js').ModelQuery | import('./query.js').CodeQuery,
 *   weight: 1 | -1}} Member
 */

import { several as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { button, byId, element } from './dom.js';
import { isAsStored, pictureOf } from './query.js';

/** More at once say nothing clear. */
export const MOST = 12;

/** Addresses of the visitor's own images that are shown. @type {Map<Blob, string>} */
const addresses = new Map();

/**
 * What a query consists of.
 * @param {import('./query.js').Query | null} query
 * @returns {Member[]}
 */
export function membersOf(query) {
  if (!query) return [];
  return query.kind === 'several' ? query.members : [{ query, weight: 1 }];
}

/**
 * Members as one query: the first ones of too many, and a single one that is wanted is itself. Nobody is there twice.
 * @param {Member[]} members
 * @returns {import('./query.js').Query | null} null for none
 */
export function together(members) {
  const keyOf = ({ query }) => `${query.key} ${JSON.stringify(query.part ?? null)}`;
  const known = new Map(members.map((member) => [keyOf(member), member]));
  const kept = [...known.values()].slice(0, MOST);
  if (kept.length === 0) return null;
  if (kept.length === 1 && kept[0].weight > 0) return kept[0].query;
  const key = kept.map((member) => `${member.weight > 0 ? '+' : '-'}${keyOf(member)}`).join(' ');
  return { kind: 'several', key, members: kept };
}

/**
 * Shows the members of a query of several, or none.
 * @param {import('./query.js').Query | null} query
 * @param {{nameOf: (query: import('./query.js').Query) => string, onChange: (members: Member[]) => void}} how
 */
export function showMembers(query, { nameOf, onChange }) {
  const list = byId('parts');
  const members = query?.kind === 'several' ? query.members : [];
  const focused = placeOfFocus(list);
  list.hidden = members.length === 0;
  const item = (member, at) =>
    memberItem(member, nameOf(member.query), {
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
