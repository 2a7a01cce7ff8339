/**
 * The details of a neighbour in a dialog, which is a sheet on phones: its picture or its 3D viewer, what is known of it,
 * how close it is and why, and everything that can be done with it. The address says whose details are open.
 *
 * @import { Answer, Filter, Model, Neighbour } from '../engine/protocol.js'
 * @import { Look } from './card.js'
 * @import { Explained } from './why.js'
 *
 * @typedef {object} Own what the visitor does in the details alone
 * @property {(model: Model) => Promise<Explained>} explain explains the score of a model
 * @property {(facet: keyof Filter, value: string) => void} onFilter only models with this value are wanted
 * @property {(uid: string) => void} onChoose another model becomes the query
 *
 * @typedef {Required<Pick<Look, 'onMore' | 'onAdd'>> & Own} Handlers
 */

import { closenessOf } from '../engine/closeness.js';
import { results, viewer, details as words } from '../strings/strings.js';
import { byline, linkTo, showThumbnail } from './card.js';
import { copyLink, linkLabel } from './copy.js';
import { openDialog } from './dialog.js';
import { bdi, button, element } from './dom.js';
import { isFilter } from './filters.js';
import { endDetails, presentDetails } from './history.js';
import { focusCard } from './results.js';
import { frameOf, viewable } from './viewer.js';
import { whySection } from './why.js';

/**
 * The open details. `isEnding` says that the browser was asked to go back, which closes them.
 * @type {{uid: string, dialog: HTMLDialogElement, closeness: HTMLElement, isEnding: boolean} | null}
 */
let open = null;

/**
 * Shows the details that the address asks for, or none. Details that are shown stay, and say how close the model is in
 * this answer.
 * @param {Answer} answer the shown answer
 * @param {Handlers} handlers
 * @param {{isWhy?: boolean}} [how] whether the explanation is asked for, too
 * @returns {boolean} whether what the address asks for is shown; if not, the answer lacks the model
 */
export function followDetails(answer, handlers, { isWhy = false } = {}) {
  const uid = presentDetails();
  const neighbour = answer.neighbours.find((one) => one.uid === uid);
  if (open && open.uid !== uid) closeDetails();
  if (neighbour && open) open.closeness.textContent = closenessText(neighbour, answer);
  else if (neighbour) show(neighbour, answer, handlers, isWhy);
  return uid === null || open !== null;
}

/** Takes the details out of the address, and closes them. Where that means going back, they close afterwards. */
export function dismissDetails() {
  if (!open?.isEnding) endDetails();
  if (open?.isEnding || presentDetails() === null) closeDetails();
  else if (open) open.isEnding = true;
}

/** Closes the details. The address stays. */
export function closeDetails() {
  const closed = open;
  open = null;
  closed?.dialog.close();
  if (closed) restoreFocus(closed.uid);
}

/**
 * Moves the keyboard focus to the card, unless the browser gave it back to the button there that opened the details.
 * @param {string} uid
 */
function restoreFocus(uid) {
  if (!document.activeElement?.closest('.card')) focusCard(uid);
}

/**
 * @param {Neighbour} neighbour
 * @param {Answer} answer
 * @param {Handlers} handlers
 * @param {boolean} isWhy
 */
function show(neighbour, answer, handlers, isWhy) {
  const { model, uid } = neighbour;
  const name = model.name || results.unnamed;
  // A browser that gives a clicked button no focus would else show a ring that the keyboard did not ask for.
  const focusVisible = document.activeElement?.matches(':focus-visible') ?? false;
  const closeness = element('p', 'how-close', closenessText(neighbour, answer));
  const why = whySection(name, () => handlers.explain(model));
  const explains = answer.ranked_by === 'words' ? [] : [why.button];
  const same = answer.duplicates?.[answer.neighbours.indexOf(neighbour)] ?? [];
  const picture = pictureOf(model, name);
  const said = element('p', 'said');
  said.setAttribute('role', 'status');
  const facts = element('div', 'facts');
  if (model.author || model.licence) facts.append(byline(model, results, 'by'));
  facts.append(closeness, actions(neighbour, handlers, [...explains, ...picture.buttons], said), said);
  facts.append(...labels(neighbour, handlers.onFilter), ...duplicates(same, handlers.onChoose));
  const dialog = openDialog('details', name, [picture.figure, facts, why.section], dismissDetails);
  open = { uid, dialog, closeness, isEnding: false };
  // The browser may close a dialog without asking, for instance at a second Escape.
  dialog.addEventListener('close', () => {
    if (open?.dialog !== dialog) return;
    open = null;
    endDetails();
    restoreFocus(uid);
  });
  if (!isWhy) return;
  why.button.focus(/** @type {FocusOptions} */ ({ focusVisible }));
  why.button.click();
}

/** Closes the details, then does something that leads to another entry of the history. @param {() => void} act */
function leaving(act) {
  return () => {
    closeDetails();
    act();
  };
}

/** @param {Neighbour} neighbour @param {Answer} answer */
function closenessText(neighbour, answer) {
  if (answer.ranked_by === 'words') return '';
  const { level } = closenessOf(neighbour, answer);
  const { score, closer_than: closer } = neighbour;
  const cosine = results.scoreTitle(score);
  return level ? `${results[level]}. ${results.closenessTitle(closer)}. ${cosine}` : cosine;
}

/**
 * Makes the large picture, and for models of Sketchfab a button that puts the 3D viewer in its place and removes it.
 * @param {Model} model
 * @param {string} name
 */
function pictureOf(model, name) {
  const [figure, box, image] = [element('figure', 'picture'), element('div', 'box'), element('img')];
  Object.assign(image, { alt: name, width: 640, height: 360, decoding: 'async' });
  box.append(image);
  showThumbnail(image, model.thumbnail);
  figure.append(box);
  if (!viewable(model)) return { figure, buttons: [] };
  const from = element('figcaption', '', viewer.from);
  const turn = button('tool', words.viewer, () => {
    const isShown = turn.getAttribute('aria-pressed') === 'false';
    turn.setAttribute('aria-pressed', String(isShown));
    box.replaceChildren(isShown ? frameOf(model, name) : image);
    if (isShown) figure.append(from);
    else from.remove();
  });
  turn.setAttribute('aria-pressed', 'false');
  return { figure, buttons: [turn] };
}

/**
 * @param {Neighbour} neighbour
 * @param {Handlers} handlers
 * @param {HTMLButtonElement[]} shown the buttons that show something here
 * @param {HTMLElement} said where it is said that the link was copied
 */
function actions(neighbour, { onMore, onAdd }, shown, said) {
  /** @param {string} sentence */
  const say = (sentence) => {
    said.textContent = sentence;
  };
  const row = element('div', 'acts');
  row.append(
    button(
      'button',
      results.more,
      leaving(() => onMore(neighbour)),
    ),
    ...shown,
    button(
      'tool',
      results.add,
      leaving(() => onAdd(neighbour)),
    ),
    button('tool', linkLabel(), () => copyLink({ note: say, alert: say })),
  );
  const link = linkTo(neighbour.model, words.open, results);
  if (link) row.append(link);
  return row;
}

/**
 * Makes the categories and tags, as buttons where visitors can filter by them.
 * @param {Neighbour} neighbour
 * @param {Handlers['onFilter']} onFilter
 */
function labels({ model }, onFilter) {
  /** @type {[keyof Filter, string[]][]} */
  const all = [
    ['category', model.categories],
    ['tag', model.tags.filter((tag) => !model.categories.includes(tag))],
  ];
  const list = element('ul', 'labels');
  list.setAttribute('role', 'list');
  list.setAttribute('aria-label', words.labels);
  for (const [facet, values] of all) {
    for (const value of values) {
      const item = element('li');
      const label = isFilter(facet)
        ? button(
            'label',
            '',
            leaving(() => onFilter(facet, value)),
          )
        : element('span', 'label');
      label.append(bdi(value));
      if (isFilter(facet)) label.title = words.filterBy(value);
      item.append(label);
      list.append(item);
    }
  }
  return list.childElementCount > 0 ? [list] : [];
}

/**
 * Makes the list of the models that are nearly the same.
 * @param {Model[]} models
 * @param {Handlers['onChoose']} onChoose
 */
function duplicates(models, onChoose) {
  if (models.length === 0) return [];
  const title = element('p', 'same', results.duplicatesTitle(models.length));
  const list = element('ul', 'labels');
  list.setAttribute('role', 'list');
  for (const { uid, name } of models) {
    const item = element('li');
    const chosen = button(
      'label',
      '',
      leaving(() => onChoose(uid)),
    );
    chosen.append(bdi(name || results.unnamed));
    item.append(chosen);
    list.append(item);
  }
  return [title, list];
}
