/**
 * Failures. The worker sends a code, such as `files.missing`, which is the key of a sentence in the strings, and the
 * values that the sentence mentions. The window makes the sentence in the visitor's language.
 */

/** A failure of the site or of its host. */
export class Failure extends Error {
  name = 'Site';

  /**
   * @param {string} code
   * @param {...unknown} values
   */
  constructor(code, ...values) {
    super([code, ...values].join(' '));
    this.code = code;
    this.values = values;
  }
}

/**
 * The reason why a request has no answer. The message is a sentence; it is empty for `Superseded`, which is not shown.
 */
export class EngineError extends Error {
  /**
   * @param {string} name `Stopped`, `Superseded`, or the kind that the worker reported
   * @param {string} [message]
   * @param {string | null} [code] the key of the sentence in the strings
   */
  constructor(name, message = '', code = null) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/** Returns the name of an error; an empty text for a thrown value that is no error. @param {unknown} error */
export const nameOf = (error) => (error instanceof Error ? error.name : '');

/** Returns whether starting the search again cannot help in this browser. @param {EngineError} error */
export const isFinal = ({ code }) => code?.startsWith('support.') ?? false;
