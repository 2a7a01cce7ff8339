/**
 * Models to look at before any question. Every visit begins with others. The browser's history keeps which they are, so
 * that going back shows the same.
 *
 * @import { Model } from '../engine/protocol.js'
 * @import { Look } from './card.js'
 *
 * @typedef {Pick<Look, 'onMore' | 'onAdd'> & {find: (seed: number, count: number) => Promise<Model[]>}} Handlers
 */

import { results as words } from '../strings/strings.js';
import { byId } from './dom.js';
import { Grid } from './grid.js';

/** How many models are shown: rows of 2, 3, 4 or 6 are full. */
const COUNT = 12;

const grid = new Grid(byId('wander-grid'));

/** Listens to the button for other models. Call it once. @param {Handlers} handlers */
export function listenToWander(handlers) {
  byId('others').addEventListener('click', () => {
    renew();
    wander(handlers);
  });
}

/** Shows models of the whole catalogue. @param {Handlers} handlers */
export async function wander({ find, onMore, onAdd }) {
  const seed = history.state?.seed ?? renew();
  const models = await find(seed, COUNT);
  const isStart = document.documentElement.dataset.view === 'start' && history.state?.seed === seed;
  byId('wander').hidden = !isStart || models.length === 0;
  if (!isStart) return;
  const neighbours = models.map((model, row) => {
    return { row, uid: model.uid, model, score: 0, closer_than: 0, duplicates: [] };
  });
  grid.show(neighbours, { words, base: location.href, answer: null, onMore, onAdd });
}

/** Removes the models, for instance beside an answer. */
export function endWander() {
  byId('wander').hidden = true;
  grid.clear();
}

/** Chooses other models. */
function renew() {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  history.replaceState({ ...history.state, seed }, '');
  return seed;
}
