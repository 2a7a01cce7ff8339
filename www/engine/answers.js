/**
 * In the worker: the answers to requests.
 *
 * @import {
 *   Answer, AnswerTo, Asked, EmbedRequest, Explanation, InspectRequest, Inspection, Model, Names, NamesRequest,
 *   OfImage, OfPictures, OfSeveral, Part, Request, SearchRequest, Shown,
 *   SpreadRequest, WhyRequest
 * } from './protocol.js'
 * @import { Features, Query } from '../recasketch.js'
 * @import { Loaded } from './loading.js'
 *
 * @typedef {object} Queried the query of a request, and what its answer repeats of it
 * @property {Query} query
 * @property {number[]} [rows] the rows of the query's models, which the answer leaves out
 * @property {Part | null} [part]
 * @property {Shown | null} [shown]
 * @property {Part[]} [proposals]
 * @property {Model} [model]
 * @property {(Model | null)[]} [models]
 * @property {(Shown | null)[]} [pictures]
 * @property {{decode: number, embed: number}} timings in milliseconds
 */

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
    const { recommender, catalogue } = engine;
    const regions = await catalogue.regions(query, await catalogue.rowOf(uid));
    return { ...regions, fit: recommender.fit };
  } finally {
    query.free();
  }
}

/** @param {Loaded} engine @param {SearchRequest} request @returns {Promise<Answer>} */
async function search(engine, { top, filter, words, ...asked }) {
  if (asked.type === 'words') return named(engine, { top, filter, words });
  const { query, rows = [], timings, ...known } = await queryOf(engine, asked);
  try {
    const start = performance.now();
    const found = await nearest(engine, query, rows, { top, filter, words });
    // A link to a model holds its uid, and the code of a link is known already.
    const code = ['image', 'several'].includes(asked.type) ? asText(engine.recommender.codeOf(query)) : null;
    return { ...found, ...known, code, timings: { ...timings, search: performance.now() - start } };
  } finally {
    query.free();
  }
}

/**
 * Returns the models that words name.
 * @param {Loaded} engine
 * @param {Asked} how
 * @returns {Promise<Answer>}
 */
async function named({ catalogue }, { top, filter, words }) {
  const start = performance.now();
  const { rows, scores } = await catalogue.named(words);
  const { has, ...narrowed } = await catalogue.narrowed(rows, filter);
  /** @type {{row: number, score: number}[]} */
  const found = [];
  for (let at = 0; at < rows.length && found.length < top; at += 1) {
    if (has(rows[at])) found.push({ row: rows[at], score: scores[at] });
  }
  const models = await catalogue.modelsAt(found.map(({ row }) => row));
  const neighbours = found.map((one, at) => {
    return { ...one, closer_than: 0, duplicates: [], uid: models[at].uid, model: models[at] };
  });
  const timings = { decode: 0, embed: 0, search: performance.now() - start };
  return { neighbours, top, filter, words, ranked_by: 'words', ...narrowed, alike: 0, code: null, timings };
}

/**
 * Returns the first models that words name, and the number of all.
 * @param {Loaded} engine
 * @param {NamesRequest} request
 * @returns {Promise<Names>}
 */
async function namesOf({ catalogue }, { words, top }) {
  const { rows } = await catalogue.named(words);
  return { models: await catalogue.modelsAt([...rows.subarray(0, top)]), count: rows.length };
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
  const proposals = isShown && shown && !part ? proposed(engine, features, shown) : undefined;
  return { query, part, shown: isShown ? shown : null, proposals, timings };
}

/**
 * Returns the parts of a photograph that show its things.
 * @param {Loaded} engine
 * @param {Features} features of the whole photograph
 * @param {Shown} shown
 * @returns {Part[]}
 */
function proposed({ recommender }, features, { width: across, height: down }) {
  const sides = recommender.proposals(features, across, down);
  return Array.from({ length: sides.length / 4 }, (_, at) => {
    const [left, top, width, height] = sides.slice(4 * at, 4 * at + 4);
    return { left, top, width, height };
  });
}

/** @param {Loaded} engine @param {string} uid @returns {Promise<Queried>} */
async function queryOfModel({ catalogue }, uid) {
  const row = await catalogue.rowOf(uid);
  const [model] = await catalogue.modelsAt([row]);
  return { query: await catalogue.queryOf(row), rows: [row], model, timings: { decode: 0, embed: 0 } };
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

/**
 * Returns models that differ from each other.
 * @param {Loaded} engine
 * @param {SpreadRequest} request
 * @returns {Promise<Model[]>}
 */
async function spread({ catalogue }, { seed, count }) {
  return catalogue.modelsAt(await catalogue.spread(count, seed));
}

/**
 * Returns the nearest models, and for each further filter value the number of models that it would leave.
 * @param {Loaded} engine
 * @param {Query} query
 * @param {number[]} rows rows to leave out
 * @param {Asked} how
 */
async function nearest({ recommender, levels, catalogue }, query, rows, { top, filter, words }) {
  const { found, ...narrowed } = await catalogue.nearest(query, rows, { top, filter, words });
  const all = found.flatMap(({ row, duplicates: others }) => [row, ...others]);
  const known = await catalogue.modelsAt(all);
  const models = new Map(all.map((row, at) => [row, known[at]]));
  const modelOf = (/** @type {number} */ row) => /** @type {Model} */ (models.get(row));
  const neighbours = found.map(({ row, duplicates: others, ...closeness }) => {
    const [model, uids] = [modelOf(row), others.map((other) => modelOf(other).uid)];
    return { row, ...closeness, duplicates: uids, uid: model.uid, model };
  });
  const duplicates = found.map((one) => one.duplicates.map(modelOf));
  const alike = levels.areAll ? recommender.alike(query) : 0;
  return { neighbours, duplicates, top, filter, words, ...narrowed, alike };
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
