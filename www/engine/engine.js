/**
 * The search engine of the page and of the element: a worker that can stop and be started again. It answers one request
 * at a time.
 *
 * @import { AnswerTo, Keeping, Ready, Request, Sample } from './protocol.js'
 * @import { Session } from './client.js'
 *
 * @typedef {object} Listener
 * @property {(models: number, samples: Sample[], sources: string[]) => void} onManifest
 * @property {(loaded: number, total: number) => void} onProgress in bytes
 * @property {() => void} onChecking
 * @property {(layer: number, layers: number) => void} onLayer the number of layers computed for the present request
 * @property {(ready: Ready) => void} onReady
 * @property {(keeping: Keeping | null) => void} onRefined all re-ranking levels are loaded, so answers do not improve
 *   any more. `keeping` says whether the browser keeps the site's data for the next visit; it is null if a level could
 *   not be loaded.
 * @property {(reason: EngineError, wasReady: boolean) => void} onStopped nothing is answered until `start` is called
 *
 * @typedef {object} Waiting a request
 * @property {(session: Session) => Promise<void>} send sends it, and settles its promise
 * @property {(error: EngineError) => void} reject
 */

import { join } from './client.js';
import { EngineError } from './failure.js';

/** A session with a site's worker. Of several requests only the latest is answered. */
export class Engine {
  #site;
  #words;
  #listener;
  /** @type {Session | null} */
  #session = null;
  #isReady = false;
  /** @type {Waiting | null} */
  #running = null;
  /** @type {Waiting | null} */
  #waiting = null;
  /** Why the engine is stopped. @type {EngineError | null} */
  #reason = null;

  /**
   * @param {URL} site its folder
   * @param {import('../strings/strings.js').Words} words
   * @param {Listener} listener
   */
  constructor(site, words, listener) {
    this.#site = site;
    this.#words = words;
    this.#listener = listener;
  }

  /** Whether the worker has loaded the site. */
  get isReady() {
    return this.#isReady;
  }

  /** Whether the engine is stopped until `start` is called. */
  get isStopped() {
    return this.#reason !== null;
  }

  /** Joins the site's worker. If the last one has stopped, this starts a new one. */
  start() {
    this.#reason = null;
    const listener = this.#listener;
    this.#session = join(this.#site, this.#words, {
      manifest: ({ models, samples, sources }) => listener.onManifest(models, samples, sources),
      progress: ({ loaded, total }) => listener.onProgress(loaded, total),
      checking: () => listener.onChecking(),
      ready: (message) => this.#begin(message),
      layer: ({ layer, layers }) => listener.onLayer(layer, layers),
      refined: ({ keeping }) => listener.onRefined(keeping),
      stopped: (reason, wasReady) => this.stop(reason, wasReady),
    });
  }

  /**
   * Stops the engine and reports the reason.
   * @param {EngineError} reason
   * @param {boolean} [wasReady]
   */
  stop(reason, wasReady = this.#isReady) {
    this.#reason = reason;
    this.#discard(reason);
    this.#listener.onStopped(reason, wasReady);
  }

  /** Leaves the worker to other sessions, without a report. */
  leave() {
    this.#discard(new EngineError('Superseded'));
  }

  /**
   * Sends a request as soon as the engine is ready and the running request has ended. An older request that has not
   * been sent is rejected with `Superseded`.
   * @template {Request} R
   * @param {R} request
   * @param {string} [name] the name of the query in error messages
   * @returns {Promise<AnswerTo<R>>}
   */
  ask(request, name) {
    if (this.#reason) return Promise.reject(this.#reason);
    return new Promise((resolve, reject) => {
      this.#waiting?.reject(new EngineError('Superseded'));
      this.#waiting = { send: (session) => session.ask(request, { name }).then(resolve, reject), reject };
      this.#next();
    });
  }

  /** Rejects all requests. The worker completes the running one, and its answer is ignored. */
  cancel() {
    for (const asked of [this.#running, this.#waiting]) asked?.reject(new EngineError('Superseded'));
    this.#waiting = null;
  }

  async #next() {
    if (!this.#session || !this.#isReady || this.#running || !this.#waiting) return;
    const asked = this.#waiting;
    [this.#running, this.#waiting] = [asked, null];
    await asked.send(this.#session);
    if (this.#running !== asked) return;
    this.#running = null;
    this.#next();
  }

  /** @param {Ready} ready */
  #begin(ready) {
    this.#isReady = true;
    this.#listener.onReady(ready);
    this.#next();
  }

  /** @param {EngineError} error */
  #discard(error) {
    this.#session?.leave();
    this.#isReady = false;
    for (const asked of [this.#running, this.#waiting]) asked?.reject(error);
    [this.#session, this.#running, this.#waiting] = [null, null, null];
  }
}
