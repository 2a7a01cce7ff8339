/**
 * The search engine as the page and the element see it: a worker that may die, asked one thing at a time.
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
 * @property {import('./decode.js').Shown | null} [shown] how to show the image that was asked about
 * @property {(import('./decode.js').Shown | null)[]} [pictures] the same of several, in their order; null for models
 * @property {Model} [model] what was asked about
 * @property {(Model | null)[]} [models] the same of several, in their order; null for images
 * @property {string | null} code what was asked, as text for an address; null where it has one already
 * @property {{decode: number, embed: number, search: number}} timings milliseconds
 *
 * @typedef {{top: number, filter: import('./filter.js').Filter}} Asked
 * @typedef {import('../page/crop.js').Part} Part
 * @typedef {{type: 'image', key: string, image: Blob, part: Part | null, isShown?: boolean}} OfImage images of the same
 *   key are the same; null for the whole; whether to tell how to show it
 * @typedef {{type: 'model', uid: string}} OfModel
 * @typedef {{type: 'code', code: string}} OfCode what an address holds of an image
 * @typedef {{type: 'embedding', embedding: Int8Array}} OfEmbedding
 * @typedef {OfImage | OfModel | OfCode | OfEmbedding} OfOne
 * @typedef {{type: 'several', parts: {asked: OfOne, weight: 1 | -1}[]}} OfSeveral
 * @typedef {OfOne | OfSeveral} Of what is asked for
 * @typedef {(Of & Asked) | {type: 'embed', key: string, image: Blob, part: Part | null} | {type: 'why', asked: Of, uid: string} |
 *   {type: 'inspect', image: Blob}} Request a search, an image's embedding, what makes a model alike, or what the network sees
 *
 * @typedef {object} Listener
 * @property {(models: number, samples: {file: string, name: string}[]) => void} [onManifest]
 * @property {(loaded: number, total: number) => void} onProgress
 * @property {() => void} onChecking
 * @property {(layer: number, layers: number) => void} [onLayer] so many layers have been computed of what is asked
 * @property {(ready: {models: number, facets: Record<string, string[]>, names: import('../page/names.js').Names}) => void}
 *   onReady with all values of each facet, and what finding models by name takes
 * @property {(keeping: import('./keep.js').Keeping | null) => Promise<void>} onRefined from now on answers are as good
 *   as they get; and whether the site's data is kept for the next visit, or null where some of it did not come
 * @property {(sentence: string, wasReady: boolean) => void} onStopped nothing is answered until `start` is called
 */

import { sentence } from '../strings/strings.js';
import { EngineError, join } from './client.js';

/** A session with a site's worker, of which the latest request wins. */
export class Engine {
  #site;
  #words;
  #listener;
  #session = null;
  #isReady = false;
  #running = null;
  #waiting = null;
  #settleReady = null;
  #settleRefined = null;
  #reason = '';

  /** Resolves with the number of models once the present worker is ready. */
  ready;

  /** Resolves once the present worker has all levels of the embeddings that it gets, and what is shown is theirs. */
  refined;

  /**
   * @param {URL} site its folder
   * @param {import('../strings/strings.js').Words} words
   * @param {Listener} listener
   */
  constructor(site, words, listener) {
    [this.#site, this.#words, this.#listener] = [site, words, listener];
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

  /** Joins the site's worker, which is a fresh one where the one before has stopped. */
  start() {
    if (this.#reason) this.#renewReady();
    this.#reason = '';
    const listener = this.#listener;
    this.#session = join(this.#site, this.#words, {
      manifest: ({ models, samples }) => listener.onManifest?.(models, samples),
      progress: ({ loaded, total }) => listener.onProgress(loaded, total),
      checking: () => listener.onChecking(),
      ready: (message) => this.#begin(message),
      layer: ({ layer, layers }) => listener.onLayer?.(layer, layers),
      refined: ({ keeping }) => this.#refine(keeping),
      stopped: (reason, wasReady) => this.stop(reason, wasReady),
    });
  }

  /**
   * Answers nothing any more, for a reason that the visitor is told.
   * @param {string} reason a sentence
   */
  stop(reason, wasReady = this.#isReady) {
    const error = new EngineError('Stopped', reason);
    this.#reason = reason;
    this.#settleReady.reject(error);
    this.#discard(error);
    this.#listener.onStopped(reason, wasReady);
  }

  /** Leaves the worker to others, without a word. */
  leave() {
    this.#discard(new EngineError('Superseded', ''));
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

  /** Rejects all that wait for an answer. The worker ends what it has begun, and its answer is dropped. */
  cancel() {
    for (const asked of [this.#running, this.#waiting]) asked?.reject(new EngineError('Superseded', ''));
    this.#waiting = null;
  }

  #renewReady() {
    this.ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }));
    this.refined = new Promise((resolve) => (this.#settleRefined = resolve));
    this.ready.catch(() => {}); // whoever waits for it hears of it too
  }

  async #next() {
    if (!this.#isReady || this.#running || !this.#waiting) return;
    const asked = this.#waiting;
    [this.#running, this.#waiting] = [asked, null];
    await this.#session.ask(asked.request).then(asked.resolve, asked.reject);
    if (this.#running !== asked) return;
    this.#running = null;
    this.#next();
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

  #discard(error) {
    this.#session?.leave();
    this.#isReady = false;
    for (const asked of [this.#running, this.#waiting]) asked?.reject(error);
    [this.#session, this.#running, this.#waiting] = [null, null, null];
  }
}

/**
 * Why there is no answer, in words for the visitor.
 * @param {Error} error
 * @param {import('../strings/strings.js').Words} words
 * @param {string} name of what was asked about
 */
export function reasonOf(error, { intake, refusals, failures }, name) {
  if (error.name === 'Unreadable') return intake.unreadable(name);
  if (refusals[error.name]) return refusals[error.name](sentence(error.message, failures));
  return sentence(error instanceof EngineError ? error.message : '', failures);
}
