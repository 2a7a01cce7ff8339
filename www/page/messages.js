/**
 * The messages of the page: failures, notes, the state of the engine, and messages for screen readers.
 *
 * @import { View } from '../engine/search-session.js'
 */

import { buttons, engine, page, spoken } from '../strings/strings.js';
import { button, byId, element } from './dom.js';
import { focusWay } from './fold.js';

/** Layers are shown only if an image takes more milliseconds than this. Nobody can read a text that is gone sooner. */
const READABLE = 150;

/** When the first layer of the present image was computed, by `performance.now()`. */
let begun = 0;

/**
 * Shows a failure. Screen readers speak it.
 * @param {string} sentence
 * @param {(() => void) | null} restart the action of the button `Start again`, or null for no such button
 */
export function alertVisitor(sentence, restart = null) {
  const way = restart
    ? button('button', buttons.restart, restart)
    : button('dismiss', '×', clearAlert, buttons.dismiss);
  byId('alert').replaceChildren(element('p', '', sentence), way);
  byId('alert').scrollIntoView({ block: 'nearest' });
}

/** Removes the failure. If its button has the keyboard focus, the focus moves to the choice of a file. */
export function clearAlert() {
  if (byId('alert').contains(document.activeElement)) focusWay('file');
  byId('alert').replaceChildren();
}

/** Shows a message that is no failure, until the next query. @param {string} sentence */
export function note(sentence) {
  byId('note').textContent = sentence;
}

/** Gives a sentence to screen readers. Other visitors see the change itself. @param {string} sentence */
export function say(sentence) {
  byId('status').textContent = sentence;
}

/** Shows how much of the engine has been downloaded. @param {number} loaded bytes @param {number} total bytes */
export function showProgress(loaded, total) {
  const bar = byId('progress');
  bar.max = total;
  bar.value = Math.min(loaded, total);
  showEngine('loading', engine.loading(bar.value, total));
}

/** Shows the state of the engine. @type {View['showEngine']} */
export function showEngine(state, words) {
  if (state === 'loading' && byId('engine').dataset.state !== 'loading') byId('progress').value = 0;
  byId('engine').dataset.state = state;
  byId('engine').removeAttribute('data-layers');
  byId('engine-words').textContent = words;
}

/**
 * Shows how many layers of the network have been computed, if an image takes long.
 * @param {number} layer from 1
 * @param {number} layers
 */
export function showLayer(layer, layers) {
  if (layer === 1) begun = performance.now();
  if (performance.now() - begun < READABLE) return;
  const bar = byId('progress');
  [bar.max, bar.value] = [layers, layer];
  showEngine('searching', layer < layers ? engine.layer(layer, layers) : engine.searching);
  byId('engine').toggleAttribute('data-layers', layer < layers);
}

/** Shows that the engine begins to load. */
export function showStarting() {
  showEngine('loading', page.starting);
  say(spoken.loading);
}
