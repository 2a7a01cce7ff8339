/** Puts the visitor's language, and what the owner calls the page, into index.html. */

import { page, tab, words } from '../strings/strings.js';
import { pasteHint } from './intake.js';
import { settings } from './settings.js';

/** The page's title where nothing is asked. */
export const startTitle = () => settings.title ?? tab.start;

/** The page's title where what has this name is asked. @param {string} name */
export const resultsTitle = (name) => tab.results(name, settings.title ?? 'recasketch');

/** Once the words are those of a language. */
export function fillWords() {
  Object.assign(document.documentElement, { lang: words.language, dir: words.direction });
  for (const marked of document.querySelectorAll('[data-text]')) {
    const text = marked.dataset.text === 'paste' ? pasteHint(words) : page[marked.dataset.text];
    if (marked.textContent !== text) marked.textContent = text;
  }
  document.title = startTitle();
  for (const marked of document.querySelectorAll('[data-label]')) {
    marked.setAttribute('aria-label', page[marked.dataset.label]);
    if (marked.matches('input')) marked.placeholder = page[marked.dataset.label];
  }
}
