/**
 * A search as its visitor sees it: what is shown, what is being asked, and what is asked once the engine runs again.
 * The page and the element each have one. They give it a view, which shows, and a host, which knows what is theirs alone.
 *
 * @typedef {object} View
 * @property {() => void} showStarting the engine begins to load
 * @property {(loaded: number, total: number) => void} showProgress in bytes
 * @property {(state: 'loading' | 'checking' | 'ready' | 'searching' | 'stopped', text: string) => void} showEngine
 * @property {(layer: number, layers: number) => void} [showLayer] so many layers of the network have been computed
 * @property {(sentence: string, restart: (() => void) | null) => void} alert says a failure; `restart` is what
 *   `Start again` does, or null for no such button
 * @property {() => void} clearAlert
 * @property {(sentence: string) => void} note says what is no failure, until the next query
 * @property {(sentence: string) => void} say says something to screen readers
 * @property {(query: Query, top: number) => void} showAsked the query is being asked; shown answers stay
 * @property {(shown: Shown) => void} showAnswer
 * @property {() => void} showStart nothing is asked
 * @property {() => void} focusAnswer the keyboard goes on from the answer
 *
 * @typedef {{query: Query, answer: Answer, title: string, none: string}} Shown `none` says why an answer is empty
 *
 * @typedef {object} Host
 * @property {(query: Query) => import('./protocol.js').Of} requestOf
 * @property {() => import('./protocol.js').Filter} filter what is asked of models besides
 * @property {() => number} top how many models to find
 * @property {(query: Query) => Promise<unknown>} [prepare] fetches what is still missing of a query
 * @property {(query: Query, top: number, filter: import('./protocol.js').Filter) => Answer | null} [recall] an answer
 *   that was given before
 * @property {(answer: Answer) => Answer} [located] an answer as others take it
 * @property {(models: number, samples: {file: string, name: string}[]) => void} [onManifest]
 * @property {(ready: import('./protocol.js').Ready) => void} [onReady]
 * @property {(keeping: import('./protocol.js').Keeping | null) => void} [onRefined] before what is shown is asked again
 * @property {(query: Query, answer: Answer, how: How) => void} [onAnswer] before it is shown
 * @property {(answer: Answer) => void} [onShown] an answer is shown for the first time
 * @property {() => void} [onBack] what was asked is asked no more, and what was shown before is shown again
 * @property {(error: EngineError) => void} [onFailed] the engine stopped, or refused a query
 * @property {() => Query | null} [wanted] what to ask once the engine starts again, where nothing was being asked
 * @property {() => void} [onStartAgain] the engine starts again, with nothing to ask
 *
 * @typedef {{top?: number, remark?: string, isFocused?: boolean, isSpoken?: boolean, isMoving?: boolean}} How how many
 *   models to find, what to say beside the answer, whether the keyboard moves to it, whether a screen reader hears of
 *   it, and whether the same is asked again many times a second
 *
 * @typedef {import('./query.js').Query} Query
 * @typedef {import('./protocol.js').Answer} Answer
 * @typedef {import('../strings/strings.js').Words} Words
 */

import { sentenceOf } from '../strings/strings.js';
import { Engine } from './engine.js';
import { EngineError, isFinal } from './failure.js';
import { complete, isUnlike, nameOf, noneOf, spokenOf, titleOf } from './query.js';
import { whyNot } from './support.js';

export class SearchSession {
  #view;
  #host;
  /** @type {Words} */
  #words;
  /** @type {Engine | null} */
  #engine = null;
  #models = 0;
  /** What is being asked; another object each time. @type {{query: Query} | null} */
  #asked = null;
  /** What to ask once the engine starts again. @type {Query | null} */
  #wanted = null;
  /** Resolves once there is an engine to ask. */
  #begun;
  #settleBegun;
  #settleReady;
  #settleRefined;

  /** What is shown, or null. @type {Query | null} */
  shown = null;

  /** Its answer, or null. @type {Answer | null} */
  answer = null;

  /** Resolves with the number of models once the present engine answers. @type {Promise<number>} */
  ready;

  /** Resolves once answers are as good as they get, and what is shown is such an answer. @type {Promise<void>} */
  refined;

  /**
   * @param {View} view
   * @param {Host} host
   */
  constructor(view, host) {
    [this.#view, this.#host] = [view, host];
    this.#renew();
  }

  /** What is being asked, or else what is shown. @type {Query | null} */
  get query() {
    return this.#asked?.query ?? this.shown;
  }

  get isAsking() {
    return this.#asked !== null;
  }

  /**
   * Begins, or begins anew with another site or other words.
   * @param {URL} site its folder
   * @param {Words} words
   */
  begin(site, words) {
    const before = this.#engine;
    const engine = new Engine(
      site,
      words,
      this.#listener(() => this.#engine === engine),
    );
    [this.#engine, this.#words] = [engine, words];
    this.#start();
    before?.leave(); // after the new one has joined: it may be the same worker
    this.#settleBegun();
    return before !== null;
  }

  /** Leaves the engine to others, until `begin` is called again. */
  end() {
    this.#engine?.leave();
    [this.#engine, this.#asked] = [null, null];
    this.#renew();
  }

  /**
   * Asks and shows the answer. The latest query wins; an older one is rejected with `Superseded`.
   * @param {Query} query
   * @param {How} [how]
   * @returns {Promise<Answer>}
   */
  async search(query, how = {}) {
    const { top = this.#host.top(), remark = '', isFocused = false, isSpoken = true } = how;
    const asked = { query };
    this.#asked = asked;
    await this.#begun;
    try {
      this.#expect(asked);
      this.#view.clearAlert();
      this.#view.note(remark);
      const filter = this.#host.filter();
      const known = this.#host.recall?.(query, top, filter) ?? null;
      const answer = known ?? (await this.#ask(asked, { top, filter, isSpoken }));
      this.#expect(asked);
      this.#asked = null;
      this.#settle(query, answer, how);
      if (isSpoken) this.#view.say(spokenOf(answer, this.#words));
      if (isFocused) this.#view.focusAnswer();
      return answer;
    } catch (error) {
      if (this.#asked === asked) this.#refuse(error);
      throw error;
    }
  }

  /**
   * Adds to the answers that are shown.
   * @returns {Promise<string | undefined>} the uid of the first that is new
   */
  async more() {
    const { neighbours, top } = this.answer;
    const known = new Set(neighbours.map(({ uid }) => uid));
    const answer = await this.search(this.shown, { top: top + this.#host.top() });
    return answer.neighbours.find(({ uid }) => !known.has(uid))?.uid;
  }

  /**
   * Asks the engine something that is no search.
   * @param {import('./protocol.js').Request} request
   * @param {string} [name] what sentences call what is asked about
   */
  async ask(request, name) {
    await this.#begun;
    return this.#engine.ask(request, name);
  }

  /** Shows once more what is shown, in another order for instance; or the start. */
  show() {
    const { shown: query, answer } = this;
    if (!query || !answer) return this.showStart();
    const [title, none] = [titleOf(query, answer, this.#words), noneOf(answer, this.#words)];
    this.#view.showAnswer({ query, answer, title, none });
    return this.#showReady();
  }

  /** Nothing is asked any more. */
  showStart() {
    [this.shown, this.answer, this.#asked] = [null, null, null];
    this.#view.showStart();
    this.#showReady();
  }

  /** Ends what goes on: the search, or while the engine loads that too. */
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

  #renew() {
    this.#begun = new Promise((resolve) => {
      this.#settleBegun = resolve;
    });
    this.#renewReady();
  }

  #renewReady() {
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.refined = new Promise((resolve) => {
      this.#settleRefined = resolve;
    });
    this.ready.catch(() => {}); // whoever waits for it hears of it too
  }

  #start() {
    this.#view.showStarting();
    const code = whyNot();
    if (code) this.#engine.stop(new EngineError('Stopped', sentenceOf(this.#words, { code }), code));
    else this.#engine.start();
  }

  /** @param {() => boolean} isPresent whether the engine is still the one that is asked */
  #listener(isPresent) {
    const heard = (act) => {
      return (...values) => (isPresent() ? act(...values) : undefined);
    };
    return {
      onManifest: heard((models, samples) => {
        this.#models = models;
        this.#host.onManifest?.(models, samples);
      }),
      onProgress: heard((loaded, total) => this.#view.showProgress(loaded, total)),
      onChecking: heard(() => this.#view.showEngine('checking', this.#words.engine.checking)),
      onLayer: heard((layer, layers) => this.#asked && this.#view.showLayer?.(layer, layers)),
      onReady: heard((ready) => this.#beReady(ready)),
      onRefined: heard((keeping) => this.#refine(keeping)),
      onStopped: heard((reason, wasReady) => this.#stopped(reason, wasReady)),
    };
  }

  /** @param {import('./protocol.js').Ready} ready */
  #beReady(ready) {
    this.#models = ready.models;
    if (this.#asked) this.#view.showEngine('searching', this.#words.engine.searching);
    else this.#showReady();
    this.#view.say(this.#words.spoken.ready(ready.models));
    this.#settleReady.resolve(ready.models);
    this.#host.onReady?.(ready);
  }

  /** What is shown came of the first level alone: asks it again, without a word unless it says another thing. */
  async #refine(keeping) {
    const settle = this.#settleRefined;
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
        if (!(error instanceof EngineError)) throw error; // else the rougher answer stays
      }
    }
    settle();
  }

  /** Asks the engine, showing that it is at work. */
  async #ask(asked, { top, filter, isSpoken }) {
    const { query } = asked;
    const { engine, spoken } = this.#words;
    if (this.#engine.isStopped) this.#wanted = query;
    this.#view.showAsked(query, top);
    if (this.#engine.isReady) this.#view.showEngine('searching', engine.searching);
    if (isSpoken) this.#view.say(spoken.searching);
    await this.#host.prepare?.(query);
    this.#expect(asked);
    return this.#answerTo(query, { top, filter });
  }

  /** @param {Query} query @param {import('./protocol.js').Asked} how @returns {Promise<Answer>} */
  async #answerTo(query, { top, filter }) {
    const request = { ...this.#host.requestOf(query), top, filter };
    const answer = await this.#engine.ask(request, nameOf(query, this.#words));
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

  /** Whether a query is still the one that is asked. */
  #expect(asked) {
    if (this.#asked !== asked) throw new EngineError('Superseded');
  }

  /** What is asked is asked no more; what was there before is there again. */
  #goBack() {
    this.#asked = null;
    this.#host.onBack?.();
    this.show();
  }

  /** Says why there is no answer, and goes back to what was there before. */
  #refuse(error) {
    this.#goBack();
    if (error.name === 'Superseded') return;
    if (error.name === 'Stopped') return this.#alertStopped(error);
    let reason = error;
    if (!(error instanceof EngineError)) {
      console.error(error);
      reason = new EngineError(error.name, this.#words.failures.unexpected, 'failures.unexpected');
    }
    this.#view.alert(reason.message, null);
    this.#host.onFailed?.(reason);
  }

  /** @param {EngineError} reason @param {boolean} wasReady */
  #stopped(reason, wasReady) {
    // What was asked of an engine that was running may be what stopped it; it is not asked again by itself.
    this.#wanted = wasReady ? null : (this.#asked?.query ?? this.#host.wanted?.() ?? null);
    this.#view.showEngine('stopped', this.#words.engine.stopped);
    this.#alertStopped(reason);
    this.#settleReady.reject(reason);
    this.#host.onFailed?.(reason);
  }

  /** What is missing in this browser will be missing again. @param {EngineError} reason */
  #alertStopped(reason) {
    this.#view.alert(reason.message, isFinal(reason) ? null : () => this.#startAgain());
  }

  /** A fresh engine, which then answers what the stopped one could not. */
  #startAgain() {
    const wanted = this.#wanted;
    this.#wanted = null;
    this.#view.clearAlert();
    this.#renewReady();
    this.#start();
    if (wanted)
      this.search(wanted).catch(() => {}); // its failure is shown
    else this.#host.onStartAgain?.();
  }

  #showReady() {
    if (this.#engine?.isReady) this.#view.showEngine('ready', this.#words.engine.ready(this.#models));
  }
}
