/**
 * One worker of a site for all of a document that ask it: the page, elements, and programs through api.js. It is made
 * when the first of them joins and ended when the last one leaves, as nothing else gives its memory back.
 *
 * @typedef {import('./protocol.js').FromWorker} FromWorker
 *
 * @typedef {object} Listeners what a session is told of the worker; a session that joins late is told what it missed
 * @property {(message: Said<'manifest'>) => void} [manifest]
 * @property {(message: Said<'progress'>) => void} [progress] in bytes
 * @property {() => void} [checking]
 * @property {(message: Said<'ready'>) => void} [ready]
 * @property {(message: Said<'layer'>) => void} [layer] of the image that was asked about
 * @property {(message: Said<'refined'>) => void} [refined]
 * @property {(reason: EngineError, wasReady: boolean) => void} stopped nothing is answered any more: join again
 */

/** @template {FromWorker['type']} Type @typedef {Extract<FromWorker, {type: Type}>} Said */

import { sentenceOf } from '../strings/strings.js';
import { EngineError } from './failure.js';
import { pixelsOf } from './picture.js';
import { PAGE, SITE } from './site.js';
import { moduleWorker } from './spawn.js';

/** By the address of the site. @type {Map<string, Client>} */
const clients = new Map();

/**
 * Opens a session with the worker of a site.
 * @param {URL} site its folder, with a slash at the end
 * @param {import('../strings/strings.js').Words} words what reasons are said in
 * @param {Listeners} listeners
 * @returns {Session}
 */
export function join(site, words, listeners) {
  if (!clients.has(site.href)) clients.set(site.href, new Client(site));
  return new Session(clients.get(site.href), words, listeners);
}

/** The script of a site's worker: this page's own for its own site, so that the two are of one version. */
const workerOf = (site) => new URL('worker.js', site.href === SITE.href ? PAGE : site);

/**
 * The folder of a site.
 * @param {string | URL} address with or without a slash, or of its page
 * @param {string | URL} base
 */
export function siteAt(address, base) {
  const site = new URL(address, base);
  const folder = site.pathname.replace(/index\.html$/, '');
  return new URL(folder.endsWith('/') ? folder : `${folder}/`, site);
}

/**
 * An answer for programs outside of the site: addresses of thumbnails are whole, and how to show what was asked is left out.
 * @param {import('./protocol.js').Answer} answer
 * @param {string | URL} site
 */
export function located({ shown, pictures, ...answer }, site) {
  const whole = (model) => ({ ...model, thumbnail: model.thumbnail && new URL(model.thumbnail, site).href });
  const neighbours = answer.neighbours.map((neighbour) => ({ ...neighbour, model: whole(neighbour.model) }));
  return { ...answer, neighbours, ...(answer.model && { model: whole(answer.model) }) };
}

/**
 * Milliseconds between looks at a worker that is waited for, and the looks in a row after which one that has said
 * nothing is given up. It says at least that it is alive, but while it computes; no step of that takes so long.
 */
const [LOOK, LOOKS] = [30_000, 3];

/** Milliseconds in which a browser tells which policy has kept a worker from starting. */
const POLICIES = 100;

/** Directives that keep workers from starting. */
const DIRECTIVES = [
  'worker-src',
  'child-src',
  'script-src',
  'script-src-elem',
  'default-src',
  'require-trusted-types-for',
  'trusted-types',
  'sandbox',
];

let blobs = 0;
/** @type {WeakMap<Blob, string>} */
const keys = new WeakMap();

/** What the worker knows an image by: the same for the same one. @param {Blob} blob */
export function keyOf(blob) {
  if (!keys.has(blob)) {
    blobs += 1;
    keys.set(blob, `blob-${blobs}`);
  }
  return keys.get(blob);
}

/** One session of those that ask the worker. */
export class Session {
  #client;

  /** Why nothing is answered any more. @type {Error | null} */
  end = null;

  constructor(client, words, listeners) {
    this.#client = client;
    Object.assign(this, { words, listeners });
    client.admit(this);
  }

  /**
   * Asks; requests are answered one after another, in the order in which they came.
   * @param {import('./protocol.js').Request} request
   * @param {{name?: string, signal?: AbortSignal}} [how] `name` is what sentences call what is asked about
   * @returns {Promise<any>}
   */
  ask(request, how = {}) {
    return this.#client.ask(this, request, how);
  }

  /** Asks no more, and hears no more. */
  leave() {
    this.#client.leave(this);
  }
}

/** Why a request of a session has no answer. */
function refusal({ session: { words }, name }, failure) {
  return new EngineError(failure.name, sentenceOf(words, failure, name || words.query.unnamed), failure.code);
}

class Client {
  #site;
  #worker;
  #sessions = new Set();
  /** What was told so far, by type, for sessions that join late. */
  #told = new Map();
  #looking = null;
  /** Looks since the worker's last word. */
  #silent = 0;
  /** The directive of a policy that was violated since the worker was asked for. */
  #directive = null;
  #running = null;
  #queue = [];
  #lastId = 0;

  constructor(site) {
    this.#site = site;
    document.addEventListener('securitypolicyviolation', this.#violated);
    try {
      this.#worker = moduleWorker(workerOf(site));
    } catch (error) {
      this.#stopSoon(() => this.#whyNone(error.message));
      return;
    }
    if (!this.#worker) {
      queueMicrotask(() => this.#stop({ code: 'support.noModuleWorker' }));
      return;
    }
    this.#listen(this.#worker);
    this.#looking = setInterval(() => this.#look(), LOOK);
  }

  #listen(worker) {
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stopSoon(() => this.#whyNone(event.message));
    };
    worker.onmessageerror = () => this.#stop({ code: 'failures.died' });
  }

  #violated = ({ effectiveDirective, disposition, blockedURI }) => {
    const isOurs = /^(blob|trusted-types)/.test(blockedURI) || blockedURI.startsWith(this.#site.origin);
    if (isOurs && disposition === 'enforce' && DIRECTIVES.includes(effectiveDirective))
      this.#directive = effectiveDirective;
  };

  /**
   * Why there is no worker.
   * @param {string} [said] what the browser said, which is nothing of a script that did not come
   * @returns {import('./protocol.js').Reason}
   */
  #whyNone(said) {
    if (this.#isReady) return { code: 'failures.died' };
    const notStarted = { code: 'files.notStarted', values: [said] };
    if (this.#told.size > 0) return said ? notStarted : { code: 'failures.unexpected' };
    const { origin } = this.#site;
    const isHere = origin === self.origin;
    // From elsewhere more is needed than that policy, and that sentence has it all but for trusted types.
    if (this.#directive && (isHere || this.#directive.includes('trusted-types'))) {
      return { code: 'files.policy', values: [this.#directive, origin] };
    }
    if (!isHere) return { code: 'files.elsewhere', values: [origin] };
    return said ? notStarted : { code: 'files.worker' };
  }

  /** A worker that never says a word is given up, or its sessions would wait for ever. */
  #look() {
    if (this.#isReady && !this.#running) this.#silent = 0;
    else if (this.#silent >= LOOKS) this.#stop({ code: this.#told.size > 0 ? 'failures.silent' : 'files.worker' });
    else {
      this.#silent += 1;
      this.#worker.postMessage({ type: 'alive' });
    }
  }

  get #isReady() {
    return this.#told.has('ready');
  }

  /** @param {Session} session */
  admit(session) {
    this.#sessions.add(session);
    const told = [...this.#told.values()];
    queueMicrotask(() => {
      for (const message of told) if (this.#sessions.has(session)) session.listeners[message.type]?.(message);
    });
  }

  leave(session) {
    if (!this.#sessions.delete(session)) return;
    session.end = new DOMException('This search was closed; load the site again.', 'AbortError');
    const isTheirs = (asked) => asked?.session === session;
    for (const asked of [this.#running, ...this.#queue].filter(isTheirs)) asked.reject(session.end);
    this.#queue = this.#queue.filter((asked) => !isTheirs(asked));
    if (this.#sessions.size === 0) this.#end();
  }

  ask(session, request, { name, signal }) {
    return new Promise((resolve, reject) => {
      const asked = { session, request, name, resolve, reject, signal };
      asked.abort = () => {
        this.#queue = this.#queue.filter((one) => one !== asked);
        reject(signal.reason ?? new DOMException('This request was aborted.', 'AbortError'));
      };
      if (signal?.aborted) return asked.abort();
      if (!this.#sessions.has(session)) return reject(session.end);
      signal?.addEventListener('abort', asked.abort, { once: true });
      this.#queue.push(asked);
      return this.#next();
    });
  }

  #next() {
    if (!this.#isReady || this.#running || this.#queue.length === 0) return;
    this.#lastId += 1;
    this.#running = { ...this.#queue.shift(), id: this.#lastId };
    this.#worker.postMessage({ ...this.#running.request, id: this.#running.id });
  }

  #hear(message) {
    this.#silent = 0;
    switch (message.type) {
      case 'alive':
        return undefined;
      case 'show':
        return this.#show(message);
      case 'failed':
        return this.#stop(message.failure);
      case 'died':
        return this.#stop({ code: message.kind === 'Memory' ? 'failures.died' : 'failures.broke' });
      case 'layer':
        return this.#running?.session.listeners.layer?.(message);
      case 'answer':
        return this.#finish(message.id, (asked) => asked.resolve(message.answer));
      case 'refused':
        return this.#finish(message.id, (asked) => asked.reject(refusal(asked, message.failure)));
      default:
        return this.#tell(message);
    }
  }

  #tell(message) {
    this.#told.set(message.type, message);
    if (message.type === 'ready') for (const type of ['progress', 'checking']) this.#told.delete(type);
    for (const session of this.#sessions) session.listeners[message.type]?.(message);
    this.#next();
  }

  #finish(id, settle) {
    if (this.#running?.id !== id) return;
    const asked = this.#running;
    this.#running = null;
    asked.signal?.removeEventListener('abort', asked.abort);
    settle(asked);
    this.#next();
  }

  /** What an `<img>` makes of an image that the worker cannot decode. */
  async #show({ of, image }) {
    const pixels = await pixelsOf(image);
    if (!this.#isEnded) this.#worker.postMessage({ type: 'shown', of, image: pixels });
  }

  /** Stops once it is known whether it was a policy. */
  #stopSoon(reason) {
    setTimeout(() => this.#isEnded || this.#stop(reason()), POLICIES);
  }

  /** @param {import('./protocol.js').Reason} reason */
  #stop(reason) {
    const wasReady = this.#isReady;
    const sessions = [...this.#sessions];
    const asked = [this.#running, ...this.#queue].filter(Boolean);
    for (const session of sessions) {
      session.end = new EngineError('Stopped', sentenceOf(session.words, reason), reason.code);
    }
    this.#sessions.clear();
    this.#end();
    for (const { session, reject } of asked) reject(session.end); // those who left have been told
    for (const session of sessions) session.listeners.stopped(session.end, wasReady);
  }

  get #isEnded() {
    return clients.get(this.#site.href) !== this;
  }

  #end() {
    clearInterval(this.#looking);
    document.removeEventListener('securitypolicyviolation', this.#violated);
    this.#worker?.terminate();
    if (clients.get(this.#site.href) === this) clients.delete(this.#site.href);
    this.#told.clear();
    [this.#running, this.#queue] = [null, []];
  }
}
