/**
 * `<rec-a-sketch>`: the search on any page. Attributes, properties, events, slots and parts are in element.d.ts.
 *
 * All elements of a document that show the same site share its worker (client.js).
 */

import { View } from './element/view.js';
import { checked, imageOf, TOP } from './engine/asked.js';
import { EngineError, located, siteAt } from './engine/client.js';
import { Engine, reasonOf } from './engine/engine.js';
import { read, written } from './engine/filter.js';
import { SITE } from './engine/site.js';
import { whyNot } from './engine/support.js';
import { drop, listenToInput, listenToZone, paste } from './page/intake.js';
import { MOST } from './page/several.js';
import { wordsOf } from './strings/strings.js';

/** Where there is no document, as in programs that write pages, the module can still be imported. */
const Base = globalThis.HTMLElement ?? class {};

/** Attributes that change what is asked; the others change who answers and how it is said. */
const ASKED = ['uid', 'top', 'filter'];

/**
 * What is asked about.
 * @typedef {{kind: 'image', image: Blob, key: string, name: string} | {kind: 'model', uid: string, model?: import('./engine/engine.js').Model} |
 *   {kind: 'several', images: {image: Blob, key: string}[]} | {kind: 'embedding', embedding: Int8Array}} Query
 */

/** @implements {import('./element.js').RecASketchElement} */
export class RecASketchElement extends Base {
  static observedAttributes = ['src', 'lang', ...ASKED];

  #view = null;
  #engine = null;
  #words = null;
  /** Another object each time the element begins anew. */
  #run = null;
  #ready;
  #settleReady = null;
  /** Resolves once there is an engine to ask. */
  #begun;
  #settleBegun = null;
  /** What is shown, its answer, what is being asked (another object each time), and what a stopped engine was asked. */
  #shown = null;
  #answer = null;
  #asked = null;
  #wanted = null;

  constructor() {
    super();
    this.#renew();
  }

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
    return this.#ready;
  }

  /** What is shown, or null. */
  get answer() {
    return this.#answer;
  }

  async search(query) {
    if (query instanceof Int8Array) return this.#ask({ kind: 'embedding', embedding: query });
    return this.#ask({ kind: 'image', name: query?.name ?? '', ...(await imageOf(query)) });
  }

  similar(uid) {
    return this.#ask({ kind: 'model', uid });
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
    else if (this.#query) quietly(this.#ask(this.#query));
  }

  /** A property that was set before the element was defined. */
  #takeUp(name) {
    if (!Object.keys(this).includes(name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  get #query() {
    return this.#asked?.query ?? this.#shown;
  }

  get #language() {
    const nearest = this.closest('[lang]')?.lang;
    return nearest ? [nearest] : navigator.languages;
  }

  #renew() {
    this.#begun = new Promise((resolve) => (this.#settleBegun = resolve));
    this.#renewReady();
  }

  #renewReady() {
    this.#ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }));
    this.#ready.catch(() => {}); // whoever waits for it hears of it too
  }

  /** Begins, or begins anew with another site or language, with what was asked. */
  async #begin() {
    const run = {};
    this.#run = run;
    const site = new URL(this.src);
    const words = await wordsOf(this.#language);
    if (this.#run !== run) return;
    this.#words = words;
    if (!this.#view) this.#makeView();
    this.#view.fill(words);
    this.#view.appear();
    const before = this.#engine;
    this.#engine = new Engine(site, words, this.#listener(run));
    this.#view.showEngine('loading', words.page.starting);
    const reason = whyNot(words);
    if (reason) this.#engine.stop(reason);
    else this.#engine.start();
    before?.leave(); // after the new one has joined: it may be the same worker
    // What was asked before there was an engine goes on by itself.
    if (!this.#query) this.#beginQuery();
    else if (before || !this.#asked) quietly(this.#ask(this.#query));
    this.#settleBegun();
  }

  #beginQuery() {
    this.#asked = null;
    if (this.uid) quietly(this.similar(this.uid));
    else if (this.#engine) this.#showStart();
  }

  #end() {
    this.#engine?.leave();
    [this.#engine, this.#run, this.#asked] = [null, null, null];
    this.#renew();
  }

  #makeView() {
    this.#view = new View(this.attachShadow({ mode: 'open' }));
    const { zone, input, base, more } = this.#view;
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
    more.addEventListener('click', () => quietly(this.#showMore()));
  }

  /** Asks about images, several of them together. */
  async #bring(files) {
    const images = await Promise.all(files.slice(0, MOST).map(({ blob }) => imageOf(blob)));
    if (images.length === 1) return this.#ask({ kind: 'image', name: files[0].name, ...images[0] });
    return this.#ask({ kind: 'several', images }, { note: files.length > MOST ? this.#words.several.most(MOST) : '' });
  }

  /** @returns {import('./engine/engine.js').Listener} */
  #listener(run) {
    const [view, words] = [this.#view, this.#words];
    const mine =
      (act) =>
      (...values) =>
        this.#run === run ? act(...values) : undefined;
    return {
      onProgress: mine((loaded, total) => view.showProgress(loaded, total)),
      onChecking: mine(() => view.showEngine('checking', words.engine.checking)),
      onReady: mine(({ models, facets }) => {
        if (this.#asked) view.showEngine('searching', words.engine.searching);
        else view.showEngine('ready', words.engine.ready(models));
        view.say(words.spoken.ready(models));
        this.#settleReady.resolve(models);
        this.#tell('ready', { models, facets });
      }),
      onRefined: mine(async () => this.#shown && !this.#asked && quietly(this.#ask(this.#shown, { isRefined: true }))),
      onStopped: mine((reason, wasReady) => this.#stopped(reason, wasReady)),
    };
  }

  #stopped(reason, wasReady) {
    // What was asked of an engine that was running may be what stopped it; it is not asked again by itself.
    this.#wanted = wasReady ? null : (this.#asked?.query ?? null);
    const error = new EngineError('Stopped', reason);
    this.#view.showEngine('stopped', this.#words.engine.stopped);
    this.#alertStopped(reason);
    this.#settleReady.reject(error);
    this.#tell('error', error);
  }

  /** A browser that cannot search cannot be helped by starting again. */
  #alertStopped(reason) {
    const isForGood = Object.values(this.#words.support).includes(reason);
    this.#view.alert(reason, isForGood ? null : () => this.#startAgain());
  }

  #startAgain() {
    const wanted = this.#wanted;
    this.#wanted = null;
    this.#view.clearAlert();
    this.#view.showEngine('loading', this.#words.page.starting);
    this.#view.input.focus();
    this.#renewReady();
    this.#engine.start();
    if (wanted) quietly(this.#ask(wanted));
    else if (!this.#shown) this.#beginQuery();
  }

  /**
   * Asks and shows the answer, once there is an engine.
   * @param {Query} query
   */
  async #ask(query, { note = '', isFocused = false, isRefined = false, top = this.top } = {}) {
    const asked = { query };
    this.#asked = asked;
    await this.#begun;
    try {
      if (this.#asked !== asked) throw new EngineError('Superseded', '');
      if (this.#engine.isStopped) this.#wanted = query;
      if (!isRefined) this.#showAsked(note, top);
      const answer = located(await this.#engine.ask({ ...requestOf(query), top, filter: this.filter }), this.src);
      if (this.#asked !== asked) throw new EngineError('Superseded', '');
      this.#settleQuery(query, answer, isRefined);
      if (isFocused) this.#view.focusAnswer();
      return answer;
    } catch (error) {
      if (this.#asked === asked) this.#refuse(query, error);
      throw error;
    }
  }

  #showAsked(note, top) {
    const { engine, spoken } = this.#words;
    this.#view.clearAlert();
    this.#view.note(note);
    this.#view.showWaiting(top);
    if (this.#engine.isReady) this.#view.showEngine('searching', engine.searching);
    this.#view.say(spoken.searching);
  }

  #settleQuery(query, answer, isRefined) {
    const { results, spoken } = this.#words;
    const isSame = isRefined && sameUids(answer, this.#answer);
    [this.#shown, this.#answer, this.#asked] = [query, answer, null];
    if (query.kind === 'model') query.model = answer.model;
    this.#show();
    const [best] = answer.neighbours;
    if (!isSame)
      this.#view.say(
        best ? spoken.found(answer.neighbours.length, best.model.name || results.unnamed, best.score) : results.none,
      );
    this.#tell('answer', answer);
  }

  #show() {
    const { results } = this.#words;
    const { kind, model } = this.#shown;
    const title = model
      ? results.like(model.name || results.unnamed)
      : kind === 'several'
        ? results.likeSeveral
        : results.likeImage;
    this.#view.showAnswer(title, this.#answer, {
      site: this.src,
      onMore: (neighbour) =>
        this.#tell('select', neighbour) &&
        quietly(this.#ask({ kind: 'model', uid: neighbour.uid }, { isFocused: true })),
      onOpen: (neighbour, event) => this.#tell('open', neighbour) || event.preventDefault(),
    });
    this.#showReady();
  }

  #showReady() {
    if (!this.#engine.isReady) return;
    this.#engine.ready.then((models) => this.#view.showEngine('ready', this.#words.engine.ready(models)));
  }

  async #showMore() {
    const { top, neighbours } = this.#answer;
    await this.#ask(this.#shown, { top: top + this.top });
    this.#view.focusCard(neighbours.length);
  }

  /** Says why there is no answer, and goes back to what was there before. */
  #refuse(query, error) {
    this.#asked = null;
    if (this.#shown) this.#show();
    else this.#showStart();
    if (error.name === 'Superseded') return;
    if (error.name === 'Stopped') return this.#alertStopped(error.message);
    if (!(error instanceof EngineError)) console.error(error);
    const { query: words } = this.#words;
    const reason = reasonOf(error, this.#words, query.name || words.unnamed);
    this.#view.alert(reason);
    this.#tell('error', new EngineError(error.name, reason));
  }

  #showStart() {
    [this.#shown, this.#answer] = [null, null];
    this.#view.hideAnswer();
    this.#showReady();
  }

  /** Dispatches an event; false where a listener prevented the default. An `error` does not bubble, like that of an image: on the window it would count as a script's. */
  #tell(type, detail) {
    const bubbles = type !== 'error';
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles, composed: true, cancelable: type === 'select' || type === 'open' }),
    );
  }
}

function requestOf(query) {
  if (query.kind === 'model') return { type: 'model', uid: query.uid };
  if (query.kind === 'embedding') return { type: 'embedding', embedding: query.embedding };
  const asked = ({ image, key }) => ({ type: 'image', key, image, part: null });
  if (query.kind === 'several')
    return { type: 'several', parts: query.images.map((one) => ({ asked: asked(one), weight: 1 })) };
  return asked(query);
}

function sameUids(one, other) {
  const uids = ({ neighbours }) => neighbours.map(({ uid }) => uid).join();
  return uids(one) === uids(other);
}

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
