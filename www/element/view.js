/** What the element shows: its shadow, and the words and answers in it. */

import { cardOf, emptyCard } from '../page/card.js';
import { button, element } from '../page/dom.js';
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

/** The shadow's parts, by what they are called here. */
export class View {
  #root;
  #parts;
  /** What each card shows. @type {WeakMap<Element, string>} */
  #contents = new WeakMap();

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.#root = root;
    this.#parts = parts();
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

  get more() {
    return this.#parts.more;
  }

  /** @param {import('../strings/strings.js').Words} words */
  fill(words) {
    this.words = words;
    const { base, drop, choose, paste, more } = this.#parts;
    Object.assign(base, { lang: words.language, dir: words.direction });
    base.setAttribute('aria-label', words.element.label);
    drop.textContent = words.element.drop;
    choose.textContent = words.page.choose;
    paste.textContent = pasteHint(words);
    more.textContent = words.page.showMore;
  }

  /** Shows everything once its styles are there: without them it would jump. */
  async appear() {
    try {
      this.#root.adoptedStyleSheets = await Promise.all(STYLES.map(sheetOf));
    } catch (error) {
      console.error(error); // it works without, and looks plain
    }
    this.#root.append(this.#parts.base);
  }

  /** @param {'loading' | 'checking' | 'ready' | 'searching' | 'stopped'} state @param {string} text */
  showEngine(state, text) {
    this.#parts.engine.dataset.state = state;
    this.#parts.engineWords.textContent = text;
  }

  showProgress(loaded, total) {
    Object.assign(this.#parts.progress, { max: total, value: Math.min(loaded, total) });
    this.showEngine('loading', this.words.engine.loading(Math.min(loaded, total), total));
  }

  /** Says a failure. @param {(() => void) | null} restart what `Start again` does, or null for no such button */
  alert(sentence, restart = null) {
    const { buttons } = this.words;
    const clear = () => {
      this.clearAlert();
      this.input.focus();
    };
    const way = restart ? button('button', buttons.restart, restart) : button('dismiss', '×', clear, buttons.dismiss);
    this.#parts.alert.replaceChildren(element('p', '', sentence), way);
  }

  clearAlert() {
    this.#parts.alert.replaceChildren();
  }

  note(text) {
    this.#parts.note.textContent = text;
  }

  say(text) {
    this.#parts.status.textContent = text;
  }

  /** Holds the places of answers that have not come; those that are there stay, dimmed. */
  showWaiting(top) {
    const { empty, answer, title, grid } = this.#parts;
    empty.hidden = true;
    answer.hidden = false;
    grid.setAttribute('aria-busy', 'true');
    if (grid.childElementCount > 0) return;
    title.textContent = this.words.engine.searching;
    grid.replaceChildren(...Array.from({ length: top }, emptyCard));
  }

  /**
   * Shows an answer; cards that show already what they should stay, and with them the keyboard's place.
   * @param {string} title
   * @param {import('../engine/engine.js').Answer} answer
   * @param {{site: string, onMore: (neighbour: object) => void, onOpen: (neighbour: object, event: Event) => void}} how
   */
  showAnswer(title, { neighbours, top, alike, filter }, { site, onMore, onOpen }) {
    const { results } = this.words;
    const { grid, none, more } = this.#parts;
    const isUnlike = neighbours.length > 0 && neighbours[0].score < alike;
    const nothing = Object.keys(filter).length > 0 ? results.noneFiltered : results.none;
    this.#parts.title.textContent = isUnlike ? results.unlike : title;
    none.textContent = neighbours.length > 0 ? '' : nothing;
    more.hidden = neighbours.length < top;
    grid.removeAttribute('aria-busy');
    for (const [index, neighbour] of neighbours.entries()) {
      const content = JSON.stringify([neighbour, alike > 0, this.words.language]);
      const shown = grid.children[index];
      if (shown && this.#contents.get(shown) === content) continue;
      const look = { words: results, base: site, isCalibrated: alike > 0, onMore: () => onMore(neighbour) };
      const item = cardOf(neighbour, look);
      item.querySelector('.view')?.addEventListener('click', (event) => onOpen(neighbour, event));
      this.#contents.set(item, content);
      if (shown) shown.replaceWith(item);
      else grid.append(item);
    }
    while (grid.childElementCount > neighbours.length) grid.lastElementChild.remove();
  }

  /** Back to how it began. */
  hideAnswer() {
    const { empty, answer, grid } = this.#parts;
    empty.hidden = false;
    answer.hidden = true;
    grid.replaceChildren();
    grid.removeAttribute('aria-busy');
  }

  /** The keyboard goes on from the answer where the button that was pressed has gone with the old one. */
  focusAnswer() {
    this.#parts.title.focus({ preventScroll: true });
  }

  /** The keyboard goes on from a card. */
  focusCard(index) {
    this.#parts.grid.children[index]?.querySelector('.more')?.focus();
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
