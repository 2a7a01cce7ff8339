/** In the worker: what is known of each model. */

import { column, folded } from './columns.js';
import { parse } from './download.js';
import { Facets } from './facets.js';
import { Failure } from './failure.js';

const TEXTS = ['uid', 'name', 'author', 'licence', 'thumbnail', 'url'];
const LISTS = ['categories', 'tags'];

/** The catalogue, by row; of a catalogue in cells what is known of it so far. */
export class Catalogue {
  /** @type {import('./protocol.js').Model[]} */
  models = [];

  /** What can be asked of them. @type {Facets} */
  facets;

  /** The row of a uid. @type {Map<string, number>} */
  rowOf = new Map();

  /**
   * Reads JSON of the site: text where the page shows text, whatever the file holds.
   * @param {string} file
   * @param {Uint8Array} bytes
   * @param {number} count how many models the embeddings have
   * @returns {number} the row of the first
   */
  add(file, bytes, count) {
    const rows = parse(file, bytes);
    if (!Array.isArray(rows) || rows.length !== count) throw new Failure('files.rows', count, rows?.length ?? 0);
    const start = this.models.length;
    for (const row of rows) this.rowOf.set(row?.uid, this.models.push(model(row)) - 1);
    return start;
  }

  /** What can be asked of all models. */
  ask() {
    this.facets = new Facets(this.models);
  }

  /** What finding models by name takes. @returns {import('./protocol.js').Names} */
  names() {
    const of = (key) => column(this.models.map((model) => model[key]));
    const foldedNames = column(this.models.map(({ name }) => folded(name)));
    return {
      uids: of('uid'),
      names: of('name'),
      folded: foldedNames,
      authors: of('author'),
      thumbnails: of('thumbnail'),
    };
  }
}

function model(row) {
  const made = {};
  for (const key of TEXTS) made[key] = typeof row?.[key] === 'string' ? row[key] : '';
  for (const key of LISTS)
    made[key] = Array.isArray(row?.[key]) ? row[key].filter((one) => typeof one === 'string') : [];
  return made;
}
