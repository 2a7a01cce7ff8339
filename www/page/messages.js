/** What the page says in words: alerts, notes, the engine's state, and what only a screen reader says. */

import { buttons, engine, page, spoken } from '../strings/strings.js';
import { button, byId, element } from './dom.js';

/** Layers are shown only where an image takes more milliseconds than this: a shorter text cannot be read. */
const READABLE = 150;

/** When the present image's first layer was done. */
let begun = 0;

/**
 * Says a failure where everybody sees and hears it.
 * @param {string} sentence
 * @param {(() => void) | null} restart what `Start again` does, or null for no such button
 */
export function alertVisitor(sentence, restart = null) {
  const words = element('p', '', sentence);
  const parts = [words];
  if (restart) parts.push(button('button', buttons.restart, restart));
  else parts.push(button('dismiss', '×', clearAlert, buttons.dismiss));
  byId('alert').replaceChildren(...parts);
  byId('alert').scrollIntoView({ block: 'nearest' });
}

/** Takes the failure away; a keyboard that was on its button goes on from the choice of a file. */
export function clearAlert() {
  if (byId('alert').contains(document.activeElement)) byId('file').focus({ preventScroll: true });
  byId('alert').replaceChildren();
}

/** Says something that is no failure, until the next query. */
export function note(sentence) {
  byId('note').textContent = sentence;
}

/** Says something to screen readers alone: others see it happen. */
export function say(sentence) {
  byId('status').textContent = sentence;
}

/** Shows how much of the engine has been downloaded, in bytes. */
export function showProgress(loaded, total) {
  const bar = byId('progress');
  bar.max = total;
  bar.value = Math.min(loaded, total);
  showEngine('loading', engine.loading(bar.value, total));
}

/**
 * Shows the engine's state.
 * @param {'loading' | 'checking' | 'ready' | 'searching' | 'stopped'} state
 * @param {string} words
 */
export function showEngine(state, words) {
  if (state === 'loading' && byId('engine').dataset.state !== 'loading') byId('progress').value = 0;
  byId('engine').dataset.state = state;
  byId('engine').removeAttribute('data-layers');
  byId('engine-words').textContent = words;
}

/** Shows how many layers of the network an image has gone through, where that takes a while. */
export function showLayer(layer, layers) {
  if (layer === 1) begun = performance.now();
  if (performance.now() - begun < READABLE) return;
  const bar = byId('progress');
  [bar.max, bar.value] = [layers, layer];
  showEngine('searching', layer < layers ? engine.layer(layer, layers) : engine.searching);
  byId('engine').toggleAttribute('data-layers', layer < layers);
}

/** The engine begins to load. */
export function showStarting() {
  showEngine('loading', page.starting);
  say(spoken.loading);
}
