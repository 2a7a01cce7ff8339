/**
 * In the worker: the answers to requests.
 *
 * @import {
 *   Answer, AnswerTo, Asked, EmbedRequest, Explanation, InspectRequest, Inspection, Model, Of, OfImage, OfSeveral,
 *   Part, Regions, Request, SearchRequest, Shown, WhyRequest
 * } from './protocol.js'
 * @import { Query } from '../recasketch.js'
 * @import { Catalogue } from './catalogue.js'
 * @import { Loaded } from './loading.js'
 *
 * @typedef {object} Queried the query of a request, and what its answer repeats of it
 * @property {Query} query
 * @property {number[]} [rows] the rows of the query's models, which the answer leaves out
 * @property {Part | null} [part]
 * @property {Shown | null} [shown]
 * @property {Model} [model]
 * @property {(Model | null)[]} [models]
 * @property {(Shown | null)[]} [pictures]
 * @property {{decode: number, embed: number}} timings in milliseconds
 *
 * @typedef {object} Found a neighbour as the WebAssembly module returns it
 * @property {number} row
 * @property {number} score
 * @property {number} closer_than
 * @property {number[]} duplicates rows
 */

import { Failure } from './failure.js';
import { embed, featuresOf } from './features.js';

/**
 * Returns the answer to a request.
 * @param {Loaded} engine
 * @param {Request} request
 * @returns {Promise<AnswerTo<Request>>}
 */
export function answer(engine, request) {
  switch (request.type) {
    case 'embed':
      return embeddingOf(engine, request);
    case 'why':
      return why(engine, request);
    case 'inspect':
      return inspect(engine, request);
    default:
      return search(engine, request);
  }
}

/** Returns the whole embedding of an image. @param {Loaded} engine @param {EmbedRequest} request */
async function embeddingOf(engine, { key, image, part }) {
  const { features } = await featuresOf(engine, key, image, part);
  return engine.recommender.embeddingOf(features);
}

/**
 * Returns how an image is embedded; for tests and measurements.
 * @param {Loaded} engine
 * @param {InspectRequest} request
 * @returns {Promise<Inspection>}
 */
async function inspect({ recommender, decoder, pool, memory, starting }, { image }) {
  const { rgb, decoder: by } = await decoder.whole(recommender.networkInput, image);
  const start = performance.now();
  const features = await embed({ recommender, pool }, rgb);
  const timings = { starting, embed: performance.now() - start };
  const { values } = features;
  features.free();
  const engine = { decoder: by, kernel: recommender.kernel, workers: pool.workers };
  const bytes = { memory: memory.buffer.byteLength + decoder.memory, memoryOfHelpers: await pool.memory() };
  return { rgb, features: values, ...engine, ...bytes, timings };
}

/**
 * Returns the contribution of each region to the score of a model, and how images are fitted to the network's input.
 * @param {Loaded} engine
 * @param {WhyRequest} request
 * @returns {Promise<Explanation>}
 */
async function why(engine, { asked, uid }) {
  const { query } = await queryOf(engine, asked);
  try {
    const { recommender, cells, catalogue } = engine;
    /** @type {Regions} */
    const regions = await (cells ?? recommender).regions(query, rowOf(catalogue, uid));
    return { ...regions, fit: recommender.fit };
  } finally {
    query.free();
  }
}

/** @param {Loaded} engine @param {SearchRequest} request @returns {Promise<Answer>} */
async function search(engine, { top, filter, ...asked }) {
  const { query, rows = [], timings, ...known } = await queryOf(engine, asked);
  try {
    const start = performance.now();
    const found = await nearest(engine, query, rows, { top, filter });
    // A link to a model holds its uid, and the code of a link is known already.
    const code = ['image', 'several'].includes(asked.type) ? asText(engine.recommender.codeOf(query)) : null;
    return { ...found, ...known, code, timings: { ...timings, search: performance.now() - start } };
  } finally {
    query.free();
  }
}

/** @param {Loaded} engine @param {Of} asked @returns {Promise<Queried>} */
async function queryOf(engine, asked) {
  const { recommender } = engine;
  const timings = { decode: 0, embed: 0 };
  switch (asked.type) {
    case 'image':
      return queryOfImage(engine, asked);
    case 'model':
      return queryOfModel(engine, asked.uid);
    case 'embedding':
      return { query: recommender.queryOfEmbedding(asked.embedding), timings };
    case 'code':
      return { query: recommender.queryOfCode(fromText(asked.code)), timings };
    case 'several':
      return queryOfSeveral(engine, asked);
  }
}

/** @param {Loaded} engine @param {OfImage} asked @returns {Promise<Queried>} */
async function queryOfImage(engine, { key, image, part, isShown = false }) {
  const { features, shown, timings } = await featuresOf(engine, key, image, part, isShown);
  return { query: engine.recommender.queryOfFeatures(features), part, shown: isShown ? shown : null, timings };
}

/** @param {Loaded} engine @param {string} uid @returns {Promise<Queried>} */
async function queryOfModel({ recommender, cells, catalogue }, uid) {
  const row = rowOf(catalogue, uid);
  const query = await (cells ?? recommender).queryOfModel(row);
  return { query, rows: [row], model: catalogue.models[row], timings: { decode: 0, embed: 0 } };
}

/** @param {Loaded} engine @param {OfSeveral} asked @returns {Promise<Queried>} */
async function queryOfSeveral(engine, { parts }) {
  /** @type {Queried[]} */
  const found = [];
  for (const { asked } of parts) found.push(await queryOf(engine, asked));
  const query = engine.glue.combined(
    found.map((one) => one.query),
    Float32Array.from(parts, ({ weight }) => weight),
  );
  const sum = (/** @type {'decode' | 'embed'} */ step) => found.reduce((all, { timings }) => all + timings[step], 0);
  return {
    query,
    rows: found.flatMap(({ rows }) => rows ?? []),
    models: found.map(({ model }) => model ?? null),
    pictures: found.map(({ shown }) => shown ?? null),
    timings: { decode: sum('decode'), embed: sum('embed') },
  };
}

/** @param {Catalogue} catalogue @param {string} uid */
function rowOf(catalogue, uid) {
  const row = catalogue.rowOf.get(uid);
  if (row === undefined) throw new Failure('failures.unknownModel');
  return row;
}

/**
 * Returns the nearest models, and for each further filter value the number of models that it would leave.
 * @param {Loaded} engine
 * @param {Query} query
 * @param {number[]} rows rows to leave out
 * @param {Asked} how
 */
async function nearest({ recommender, cells, levels, catalogue: { models, facets } }, query, rows, { top, filter }) {
  const { only, passing, counts } = cells ? { ...facets.apply({}), passing: cells.models } : facets.apply(filter);
  const neighbour = (/** @type {Found} */ { row, duplicates, ...closeness }) => ({
    row,
    ...closeness,
    duplicates: duplicates.map((other) => models[other].uid),
    uid: models[row].uid,
    model: models[row],
  });
  // Cells can leave out one row. Further rows are requested too, and removed here.
  const most = cells ? top + rows.length : top;
  const { except, others } = without(rows, only, models.length);
  /** @type {Found[]} */
  const found = cells ? await cells.similar(query, most, except) : recommender.similar(query, most, except, others);
  return {
    neighbours: found
      .filter(({ row }) => !rows.includes(row))
      .slice(0, top)
      .map(neighbour),
    top,
    filter,
    passing,
    counts,
    alike: levels.areAll ? recommender.alike : 0,
  };
}

/**
 * Returns how to leave out rows. The WebAssembly module leaves out one row by its number; several are left out by the
 * bytes of a filter.
 * @param {number[]} rows
 * @param {Uint8Array | undefined} only a byte for each row, 0 to leave it out
 * @param {number} count the number of all rows
 * @returns {{except?: number, others?: Uint8Array}}
 */
function without(rows, only, count) {
  if (rows.length < 2) return { except: rows[0], others: only };
  const others = only ?? new Uint8Array(count).fill(1);
  for (const row of rows) others[row] = 0;
  return { others };
}

/** Returns bytes as text for an address: base64url (RFC 4648, section 5). @param {Uint8Array} bytes */
const asText = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/**
 * Returns the bytes of base64url; none if the text is damaged, which the WebAssembly module refuses.
 * @param {string} text
 */
function fromText(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    return new Uint8Array();
  }
}
