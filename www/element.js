/**
 * The element `<rec-a-sketch>`, which puts the search on any page. element.d.ts documents its attributes, properties,
 * events, slots and parts.
 *
 * All elements of a document that show the same site share one worker (client.js).
 *
 * @import { Embedding, Filter, Image } from './api.js'
 * @import { RecASketchEvents, RecASketchElement as PublicElement } from './element.js'
 * @import { Handlers } from './element/view.js'
 * @import { ImageQuery, Member, ModelQuery, Query } from './engine/query.js'
 * @import { Host } from './engine/search-session.js'
 * @import { Receiver } from './page/intake.js'
 */

import { View } from './element/view.js';
import { checked, imageOf, TOP } from './engine/asked.js';
import { located, siteAt } from './engine/client.js';
import { read, written } from './engine/filter.js';
import { MOST, requestOf, together } from './engine/query.js';
import { SearchSession } from './engine/search-session.js';
import { SITE } from './engine/site.js';
import { allowSources } from './page/card.js';
import { drop, listenToInput, listenToZone, paste } from './page/intake.js';
import { words as english, wordsOf } from './strings/strings.js';

/** A program that renders pages on a server has no HTMLElement. It can import the module nevertheless. */
const Base = globalThis.HTMLElement ?? class {};

/** Attributes that change the query. `src` and `lang` change the site and the language. */
const ASKED = ['uid', 'top', 'filter'];

/** @implements {PublicElement} */
export class RecASketchElement extends Base {
  static observedAttributes = ['src', 'lang', ...ASKED];

  /** The content of the shadow root. The shadow root is attached when the element is first in a document. */
  #view = new View(this.#handlers());
  #session = new SearchSession(this.#view, this.#host());
  /** English until the words of the visitor's language are loaded. */
  #words = english;
  /** Identifies the latest start of the element, so that an older start stops. @type {object | null} */
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
    this.setAttribute('top', String(top));
  }

  get filter() {
    return read(new URLSearchParams(this.getAttribute('filter') ?? ''));
  }

  set filter(filter) {
    this.setAttribute('filter', written(checked({ filter }).filter));
  }

  get ready() {
    return this.#session.ready;
  }

  get answer() {
    return this.#session.answer;
  }

  /** @param {Image | Embedding} query */
  async search(query) {
    if (query instanceof Int8Array) return this.#session.search({ kind: 'embedding', key: '', embedding: query });
    return this.#session.search(await imageQuery(query, query instanceof File ? query.name : ''));
  }

  /** @param {string} uid */
  similar(uid) {
    return this.#session.search(modelQuery(uid));
  }

  connectedCallback() {
    for (const name of /** @type {const} */ (['src', 'uid', 'top', 'filter'])) this.#takeUp(name);
    if (!this.#run) this.#begin();
  }

  disconnectedCallback() {
    // An element that is moved within the document is connected again before the microtask runs.
    queueMicrotask(() => this.isConnected || this.#end());
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#run) return;
    if (name === 'src' || name === 'lang') this.#begin();
    else if (name === 'uid') this.#beginQuery();
    else if (this.#session.query) quietly(this.#session.search(this.#session.query));
  }

  /**
   * Applies a property that was set before the element was defined: it hides the accessor of the class.
   * @param {'src' | 'uid' | 'top' | 'filter'} name
   */
  #takeUp(name) {
    if (!Object.keys(this).includes(name)) return;
    const value = this[name];
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  get #languages() {
    const nearest = this.closest('[lang]')?.getAttribute('lang');
    return nearest ? [nearest] : navigator.languages;
  }

  /** Starts, or starts again with another site or language and keeps the query. */
  async #begin() {
    const run = {};
    this.#run = run;
    const site = new URL(this.src);
    const words = await wordsOf(this.#languages);
    if (this.#run !== run) return;
    this.#words = words;
    if (!this.shadowRoot) this.#appear();
    this.#view.fill(words);
    // A query that waits for the first engine goes on by itself.
    const { query, isAsking } = this.#session;
    const isAnew = this.#session.begin(site, words);
    if (!query) this.#beginQuery();
    else if (isAnew || !isAsking) quietly(this.#session.search(query));
  }

  #beginQuery() {
    if (this.uid) quietly(this.similar(this.uid));
    else if (this.shadowRoot) this.#session.showStart();
  }

  #end() {
    this.#session.end();
    this.#run = null;
  }

  /** @returns {Host} */
  #host() {
    return {
      requestOf: (query) => requestOf(query),
      filter: () => this.filter,
      top: () => this.top,
      located: (answer) => located(answer, this.src),
      onManifest: (_models, _samples, sources) => allowSources(sources),
      onReady: ({ models, facets }) => this.#tell('ready', { models, facets }),
      onShown: (answer) => this.#tell('answer', answer),
      onFailed: (error) => this.#tell('error', error),
      onStartAgain: () => this.#session.shown || this.#beginQuery(),
    };
  }

  /** @returns {Handlers} */
  #handlers() {
    return {
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
    };
  }

  /** Attaches the shadow root and listens to the visitor. */
  #appear() {
    this.#view.appear(this.attachShadow({ mode: 'open' }));
    const { zone, input, base } = this.#view;
    /** @type {Receiver} */
    const receiver = {
      onImages: (files) => quietly(this.#bring(files)),
      onModel: (uid) => quietly(this.similar(uid)),
      onLink: () => this.#view.alert(this.#words.intake.link), // the element fetches images from no other host
      onRefused: (sentence) => this.#view.alert(sentence),
      words: () => this.#words,
      address: () => this.src,
    };
    listenToInput(input, receiver);
    listenToZone(zone, input);
    listenToDrops(base, zone, receiver);
    base.addEventListener('paste', (event) => paste(event, receiver));
  }

  /** Searches by one image, or by several together. @param {{blob: Blob, name: string}[]} files at least one */
  async #bring(files) {
    const queries = await Promise.all(files.slice(0, MOST).map(({ blob, name }) => imageQuery(blob, name)));
    const remark = files.length > MOST ? this.#words.several.most(MOST) : '';
    /** @type {Member[]} */
    const members = queries.map((query) => ({ query, weight: 1 }));
    return this.#session.search(/** @type {Query} */ (together(members)), { remark });
  }

  /**
   * Dispatches an event. `error` does not bubble: the window would take it for the error of a script.
   * @template {keyof RecASketchEvents} Type
   * @param {Type} type
   * @param {RecASketchEvents[Type]['detail']} detail
   * @returns {boolean} false if a listener prevented the default
   */
  #tell(type, detail) {
    const bubbles = type !== 'error';
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles, composed: true, cancelable: type === 'select' || type === 'open' }),
    );
  }
}

/**
 * @param {Image} image
 * @param {string} name
 * @returns {Promise<ImageQuery>}
 */
async function imageQuery(image, name) {
  const { key, image: blob } = await imageOf(image);
  return { kind: 'image', key, name, blob };
}

/** @param {string} uid @returns {ModelQuery} */
const modelQuery = (uid) => ({ kind: 'model', key: `model=${uid}`, uid });

/** Ignores the failure of a search, which the element shows already. @param {Promise<unknown>} searching */
function quietly(searching) {
  searching.catch(() => {});
}

/**
 * Listens to drops on the element. A drop beside it belongs to the page around.
 * @param {HTMLElement} base
 * @param {HTMLElement} zone
 * @param {Receiver} receiver
 */
function listenToDrops(base, zone, receiver) {
  base.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    zone.classList.add('wanted');
  });
  base.addEventListener('dragleave', ({ relatedTarget }) =>
    zone.classList.toggle('wanted', relatedTarget instanceof Node && base.contains(relatedTarget)),
  );
  base.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('wanted');
    drop(event.dataTransfer, receiver);
  });
}

if (globalThis.customElements && !customElements.get('rec-a-sketch'))
  customElements.define('rec-a-sketch', RecASketchElement);
