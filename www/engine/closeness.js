/**
 * How close a neighbour is, in a form that visitors can use.
 *
 * @import { Neighbour } from './protocol.js'
 *
 * @typedef {'close' | 'fairlyClose' | 'distant'} Level
 */

/** A neighbour is close where at most this fraction of the pairs that it is compared with has a greater score. */
const CLOSE = 0.01;

/** The same for a neighbour that is fairly close. All others are distant. */
const FAIRLY_CLOSE = 0.05;

/** The bar is full where at most one pair in so many has a greater score. */
const FULL = 10_000;

/**
 * If even the best neighbour of an answer is not similar, all of them are distant.
 * @param {Neighbour} neighbour
 * @param {Pick<import('./protocol.js').Answer, 'neighbours' | 'alike'>} answer
 * @returns {{level: Level | null, amount: number}} `amount` is 0 to 1, for a bar; without a level it is the cosine
 */
export function closenessOf({ score, closer_than: closer }, { neighbours, alike }) {
  if (alike === 0) return { level: null, amount: Math.max(score, 0) };
  const above = 1 - closer;
  const amount = Math.min(-Math.log(Math.max(above, 1 / FULL)) / Math.log(FULL), 1);
  const isUnlike = neighbours[0].score < alike;
  if (isUnlike || above > FAIRLY_CLOSE) return { level: 'distant', amount };
  return { level: above <= CLOSE ? 'close' : 'fairlyClose', amount };
}
