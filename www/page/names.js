/**
 * The field for words and links. While the visitor types, models that the words name are offered.
 *
 * @import { Model, Names } from '../engine/protocol.js'
 *
 * @typedef {object} Receiver
 * @property {(words: string, top: number) => Promise<Names>} find
 * @property {(uid: string) => void} onChoose a model was chosen
 * @property {(words: string) => void} onWords words were entered
 * @property {(link: URL) => void} onLink a link was pasted or entered that does not name a model
 */

import { results, names as words } from '../strings/strings.js';
import { uidOfLink, webLink } from './addresses.js';
import { showThumbnail } from './card.js';
import { bdi, byId, closest, element } from './dom.js';
import { say } from './messages.js';

/** How many models are offered. */
const OFFERED = 8;

const state = {
  /** What each option does. @type {(() => void)[]} */
  acts: [],
  /** The place of the option that the arrow keys have reached, or -1. */
  at: -1,
};

/** Writes the words of an answer into the field. @param {string} text */
export function fillNames(text) {
  byId('names').value = text;
}

/** Listens to the field. Call it once. @param {Receiver} receiver */
export function listenToNames(receiver) {
  const field = byId('names');
  const list = byId('names-list');
  field.addEventListener('input', (event) => {
    const uid = uidOfLink(field.value);
    if (uid) return leave(() => receiver.onChoose(uid));
    // A pasted link is complete. A link that is being typed is not.
    const isPasted = event instanceof InputEvent && event.inputType.startsWith('insertFrom');
    return isPasted && follow(receiver) ? undefined : offer(receiver);
  });
  field.addEventListener('focus', () => field.value && offer(receiver));
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (!event.isComposing) press(event, receiver);
  });
  list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the keyboard focus
  list.addEventListener('click', (event) => {
    const option = closest(event, '[role="option"]');
    if (option) state.acts[Number(option.dataset.at)]();
  });
}

/** Empties the field, then does something. @param {() => void} act */
function leave(act) {
  byId('names').value = '';
  close();
  act();
}

/** Follows the link in the field. Returns whether there is one. @param {Receiver} receiver */
function follow({ onLink }) {
  const link = webLink(byId('names').value);
  if (!link) return false;
  leave(() => onLink(link));
  return true;
}

/** @param {KeyboardEvent} event @param {Receiver} receiver */
function press(event, receiver) {
  const count = state.acts.length;
  /** @type {Record<string, () => number>} */
  const moves = { ArrowDown: () => (state.at + 1) % count, ArrowUp: () => (state.at <= 0 ? count : state.at) - 1 };
  if (event.key === 'Enter') {
    event.preventDefault(); // what is asked may move the focus to a button, which the key must not press
    if (state.at >= 0) state.acts[state.at]();
    else if (!follow(receiver)) enter(receiver);
  } else if (moves[event.key] && count > 0) {
    event.preventDefault();
    move(moves[event.key]());
  } else if (event.key === 'Escape' && count > 0) {
    event.preventDefault(); // only the next Escape empties the field
    close();
  }
}

/** Searches by the words in the field. @param {Receiver} receiver */
function enter({ onWords }) {
  const entered = byId('names').value.trim();
  if (entered) leave(() => onWords(entered));
}

/** Moves the selection to an option. @param {number} place */
function move(place) {
  state.at = place;
  for (const [index, option] of [...byId('names-list').children].entries())
    option.setAttribute('aria-selected', String(index === place));
  byId('names').setAttribute('aria-activedescendant', `name-${place}`);
  byId(`name-${place}`).scrollIntoView({ block: 'nearest' });
}

/** Offers the models that the words in the field name. @param {Receiver} receiver */
async function offer(receiver) {
  const typed = byId('names').value.trim();
  if (!typed) return close();
  /** @type {Names} */
  let found;
  try {
    found = await receiver.find(typed, OFFERED);
  } catch {
    return close(); // the page says why the search has stopped
  }
  const isAwaited = byId('names').value.trim() === typed && document.activeElement === byId('names');
  if (isAwaited) show(found, receiver);
}

/** @param {Names} found @param {Receiver} receiver */
function show({ models, count }, receiver) {
  const options = models.map(modelOption);
  const acts = models.map(
    ({ uid }) =>
      () =>
        leave(() => receiver.onChoose(uid)),
  );
  if (count > 0) {
    options.push(option(element('span', 'all', words.all(count))));
    acts.push(() => enter(receiver));
  }
  fill(options, acts);
  say(words.offered(models.length));
}

function close() {
  fill([], []);
}

/** @param {HTMLElement[]} options @param {(() => void)[]} acts */
function fill(options, acts) {
  [state.acts, state.at] = [acts, -1];
  for (const [place, made] of options.entries()) {
    made.id = `name-${place}`;
    made.dataset.at = String(place);
  }
  byId('names-list').replaceChildren(...options);
  byId('names-list').hidden = options.length === 0;
  byId('names').setAttribute('aria-expanded', String(options.length > 0));
  byId('names').removeAttribute('aria-activedescendant');
}

/** @param {...Node} content */
function option(...content) {
  const item = element('li');
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  item.append(...content);
  return item;
}

/** @param {Model} model */
function modelOption({ name, author, thumbnail }) {
  const [picture, box, text] = [element('img'), element('span', 'box'), element('span', 'text')];
  Object.assign(picture, { alt: '', width: 64, height: 36, decoding: 'async' });
  box.append(picture);
  showThumbnail(picture, thumbnail);
  text.append(bdi(name || results.unnamed, 'name'), bdi(author, 'author'));
  return option(box, text);
}
