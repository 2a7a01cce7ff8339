/**
 * The search engine as the page sees it: a worker that may die, asked one thing at a time.
 *
 * @typedef {object} Neighbour a model, with the names that `recasketch search --json` uses
 * @property {number} row in the catalogue
 * @property {string} uid
 * @property {number} score cosine, -1..1
 * @property {number} closer_than the share of the catalogue's pairs that are less alike, 0..1
 * @property {string[]} duplicates uids of models that are nearly the same
 * @property {Model} model
 *
 * @typedef {{uid: string, name: string, author: string, licence: string, categories: string[], tags: string[],
 *   thumbnail: string, url: string}} Model
 * @typedef {object} Answer
 * @property {Neighbour[]} neighbours best first; fewer than `top` where there are no more
 * @property {number} top how many were asked for
 * @property {import('./filter.js').Filter} filter what else was asked
 * @property {number} passing how many models the filter lets through
 * @property {Record<string, Uint32Array>} counts by facet, for each of its values, the models that have it among
 *   those that the other facets' choices let through
 * @property {number} alike the score under which nothing is really alike; 0 where the catalogue is too small to tell,
 *   or the levels behind the first have not come
 * @property {Part | null} [part] the part of the image that was asked about
 * @property {Model} [model] what was asked about
 * @property {(Model | null)[]} [models] the same of several, in their order; null for images
 * @property {string | null} code what was asked, as text for an address; null where it has one already
 * @property {{decode: number, embed: number, search: number}} timings milliseconds
 *
 * @typedef {{top: number, filter: import('./filter.js').Filter}} Asked
 * @typedef {import('./crop.js').Part} Part
 * @typedef {{type: 'image', key: string, image: Blob, part: Part | null}} OfImage images of the same key are the same;
 *   null for the whole
 * @typedef {{type: 'model', uid: string}} OfModel
 * @typedef {{type: 'code', code: string}} OfCode what an address holds of an image
 * @typedef {OfImage | OfModel | OfCode} OfOne
 * @typedef {{type: 'several', parts: {asked: OfOne, weight: 1 | -1}[]}} OfSeveral
 * @typedef {OfOne | OfSeveral} Of what is asked for
 * @typedef {(Of & Asked) | {type: 'why', asked: Of, uid: string} | {type: 'inspect', image: Blob}} Request a search, what
 *   makes a model alike, or what the network sees
 *
 * @typedef {object} Listener
 * @property {(models: number, samples: {file: string, name: string}[]) => void} onManifest
 * @property {(loaded: number, total: number) => void} onProgress
 * @property {() => void} onChecking
 * @property {(ready: {models: number, facets: Record<string, string[]>, names: import('./names.js').Names}) => void}
 *   onReady with all values of each facet, and what finding models by name takes
 * @property {(keeping: import('./keep.js').Keeping | null) => Promise<void>} onRefined from now on answers are as good
 *   as they get; and whether the site's data is kept for the next visit, or null where some of it did not come
 * @property {(sentence: string, wasReady: boolean) => void} onStopped nothing is answered until `start` is called
 */

import { failures, files, sentence, support } from './strings.js';

/** Why a request has no answer: `name` is `Superseded`, `Stopped`, or the kind that the worker told. */
export class EngineError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** The page's end of the worker. */
export class Engine {
  #listener;
  #worker = null;
  #isReady = false;
  #running = null;
  #waiting = null;
  #lastId = 0;
  #settleReady = null;
  #settleRefined = null;
  #reason = '';

  /** Resolves with the number of models once the present worker is ready. */
  ready;

  /** Resolves once the present worker has all levels of the embeddings that it gets, and what is shown is theirs. */
  refined;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#renewReady();
  }

  /** Whether the present worker has loaded everything. */
  get isReady() {
    return this.#isReady;
  }

  /** Whether nothing is answered until `start` is called. */
  get isStopped() {
    return this.#reason !== '';
  }

  /** Starts a fresh worker. */
  start() {
    this.#discard(new EngineError('Stopped', failures.died));
    if (this.#reason) this.#renewReady();
    this.#reason = '';
    const worker = makeModuleWorker();
    if (!worker) return this.stop(support.noModuleWorker);
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.stop(this.#isReady ? failures.died : files.worker);
    };
    worker.onmessageerror = () => this.stop(failures.died);
  }

  /**
   * Ends the worker for a reason that the visitor is told.
   * @param {string} reason a sentence
   */
  stop(reason) {
    const error = new EngineError('Stopped', reason);
    const wasReady = this.#isReady;
    this.#reason = reason;
    this.#settleReady.reject(error);
    this.#discard(error);
    this.#listener.onStopped(reason, wasReady);
  }

  /**
   * Asks, as soon as the engine is ready and what runs now has ended. The latest request wins: an
   * older one that has not begun is dropped, with `Superseded`.
   * @param {Request} request
   * @returns {Promise<Answer>}
   */
  ask(request) {
    if (this.#reason) return Promise.reject(new EngineError('Stopped', this.#reason));
    return new Promise((resolve, reject) => {
      this.#waiting?.reject(new EngineError('Superseded', ''));
      this.#waiting = { request, resolve, reject };
      this.#next();
    });
  }

  /** Whoever waits for an answer gets none; what the worker has begun it ends, and nobody hears of it. */
  cancel() {
    for (const asked of [this.#running, this.#waiting]) asked?.reject(new EngineError('Superseded', ''));
    this.#waiting = null;
  }

  #renewReady() {
    this.ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }));
    this.refined = new Promise((resolve) => (this.#settleRefined = resolve));
    this.ready.catch(() => {}); // whoever waits for it hears of it too
  }

  #next() {
    if (!this.#isReady || this.#running || !this.#waiting) return;
    this.#running = this.#waiting;
    this.#waiting = null;
    this.#running.id = ++this.#lastId;
    this.#worker.postMessage({ ...this.#running.request, id: this.#running.id });
  }

  #hear(message) {
    const listener = this.#listener;
    switch (message.type) {
      case 'manifest': return listener.onManifest(message.models, message.samples);
      case 'progress': return listener.onProgress(message.loaded, message.total);
      case 'checking': return listener.onChecking();
      case 'ready': return this.#begin(message);
      case 'refined': return this.#refine(message.keeping);
      case 'failed': return this.stop(sentence(message.message));
      case 'died': return this.stop(failures.died);
      case 'answer': return this.#finish(message.id, (running) => running.resolve(message.answer));
      case 'refused': return this.#finish(message.id, (running) => running.reject(new EngineError(message.name, message.message)));
      default: return undefined;
    }
  }

  #begin(ready) {
    this.#isReady = true;
    this.#listener.onReady(ready);
    this.#settleReady.resolve(ready.models);
    this.#next();
  }

  async #refine(keeping) {
    const settle = this.#settleRefined;
    await this.#listener.onRefined(keeping);
    settle();
  }

  #finish(id, settle) {
    if (this.#running?.id !== id) return;
    const running = this.#running;
    this.#running = null;
    settle(running);
    this.#next();
  }

  #discard(error) {
    this.#worker?.terminate();
    this.#isReady = false;
    for (const asked of [this.#running, this.#waiting]) asked?.reject(error);
    [this.#worker, this.#running, this.#waiting] = [null, null, null];
  }
}

/** A worker, or null where the browser does not know modules in workers: it then never reads `type`. */
function makeModuleWorker() {
  let isAsked = false;
  const options = {
    get type() {
      isAsked = true;
      return 'module';
    },
  };
  const worker = new Worker(new URL('worker.js', import.meta.url), options);
  if (isAsked) return worker;
  worker.terminate();
  return null;
}
