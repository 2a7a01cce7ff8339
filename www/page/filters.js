/**
 * The filters above the answer: for each facet a panel with its values and the numbers of models that they leave.
 *
 * @import { Filter } from '../engine/protocol.js'
 *
 * @typedef {keyof Filter} Facet
 * @typedef {{item: HTMLLIElement, box: HTMLInputElement, count: HTMLElement}} Item a listed value
 */

import { filters as words } from '../strings/strings.js';
import { bdi, byId, element } from './dom.js';
import { settings } from './settings.js';

/** The most values that a panel lists. The visitor finds the others by their letters. */
const LISTED = 60;

/** A panel with at least this many values has a field to find them. */
const MANY = 12;

/** @type {Map<Facet, Panel>} */
const panels = new Map();

/**
 * Makes the panels that the owner has set.
 * @param {Record<Facet, string[]>} values by facet, the most common first
 * @param {(facet: Facet, value: string) => void} onToggle
 */
export function makeFilters(values, onToggle) {
  panels.clear();
  for (const facet of settings.filters) {
    if (values[facet].length > 1) panels.set(facet, new Panel(facet, values[facet], onToggle));
  }
  byId('facets').replaceChildren(...[...panels.values()].map(({ details }) => details));
}

/** Returns whether visitors can filter by a facet. @param {Facet} facet */
export const isFilter = (facet) => panels.has(facet);

/**
 * Listens to events that close panels or clear the filter. Call it once.
 * @param {() => void} onClear
 */
export function listenToFilters(onClear) {
  /** @param {Event} event */
  const close = ({ target }) => {
    for (const { details } of panels.values()) {
      if (!(target instanceof Node && details.contains(target))) details.open = false;
    }
  };
  document.addEventListener('pointerdown', close);
  document.addEventListener('focusin', close);
  byId('clear-filters').addEventListener('click', () => {
    onClear();
    byId('results-title').focus({ preventScroll: true }); // the button disappears
  });
}

/**
 * Shows the filter, and the number of models that each further value leaves.
 * @param {Filter} filter
 * @param {Record<Facet, Uint32Array>} counts by facet, in the order of its values
 * @param {Facet[]} atMost the facets that fewer models than counted may be left of
 */
export function showFilters(filter, counts, atMost) {
  byId('clear-filters').hidden = Object.keys(filter).length === 0;
  for (const [facet, panel] of panels) panel.show(filter[facet] ?? [], counts[facet], atMost.includes(facet));
}

/** The panel of one facet. */
class Panel {
  details = element('details', 'facet');
  #facet;
  #values;
  /** The place of each value in `#counts`. */
  #places;
  #onToggle;
  /** @type {Uint32Array} */
  #counts = new Uint32Array();
  #isAtMost = false;
  /** @type {string[]} */
  #chosen = [];
  #summary = element('summary');
  #list = element('ul');
  #rest = element('p', 'rest');
  #field = element('input');
  /** The listed values. @type {Map<string, Item>} */
  #items = new Map();

  /**
   * @param {Facet} facet
   * @param {string[]} values
   * @param {(facet: Facet, value: string) => void} onToggle
   */
  constructor(facet, values, onToggle) {
    this.#facet = facet;
    this.#values = values;
    this.#onToggle = onToggle;
    this.#places = new Map(values.map((value, place) => [value, place]));
    const panel = element('div', 'panel');
    this.#list.setAttribute('role', 'list');
    this.#list.setAttribute('aria-label', words[facet]);
    Object.assign(this.#field, { type: 'search', placeholder: words.find, autocomplete: 'off' });
    this.#field.setAttribute('aria-label', words.findIn(words[facet]));
    this.#field.addEventListener('input', () => this.#fill());
    if (values.length >= MANY) panel.append(this.#field);
    panel.append(this.#list, this.#rest);
    this.details.append(this.#summary, panel);
    this.details.addEventListener('toggle', () => this.#turn());
    this.details.addEventListener('keydown', (event) => this.#press(event));
    this.#name();
  }

  /**
   * Shows the chosen values and the counts. Values keep their places while the panel is open.
   * @param {string[]} chosen
   * @param {Uint32Array} counts
   * @param {boolean} isAtMost whether fewer models than counted may be left
   */
  show(chosen, counts, isAtMost) {
    [this.#chosen, this.#counts, this.#isAtMost] = [chosen, counts, isAtMost];
    this.#name();
    for (const [value, item] of this.#items) this.#update(value, item);
  }

  #name() {
    this.#summary.textContent =
      this.#chosen.length > 0 ? words.chosen(words[this.#facet], this.#chosen) : words[this.#facet];
    this.#summary.classList.toggle('chosen', this.#chosen.length > 0);
  }

  /**
   * Empties a panel that was closed, and fills one that was opened. The event comes later than the change. If a closed
   * panel kept its values, it would show them for a moment when it is opened again. When a panel is opened, the visitor
   * may type before the event comes: the letters, and the values that they have listed, stay.
   */
  #turn() {
    if (!this.details.open) {
      this.#field.value = '';
      this.#items.clear();
      this.#list.replaceChildren();
    } else if (this.#items.size === 0) this.#fill();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key !== 'Escape' || !this.details.open) return;
    this.details.open = false;
    this.#summary.focus();
  }

  /** Lists the chosen values, then the most common values that contain the letters of the field. */
  #fill() {
    const letters = this.#field.value.trim().toLocaleLowerCase();
    /** @param {string} value */
    const left = (value) => this.#count(value) > 0 && !this.#chosen.includes(value);
    const found = this.#values.filter((value) => left(value) && value.toLocaleLowerCase().includes(letters));
    const listed = [...this.#chosen, ...found.slice(0, LISTED)];
    this.#items = new Map(listed.map((value) => [value, this.#item(value)]));
    this.#list.replaceChildren(...[...this.#items.values()].map(({ item }) => item));
    this.#rest.textContent = found.length > LISTED ? words.rest(found.length - LISTED) : '';
  }

  /** @param {string} value */
  #item(value) {
    const [item, label, box] = [element('li'), element('label'), element('input')];
    const count = element('span', 'count');
    box.type = 'checkbox';
    box.addEventListener('change', () => this.#onToggle(this.#facet, value));
    label.append(box, bdi(value), count);
    item.append(label);
    const made = { item, box, count };
    this.#update(value, made);
    return made;
  }

  /** @param {string} value @param {Item} item */
  #update(value, { item, box, count }) {
    box.checked = this.#chosen.includes(value);
    const models = this.#count(value);
    count.textContent = this.#isAtMost && models > 0 ? words.atMost(models) : words.count(models);
    item.classList.toggle('nothing', this.#count(value) === 0);
  }

  /** @param {string} value */
  #count(value) {
    return this.#counts[this.#places.get(value) ?? -1] ?? 0;
  }
}
