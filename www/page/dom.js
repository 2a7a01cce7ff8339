/** Elements of a document: found, and made of text that is never markup. */

/** The element of an id, which index.html has. @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * An element with a class and text; text is never markup.
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A button with what it does. */
export function button(className, text, onClick, label = '') {
  const made = element('button', className, text);
  made.type = 'button';
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

/** Text whose direction is its own, as of a name. @param {string} text */
export function bdi(text) {
  const made = element('bdi', '', text);
  made.dir = 'auto';
  return made;
}
