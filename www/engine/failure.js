/**
 * Why something failed, as codes. A code is the place of a sentence among the words, such as `files.missing`; the values
 * are what the sentence names. Workers tell codes, and the window makes the sentence in the words of its visitor.
 */

/** A failure of this site or of its host. */
export class Failure extends Error {
  name = 'Site';

  /**
   * @param {string} code
   * @param {...unknown} values
   */
  constructor(code, ...values) {
    super([code, ...values].join(' '));
    Object.assign(this, { code, values });
  }
}

/** Why a request has no answer. The message is a sentence, but for `Superseded`, of which nobody is told. */
export class EngineError extends Error {
  /**
   * @param {string} name `Stopped`, `Superseded`, or the kind that the worker told
   * @param {string} [message]
   * @param {string | null} [code] the place of the sentence among the words
   */
  constructor(name, message = '', code = null) {
    super(message);
    Object.assign(this, { name, code });
  }
}

/** Whether an error will come again in this browser, however often the search is started. @param {EngineError} error */
export const isFinal = ({ code }) => code?.startsWith('support.') ?? false;
