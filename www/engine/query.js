/**
 * What is searched for, on the page and in the element.
 *
 * @typedef {{kind: 'image', key: string, name: string, blob?: Blob, file?: string, part?: Part | null,
 *   shown?: Shown | null}} ImageQuery a visitor's image, or with `file` a sample of this site; or a part of either; once
 *   it was answered `shown` says how to show it
 * @typedef {{kind: 'model', key: string, uid: string, model?: Model}} ModelQuery
 * @typedef {{kind: 'code', key: string, code: string}} CodeQuery an image that somebody shared, without the image
 * @typedef {{kind: 'embedding', key: string, embedding: Int8Array}} EmbeddingQuery
 * @typedef {ImageQuery | ModelQuery | CodeQuery | EmbeddingQuery} SingleQuery
 * @typedef {{query: SingleQuery, weight: 1 | -1}} Member one of several, to be like or unlike
 * @typedef {{kind: 'several', key: string, members: Member[]}} SeveralQuery
 * @typedef {SingleQuery | SeveralQuery} Query
 *
 * @typedef {import('./protocol.js').Answer} Answer
 * @typedef {import('./protocol.js').Model} Model
 * @typedef {import('./protocol.js').Of} Of
 * @typedef {import('./protocol.js').Shown} Shown
 * @typedef {import('./protocol.js').Part} Part
 * @typedef {import('../strings/strings.js').Words} Words
 */

/** More images at once say nothing clear. */
export const MOST = 12;

/**
 * What the worker is asked for.
 * @param {Query} query
 * @param {{isShown?: boolean}} [how] whether it tells how to show an image
 * @returns {Of}
 */
export function requestOf(query, { isShown = false } = {}) {
  switch (query.kind) {
    case 'model':
      return { type: 'model', uid: query.uid };
    case 'code':
      return { type: 'code', code: query.code };
    case 'embedding':
      return { type: 'embedding', embedding: query.embedding };
    case 'several':
      return {
        type: 'several',
        parts: query.members.map(({ query: one, weight }) => ({ asked: requestOfOne(one, isShown), weight })),
      };
    default:
      return requestOfOne(query, isShown);
  }
}

/** @param {SingleQuery} query @returns {import('./protocol.js').OfOne} */
function requestOfOne(query, isShown) {
  if (query.kind !== 'image') return /** @type {import('./protocol.js').OfOne} */ (requestOf(query));
  return { type: 'image', key: query.key, image: query.blob, part: query.part ?? null, isShown };
}

/**
 * What a query consists of.
 * @param {Query | null} query
 * @returns {Member[]}
 */
export function membersOf(query) {
  if (!query) return [];
  return query.kind === 'several' ? query.members : [{ query, weight: 1 }];
}

/**
 * Members as one query: the first ones of too many, and a single one that is wanted is itself. Nobody is there twice.
 * @param {Member[]} members
 * @returns {Query | null} null for none
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
 * Completes a query by what its answer tells.
 * @param {Query} query
 * @param {Answer} answer
 */
export function complete(query, answer) {
  if (query.kind === 'several') {
    for (const [at, { query: one }] of query.members.entries()) {
      completeOne(one, answer.models?.[at] ?? undefined, answer.pictures?.[at]);
    }
  } else {
    completeOne(query, answer.model, answer.shown);
  }
}

/** @param {SingleQuery} query @param {Model | undefined} model @param {Shown | null | undefined} shown */
function completeOne(query, model, shown) {
  if (query.kind === 'model') query.model = model;
  if (query.kind === 'image') query.shown = shown;
}

/**
 * A query in one name, never empty.
 * @param {Query} query
 * @param {Words} words
 */
export function nameOf(query, { query: words, results }) {
  switch (query.kind) {
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
 * The heading of an answer.
 * @param {Query} query
 * @param {Answer} answer
 * @param {Words} words
 */
export function titleOf(query, answer, words) {
  const { results } = words;
  if (isUnlike(answer)) return results.unlike;
  if (query.kind === 'several') return results.likeSeveral;
  if (query.kind === 'code') return results.likeShared;
  const isNamed = query.kind === 'model' || (query.kind === 'image' && query.file);
  return isNamed ? results.like(nameOf(query, words)) : results.likeImage;
}

/** Whether even the nearest is not really alike. @param {Answer} answer */
export function isUnlike({ neighbours, alike }) {
  return neighbours.length > 0 && neighbours[0].score < alike;
}

/**
 * Why an answer is empty, or nothing where it is not.
 * @param {Answer} answer
 * @param {Words} words
 */
export function noneOf({ neighbours, filter }, { results }) {
  if (neighbours.length > 0) return '';
  return Object.keys(filter).length > 0 ? results.noneFiltered : results.none;
}

/**
 * What a screen reader says of an answer.
 * @param {Answer} answer
 * @param {Words} words
 */
export function spokenOf(answer, words) {
  const { results, spoken } = words;
  const [best] = answer.neighbours;
  if (!best) return noneOf(answer, words);
  const found = spoken.found(answer.neighbours.length, best.model.name || results.unnamed, best.score);
  return isUnlike(answer) ? `${results.unlike} ${found}` : found;
}
