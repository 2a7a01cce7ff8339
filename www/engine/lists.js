/**
 * In the worker: the inverted lists of a catalogue in cells (src/search/postings.rs). They find models by words, uids and
 * the values of filters. A shard is downloaded when it is needed for the first time.
 *
 * @import { Bytes, Filter } from './protocol.js'
 * @import { Digest, Named } from './download.js'
 * @import { Glue } from './decode.js'
 * @import { Facet } from './facets.js'
 *
 * @typedef {{shards: (Named & {first: string})[], facets: Partial<Record<Facet, [string, number][]>>}} Listed
 */

import { unpacked } from './cell-files.js';
import { download, isNamed, parse } from './download.js';
import { byFacet } from './facets.js';
import { Failure } from './failure.js';
import { FACETS } from './filter.js';

/** The first letter of the keys of each facet's values. @type {Record<Facet, string>} */
const KINDS = { category: 'c', tag: 't', licence: 'l', author: 'a' };

export class Lists {
  #shards;
  #lists;
  #digest;
  /** The shards that are being downloaded. @type {Map<number, Promise<void>>} */
  #coming = new Map();
  /** The number of models that have each listed value. @type {Record<Facet, Uint32Array>} */
  #counts;

  /**
   * @param {string} file the name of the list of shards
   * @param {Bytes} list JSON
   * @param {Uint32Array} lengths the number of models in each cell
   * @param {Glue} glue
   * @param {Digest} digest
   */
  constructor(file, list, lengths, glue, digest) {
    const { shards, facets } = /** @type {Listed} */ (parse(file, list) ?? {});
    if (!Array.isArray(shards) || !shards.every((one) => isNamed(one) && typeof one.first === 'string')) {
      throw new Failure('files.manifest', file);
    }
    this.#shards = shards;
    this.#digest = digest;
    this.#lists = new glue.Lists(
      lengths,
      shards.map(({ first }) => first),
    );
    /** The most common values of each facet, the most common first. */
    this.values = byFacet((facet) => (facets?.[facet] ?? []).map(([value]) => String(value)));
    this.#counts = byFacet((facet) => Uint32Array.from(facets?.[facet] ?? [], ([, count]) => count));
  }

  /** The names of all shards' files. */
  get files() {
    return this.#shards.map(({ file }) => file);
  }

  /** Returns the models that words name, best first. The caller frees them. @param {string} words */
  async find(words) {
    await this.#load(this.#lists.wanted(words));
    return this.#lists.find(words);
  }

  /** Returns the row of a uid, or undefined. @param {string} uid @returns {Promise<number | undefined>} */
  async rowOf(uid) {
    const key = `u${uid}`;
    await this.#load(this.#shardsOf([key]));
    return this.#lists.rows(key)[0];
  }

  /**
   * Returns the rows that pass a filter, rising.
   * @param {Filter} filter
   * @param {Uint32Array} [among] the rows that it is applied to
   * @returns {Promise<Uint32Array>}
   */
  async passing(filter, among) {
    const groups = FACETS.map((facet) => (filter[facet] ?? []).map((value) => KINDS[facet] + value));
    const asked = groups.filter((keys) => keys.length > 0);
    await this.#load(this.#shardsOf(asked.flat()));
    const lengths = Uint32Array.from(asked, ({ length }) => length);
    return this.#lists.passing(asked.flat(), lengths, among);
  }

  /**
   * Returns for each listed value how many models with it pass the filter's other facets and the words. What the lists do
   * not say together is counted at most: no more models than have the value, and no more than pass.
   * @param {Filter} filter
   * @param {Uint32Array} [among] the rows that words name
   */
  async counts(filter, among) {
    /** @type {Facet[]} */
    const at_most = [];
    const counts = { ...this.#counts };
    for (const facet of FACETS) {
      const { [facet]: _, ...others } = filter;
      if (Object.keys(others).length === 0 && !among) continue;
      const { length } = await this.passing(others, among);
      counts[facet] = this.#counts[facet].map((count) => Math.min(count, length));
      at_most.push(facet);
    }
    return { counts, at_most };
  }

  /** @param {string[]} keys */
  #shardsOf(keys) {
    return keys.map((key) => this.#lists.shardOf(key)).filter((number) => number !== undefined);
  }

  /** @param {Iterable<number>} numbers */
  async #load(numbers) {
    const missing = [...new Set(numbers)].filter((number) => !this.#lists.has(number));
    await Promise.all(missing.map((number) => this.#fetched(number)));
  }

  /** @param {number} number */
  #fetched(number) {
    const fetched = async () => {
      const named = this.#shards[number];
      const packed = await download([named], () => {}, this.#digest);
      this.#lists.add(number, await unpacked(packed, named.file));
    };
    const coming = this.#coming.get(number) ?? fetched().finally(() => this.#coming.delete(number));
    this.#coming.set(number, coming);
    return coming;
  }
}
