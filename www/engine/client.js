/**
 * One worker of a site for all sessions of a document: the page, elements, and programs through api.js. The first
 * session starts the worker. The last one that leaves ends it, because only that frees its memory.
 *
 * @import { Answer, AnswerTo, FromWorker, Model, News, Request, Said, Told, ToWorker } from './protocol.js'
 * @import { Words } from '../strings/strings.js'
 *
 * @typedef {object} Listeners They receive the worker's messages. A session that joins late receives the earlier ones.
 * @property {(message: Said<'manifest'>) => void} [manifest]
 * @property {(message: Said<'progress'>) => void} [progress] in bytes
 * @property {(message: Said<'checking'>) => void} [checking]
 * @property {(message: Said<'ready'>) => void} [ready]
 * @property {(message: Said<'layer'>) => void} [layer] of the session's running request
 * @property {(message: Said<'refined'>) => void} [refined]
 * @property {(reason: EngineError, wasReady: boolean) => void} stopped nothing is answered any more: join again
 *
 * @typedef {{name?: string, signal?: AbortSignal}} How `name` is the name of the query in error messages
 *
 * @typedef {object} Waiting a request of a session
 * @property {Session} session
 * @property {Request} request
 * @property {string} [name]
 * @property {number} id 0 until it is sent
 * @property {AbortSignal} [signal]
 * @property {() => void} abort
 * @property {(answer: Said<'answer'>['answer']) => void} resolve
 * @property {(error: unknown) => void} reject
 */

import { sentenceOf } from '../strings/strings.js';
import { EngineError } from './failure.js';
import { pixelsOf } from './picture.js';
import { PAGE, RELEASE, SITE } from './site.js';
import { moduleWorker } from './spawn.js';

/** The client of each site, by its address. @type {Map<string, Client>} */
const clients = new Map();

/**
 * Opens a session with the worker of a site.
 * @param {URL} site its folder, with a slash at the end
 * @param {Words} words the strings for error messages
 * @param {Listeners} listeners
 * @returns {Session}
 */
export function join(site, words, listeners) {
  const client = clients.get(site.href) ?? new Client(site);
  clients.set(site.href, client);
  return new Session(client, words, listeners);
}

/**
 * Returns the address of a site's worker script. For its own site the page uses its own script, so that both have the
 * same version.
 * @param {URL} site
 */
const workerOf = (site) => new URL('worker.js', site.href === SITE.href ? PAGE : site);

/**
 * Returns the address of a site's folder.
 * @param {string | URL} address of the folder, with or without a slash, or of its page
 * @param {string | URL} base
 */
export function siteAt(address, base) {
  const site = new URL(address, base);
  const folder = site.pathname.replace(/index\.html$/, '');
  return new URL(folder.endsWith('/') ? folder : `${folder}/`, site);
}

/**
 * Returns an answer for programs: the addresses of thumbnails are absolute, and what only the page needs is left out.
 * @param {Answer} answer
 * @param {string | URL} site
 * @returns {Answer}
 */
export function located({ shown, pictures, duplicates, ...answer }, site) {
  const whole = (/** @type {Model} */ model) => ({
    ...model,
    thumbnail: model.thumbnail && new URL(model.thumbnail, site).href,
  });
  const neighbours = answer.neighbours.map((neighbour) => ({ ...neighbour, model: whole(neighbour.model) }));
  return { ...answer, neighbours, ...(answer.model && { model: whole(answer.model) }) };
}

/**
 * The milliseconds between two checks of a worker, and the number of checks without a message after which the worker
 * counts as lost. A worker answers each check with `alive` unless it is computing. No step of the computation takes as
 * long as all the checks.
 */
const [LOOK, LOOKS] = [30_000, 3];

/** Milliseconds in which the browser reports a Content Security Policy that has blocked the worker. */
const POLICIES = 100;

/** Directives of a Content Security Policy that can block a worker. */
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

/** Returns the key by which the worker knows an image: the same for the same blob. @param {Blob} blob */
export function keyOf(blob) {
  const known = keys.get(blob);
  if (known) return known;
  blobs += 1;
  const key = `blob-${blobs}`;
  keys.set(blob, key);
  return key;
}

/** A session with a worker. */
export class Session {
  #client;

  /** Why the session has ended. @type {Error | null} */
  end = null;

  /** @param {Client} client @param {Words} words @param {Listeners} listeners */
  constructor(client, words, listeners) {
    this.#client = client;
    this.words = words;
    this.listeners = listeners;
    client.admit(this);
  }

  /**
   * Sends a request. Requests are answered one after another, in their order.
   * @template {Request} R
   * @param {R} request
   * @param {How} [how]
   * @returns {Promise<AnswerTo<R>>}
   */
  ask(request, how = {}) {
    return this.#client.ask(this, request, how);
  }

  /** Ends the session: rejects its requests and receives no more messages. */
  leave() {
    this.#client.leave(this);
  }
}

/**
 * Returns whether a worker of this release understands this page: the first two numbers are the same.
 * @param {string} release
 */
const isOfThisLine = (release) => release.split('.', 2).join() === RELEASE.split('.', 2).join();

/**
 * Returns the error of a request that the worker refused.
 * @param {Waiting} asked
 * @param {Said<'refused'>['failure']} failure
 */
function refusal({ session: { words }, name }, failure) {
  return new EngineError(failure.name, sentenceOf(words, failure, name || words.query.unnamed), failure.code);
}

class Client {
  #site;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Set<Session>} */
  #sessions = new Set();
  /** The last message of each type, for sessions that join late. @type {Map<News['type'], News>} */
  #told = new Map();
  /** The timer of the checks. @type {ReturnType<typeof setInterval> | undefined} */
  #looking;
  /** The number of checks since the worker's last message. */
  #silent = 0;
  /** The directive that was violated since the worker was started. @type {string | null} */
  #directive = null;
  /** @type {Waiting | null} */
  #running = null;
  /** @type {Waiting[]} */
  #queue = [];
  #lastId = 0;

  /** @param {URL} site */
  constructor(site) {
    this.#site = site;
    document.addEventListener('securitypolicyviolation', this.#violated);
    try {
      this.#worker = moduleWorker(workerOf(site));
    } catch (error) {
      this.#stopSoon(() => this.#whyNone(error instanceof Error ? error.message : undefined));
      return;
    }
    if (!this.#worker) {
      queueMicrotask(() => this.#stop({ code: 'support.noModuleWorker' }));
      return;
    }
    this.#listen(this.#worker);
    this.#looking = setInterval(() => this.#look(), LOOK);
  }

  /** @param {Worker} worker */
  #listen(worker) {
    worker.onmessage = (/** @type {MessageEvent<FromWorker>} */ { data }) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stopSoon(() => this.#whyNone(event.message));
    };
    worker.onmessageerror = () => this.#stop({ code: 'failures.died' });
  }

  /** @param {SecurityPolicyViolationEvent} event */
  #violated = ({ effectiveDirective, disposition, blockedURI }) => {
    const isOurs = /^(blob|trusted-types)/.test(blockedURI) || blockedURI.startsWith(this.#site.origin);
    if (isOurs && disposition === 'enforce' && DIRECTIVES.includes(effectiveDirective))
      this.#directive = effectiveDirective;
  };

  /**
   * Returns why there is no worker.
   * @param {string} [said] the browser's message, which is empty for a script that could not be loaded
   * @returns {Told}
   */
  #whyNone(said) {
    if (this.#isReady) return { code: 'failures.died' };
    const notStarted = { code: 'files.notStarted', values: [said] };
    if (this.#told.size > 0) return said ? notStarted : { code: 'failures.unexpected' };
    const { origin } = this.#site;
    const isHere = origin === self.origin;
    // A worker of another origin needs more than this directive. `files.elsewhere` names all of that but trusted types.
    if (this.#directive && (isHere || this.#directive.includes('trusted-types'))) {
      return { code: 'files.policy', values: [this.#directive, origin] };
    }
    if (!isHere) return { code: 'files.elsewhere', values: [origin] };
    return said ? notStarted : { code: 'files.worker' };
  }

  /** Checks the worker. A worker that never answers is ended, because its sessions would wait for ever. */
  #look() {
    if (this.#isReady && !this.#running) this.#silent = 0;
    else if (this.#silent >= LOOKS) this.#stop({ code: this.#told.size > 0 ? 'failures.silent' : 'files.worker' });
    else {
      this.#silent += 1;
      this.#send({ type: 'alive' });
    }
  }

  /** @param {ToWorker} message */
  #send(message) {
    this.#worker?.postMessage(message);
  }

  get #isReady() {
    return this.#told.has('ready');
  }

  /** @param {Session} session */
  admit(session) {
    this.#sessions.add(session);
    const told = [...this.#told.values()];
    queueMicrotask(() => {
      for (const message of told) if (this.#sessions.has(session)) tell(session, message);
    });
  }

  /** @param {Session} session */
  leave(session) {
    if (!this.#sessions.delete(session)) return;
    session.end = new DOMException('This search was closed; load the site again.', 'AbortError');
    for (const asked of this.#unanswered) if (asked.session === session) asked.reject(session.end);
    this.#queue = this.#queue.filter((asked) => asked.session !== session);
    if (this.#sessions.size === 0) this.#end();
  }

  /**
   * @template {Request} R
   * @param {Session} session
   * @param {R} request
   * @param {How} how
   * @returns {Promise<AnswerTo<R>>}
   */
  ask(session, request, { name, signal }) {
    return new Promise((resolve, reject) => {
      /** @type {Waiting} */
      const asked = {
        session,
        request,
        name,
        id: 0,
        signal,
        abort: () => {
          this.#queue = this.#queue.filter((one) => one !== asked);
          reject(signal?.reason ?? new DOMException('This request was aborted.', 'AbortError'));
        },
        resolve: (answer) => resolve(/** @type {AnswerTo<R>} */ (answer)),
        reject,
      };
      if (signal?.aborted) return asked.abort();
      if (!this.#sessions.has(session)) return reject(session.end);
      signal?.addEventListener('abort', asked.abort, { once: true });
      this.#queue.push(asked);
      return this.#next();
    });
  }

  #next() {
    const [first] = this.#queue;
    if (!this.#isReady || this.#running || !first) return;
    this.#queue = this.#queue.slice(1);
    this.#lastId += 1;
    first.id = this.#lastId;
    this.#running = first;
    this.#send({ ...first.request, id: first.id });
  }

  /** The running request, and then those that wait. */
  get #unanswered() {
    return this.#running ? [this.#running, ...this.#queue] : this.#queue;
  }

  /** @param {FromWorker} message */
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
        return this.#running ? tell(this.#running.session, message) : undefined;
      case 'answer':
        return this.#finish(message.id, (asked) => asked.resolve(message.answer));
      case 'refused':
        return this.#finish(message.id, (asked) => asked.reject(refusal(asked, message.failure)));
      default:
        return this.#tell(message);
    }
  }

  /** @param {News} message */
  #tell(message) {
    if (message.type === 'manifest' && !isOfThisLine(message.release)) {
      return this.#stop({ code: 'files.otherVersion', values: [message.release, RELEASE] });
    }
    this.#told.set(message.type, message);
    if (message.type === 'ready') {
      this.#told.delete('progress');
      this.#told.delete('checking');
    }
    for (const session of this.#sessions) tell(session, message);
    return this.#next();
  }

  /** @param {number} id @param {(asked: Waiting) => void} settle */
  #finish(id, settle) {
    const asked = this.#running;
    if (asked?.id !== id) return;
    this.#running = null;
    asked.signal?.removeEventListener('abort', asked.abort);
    settle(asked);
    this.#next();
  }

  /** Decodes an image with an `<img>` for the worker. @param {Said<'show'>} message */
  async #show({ of, image }) {
    const pixels = await pixelsOf(image);
    if (!this.#isEnded) this.#send({ type: 'shown', of, image: pixels });
  }

  /** Stops after the browser has had time to report a blocking policy. @param {() => Told} reason */
  #stopSoon(reason) {
    setTimeout(() => this.#isEnded || this.#stop(reason()), POLICIES);
  }

  /** Ends the worker and all sessions. @param {Told} reason */
  #stop(reason) {
    const wasReady = this.#isReady;
    const sessions = [...this.#sessions];
    const asked = this.#unanswered;
    const errors = sessions.map((session) => {
      const error = new EngineError('Stopped', sentenceOf(session.words, reason), reason.code);
      session.end = error;
      return error;
    });
    this.#sessions.clear();
    this.#end();
    for (const { session, reject } of asked) reject(session.end); // has no effect if the session has left
    for (const [at, session] of sessions.entries()) session.listeners.stopped(errors[at], wasReady);
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

/** Calls the session's listener for a message. @param {Session} session @param {News | Said<'layer'>} message */
function tell({ listeners }, message) {
  switch (message.type) {
    case 'manifest':
      return listeners.manifest?.(message);
    case 'progress':
      return listeners.progress?.(message);
    case 'checking':
      return listeners.checking?.(message);
    case 'ready':
      return listeners.ready?.(message);
    case 'refined':
      return listeners.refined?.(message);
    case 'layer':
      return listeners.layer?.(message);
  }
}
