/** On a phone the ways to ask are folded beside an answer, so that the question is one line. */

import { byId } from './dom.js';

/** Lets the visitor unfold the ways to ask, which are folded beside an answer on a phone. Call it once. */
export function listenToFold() {
  byId('change').addEventListener('click', () => fold(byId('query').classList.contains('unfolded')));
}

/**
 * Folds or unfolds the ways to ask. If what is folded has the keyboard focus, the focus moves to the button.
 * @param {boolean} isFolded
 */
export function fold(isFolded) {
  byId('query').classList.toggle('unfolded', !isFolded);
  byId('change').setAttribute('aria-expanded', String(!isFolded));
  const isHidden = document.activeElement?.getClientRects().length === 0;
  if (isHidden) byId('change').focus({ preventScroll: true });
}

/**
 * Moves the keyboard focus to a way to ask, or while it is folded to the button that unfolds it.
 * @param {'file' | 'add-file'} id
 */
export function focusWay(id) {
  for (const one of [byId('change'), byId(id)]) one.focus({ preventScroll: true }); // what is hidden takes no focus
}
