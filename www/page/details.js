/**
 * The details of a neighbour in a dialog, which is a sheet on phones: its picture, what is known of it, how close it is,
 * and everything that can be done with it.
 *
 * @import { Answer, Filter, Model, Neighbour } from '../engine/protocol.js'
 * @import { Look } from './card.js'
 *
 * @typedef {object} Own what the visitor does in the details alone
 * @property {(facet: keyof Filter, value: string) => void} onFilter only models with this value are wanted
 * @property {(uid: string) => void} onChoose another model becomes the query
 *
 * @typedef {Required<Pick<Look, 'onMore' | 'onAdd' | 'onWhy'>> & Own} Handlers
 */

import { closenessOf } from '../engine/closeness.js';
import { results, details as words } from '../strings/strings.js';
import { byline, linkTo, showThumbnail } from './card.js';
import { openDialog } from './dialog.js';
import { bdi, button, element } from './dom.js';
import { isFilter } from './filters.js';
import { showViewer, viewable } from './viewer.js';

/**
 * Opens the dialog.
 * @param {Neighbour} neighbour
 * @param {Answer} answer the answer that the neighbour is part of
 * @param {Handlers} handlers
 */
export function showDetails(neighbour, answer, handlers) {
  const { model } = neighbour;
  const name = model.name || results.unnamed;
  const box = element('div', 'box');
  const image = element('img');
  Object.assign(image, { alt: name, width: 640, height: 360, decoding: 'async' });
  box.append(image);
  showThumbnail(image, model.thumbnail);
  const facts = element('div', 'facts');
  if (model.author || model.licence) facts.append(byline(model, results, 'by'));
  facts.append(closenessLine(neighbour, answer), actions(neighbour, name, handlers));
  const same = answer.duplicates?.[answer.neighbours.indexOf(neighbour)] ?? [];
  facts.append(...labels(neighbour, handlers.onFilter), ...duplicates(same, handlers.onChoose));
  dialog = openDialog('details', name, [box, facts]);
}

/** The dialog that was opened last. @type {HTMLDialogElement | null} */
let dialog = null;

/** Closes the dialog, then does something. @param {() => void} act */
function leaving(act) {
  return () => {
    dialog?.close();
    act();
  };
}

/** @param {Neighbour} neighbour @param {Answer} answer */
function closenessLine(neighbour, answer) {
  const { level } = closenessOf(neighbour, answer);
  const { score, closer_than: closer } = neighbour;
  const line = element('p', 'how-close');
  const cosine = results.scoreTitle(score);
  line.textContent = level ? `${results[level]}. ${results.closenessTitle(closer)}. ${cosine}` : cosine;
  return line;
}

/** @param {Neighbour} neighbour @param {string} name @param {Handlers} handlers */
function actions(neighbour, name, { onMore, onAdd, onWhy }) {
  const { model } = neighbour;
  const row = element('div', 'acts');
  /** @param {string} className @param {string} text @param {() => void} act */
  const add = (className, text, act) => row.append(button(className, text, leaving(act)));
  add('button', results.more, () => onMore(neighbour));
  add('tool', results.why, () => onWhy(neighbour));
  add('tool', results.add, () => onAdd(neighbour));
  if (viewable(model)) add('tool', words.viewer, () => showViewer(model, name));
  const link = linkTo(model, words.open, results);
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
