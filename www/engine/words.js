/**
 * In the worker: finds models by words.
 *
 * @import { Named, WordIndex } from '../recasketch.js'
 * @import { Glue } from './decode.js'
 * @import { Model } from './protocol.js'
 */

export class Words {
  #glue;
  #models;
  /** Made when it is needed for the first time. @type {WordIndex | null} */
  #index = null;

  /** @param {Glue} glue @param {Model[]} models */
  constructor(glue, models) {
    this.#glue = glue;
    this.#models = models;
  }

  /** Returns the models that words name, best first. The caller frees them. @param {string} words @returns {Named} */
  find(words) {
    this.#index ??= this.#read();
    return this.#index.find(words);
  }

  #read() {
    const lines = (/** @type {(model: Model) => string} */ text) =>
      this.#models.map((model) => `${text(model).replaceAll('\n', ' ')}\n`).join('');
    return new this.#glue.WordIndex(
      lines(({ name }) => name),
      lines(({ author }) => author),
      lines(({ categories }) => categories.join('\t')),
      lines(({ tags }) => tags.join('\t')),
    );
  }
}
