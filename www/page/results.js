/** The answers on the page: a heading, tools, and the grid. */

import { results as words } from '../strings/strings.js';
import { byId } from './dom.js';
import { Grid } from './grid.js';

const grid = new Grid(byId('grid'));

/**
 * Keeps the places of answers that have not come; answers that are there stay, dimmed.
 * @param {string} title
 * @param {number} top how many are awaited
 */
export function showWaiting(title, top) {
  // The page becomes another one, which is read from its top.
  if (document.documentElement.dataset.view === 'start') window.scrollTo({ top: 0 });
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  if (grid.isEmpty) byId('results-title').textContent = title;
  grid.wait(top);
}

/**
 * Shows an answer.
 * @param {import('../engine/search-session.js').Shown} shown
 * @param {Pick<import('./card.js').Look, 'onMore' | 'onAdd' | 'onWhy'>} handlers
 */
export function showResults({ answer, title, none }, handlers) {
  const { neighbours, alike, passing, top, timings } = answer;
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  byId('results-title').textContent = title;
  byId('results-note').textContent = words.searched(passing, timings.decode + timings.embed + timings.search);
  byId('none').textContent = none;
  byId('show-more').hidden = neighbours.length < top;
  grid.show(sorted(neighbours), { words, base: location.href, isCalibrated: alike > 0, ...handlers });
}

/** In the order that the visitor chose. */
function sorted(neighbours) {
  const key = byId('sort').value;
  if (key === 'closeness') return neighbours;
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  return [...neighbours].sort((a, b) => compare(a.model[key], b.model[key]));
}

/** Back to the page as it began. */
export function hideResults() {
  document.documentElement.dataset.view = 'start';
  byId('results').hidden = true;
  grid.clear();
  byId('results-note').textContent = '';
}

/** The keyboard goes on from the answers where the button that was pressed has gone with the old ones. */
export function focusResults() {
  byId('results-title').focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

/** The keyboard goes on from an answer. @param {string | undefined} uid */
export const focusCard = (uid) => grid.focus(uid);
