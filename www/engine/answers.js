/**
 * In the worker: the answers to requests.
 *
 * @import {
 *   Answer, AnswerTo, Asked, EmbedRequest, Explanation, Filter, InspectRequest, Inspection, Model, Names, NamesRequest,
 *   OfImage, OfPictures, OfSeveral, Part, Regions, Request, SearchRequest, Shown,
 *   SpreadRequest, WhyRequest
 * } from './protocol.js'
 * @import { Features, Named, Query } from '../recasketch.js'
 * @import { Catalogue } from './catalogue.js'
 * @import { Loaded } from './loading.js'
 *
 * @typedef {object} Queried the query of a request, and what its answer repeats of it
 * @property {Query} query
 * @property {number[]} [rows] the rows of the query's models, which the answer leaves out
 * @property {Part | null} [part]
 * @property {Shown | null} [shown]
 * @property {Part | null} [proposal]
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
export async function answer(engine, request) {
  switch (request.type) {
    case 'embed':
      return embeddingOf(engine, request);
    case 'why':
      return why(engine, request);
    case 'inspect':
      return inspect(engine, request);
    case 'names':
      return namesOf(engine, request);
    case 'spread':
      return spread(engine, request);
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
async function search(engine, { top, filter, words, ...asked }) {
  if (asked.type === 'words') return named(engine, { top, filter, words });
  const { query, rows = [], timings, ...known } = await queryOf(engine, asked);
  const names = words ? engine.words.find(words) : null;
  try {
    const start = performance.now();
    const found = await nearest(engine, query, rows, names, { top, filter, words });
    // A link to a model holds its uid, and the code of a link is known already.
    const code = ['image', 'several'].includes(asked.type) ? asText(engine.recommender.codeOf(query)) : null;
    return { ...found, ...known, code, timings: { ...timings, search: performance.now() - start } };
  } finally {
    query.free();
    names?.free();
  }
}

/**
 * Returns the models that words name.
 * @param {Loaded} engine
 * @param {Asked} how
 * @returns {Answer}
 */
function named({ words: index, catalogue: { models, facets } }, { top, filter, words }) {
  const start = performance.now();
  const names = index.find(words);
  const { rows, scores } = names;
  names.free();
  const { only, passing, counts } = facets.apply(filter, among(rows, models.length));
  const found = [...rows].map((row, at) => ({ row, score: scores[at] })).filter(({ row }) => only?.[row]);
  const neighbours = found.slice(0, top).map(({ row, score }) => {
    return { row, score, closer_than: 0, duplicates: [], uid: models[row].uid, model: models[row] };
  });
  const timings = { decode: 0, embed: 0, search: performance.now() - start };
  return { neighbours, top, filter, words, ranked_by: 'words', passing, counts, alike: 0, code: null, timings };
}

/**
 * Returns the first models that words name, and the number of all.
 * @param {Loaded} engine
 * @param {NamesRequest} request
 * @returns {Names}
 */
function namesOf({ words: index, catalogue: { models } }, { words, top }) {
  const names = index.find(words);
  const { rows } = names;
  names.free();
  return { models: [...rows.slice(0, top)].map((row) => models[row]), count: rows.length };
}

/** @param {Loaded} engine @param {OfPictures} asked @returns {Promise<Queried>} */
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
  const query = engine.recommender.queryOfFeatures(features);
  const proposal = isShown && shown && !part ? proposed(engine, features, shown) : undefined;
  return { query, part, shown: isShown ? shown : null, proposal, timings };
}

/**
 * Returns the part of a photograph that shows the thing.
 * @param {Loaded} engine
 * @param {Features} features of the whole photograph
 * @param {Shown} shown
 */
function proposed({ recommender }, features, { width: across, height: down }) {
  const part = recommender.proposal(features, across, down);
  if (!part) return null;
  const [left, top, width, height] = part;
  return { left, top, width, height };
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
 * Returns models that differ from each other; none of a catalogue in cells, which are fetched only for a query.
 * @param {Loaded} engine
 * @param {SpreadRequest} request
 * @returns {Model[]}
 */
function spread({ recommender, cells, catalogue: { models } }, { seed, count }) {
  return cells ? [] : [...recommender.spread(count, seed)].map((row) => models[row]);
}

/**
 * Returns the nearest models, and for each further filter value the number of models that it would leave.
 * @param {Loaded} engine
 * @param {Query} query
 * @param {number[]} rows rows to leave out
 * @param {Named | null} names the models that words name; null without words
 * @param {Asked} how
 */
async function nearest(engine, query, rows, names, { top, filter, words }) {
  const { recommender, cells, levels, catalogue } = engine;
  const { models } = catalogue;
  const { only, passing, counts, ranked_by } = passed(engine, names, filter);
  // Cells can leave out one row. Further rows are requested too, and removed here.
  const most = cells ? top + rows.length : top;
  const { except, others } = without(rows, only, models.length);
  const similar = () =>
    names
      ? recommender.similarNamed(query, names, most, except, others)
      : recommender.similar(query, most, except, others);
  /** @type {Found[]} */
  const found = cells ? await cells.similar(query, most, except) : similar();
  const shown = found.filter(({ row }) => !rows.includes(row)).slice(0, top);
  const neighbours = shown.map(({ row, duplicates, ...closeness }) => ({
    row,
    ...closeness,
    duplicates: duplicates.map((other) => models[other].uid),
    uid: models[row].uid,
    model: models[row],
  }));
  const duplicates = shown.map((one) => one.duplicates.map((row) => models[row]));
  const alike = levels.areAll ? recommender.alike(query) : 0;
  return { neighbours, duplicates, top, filter, words, ranked_by, passing, counts, alike };
}

/**
 * Applies a filter, to the models that words name if these are enough for the picture to rank.
 * @param {Loaded} engine
 * @param {Named | null} names
 * @param {Filter} filter
 * @returns {ReturnType<Catalogue['facets']['apply']> & Pick<Answer, 'ranked_by'>}
 */
function passed({ cells, words, catalogue: { models, facets } }, names, filter) {
  if (cells) return { ...facets.apply({}), passing: cells.models, ranked_by: 'picture' };
  if (names) {
    const narrowed = facets.apply(filter, among(names.rows, models.length));
    if (words.areEnough(narrowed.passing)) return { ...narrowed, ranked_by: 'picture' };
  }
  return { ...facets.apply(filter), ranked_by: names ? 'both' : 'picture' };
}

/** Returns a byte for each row, 1 for those that are listed. @param {Iterable<number>} rows @param {number} count */
function among(rows, count) {
  const listed = new Uint8Array(count);
  for (const row of rows) listed[row] = 1;
  return listed;
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
