/**
 * The search engine as the page and the element see it: a worker that may die, asked one thing at a time.
 *
 * @typedef {import('./protocol.js').Request} Request
 * @typedef {import('./protocol.js').Ready} Ready
 *
 * @typedef {object} Listener
 * @property {(models: number, samples: {file: string, name: string}[]) => void} [onManifest]
 * @property {(loaded: number, total: number) => void} onProgress
 * @property {() => void} onChecking
 * @property {(layer: number, layers: number) => void} [onLayer] so many layers have been computed of what is asked
 * @property {(ready: Ready) => void} onReady
 * @property {(keeping: import('./protocol.js').Keeping | null) => void} onRefined from now on answers are as good as they
 *   get; and whether the site's data is kept for the next visit, or null where some of it did not come
 * @property {(reason: EngineError, wasReady: boolean) => void} onStopped nothing is answered until `start` is called
 */

import { join } from './client.js';
import { EngineError } from './failure.js';

/** A session with a site's worker, of which the latest request wins. */
export class Engine {
  #site;
  #words;
  #listener;
  #session = null;
  #isReady = false;
  #running = null;
  #waiting = null;
  /** Why nothing is answered. @type {EngineError | null} */
  #reason = null;

  /**
   * @param {URL} site its folder
   * @param {import('../strings/strings.js').Words} words
   * @param {Listener} listener
   */
  constructor(site, words, listener) {
    [this.#site, this.#words, this.#listener] = [site, words, listener];
  }

  /** Whether the present worker has loaded everything. */
  get isReady() {
    return this.#isReady;
  }

  /** Whether nothing is answered until `start` is called. */
  get isStopped() {
    return this.#reason !== null;
  }

  /** Joins the site's worker, which is a fresh one where the one before has stopped. */
  start() {
    this.#reason = null;
    const listener = this.#listener;
    this.#session = join(this.#site, this.#words, {
      manifest: ({ models, samples }) => listener.onManifest?.(models, samples),
      progress: ({ loaded, total }) => listener.onProgress(loaded, total),
      checking: () => listener.onChecking(),
      ready: (message) => this.#begin(message),
      layer: ({ layer, layers }) => listener.onLayer?.(layer, layers),
      refined: ({ keeping }) => listener.onRefined(keeping),
      stopped: (reason, wasReady) => this.stop(reason, wasReady),
    });
  }

  /**
   * Answers nothing any more, for a reason that the visitor is told.
   * @param {EngineError} reason
   */
  stop(reason, wasReady = this.#isReady) {
    this.#reason = reason;
    this.#discard(reason);
    this.#listener.onStopped(reason, wasReady);
  }

  /** Leaves the worker to others, without a word. */
  leave() {
    this.#discard(new EngineError('Superseded'));
  }

  /**
   * Asks, as soon as the engine is ready and what runs now has ended. The latest request wins: an
   * older one that has not begun is dropped, with `Superseded`.
   * @param {Request} request
   * @param {string} [name] what sentences call what is asked about
   * @returns {Promise<any>} the answer
   */
  ask(request, name) {
    if (this.#reason) return Promise.reject(this.#reason);
    return new Promise((resolve, reject) => {
      this.#waiting?.reject(new EngineError('Superseded'));
      this.#waiting = { request, name, resolve, reject };
      this.#next();
    });
  }

  /** Rejects all that wait for an answer. The worker ends what it has begun, and its answer is dropped. */
  cancel() {
    for (const asked of [this.#running, this.#waiting]) asked?.reject(new EngineError('Superseded'));
    this.#waiting = null;
  }

  async #next() {
    if (!this.#isReady || this.#running || !this.#waiting) return;
    const asked = this.#waiting;
    [this.#running, this.#waiting] = [asked, null];
    await this.#session.ask(asked.request, { name: asked.name }).then(asked.resolve, asked.reject);
    if (this.#running !== asked) return;
    this.#running = null;
    this.#next();
  }

  #begin(ready) {
    this.#isReady = true;
    this.#listener.onReady(ready);
    this.#next();
  }

  #discard(error) {
    this.#session?.leave();
    this.#isReady = false;
    for (const asked of [this.#running, this.#waiting]) asked?.reject(error);
    [this.#session, this.#running, this.#waiting] = [null, null, null];
  }
}
