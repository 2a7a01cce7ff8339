/**
 * In the worker: the models of the catalogue's files.
 *
 * @import { Model } from './protocol.js'
 *
 * @typedef {{[key in keyof Model]?: unknown} | null} Row a row of the file, before its values are checked
 */

import { parse } from './download.js';
import { Failure } from './failure.js';

/**
 * Returns the models of a JSON file.
 * @param {string} file its name
 * @param {Uint8Array} bytes
 * @param {number} count how many there have to be
 */
export function modelsIn(file, bytes, count) {
  const rows = /** @type {Row[] | null} */ (parse(file, bytes));
  if (!Array.isArray(rows) || rows.length !== count) throw new Failure('files.rows', count, rows?.length ?? 0);
  return rows.map(modelOf);
}

/**
 * Returns the model that a row of a file describes. A value of the wrong type is replaced by an empty one, so that the
 * page can rely on the types.
 * @param {Row} row
 * @returns {Model}
 */
function modelOf(row) {
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
