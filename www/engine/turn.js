/** In the worker: one use of the recommender at a time. */

/** Resolves once all earlier uses have ended. @type {Promise<unknown>} */
let turn = Promise.resolve();

/**
 * Calls a function after all earlier ones have ended. If the recommender were refined in the middle of a request, the
 * request would meet two different indexes.
 * @template T
 * @param {() => T | Promise<T>} act
 * @returns {Promise<T>}
 */
export function inTurn(act) {
  const done = turn.then(act);
  turn = done.catch(() => {});
  return done;
}
