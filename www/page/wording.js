/** Writes the words of the visitor's language and the owner's title into index.html. */

import { page, tab, words } from '../strings/strings.js';
import { linkLabel } from './copy.js';
import { pasteHint } from './intake.js';
import { settings } from './settings.js';

/** Words that depend on the device. @type {Partial<Record<keyof typeof page, () => string>>} */
const DEVICE = { paste: () => pasteHint(words), copyLink: linkLabel };

/** Returns the title of the page without a query. */
export const startTitle = () => settings.title ?? tab.start;

/** Returns the title of the page with a query. @param {string} name the name of the query */
export const resultsTitle = (name) => tab.results(name, settings.title ?? 'recasketch');

/** Fills in all words. Call it after `speak`, which loads the words of the language. */
export function fillWords() {
  Object.assign(document.documentElement, { lang: words.language, dir: words.direction });
  for (const marked of marks('data-text')) {
    const key = wordOf(marked.dataset.text);
    const text = DEVICE[key]?.() ?? page[key];
    if (marked.textContent !== text) marked.textContent = text;
  }
  document.title = startTitle();
  for (const marked of marks('data-label')) {
    const text = page[wordOf(marked.dataset.label)];
    marked.setAttribute('aria-label', text);
    if (marked instanceof HTMLInputElement) marked.placeholder = text;
  }
}

/** @param {string} attribute @returns {Iterable<HTMLElement>} */
const marks = (attribute) => document.querySelectorAll(`[${attribute}]`);

/** @param {string | undefined} key @returns {keyof typeof page} */
const wordOf = (key) => /** @type {keyof typeof page} */ (key);
