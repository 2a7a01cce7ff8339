/**
 * Queries of the page and of the element.
 *
 * @typedef {object} ImageQuery an image of the visitor, or a sample of this site, or a part of either
 * @property {'image'} kind
 * @property {string} key the same for the same image
 * @property {string} name
 * @property {Blob} [blob] absent until a sample is fetched
 * @property {string} [file] the file of a sample
 * @property {Part | null} [part] null for the whole image
 * @property {Shown | null} [shown] how to show the image, once it was answered
 * @property {Part[]} [proposals] parts that are worth a search of their own, once the whole image was answered
 *
 * @typedef {{kind: 'model', key: string, uid: string, model?: Model}} ModelQuery
 * @typedef {{kind: 'code', key: string, code: string}} CodeQuery an image of a shared link, which holds only its code
 * @typedef {{kind: 'embedding', key: string, embedding: Int8Array}} EmbeddingQuery
 * @typedef {ImageQuery | ModelQuery | CodeQuery | EmbeddingQuery} SingleQuery
 * @typedef {{query: SingleQuery, weight: 1 | -1}} Member a member of a query of several; -1 asks for what is unlike it
 * @typedef {{kind: 'several', key: string, members: Member[]}} SeveralQuery
 * @typedef {{kind: 'words', key: string, words: string}} WordsQuery no image and no model
 * @typedef {SingleQuery | SeveralQuery} PictureQuery
 * @typedef {PictureQuery | WordsQuery} Query
 *
 * @typedef {import('./protocol.js').Answer} Answer
 * @typedef {import('./protocol.js').Model} Model
 * @typedef {import('./protocol.js').Of} Of
 * @typedef {import('./protocol.js').OfPictures} OfPictures
 * @typedef {import('./protocol.js').Shown} Shown
 * @typedef {import('./protocol.js').Part} Part
 * @typedef {import('../strings/strings.js').Words} Words
 */

/** The most members of a query. With more the answer would mean little. */
export const MOST = 12;

/**
 * Returns what to send to the worker for a query.
 * @param {Query} query
 * @param {{isShown?: boolean}} [how] whether the answer says how to show an image
 * @returns {Of}
 */
export function requestOf(query, how = {}) {
  return query.kind === 'words' ? { type: 'words' } : requestOfPictures(query, how);
}

/**
 * Returns what to send to the worker for images and models.
 * @param {PictureQuery} query
 * @param {{isShown?: boolean}} [how] whether the answer says how to show an image
 * @returns {OfPictures}
 */
export function requestOfPictures(query, { isShown = false } = {}) {
  if (query.kind !== 'several') return requestOfOne(query, isShown);
  const parts = query.members.map(({ query: one, weight }) => ({ asked: requestOfOne(one, isShown), weight }));
  return { type: 'several', parts };
}

/** @param {SingleQuery} query @param {boolean} isShown @returns {import('./protocol.js').OfOne} */
function requestOfOne(query, isShown) {
  switch (query.kind) {
    case 'model':
      return { type: 'model', uid: query.uid };
    case 'code':
      return { type: 'code', code: query.code };
    case 'embedding':
      return { type: 'embedding', embedding: query.embedding };
    case 'image': {
      const image = /** @type {Blob} */ (query.blob); // the host has fetched a sample before
      return { type: 'image', key: query.key, image, part: query.part ?? null, isShown };
    }
  }
}

/**
 * Returns the members of a query.
 * @param {Query | null} query
 * @returns {Member[]}
 */
export function membersOf(query) {
  if (!query || query.kind === 'words') return [];
  return query.kind === 'several' ? query.members : [{ query, weight: 1 }];
}

/**
 * Makes one query of members. Removes duplicates and keeps the first {@link MOST}. One member with a positive weight
 * becomes a query of its own kind.
 * @param {Member[]} members
 * @returns {Query | null} null without members
 */
export function together(members) {
  const known = new Map(members.map((member) => [keyOfMember(member), member]));
  const kept = [...known.values()].slice(0, MOST);
  if (kept.length === 0) return null;
  if (kept.length === 1 && kept[0].weight > 0) return kept[0].query;
  const key = kept.map((member) => `${member.weight > 0 ? '+' : '-'}${keyOfMember(member)}`).join(' ');
  return { kind: 'several', key, members: kept };
}

/** @param {Member} member */
function keyOfMember({ query }) {
  const part = query.kind === 'image' ? (query.part ?? null) : null;
  return `${query.key} ${JSON.stringify(part)}`;
}

/**
 * Adds to a query what its answer says of its models and images.
 * @param {Query} query
 * @param {Answer} answer
 */
export function complete(query, answer) {
  if (query.kind === 'several') {
    for (const [at, { query: one }] of query.members.entries()) {
      completeOne(one, answer.models?.[at] ?? undefined, answer.pictures?.[at]);
    }
  } else if (query.kind !== 'words') {
    completeOne(query, answer.model, answer.shown);
    if (query.kind === 'image' && answer.proposals) query.proposals = answer.proposals;
  }
}

/** @param {SingleQuery} query @param {Model | undefined} model @param {Shown | null | undefined} shown */
function completeOne(query, model, shown) {
  if (query.kind === 'model') query.model = model;
  if (query.kind === 'image') query.shown = shown;
}

/**
 * Returns the name of a query, which is never empty.
 * @param {Query} query
 * @param {Words} words
 */
export function nameOf(query, { query: words, results }) {
  switch (query.kind) {
    case 'words':
      return query.words;
    case 'model':
      return query.model ? query.model.name || results.unnamed : '\u2026';
    case 'code':
      return words.shared;
    case 'several':
      return words.several(query.members.length);
    case 'image':
      return query.name || words.unnamed;
    default:
      return words.unnamed;
  }
}

/**
 * Returns the heading of an answer.
 * @param {Query} query
 * @param {Answer} answer
 * @param {Words} words
 */
export function titleOf(query, answer, words) {
  const { results } = words;
  if (query.kind === 'words') return results.named(answer.words);
  if (isUnlike(answer)) return results.unlike;
  if (query.kind === 'several') return results.likeSeveral;
  if (query.kind === 'code') return results.likeShared;
  const isNamed = query.kind === 'model' || (query.kind === 'image' && query.file);
  return isNamed ? results.like(nameOf(query, words)) : results.likeImage;
}

/**
 * Returns what an answer to a picture and words says of the words; an empty text without both.
 * @param {Query} query
 * @param {Answer} answer
 * @param {Words} words
 */
export function amongOf({ kind }, { ranked_by: by, words: named, passing }, { results }) {
  if (kind === 'words' || !named) return '';
  return by === 'both' ? results.fewNamed(named) : results.among(passing, named);
}

/** Returns whether even the nearest model is hardly similar. @param {Answer} answer */
export function isUnlike({ neighbours, alike }) {
  return neighbours.length > 0 && neighbours[0].score < alike;
}

/**
 * Returns why an answer is empty; an empty text if it is not.
 * @param {Answer} answer
 * @param {Words} words
 */
export function noneOf({ neighbours, filter, words }, { results, names }) {
  if (neighbours.length > 0) return '';
  if (words && Object.keys(filter).length === 0) return names.none(words);
  return Object.keys(filter).length > 0 ? results.noneFiltered : results.none;
}

/**
 * Returns the text of an answer for screen readers.
 * @param {Answer} answer
 * @param {Words} words
 */
export function spokenOf(answer, words) {
  const { results, spoken } = words;
  const [best] = answer.neighbours;
  if (!best) return noneOf(answer, words);
  if (answer.ranked_by === 'words') return spoken.named(answer.passing, best.model.name || results.unnamed);
  const found = spoken.found(answer.neighbours.length, best.model.name || results.unnamed, best.score);
  return isUnlike(answer) ? `${results.unlike} ${found}` : found;
}
