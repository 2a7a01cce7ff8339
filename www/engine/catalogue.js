/**
 * In the worker: the catalogue.
 *
 * @import { Model } from './protocol.js'
 *
 * @typedef {{[key in keyof Model]?: unknown} | null} Row a row of the file, before its values are checked
 */

import { parse } from './download.js';
import { Facets } from './facets.js';
import { Failure } from './failure.js';

/** The models by row. Of a catalogue in cells it holds the models of the cells that were opened so far. */
export class Catalogue {
  /** @type {Model[]} */
  models = [];

  /** The values by which models can be filtered. Empty until {@link readFacets}. */
  facets = new Facets([]);

  /** The row of a uid. @type {Map<unknown, number>} */
  rowOf = new Map();

  /**
   * Adds the models of a JSON file.
   * @param {string} file its name
   * @param {Uint8Array} bytes
   * @param {number} count the number of models that the embeddings have
   * @returns {number} the row of the first added model
   */
  add(file, bytes, count) {
    const rows = /** @type {Row[] | null} */ (parse(file, bytes));
    if (!Array.isArray(rows) || rows.length !== count) throw new Failure('files.rows', count, rows?.length ?? 0);
    const start = this.models.length;
    for (const row of rows) this.rowOf.set(row?.uid, this.models.push(model(row)) - 1);
    return start;
  }

  /** Reads the facets of all models. */
  readFacets() {
    this.facets = new Facets(this.models);
  }
}

/**
 * Returns the model that a row of the file describes. A value of the wrong type is replaced by an empty one, so that
 * the page can rely on the types.
 * @param {Row} row
 * @returns {Model}
 */
function model(row) {
  return {
    uid: textOf(row?.uid),
    name: textOf(row?.name),
    author: textOf(row?.author),
    licence: textOf(row?.licence),
    thumbnail: textOf(row?.thumbnail),
    url: textOf(row?.url),
    categories: textsOf(row?.categories),
    tags: textsOf(row?.tags),
  };
}

/** @param {unknown} value */
const textOf = (value) => (typeof value === 'string' ? value : '');

/** @param {unknown} value @returns {string[]} */
const textsOf = (value) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
