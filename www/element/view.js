/**
 * The content of the element's shadow root.
 *
 * @import { Shown, View as SessionView } from '../engine/search-session.js'
 * @import { Look } from '../page/card.js'
 * @import { Words } from '../strings/strings.js'
 *
 * @typedef {Pick<Look, 'onMore' | 'onOpen'> & {base: () => string, onShowMore: () => void}} Handlers what the visitor
 *   does; `base` returns the address of the site, to which the addresses of thumbnails are relative
 */

import { button, element } from '../page/dom.js';
import { Grid } from '../page/grid.js';
import { pasteHint } from '../page/intake.js';
import { words as english } from '../strings/strings.js';

/** The stylesheets by address, shared by all elements. @type {Map<string, Promise<CSSStyleSheet>>} */
const sheets = new Map();

/** Bundlers recognise this form of an address and publish the files too. */
const STYLES = [
  new URL('../styles/base.css', import.meta.url),
  new URL('../styles/element.css', import.meta.url),
  new URL('../styles/card.css', import.meta.url),
];

/**
 * Reads a stylesheet as an object. The policy of the page around may forbid linked and inline styles.
 * @param {URL} address
 */
function sheetOf({ href }) {
  const read = async () => {
    const sheet = new CSSStyleSheet();
    const response = await fetch(href);
    if (!response.ok)
      throw new Error(`${href} came with status ${response.status}; publish the whole folder of the site`);
    sheet.replaceSync(await response.text());
    return sheet;
  };
  const sheet = sheets.get(href) ?? read();
  sheets.set(href, sheet);
  return sheet;
}

/** Shows the search session of an element. @implements {SessionView} */
export class View {
  #parts = parts();
  #grid = new Grid(this.#parts.grid);
  /** English until `fill` is called. */
  #words = english;
  #handlers;

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#parts.more.addEventListener('click', handlers.onShowMore);
  }

  get zone() {
    return this.#parts.zone;
  }

  get input() {
    return this.#parts.input;
  }

  get base() {
    return this.#parts.base;
  }

  /**
   * Fills the shadow root once the stylesheets are loaded. Without them the layout would shift.
   * @param {ShadowRoot} root
   */
  async appear(root) {
    try {
      root.adoptedStyleSheets = await Promise.all(STYLES.map(sheetOf));
    } catch (error) {
      console.error(error); // the element works without styles
    }
    root.append(this.#parts.base);
  }

  /** Shows the words of a language. @param {Words} words */
  fill(words) {
    this.#words = words;
    const { base, drop, choose, paste, more } = this.#parts;
    Object.assign(base, { lang: words.language, dir: words.direction });
    base.setAttribute('aria-label', words.element.label);
    drop.textContent = words.element.drop;
    choose.textContent = words.page.choose;
    paste.textContent = pasteHint(words);
    more.textContent = words.page.showMore;
  }

  showStarting() {
    this.showEngine('loading', this.#words.page.starting);
  }

  /** @type {SessionView['showEngine']} */
  showEngine(state, text) {
    this.#parts.engine.dataset.state = state;
    this.#parts.engineWords.textContent = text;
  }

  /** @type {SessionView['showProgress']} */
  showProgress(loaded, total) {
    const value = Math.min(loaded, total);
    Object.assign(this.#parts.progress, { max: total, value });
    this.showEngine('loading', this.#words.engine.loading(value, total));
  }

  /** @param {string} sentence @param {(() => void) | null} [restart] */
  alert(sentence, restart = null) {
    const { buttons } = this.#words;
    const way = restart
      ? button('button', buttons.restart, restart)
      : button('dismiss', '×', () => this.clearAlert(), buttons.dismiss);
    this.#parts.alert.replaceChildren(element('p', '', sentence), way);
  }

  /** Removes the failure. If its button has the keyboard focus, the focus moves to the choice of a file. */
  clearAlert() {
    const { alert, input, base } = this.#parts;
    const { activeElement } = /** @type {ShadowRoot} */ (base.getRootNode());
    if (alert.contains(activeElement)) input.focus();
    alert.replaceChildren();
  }

  /** @param {string} sentence */
  note(sentence) {
    this.#parts.note.textContent = sentence;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.#parts.status.textContent = sentence;
  }

  /** @type {SessionView['showAsked']} */
  showAsked(_, top) {
    const { empty, answer, title } = this.#parts;
    empty.hidden = true;
    answer.hidden = false;
    if (this.#grid.isEmpty) title.textContent = this.#words.engine.searching;
    this.#grid.wait(top);
  }

  /** @param {Shown} shown */
  showAnswer({ answer, title, none }) {
    const { neighbours, top } = answer;
    const { base, ...handlers } = this.#handlers;
    this.#parts.title.textContent = title;
    this.#parts.none.textContent = none;
    this.#parts.more.hidden = neighbours.length < top;
    this.#grid.show(neighbours, { words: this.#words.results, base: base(), answer, ...handlers });
  }

  showStart() {
    const { empty, answer } = this.#parts;
    empty.hidden = false;
    answer.hidden = true;
    this.#grid.clear();
  }

  /** Moves the keyboard focus to the answer. The button that had the focus was removed with the old answer. */
  focusAnswer() {
    this.#parts.title.focus({ preventScroll: true });
  }

  /** Moves the keyboard focus to a card. @param {string | undefined} uid */
  focusCard(uid) {
    this.#grid.focus(uid);
  }
}

/**
 * Makes an element that the page around can style with `::part(name)`.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} name
 */
function part(tag, name, className = name) {
  const made = element(tag, className);
  made.setAttribute('part', name);
  return made;
}

/** @param {string} name */
function slot(name) {
  const made = element('slot');
  made.name = name;
  return made;
}

function parts() {
  const base = part('div', 'base');
  base.tabIndex = -1; // a click moves the focus here, so that the element receives what is pasted
  base.setAttribute('role', 'group');
  const [zone, drop] = [part('div', 'zone'), element('span', 'drop')];
  const input = element('input', 'unseen');
  const [choose, paste] = [part('label', 'button'), element('span', 'paste')];
  Object.assign(input, { type: 'file', accept: 'image/*', id: 'file' });
  choose.htmlFor = 'file';
  zone.append(drop, input, choose, paste);
  const [engine, engineWords] = [part('div', 'engine'), element('p')];
  const progress = part('progress', 'progress');
  engineWords.id = 'engine-words';
  progress.setAttribute('aria-labelledby', 'engine-words');
  engine.append(progress, engineWords);
  const [alert, note, status] = [part('div', 'alert'), part('p', 'note'), element('div', 'unseen')];
  alert.setAttribute('role', 'alert');
  note.setAttribute('role', 'status');
  status.setAttribute('role', 'status');
  const [answer, title, none] = [element('div', 'answer'), part('h2', 'title'), part('p', 'none')];
  const [grid, more] = [part('ol', 'grid'), part('button', 'button', 'show-more')];
  title.tabIndex = -1;
  grid.setAttribute('role', 'list');
  Object.assign(more, { type: 'button', hidden: true });
  answer.hidden = true;
  answer.append(title, none, grid, more);
  const empty = slot('empty');
  base.append(slot('heading'), zone, engine, alert, note, empty, answer, slot('footer'), status);
  return {
    base,
    zone,
    drop,
    input,
    choose,
    paste,
    engine,
    progress,
    engineWords,
    alert,
    note,
    status,
    empty,
    answer,
    title,
    none,
    grid,
    more,
  };
}
