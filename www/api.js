/**
 * The search as a module for programs. api.d.ts documents its types.
 *
 * A document has one worker for each site (client.js), however often a program loads the site.
 *
 * @import { AskOptions, EmbedOptions, Image, Model, Question, Recommender as PublicRecommender } from './api.js'
 * @import { Session } from './engine/client.js'
 * @import { EmbedRequest, Ready, Said, SearchRequest } from './engine/protocol.js'
 */

import { checked, checkedPart, imageOf, wrong } from './engine/asked.js';
import { join, located, siteAt } from './engine/client.js';
import { EngineError } from './engine/failure.js';
import { fromPack, isInPack } from './engine/packs.js';
import { SITE } from './engine/site.js';
import { whyNot } from './engine/support.js';
import { sentenceOf, wordsOf } from './strings/strings.js';

export { EngineError };

/** @type {import('./api.js').load} */
export async function load(site = SITE, { language, signal, onProgress } = {}) {
  const words = await wordsOf(language ? [language] : navigator.languages);
  const code = whyNot();
  if (code) throw new EngineError('Stopped', sentenceOf(words, { code }), code);
  const address = siteAt(site, document.baseURI);
  return new Promise((resolve, reject) => {
    /** @type {Said<'ready'>} */
    let ready;
    const abort = () => {
      session.leave();
      reject(signal?.reason ?? new DOMException('This request was aborted.', 'AbortError'));
    };
    /** @param {() => void} settle */
    const settled = (settle) => {
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const session = join(address, words, {
      progress: ({ loaded, total }) => onProgress?.(loaded, total),
      ready: (message) => (ready = message),
      // Only from here on are the answers equal to those of the native program.
      refined: () => settled(() => resolve(new Recommender(address, session, ready))),
      stopped: (reason) => settled(() => reject(reason)),
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** @implements {PublicRecommender} */
class Recommender {
  #session;

  /**
   * @param {URL} site
   * @param {Session} session
   * @param {Ready} ready
   */
  constructor(site, session, { models, facets }) {
    this.#session = session;
    this.site = site.href;
    this.models = models;
    this.facets = facets;
    Object.freeze(this);
  }

  /** @param {Image} image @param {EmbedOptions} [options] */
  async embed(image, { part = null, signal } = {}) {
    return this.#ask({ type: 'embed', ...(await imageOf(image, signal)), part: checkedPart(part) }, signal);
  }

  /** @param {Image | Int8Array | Question} question @param {AskOptions & EmbedOptions} [options] */
  async search(question, { part = null, signal, ...asked } = {}) {
    const { image: query, ...others } = isQuestion(question) ? question : { image: question };
    const how = checked({ ...asked, ...others });
    if (query === undefined) {
      if (how.words) return this.#answer({ type: 'words', ...how }, signal);
      throw wrong('an image, words, or both', JSON.stringify(question), 'write search({ image, words })');
    }
    if (query instanceof Int8Array) {
      if (part) throw wrong('an image, of which a part can be searched', 'an embedding', 'embed the part instead');
      return this.#answer({ type: 'embedding', embedding: query, ...how }, signal);
    }
    return this.#answer({ type: 'image', ...(await imageOf(query, signal)), part: checkedPart(part), ...how }, signal);
  }

  /** @param {string} uid @param {AskOptions} [options] */
  async similar(uid, { signal, ...asked } = {}) {
    if (typeof uid !== 'string')
      throw wrong('the uid of a model', uid, 'take one from an answer or from the catalogue');
    return this.#answer({ type: 'model', uid, ...checked(asked) }, signal);
  }

  /** @param {Model} model */
  async thumbnail({ thumbnail }) {
    const address = new URL(thumbnail, this.site).href;
    if (isInPack(address)) return fromPack(address);
    const response = await fetch(address);
    if (!response.ok) throw new TypeError(`${address} came with status ${response.status}`);
    return response.blob();
  }

  close() {
    this.#session.leave();
  }

  /**
   * @param {SearchRequest} request
   * @param {AbortSignal} [signal]
   */
  async #answer(request, signal) {
    return located(await this.#ask(request, signal), this.site);
  }

  /**
   * @template {SearchRequest | EmbedRequest} R
   * @param {R} request
   * @param {AbortSignal} [signal]
   */
  #ask(request, signal) {
    const name = 'image' in request && request.image instanceof File ? request.image.name : undefined;
    return this.#session.ask(request, { name, signal });
  }
}

/**
 * Returns whether an argument is an image, words or both in an object, and not an image itself.
 * @param {Image | Int8Array | Question} question
 * @returns {question is Question}
 */
function isQuestion(question) {
  return Object.getPrototypeOf(question) === Object.prototype;
}
