/**
 * The words of the page and its worker, in the visitor's language; English until `speak` has been called.
 * Each language has a file of its own, `strings-en.js` and its like, with the same keys.
 */

import * as english from './strings-en.js';

/** Languages that have a file. */
export const LANGUAGES = ['en', 'es', 'de', 'zh', 'ar'];

const RIGHT_TO_LEFT = ['ar'];

const groups = Object.fromEntries(Object.entries(english).map(([group, words]) => [group, { ...words }]));

export const { page, tab, engine, query, results, filters, spoken, buttons, names, intake, support, files, failures, refusals, crop, offline, several, why, viewer, links } = groups;

/**
 * The language of ours that comes first among those that are wanted.
 * @param {readonly string[]} wanted as a browser names them
 */
export function languageOf(wanted) {
  return wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => LANGUAGES.includes(tag)) ?? 'en';
}

/**
 * Changes the words to the visitor's language; a file that cannot be had leaves them in English.
 * @returns {Promise<{language: string, direction: 'ltr' | 'rtl'}>}
 */
export async function speak() {
  const wanted = languageOf(navigator.languages ?? []);
  const words = wanted === 'en' ? null : await import(`./strings-${wanted}.js`).catch(() => null);
  for (const [group, entries] of Object.entries(words ?? {})) Object.assign(groups[group], entries);
  const language = words ? wanted : 'en';
  return { language, direction: RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr' };
}

/**
 * Makes a sentence of an error's message: the program's own begin in lower case and end openly.
 * @param {string} message
 */
export function sentence(message) {
  const text = String(message || failures.unexpected).trim();
  const begun = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return /[.!?…。！？؟]$/u.test(begun) ? begun : `${begun}.`;
}
