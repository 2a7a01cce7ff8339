/** The filters above the answers: for each facet a panel with its values, and how many models each would leave. */

import { filters as words } from '../strings/strings.js';
import { byId, element } from './dom.js';
import { settings } from './settings.js';

/** How many values a panel lists at once; more are found by their letters. */
const LISTED = 60;

/** From so many values on a panel has a field to find them. */
const MANY = 12;

/** The panels by facet. */
const panels = new Map();

/**
 * Makes the panels that the site's owner wants.
 * @param {Record<string, string[]>} values by facet, the most common first
 * @param {(facet: string, value: string) => void} onToggle
 */
export function makeFilters(values, onToggle) {
  panels.clear();
  for (const facet of settings.filters) {
    if (values[facet].length > 1) panels.set(facet, new Panel(facet, values[facet], onToggle));
  }
  byId('facets').replaceChildren(...[...panels.values()].map(({ details }) => details));
}

/**
 * Listens to what closes panels and clears filters; once.
 * @param {() => void} onClear
 */
export function listenToFilters(onClear) {
  const close = (event) => {
    for (const { details } of panels.values()) if (!details.contains(event.target)) details.open = false;
  };
  document.addEventListener('pointerdown', close);
  document.addEventListener('focusin', close);
  byId('clear-filters').addEventListener('click', () => {
    onClear();
    byId('results-title').focus({ preventScroll: true }); // the button goes
  });
}

/**
 * Shows what is chosen and what each further choice would leave.
 * @param {import('../engine/protocol.js').Filter} filter
 * @param {Record<string, Uint32Array>} counts by facet, in the order of its values
 */
export function showFilters(filter, counts) {
  byId('clear-filters').hidden = Object.keys(filter).length === 0;
  for (const [facet, panel] of panels) panel.show(filter[facet] ?? [], counts[facet]);
}

/** One facet. */
class Panel {
  details = element('details', 'facet');
  #facet;
  #values;
  /** Where a value's count is. */
  #places;
  #onToggle;
  #counts = new Uint32Array();
  #chosen = [];
  #summary = element('summary');
  #list = element('ul');
  #rest = element('p', 'rest');
  #field = element('input');
  /** What is listed, by value. */
  #items = new Map();

  constructor(facet, values, onToggle) {
    [this.#facet, this.#values, this.#onToggle] = [facet, values, onToggle];
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

  /** Values stay where they are while the panel is open: only their counts change. */
  show(chosen, counts) {
    [this.#chosen, this.#counts] = [chosen, counts];
    this.#name();
    for (const [value, item] of this.#items) this.#update(value, item);
  }

  #name() {
    this.#summary.textContent =
      this.#chosen.length > 0 ? words.chosen(words[this.#facet], this.#chosen) : words[this.#facet];
    this.#summary.classList.toggle('chosen', this.#chosen.length > 0);
  }

  /** A closed panel keeps nothing: opened again, it would show its last values until this event comes. */
  #turn() {
    if (!this.details.open) {
      this.#field.value = ''; // not on opening: letters may have come before this event
      this.#items.clear();
      this.#list.replaceChildren();
    } else if (this.#items.size === 0) this.#fill(); // letters may have listed values, and the keyboard be among them
  }

  #press(event) {
    if (event.key !== 'Escape' || !this.details.open) return;
    this.details.open = false;
    this.#summary.focus();
  }

  /** Lists what is chosen, then the most common values that have the letters of the field. */
  #fill() {
    const letters = this.#field.value.trim().toLocaleLowerCase();
    const left = (value) => this.#count(value) > 0 && !this.#chosen.includes(value);
    const found = this.#values.filter((value) => left(value) && value.toLocaleLowerCase().includes(letters));
    const listed = [...this.#chosen, ...found.slice(0, LISTED)];
    this.#items = new Map(listed.map((value) => [value, this.#item(value)]));
    this.#list.replaceChildren(...[...this.#items.values()].map(({ item }) => item));
    this.#rest.textContent = found.length > LISTED ? words.rest(found.length - LISTED) : '';
  }

  #item(value) {
    const [item, label, box, count] = [element('li'), element('label'), element('input'), element('span', 'count')];
    box.type = 'checkbox';
    box.addEventListener('change', () => this.#onToggle(this.#facet, value));
    const name = element('bdi', '', value);
    name.dir = 'auto';
    label.append(box, name, count);
    item.append(label);
    const made = { item, box, count };
    this.#update(value, made);
    return made;
  }

  #update(value, { item, box, count }) {
    box.checked = this.#chosen.includes(value);
    count.textContent = words.count(this.#count(value));
    item.classList.toggle('nothing', this.#count(value) === 0);
  }

  #count(value) {
    return this.#counts[this.#places.get(value)] ?? 0;
  }
}
