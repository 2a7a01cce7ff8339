/**
 * The search of a visitor: what is shown, what is being asked, and what to ask once the engine runs again. The page and
 * the element each have a session. They pass a view, which shows it, and a host, which knows the rest.
 *
 * @import { Asked, Filter, Keeping, Of, Ready, Request, Sample } from './protocol.js'
 * @import { Listener } from './engine.js'
 *
 * @typedef {object} View
 * @property {() => void} showStarting the engine begins to load
 * @property {(loaded: number, total: number) => void} showProgress in bytes
 * @property {(state: 'loading' | 'checking' | 'ready' | 'searching' | 'stopped', text: string) => void} showEngine
 * @property {(layer: number, layers: number) => void} [showLayer] the number of layers that are computed
 * @property {(sentence: string, restart: (() => void) | null) => void} alert shows an error. `restart` is the action of
 *   the button `Start again`; null for no button
 * @property {() => void} clearAlert
 * @property {(sentence: string) => void} note shows a remark that is no error, until the next query
 * @property {(sentence: string) => void} say gives a sentence to screen readers
 * @property {(query: Query, top: number) => void} showAsked shows the query that is being asked; a shown answer stays
 * @property {(shown: Shown) => void} showAnswer
 * @property {() => void} showStart shows the start, without a query
 * @property {() => void} focusAnswer moves the keyboard focus to the answer
 *
 * @typedef {{query: Query, answer: Answer, title: string, none: string, among: string}} Shown `none` says why an answer is
 *   empty, `among` what the words do in an answer to a picture
 *
 * @typedef {object} Host
 * @property {(query: Query) => Of} requestOf
 * @property {() => Filter} filter
 * @property {() => string} [words] words that name models
 * @property {() => number} top how many models to find
 * @property {(query: Query) => Promise<unknown>} [prepare] fetches data that the query still lacks
 * @property {(query: Query, asked: Asked) => Answer | null} [recall] returns an earlier answer, if the
 *   host has it
 * @property {(answer: Answer) => Answer} [located] makes the answer's addresses absolute
 * @property {(models: number, samples: Sample[], sources: string[]) => void} [onManifest] `sources` are the origins of
 *   thumbnails that are not this site's
 * @property {(ready: Ready) => void} [onReady]
 * @property {(keeping: Keeping | null) => void} [onRefined] all re-ranking levels are loaded; the shown query is asked
 *   again afterwards
 * @property {(query: Query, answer: Answer, how: How) => void} [onAnswer] before an answer is shown
 * @property {(answer: Answer) => void} [onShown] an answer is shown for the first time
 * @property {() => void} [onBack] the query was given up, and the shown answer stays
 * @property {(error: EngineError) => void} [onFailed] the engine stopped, or refused a query
 * @property {() => Query | null} [wanted] returns what to ask once the engine starts again, if nothing was being asked
 * @property {() => void} [onStartAgain] the engine starts again without a query
 *
 * @typedef {object} How
 * @property {number} [top] how many models to find
 * @property {string} [remark] a remark beside the answer
 * @property {boolean} [isFocused] whether the keyboard focus moves to the answer
 * @property {boolean} [isSpoken] whether screen readers get the answer
 * @property {boolean} [isMoving] whether the query changes many times a second
 *
 * @typedef {import('./query.js').Query} Query
 * @typedef {import('./protocol.js').Answer} Answer
 * @typedef {import('../strings/strings.js').Words} Words
 */

import { sentenceOf } from '../strings/strings.js';
import { Engine } from './engine.js';
import { EngineError, isFinal, nameOf } from './failure.js';
import { amongOf, complete, isUnlike, nameOf as nameOfQuery, noneOf, spokenOf, titleOf } from './query.js';
import { whyNot } from './support.js';

export class SearchSession {
  #view;
  #host;
  /** Set by {@link begin}, before anything is shown. */
  #words = /** @type {Words} */ ({});
  /** @type {Engine | null} */
  #engine = null;
  #models = 0;
  /** What is being asked: a new object for each search. @type {{query: Query} | null} */
  #asked = null;
  /** What to ask once the engine starts again. @type {Query | null} */
  #wanted = null;
  /** Resolves once there is an engine. @type {Deferred<void>} */
  #begun = deferred();
  /** @type {Deferred<number>} */
  #ready = deferred();
  /** @type {Deferred<void>} */
  #refined = deferred();

  /** The query of the shown answer, or null. @type {Query | null} */
  shown = null;

  /** The shown answer, or null. @type {Answer | null} */
  answer = null;

  /**
   * @param {View} view
   * @param {Host} host
   */
  constructor(view, host) {
    this.#view = view;
    this.#host = host;
    this.#renewReady();
  }

  /** Resolves with the number of models once the engine answers. */
  get ready() {
    return this.#ready.promise;
  }

  /** Resolves once all re-ranking levels are loaded and the shown answer uses them. */
  get refined() {
    return this.#refined.promise;
  }

  /** The query that is being asked, or else the shown one. @type {Query | null} */
  get query() {
    return this.#asked?.query ?? this.shown;
  }

  get isAsking() {
    return this.#asked !== null;
  }

  /**
   * Begins, or begins again with another site or other strings.
   * @param {URL} site its folder
   * @param {Words} words
   * @returns {boolean} whether there was an engine before
   */
  begin(site, words) {
    const before = this.#engine;
    /** @type {Engine} */
    const engine = new Engine(
      site,
      words,
      this.#listener(() => this.#engine === engine),
    );
    [this.#engine, this.#words] = [engine, words];
    this.#start(engine);
    before?.leave(); // only now, so that a worker that both use goes on
    this.#begun.resolve();
    return before !== null;
  }

  /** Leaves the engine, until {@link begin} is called again. */
  end() {
    this.#engine?.leave();
    [this.#engine, this.#asked] = [null, null];
    this.#begun = deferred();
    this.#renewReady();
  }

  /**
   * Asks a query and shows its answer. A later search rejects this one with `Superseded`.
   * @param {Query} query
   * @param {How} [options]
   * @returns {Promise<Answer>}
   */
  async search(query, options = {}) {
    const { top = this.#host.top(), remark = '', isFocused = false, isSpoken = true } = options;
    const asked = { query };
    this.#asked = asked;
    await this.#begun.promise;
    try {
      this.#expect(asked);
      this.#view.clearAlert();
      this.#view.note(remark);
      const how = { top, filter: this.#host.filter(), words: this.#host.words?.() ?? '' };
      const known = this.#host.recall?.(query, how) ?? null;
      const answer = known ?? (await this.#ask(asked, how, isSpoken));
      this.#expect(asked);
      this.#asked = null;
      this.#settle(query, answer, options);
      if (isSpoken) this.#view.say(spokenOf(answer, this.#words));
      if (isFocused) this.#view.focusAnswer();
      return answer;
    } catch (error) {
      if (this.#asked === asked) this.#refuse(error);
      throw error;
    }
  }

  /**
   * Shows more neighbours of the shown query.
   * @returns {Promise<string | undefined>} the uid of the first new one
   */
  async more() {
    if (!this.shown || !this.answer) return undefined;
    const { neighbours, top } = this.answer;
    const known = new Set(neighbours.map(({ uid }) => uid));
    const answer = await this.search(this.shown, { top: top + this.#host.top() });
    return answer.neighbours.find(({ uid }) => !known.has(uid))?.uid;
  }

  /**
   * Sends a request that is no search.
   * @template {Request} R
   * @param {R} request
   * @param {string} [name] the name of the query in error messages
   */
  async ask(request, name) {
    await this.#begun.promise;
    return this.#present.ask(request, name);
  }

  /** Shows the answer again, for instance in another order; without an answer, the start. */
  show() {
    const { shown: query, answer } = this;
    if (!query || !answer) return this.showStart();
    const [title, none] = [titleOf(query, answer, this.#words), noneOf(answer, this.#words)];
    this.#view.showAnswer({ query, answer, title, none, among: amongOf(query, answer, this.#words) });
    return this.#showReady();
  }

  /** Shows the start and forgets the query. */
  showStart() {
    [this.shown, this.answer, this.#asked] = [null, null, null];
    this.#view.showStart();
    this.#showReady();
  }

  /** Cancels the search. While the engine is loading, cancels the loading too. */
  cancel() {
    if (!this.#engine) return undefined;
    const { engine, spoken } = this.#words;
    if (!this.#engine.isReady) {
      return this.#engine.stop(new EngineError('Stopped', engine.cancelled, 'engine.cancelled'));
    }
    this.#goBack();
    this.#engine.cancel();
    return this.#view.say(spoken.cancelled);
  }

  /** The engine; there is one once `#begun` has resolved. */
  get #present() {
    if (!this.#engine) throw new EngineError('Superseded');
    return this.#engine;
  }

  #renewReady() {
    this.#ready = deferred();
    this.#refined = deferred();
    this.#ready.promise.catch(() => {}); // a failure is shown, even if no caller waits for `ready`
  }

  /** @param {Engine} engine */
  #start(engine) {
    this.#view.showStarting();
    const code = whyNot();
    if (code) engine.stop(new EngineError('Stopped', sentenceOf(this.#words, { code }), code));
    else engine.start();
  }

  /**
   * Returns what the engine reports to.
   * @param {() => boolean} isPresent whether the engine has not been replaced
   * @returns {Listener}
   */
  #listener(isPresent) {
    /** @template {unknown[]} Values @param {(...values: Values) => void} act @returns {(...values: Values) => void} */
    const heard =
      (act) =>
      (...values) => {
        if (isPresent()) act(...values);
      };
    return {
      onManifest: heard((models, samples, sources) => {
        this.#models = models;
        this.#host.onManifest?.(models, samples, sources);
      }),
      onProgress: heard((loaded, total) => this.#view.showProgress(loaded, total)),
      onChecking: heard(() => this.#view.showEngine('checking', this.#words.engine.checking)),
      onLayer: heard((layer, layers) => this.#asked && this.#view.showLayer?.(layer, layers)),
      onReady: heard((ready) => this.#beReady(ready)),
      onRefined: heard((keeping) => this.#refine(keeping)),
      onStopped: heard((reason, wasReady) => this.#stopped(reason, wasReady)),
    };
  }

  /** @param {Ready} ready */
  #beReady(ready) {
    this.#models = ready.models;
    if (this.#asked) this.#view.showEngine('searching', this.#words.engine.searching);
    else this.#showReady();
    this.#view.say(this.#words.spoken.ready(ready.models));
    this.#ready.resolve(ready.models);
    this.#host.onReady?.(ready);
  }

  /**
   * Asks the shown query again, because its answer may come from the first level alone. Screen readers get the new
   * answer only if it says something else.
   * @param {Keeping | null} keeping
   */
  async #refine(keeping) {
    const { resolve } = this.#refined;
    this.#host.onRefined?.(keeping);
    const { shown: query, answer: before } = this;
    if (query && before && !this.#asked) {
      try {
        const answer = await this.#answerTo(query, before);
        if (this.shown === query && !this.#asked) {
          this.#settle(query, answer, {});
          if (isUnlike(answer) !== isUnlike(before)) this.#view.say(spokenOf(answer, this.#words));
        }
      } catch (error) {
        if (!(error instanceof EngineError)) throw error; // otherwise the first answer stays
      }
    }
    resolve();
  }

  /**
   * Asks the engine and shows that it is searching.
   * @param {{query: Query}} asked
   * @param {Asked} how
   * @param {boolean} isSpoken
   */
  async #ask(asked, how, isSpoken) {
    const { query } = asked;
    const { engine, spoken } = this.#words;
    if (this.#present.isStopped) this.#wanted = query;
    this.#view.showAsked(query, how.top);
    if (this.#present.isReady) this.#view.showEngine('searching', engine.searching);
    if (isSpoken) this.#view.say(spoken.searching);
    await this.#host.prepare?.(query);
    this.#expect(asked);
    return this.#answerTo(query, how);
  }

  /** @param {Query} query @param {Asked} how @returns {Promise<Answer>} */
  async #answerTo(query, { top, filter, words }) {
    const request = { ...this.#host.requestOf(query), top, filter, words };
    const answer = await this.#present.ask(request, nameOfQuery(query, this.#words));
    return this.#host.located?.(answer) ?? answer;
  }

  /** @param {Query} query @param {Answer} answer @param {How} how */
  #settle(query, answer, how) {
    complete(query, answer);
    [this.shown, this.answer] = [query, answer];
    this.#host.onAnswer?.(query, answer, how);
    this.show();
    this.#host.onShown?.(answer);
  }

  /** Throws if another search has begun, or this one was cancelled. @param {{query: Query}} asked */
  #expect(asked) {
    if (this.#asked !== asked) throw new EngineError('Superseded');
  }

  /** Gives up the query and shows what was shown before. */
  #goBack() {
    this.#asked = null;
    this.#host.onBack?.();
    this.show();
  }

  /** Shows the error, and what was shown before the search. @param {unknown} error */
  #refuse(error) {
    this.#goBack();
    if (!(error instanceof EngineError)) console.error(error);
    const reason =
      error instanceof EngineError
        ? error
        : new EngineError(nameOf(error), this.#words.failures.unexpected, 'failures.unexpected');
    if (reason.name === 'Superseded') return;
    if (reason.name === 'Stopped') return this.#alertStopped(reason);
    this.#view.alert(reason.message, null);
    this.#host.onFailed?.(reason);
  }

  /** @param {EngineError} reason @param {boolean} wasReady */
  #stopped(reason, wasReady) {
    // The query may be what stopped an engine that was ready, so it is not asked again by itself.
    this.#wanted = wasReady ? null : (this.#asked?.query ?? this.#host.wanted?.() ?? null);
    this.#view.showEngine('stopped', this.#words.engine.stopped);
    this.#alertStopped(reason);
    this.#ready.reject(reason);
    this.#host.onFailed?.(reason);
  }

  /** Shows the reason. A restart is offered only if it can help. @param {EngineError} reason */
  #alertStopped(reason) {
    this.#view.alert(reason.message, isFinal(reason) ? null : () => this.#startAgain());
  }

  /** Starts the engine again, and asks what the stopped one has not answered. */
  #startAgain() {
    const wanted = this.#wanted;
    this.#wanted = null;
    this.#view.clearAlert();
    this.#renewReady();
    this.#start(this.#present);
    if (wanted)
      this.search(wanted).catch(() => {}); // the view shows the error
    else this.#host.onStartAgain?.();
  }

  #showReady() {
    if (this.#engine?.isReady) this.#view.showEngine('ready', this.#words.engine.ready(this.#models));
  }
}

/**
 * A promise that is settled from outside.
 * @template T
 * @typedef {{promise: Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void}} Deferred
 */

/** @template T @returns {Deferred<T>} */
function deferred() {
  /** @type {Pick<Deferred<T>, 'resolve' | 'reject'>} */
  let settle = { resolve: () => {}, reject: () => {} };
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
