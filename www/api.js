/**
 * The search for programs: what the page shows, as values. Types and words on each are in api.d.ts.
 *
 * Everything stands on the site's worker (client.js), which all of a document share: load the same site as often as
 * you like.
 */

import { EngineError, join, keyOf, siteAt } from './client.js';
import { reasonOf } from './engine.js';
import { FACETS } from './filter.js';
import { wordsOf } from './strings.js';
import { whyNot } from './support.js';

export { EngineError };

const TOP = 12;

/** @type {import('./api.js').load} */
export async function load(site = new URL('.', import.meta.url), { language, signal, onProgress } = {}) {
  const words = await wordsOf(language ? [language] : navigator.languages);
  const reason = whyNot(words);
  if (reason) throw new EngineError('Stopped', reason);
  const address = siteAt(site, document.baseURI);
  return new Promise((resolve, reject) => {
    let ready = null;
    const abort = () => {
      seat.leave();
      reject(signal.reason ?? new DOMException('This request was aborted.', 'AbortError'));
    };
    const settled = (settle) => {
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const seat = join(address, words, {
      progress: ({ loaded, total }) => onProgress?.(loaded, total),
      ready: (message) => (ready = message),
      // Answers are those of the native program from here on.
      refined: () => settled(() => resolve(new Recommender(address, seat, ready))),
      stopped: (sentence) => settled(() => reject(new EngineError('Stopped', sentence))),
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** @implements {import('./api.js').Recommender} */
class Recommender {
  #seat;

  constructor(site, seat, { models, facets }) {
    this.#seat = seat;
    Object.assign(this, { site: site.href, models, facets });
    Object.freeze(this);
  }

  async embed(image, { part = null, signal } = {}) {
    return this.#ask({ type: 'embed', ...(await imageOf(image, signal)), part: checkedPart(part) }, signal);
  }

  async search(query, { part = null, signal, ...asked } = {}) {
    const how = checked(asked);
    if (query instanceof Int8Array) {
      if (part) throw wrong('an image, of which a part can be searched', 'an embedding', 'embed the part instead');
      return this.#answer({ type: 'embedding', embedding: query, ...how }, signal);
    }
    return this.#answer({ type: 'image', ...(await imageOf(query, signal)), part: checkedPart(part), ...how }, signal);
  }

  async similar(uid, { signal, ...asked } = {}) {
    if (typeof uid !== 'string') throw wrong('the uid of a model', uid, 'take one from an answer or from the catalogue');
    return this.#answer({ type: 'model', uid, ...checked(asked) }, signal);
  }

  close() {
    this.#seat.leave();
  }

  async #answer(request, signal) {
    const answer = await this.#ask(request, signal);
    const placed = (model) => ({ ...model, thumbnail: model.thumbnail && new URL(model.thumbnail, this.site).href });
    const neighbours = answer.neighbours.map((neighbour) => ({ ...neighbour, model: placed(neighbour.model) }));
    return answer.model ? { ...answer, neighbours, model: placed(answer.model) } : { ...answer, neighbours };
  }

  async #ask(request, signal) {
    try {
      return await this.#seat.ask(request, signal);
    } catch (error) {
      if (!(error instanceof EngineError) || error.name === 'Stopped') throw error; // said already
      const { words } = this.#seat;
      throw new EngineError(error.name, reasonOf(error, words, request.image?.name || words.query.unnamed));
    }
  }
}

/** An image as the worker takes it. */
async function imageOf(image, signal) {
  if (image instanceof Blob) return { image, key: keyOf(image) };
  if (image instanceof ArrayBuffer || ArrayBuffer.isView(image)) return imageOf(new Blob([image]));
  if (typeof image !== 'string' && !(image instanceof URL)) {
    throw wrong('an image (Blob, bytes or address) or an embedding', image, 'pass what a file input, fetch or embed gives');
  }
  const response = await fetch(new URL(image, document.baseURI), { signal });
  if (!response.ok) throw wrong(`an image at ${response.url}`, `status ${response.status}`, 'check the address');
  return imageOf(await response.blob());
}

/** What else is asked, once it is certain to be usable. */
function checked({ top = TOP, filter = {}, ...others }) {
  const [unknown] = Object.keys(others);
  if (unknown) throw wrong('the options top, filter, part and signal', unknown, 'see api.d.ts');
  if (!Number.isInteger(top) || top < 1) throw wrong('a whole number from 1 on as top', top, 'ask for 12, for instance');
  for (const [facet, values] of Object.entries(filter)) {
    const isUsable = FACETS.includes(facet) && Array.isArray(values) && values.every((value) => typeof value === 'string');
    if (!isUsable) throw wrong(`a filter of lists by ${FACETS.join(', ')}`, `${facet}: ${JSON.stringify(values)}`, "write { category: ['chairs'] }");
  }
  const asks = Object.entries(filter).filter(([, values]) => values.length > 0);
  return { top, filter: Object.fromEntries(asks) };
}

function checkedPart(part) {
  if (part === null) return null;
  const { left, top, width, height } = part;
  const isWithin = [left, top].every((at) => at >= 0) && [width, height].every((side) => side > 0) && left + width <= 1.000001 && top + height <= 1.000001;
  if (!isWithin) throw wrong('a part as shares of the image, 0 to 1: left, top, width, height', JSON.stringify(part), 'leave it out for the whole image');
  return { left, top, width, height };
}

function wrong(expected, came, next) {
  return new TypeError(`Expected ${expected}, came ${String(came)}; ${next}.`);
}
