/**
 * The answer on the page: a heading, tools, and the grid of cards.
 *
 * @import { Neighbour } from '../engine/protocol.js'
 * @import { Shown } from '../engine/search-session.js'
 * @import { Look } from './card.js'
 */

import { results as words } from '../strings/strings.js';
import { byId } from './dom.js';
import { Grid } from './grid.js';

const grid = new Grid(byId('grid'));

/**
 * Shows that an answer is awaited: empty cards, or dimmed the cards that are there.
 * @param {string} title the heading if there are no cards yet
 * @param {number} top the number of awaited neighbours
 */
export function showWaiting(title, top) {
  // The layout changes, and visitors read the new one from its top.
  if (document.documentElement.dataset.view === 'start') window.scrollTo({ top: 0 });
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  if (grid.isEmpty) byId('results-title').textContent = title;
  grid.wait(top);
}

/**
 * Shows an answer.
 * @param {Shown} shown
 * @param {Pick<Look, 'onMore' | 'onAdd' | 'onWhy' | 'onDetails'>} handlers
 */
export function showResults({ query, answer, title, none, among }, handlers) {
  const { neighbours, passing, top, timings } = answer;
  document.documentElement.dataset.view = 'results';
  byId('results').hidden = false;
  byId('results-title').textContent = title;
  byId('results-note').textContent = words.searched(passing, timings.decode + timings.embed + timings.search);
  byId('none').textContent = none;
  byId('among').textContent = among;
  byId('among-line').hidden = !among;
  byId('like-all').hidden = query.kind !== 'words' || neighbours.length < 2;
  byId('show-more').hidden = neighbours.length < top;
  grid.show(sorted(neighbours), {
    words,
    base: location.href,
    answer: answer.ranked_by === 'words' ? null : answer,
    ...handlers,
    ...(query.kind === 'words' && { onWhy: undefined }),
  });
}

/** Returns neighbours in the order that the visitor chose. @param {Neighbour[]} neighbours */
function sorted(neighbours) {
  const key = /** @type {'closeness' | 'name' | 'author' | 'licence'} */ (byId('sort').value);
  if (key === 'closeness') return neighbours;
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  return [...neighbours].sort((a, b) => compare(a.model[key], b.model[key]));
}

/** Shows the start, without results. */
export function hideResults() {
  document.documentElement.dataset.view = 'start';
  byId('results').hidden = true;
  grid.clear();
  byId('results-note').textContent = '';
}

/** Moves the keyboard focus to the answer. The button that had the focus was removed with the old answer. */
export function focusResults() {
  byId('results-title').focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

/** Moves the keyboard focus to the card of a model. @param {string | undefined} uid */
export const focusCard = (uid) => grid.focus(uid);
