/** The answers: a grid of models whose places are reserved before they come. */

import { TOP } from '../engine/asked.js';
import { results as words } from '../strings/strings.js';
import { cardOf, emptyCard, resultId } from './card.js';
import { byId } from './dom.js';

/** What each card shows. @type {WeakMap<Element, string>} */
const contents = new WeakMap();

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
 * @param {{title: string, note: string, answer: import('../engine/engine.js').Answer}} shown
 * @param {Pick<import('./card.js').Look, 'onMore' | 'onAdd' | 'onWhy'>} handlers
 */
export function showResults({ title, note, answer }, handlers) {
  const { neighbours, alike } = answer;
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  byId('results-title').textContent = isUnlike(answer) ? words.unlike : title;
  byId('results-note').textContent = note;
  byId('none').textContent = neighbours.length > 0 ? '' : noneOf(answer);
  byId('show-more').hidden = neighbours.length < answer.top;
  byId('grid').removeAttribute('aria-busy');
  showCards(sorted(neighbours), { words, base: location.href, isCalibrated: alike > 0, ...handlers });
}

/** Why there is no answer. @param {import('../engine/engine.js').Answer} answer */
export function noneOf({ filter }) {
  return Object.keys(filter).length > 0 ? words.noneFiltered : words.none;
}

/** In the order that the visitor chose. */
function sorted(neighbours) {
  const key = byId('sort').value;
  if (key === 'closeness') return neighbours;
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  return [...neighbours].sort((a, b) => compare(a.model[key], b.model[key]));
}

/** Whether even the nearest is not really alike. @param {import('../engine/engine.js').Answer} answer */
export function isUnlike({ neighbours, alike }) {
  return neighbours.length > 0 && neighbours[0].score < alike;
}

/** A card that shows already what it should stays, and with it the keyboard's place and its picture. */
function showCards(neighbours, look) {
  const grid = byId('grid');
  for (const [index, neighbour] of neighbours.entries()) {
    const content = JSON.stringify([neighbour, look.isCalibrated]);
    const shown = grid.children[index];
    if (contents.get(shown) === content) continue;
    const item = cardOf(neighbour, look);
    contents.set(item, content);
    if (shown) shown.replaceWith(item);
    else grid.append(item);
  }
  while (grid.childElementCount > neighbours.length) grid.lastElementChild.remove();
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

/** The keyboard goes on from an answer. @param {string} [uid] */
export function focusCard(uid) {
  document.getElementById(resultId(uid))?.closest('.card').querySelector('.more').focus();
}
