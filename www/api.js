/**
 * The search for programs: what the page shows, as values. Types and words on each are in api.d.ts.
 *
 * Everything stands on the site's worker (client.js), which all of a document share: load the same site as often as
 * you like.
 */

import { checked, checkedPart, imageOf, wrong } from './engine/asked.js';
import { join, located, siteAt } from './engine/client.js';
import { EngineError } from './engine/failure.js';
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
    let ready = null;
    const abort = () => {
      session.leave();
      reject(signal.reason ?? new DOMException('This request was aborted.', 'AbortError'));
    };
    const settled = (settle) => {
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const session = join(address, words, {
      progress: ({ loaded, total }) => onProgress?.(loaded, total),
      ready: (message) => (ready = message),
      // Answers are those of the native program from here on.
      refined: () => settled(() => resolve(new Recommender(address, session, ready))),
      stopped: (reason) => settled(() => reject(reason)),
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** @implements {import('./api.js').Recommender} */
class Recommender {
  #session;
  /** A catalogue in cells is never known whole, so nothing can be asked of it but likeness. */
  #isInCells;

  constructor(site, session, { models, facets, names }) {
    [this.#session, this.#isInCells] = [session, names === null];
    Object.assign(this, { site: site.href, models, facets });
    Object.freeze(this);
  }

  async embed(image, { part = null, signal } = {}) {
    return this.#ask({ type: 'embed', ...(await imageOf(image, signal)), part: checkedPart(part) }, signal);
  }

  async search(query, { part = null, signal, ...asked } = {}) {
    const how = this.#checked(asked);
    if (query instanceof Int8Array) {
      if (part) throw wrong('an image, of which a part can be searched', 'an embedding', 'embed the part instead');
      return this.#answer({ type: 'embedding', embedding: query, ...how }, signal);
    }
    return this.#answer({ type: 'image', ...(await imageOf(query, signal)), part: checkedPart(part), ...how }, signal);
  }

  async similar(uid, { signal, ...asked } = {}) {
    if (typeof uid !== 'string')
      throw wrong('the uid of a model', uid, 'take one from an answer or from the catalogue');
    return this.#answer({ type: 'model', uid, ...this.#checked(asked) }, signal);
  }

  close() {
    this.#session.leave();
  }

  #checked(asked) {
    const how = checked(asked);
    if (!this.#isInCells || Object.keys(how.filter).length === 0) return how;
    throw wrong(
      'no filter, as this catalogue is in cells',
      JSON.stringify(how.filter),
      'filter the answer, or make the site with --cells-above',
    );
  }

  async #answer(request, signal) {
    return located(await this.#ask(request, signal), this.site);
  }

  #ask(request, signal) {
    return this.#session.ask(request, { name: request.image?.name, signal });
  }
}
