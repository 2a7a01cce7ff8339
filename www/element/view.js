/** What the element shows: its shadow, and the words and answers in it. */

import { button, element } from '../page/dom.js';
import { Grid } from '../page/grid.js';
import { pasteHint } from '../page/intake.js';

/** By address, what is read once for all elements. @type {Map<string, Promise<CSSStyleSheet>>} */
const sheets = new Map();

/** The stylesheets of this version of the element; written so that programs which bundle scripts find them too. */
const STYLES = [
  new URL('../styles/base.css', import.meta.url),
  new URL('../styles/element.css', import.meta.url),
  new URL('../styles/card.css', import.meta.url),
];

/**
 * A stylesheet, made by hand: a page's policy may forbid styles that are linked or inline.
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
  if (!sheets.has(href)) sheets.set(href, read());
  return sheets.get(href);
}

/**
 * What visitors do in the shadow; `base` is the address of the site, of which thumbnails are.
 * @typedef {Pick<import('../page/card.js').Look, 'onMore' | 'onOpen'> & {base: () => string, onShowMore: () => void}}
 *   Handlers
 */

/** The element's view of its search session. @implements {import('../engine/search-session.js').View} */
export class View {
  #parts = parts();
  #grid = new Grid(this.#parts.grid);
  /** @type {import('../strings/strings.js').Words} */
  #words;
  /** @type {Handlers} */
  #handlers;

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
   * Shows everything once its styles are there: without them it would jump.
   * @param {ShadowRoot} root
   * @param {Handlers} handlers
   */
  async appear(root, handlers) {
    this.#handlers = handlers;
    this.#parts.more.addEventListener('click', handlers.onShowMore);
    try {
      root.adoptedStyleSheets = await Promise.all(STYLES.map(sheetOf));
    } catch (error) {
      console.error(error); // it works without, and looks plain
    }
    root.append(this.#parts.base);
  }

  /** @param {import('../strings/strings.js').Words} words */
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

  showEngine(state, text) {
    this.#parts.engine.dataset.state = state;
    this.#parts.engineWords.textContent = text;
  }

  showProgress(loaded, total) {
    const value = Math.min(loaded, total);
    Object.assign(this.#parts.progress, { max: total, value });
    this.showEngine('loading', this.#words.engine.loading(value, total));
  }

  alert(sentence, restart = null) {
    const { buttons } = this.#words;
    const way = restart
      ? button('button', buttons.restart, restart)
      : button('dismiss', '×', () => this.clearAlert(), buttons.dismiss);
    this.#parts.alert.replaceChildren(element('p', '', sentence), way);
  }

  /** Takes the failure away; a keyboard that was on its button goes on from the choice of a file. */
  clearAlert() {
    const { alert, input, base } = this.#parts;
    const { activeElement } = /** @type {ShadowRoot} */ (base.getRootNode());
    if (alert.contains(activeElement)) input.focus();
    alert.replaceChildren();
  }

  note(sentence) {
    this.#parts.note.textContent = sentence;
  }

  say(sentence) {
    this.#parts.status.textContent = sentence;
  }

  showAsked(_, top) {
    const { empty, answer, title } = this.#parts;
    empty.hidden = true;
    answer.hidden = false;
    if (this.#grid.isEmpty) title.textContent = this.#words.engine.searching;
    this.#grid.wait(top);
  }

  showAnswer({ answer: { neighbours, top, alike }, title, none }) {
    const { base, ...handlers } = this.#handlers;
    this.#parts.title.textContent = title;
    this.#parts.none.textContent = none;
    this.#parts.more.hidden = neighbours.length < top;
    this.#grid.show(neighbours, { words: this.#words.results, base: base(), isCalibrated: alike > 0, ...handlers });
  }

  showStart() {
    const { empty, answer } = this.#parts;
    empty.hidden = false;
    answer.hidden = true;
    this.#grid.clear();
  }

  /** The keyboard goes on from the answer where the button that was pressed has gone with the old one. */
  focusAnswer() {
    this.#parts.title.focus({ preventScroll: true });
  }

  /** The keyboard goes on from a card. @param {string | undefined} uid */
  focusCard(uid) {
    this.#grid.focus(uid);
  }
}

/** An element of the shadow that the page around can style. */
function part(tag, name, className = name) {
  const made = element(tag, className);
  made.setAttribute('part', name);
  return made;
}

function slot(name) {
  const made = element('slot');
  made.name = name;
  return made;
}

function parts() {
  const base = part('div', 'base');
  Object.assign(base, { tabIndex: -1 }); // a click puts the keyboard here, so that pasting reaches it
  base.setAttribute('role', 'group');
  const [zone, drop, input, choose, paste] = [
    part('div', 'zone'),
    element('span', 'drop'),
    element('input', 'unseen'),
    part('label', 'button'),
    element('span', 'paste'),
  ];
  Object.assign(input, { type: 'file', accept: 'image/*', id: 'file' });
  choose.htmlFor = 'file';
  zone.append(drop, input, choose, paste);
  const [engine, progress, engineWords] = [part('div', 'engine'), part('progress', 'progress'), element('p')];
  engineWords.id = 'engine-words';
  progress.setAttribute('aria-labelledby', 'engine-words');
  engine.append(progress, engineWords);
  const [alert, note, status] = [part('div', 'alert'), part('p', 'note'), element('div', 'unseen')];
  alert.setAttribute('role', 'alert');
  note.setAttribute('role', 'status');
  status.setAttribute('role', 'status');
  const [answer, title, none, grid, more] = [
    element('div', 'answer'),
    part('h2', 'title'),
    part('p', 'none'),
    part('ol', 'grid'),
    part('button', 'button', 'show-more'),
  ];
  Object.assign(title, { tabIndex: -1 });
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
