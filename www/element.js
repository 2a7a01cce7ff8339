/**
 * `<rec-a-sketch>`: the search on any page. Attributes, properties, events, slots and parts are in element.d.ts.
 *
 * All elements of a document that show the same site share its worker (client.js).
 */

import { View } from './element/view.js';
import { checked, imageOf, TOP } from './engine/asked.js';
import { located, siteAt } from './engine/client.js';
import { read, written } from './engine/filter.js';
import { MOST, requestOf, together } from './engine/query.js';
import { SearchSession } from './engine/search-session.js';
import { SITE } from './engine/site.js';
import { drop, listenToInput, listenToZone, paste } from './page/intake.js';
import { wordsOf } from './strings/strings.js';

/** Where there is no document, as in programs that write pages, the module can still be imported. */
const Base = globalThis.HTMLElement ?? class {};

/** Attributes that change what is asked; the others change who answers and how it is said. */
const ASKED = ['uid', 'top', 'filter'];

/** @implements {import('./element.js').RecASketchElement} */
export class RecASketchElement extends Base {
  static observedAttributes = ['src', 'lang', ...ASKED];

  /** What it shows; without a shadow until it is in a document. */
  #view = new View();
  #session = new SearchSession(this.#view, this.#host());
  #words = null;
  /** Another object each time the element begins anew. */
  #run = null;

  get src() {
    return siteAt(this.getAttribute('src') ?? SITE, document.baseURI).href;
  }

  set src(address) {
    this.setAttribute('src', address);
  }

  get uid() {
    return this.getAttribute('uid');
  }

  set uid(uid) {
    if (uid === null) this.removeAttribute('uid');
    else this.setAttribute('uid', uid);
  }

  get top() {
    const top = Number(this.getAttribute('top') ?? TOP);
    return Number.isInteger(top) && top > 0 ? top : TOP;
  }

  set top(top) {
    this.setAttribute('top', top);
  }

  get filter() {
    return read(new URLSearchParams(this.getAttribute('filter') ?? ''));
  }

  set filter(filter) {
    this.setAttribute('filter', written(checked({ filter }).filter));
  }

  /** Resolves with the number of models once images are answered. */
  get ready() {
    return this.#session.ready;
  }

  /** What is shown, or null. */
  get answer() {
    return this.#session.answer;
  }

  async search(query) {
    if (query instanceof Int8Array) return this.#session.search({ kind: 'embedding', key: '', embedding: query });
    return this.#session.search(await imageQuery(query, query?.name ?? ''));
  }

  similar(uid) {
    return this.#session.search(modelQuery(uid));
  }

  connectedCallback() {
    for (const name of ['src', 'uid', 'top', 'filter']) this.#takeUp(name);
    if (!this.#run) this.#begin();
  }

  disconnectedCallback() {
    // An element that is moved leaves and comes back at once.
    queueMicrotask(() => this.isConnected || this.#end());
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#run) return;
    if (name === 'src' || name === 'lang') this.#begin();
    else if (name === 'uid') this.#beginQuery();
    else if (this.#session.query) quietly(this.#session.search(this.#session.query));
  }

  /** A property that was set before the element was defined. */
  #takeUp(name) {
    if (!Object.keys(this).includes(name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  get #language() {
    const nearest = this.closest('[lang]')?.lang;
    return nearest ? [nearest] : navigator.languages;
  }

  /** Begins, or begins anew with another site or language, with what was asked. */
  async #begin() {
    const run = {};
    this.#run = run;
    const site = new URL(this.src);
    const words = await wordsOf(this.#language);
    if (this.#run !== run) return;
    this.#words = words;
    if (!this.shadowRoot) this.#appear();
    this.#view.fill(words);
    // What was asked before there was an engine goes on by itself.
    const { query, isAsking } = this.#session;
    const isAnew = this.#session.begin(site, words);
    if (!query) this.#beginQuery();
    else if (isAnew || !isAsking) quietly(this.#session.search(query));
  }

  #beginQuery() {
    if (this.uid) quietly(this.similar(this.uid));
    else if (this.#words) this.#session.showStart();
  }

  #end() {
    this.#session.end();
    this.#run = null;
  }

  /** What the session has to know of the element. @returns {import('./engine/search-session.js').Host} */
  #host() {
    return {
      requestOf: (query) => requestOf(query),
      filter: () => this.filter,
      top: () => this.top,
      located: (answer) => located(answer, this.src),
      onReady: ({ models, facets }) => this.#tell('ready', { models, facets }),
      onShown: (answer) => this.#tell('answer', answer),
      onFailed: (error) => this.#tell('error', error),
      onStartAgain: () => this.#session.shown || this.#beginQuery(),
    };
  }

  /** Makes the shadow, and listens to what visitors do there. */
  #appear() {
    this.#view.appear(this.attachShadow({ mode: 'open' }), {
      base: () => this.src,
      onMore: (neighbour) =>
        this.#tell('select', neighbour) &&
        quietly(this.#session.search(modelQuery(neighbour.uid), { isFocused: true })),
      onOpen: (neighbour, event) => this.#tell('open', neighbour) || event.preventDefault(),
      onShowMore: () =>
        this.#session.more().then(
          (uid) => this.#view.focusCard(uid),
          () => {},
        ),
    });
    const { zone, input, base } = this.#view;
    const receiver = {
      onImages: (files) => quietly(this.#bring(files)),
      onModel: (uid) => quietly(this.similar(uid)),
      onLink: () => this.#view.alert(this.#words.intake.link), // no host but the site's is asked
      onRefused: (sentence) => this.#view.alert(sentence),
      address: () => this.src,
    };
    Object.defineProperty(receiver, 'words', { get: () => this.#words });
    listenToInput(input, receiver);
    listenToZone(zone, input);
    listenToDrops(base, zone, receiver);
    base.addEventListener('paste', (event) => paste(event, receiver));
  }

  /** Asks about images, several of them together. */
  async #bring(files) {
    const queries = await Promise.all(files.slice(0, MOST).map(({ blob, name }) => imageQuery(blob, name)));
    const remark = files.length > MOST ? this.#words.several.most(MOST) : '';
    return this.#session.search(together(queries.map((query) => ({ query, weight: 1 }))), { remark });
  }

  /** Dispatches an event; false where a listener prevented the default. An `error` does not bubble, like that of an image: on the window it would count as a script's. */
  #tell(type, detail) {
    const bubbles = type !== 'error';
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles, composed: true, cancelable: type === 'select' || type === 'open' }),
    );
  }
}

/** @returns {Promise<import('./engine/query.js').ImageQuery>} */
async function imageQuery(image, name) {
  const { key, image: blob } = await imageOf(image);
  return { kind: 'image', key, name, blob };
}

/** @returns {import('./engine/query.js').ModelQuery} */
const modelQuery = (uid) => ({ kind: 'model', key: `model=${uid}`, uid });

/** Failures of a search are on the element already. */
function quietly(searching) {
  searching.catch(() => {});
}

/** Drops on the element; those beside it are the page's. */
function listenToDrops(base, zone, receiver) {
  base.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    zone.classList.add('wanted');
  });
  base.addEventListener('dragleave', (event) => zone.classList.toggle('wanted', base.contains(event.relatedTarget)));
  base.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('wanted');
    drop(event.dataTransfer, receiver);
  });
}

if (globalThis.customElements && !customElements.get('rec-a-sketch'))
  customElements.define('rec-a-sketch', RecASketchElement);
