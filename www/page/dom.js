/**
 * Finds and makes elements. Text is never parsed as markup.
 *
 * @typedef {object} Typed elements of index.html that are more than an HTMLElement, by id
 * @property {HTMLInputElement} file
 * @property {HTMLInputElement} camera
 * @property {HTMLInputElement} add-file
 * @property {HTMLInputElement} names
 * @property {HTMLSelectElement} sort
 * @property {HTMLProgressElement} progress
 * @property {HTMLImageElement} preview-image
 */

/**
 * Returns the element with an id. The caller asks only for ids that the document has.
 * @template {string} Id
 * @param {Id} id
 */
export const byId = (id) =>
  /** @type {Id extends keyof Typed ? Typed[Id] : HTMLElement} */ (document.getElementById(id));

/**
 * Returns the nearest element that matches a selector, from the target of an event upwards, or null.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const closest = ({ target }, selector) => (target instanceof Element ? target.closest(selector) : null);

/**
 * Makes an element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 */
export function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/**
 * Makes a button.
 * @param {string} className
 * @param {string} text
 * @param {() => void} onClick
 * @param {string} [label] the name for screen readers, if it is not the text
 */
export function button(className, text, onClick, label = '') {
  const made = element('button', className, text);
  made.type = 'button';
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

/**
 * Makes an element for a text, such as a name, that may run in another direction than its line.
 * @param {string} text
 */
export function bdi(text, className = '') {
  const made = element('bdi', className, text);
  made.dir = 'auto';
  return made;
}
