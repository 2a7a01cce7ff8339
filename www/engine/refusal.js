/**
 * In the worker: what the window is told of an error.
 *
 * @import { Refusal, Said } from './protocol.js'
 */

import { Broken, breakOf } from './decode.js';
import { Failure, nameOf } from './failure.js';

/** Kinds of the WebAssembly module's errors whose text is shown to the visitor; see src/error.rs. */
const SAID = ['UnsupportedImage', 'Image', 'Network', 'EmbeddingFile', 'Mismatch', 'Catalogue', 'Link', 'File'];

/**
 * Returns the reply to a request that failed. After a trap or an exhausted stack the module's memory may be
 * inconsistent, so the worker must not be used again.
 * @param {number} id
 * @param {unknown} error
 * @returns {Said<'died' | 'refused'>}
 */
export function refusal(id, error) {
  const kind = breakOf(error);
  if (kind && !(error instanceof Broken)) {
    console.error(error);
    return { type: 'died', id, kind };
  }
  // The browser throws a DOMException if a file was moved or is in use.
  const isUnreadable = error instanceof DOMException;
  return { type: 'refused', id, failure: isUnreadable ? { name: 'Unreadable' } : told(error) };
}

/**
 * Returns an error in the form in which the window takes it. An unexpected error goes to the console, for developers.
 * @param {unknown} error
 * @returns {Refusal}
 */
export function told(error) {
  const name = nameOf(error);
  if (error instanceof Failure) return { name, code: error.code, values: error.values };
  if (error instanceof Broken) return { name };
  if (error instanceof Error && SAID.includes(name)) return { name, message: error.message };
  console.error(error);
  return { name, code: 'failures.unexpected' };
}
