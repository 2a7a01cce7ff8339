/**
 * The words of the page and of its element. Each language has a file of its own, `en.js` and its like,
 * with the same keys.
 *
 * @typedef {typeof import('./en.js') & {language: string, direction: 'ltr' | 'rtl'}} Words
 */

import * as english from './en.js';

/** Languages that have a file. */
export const LANGUAGES = ['en', 'es', 'de', 'zh', 'ar'];

const RIGHT_TO_LEFT = ['ar'];

/** The page's words: English until `speak` has been called. @type {Words} */
export const words = { language: 'en', direction: 'ltr' };
for (const [group, entries] of Object.entries(english)) words[group] = { ...entries };

export const {
  page,
  tab,
  engine,
  query,
  results,
  filters,
  spoken,
  buttons,
  names,
  intake,
  support,
  files,
  failures,
  refusals,
  crop,
  offline,
  several,
  why,
  viewer,
  links,
} = words;

/**
 * The language of ours that comes first among those that are wanted.
 * @param {readonly string[]} wanted as a browser names them
 */
export function languageOf(wanted) {
  return wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => LANGUAGES.includes(tag)) ?? 'en';
}

/**
 * The words of a language; English where its file cannot be had.
 * @param {readonly string[]} wanted
 * @returns {Promise<Words>}
 */
export async function wordsOf(wanted) {
  const language = languageOf(wanted);
  const found = language === 'en' ? null : await import(`./${language}.js`).catch(() => null);
  if (!found) return { ...english, language: 'en', direction: 'ltr' };
  return { ...found, language, direction: RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr' };
}

/**
 * Changes the page's words to another language.
 * @param {readonly string[]} wanted
 */
export async function speak(wanted) {
  const { language, direction, ...groups } = await wordsOf(wanted);
  Object.assign(words, { language, direction });
  for (const [group, entries] of Object.entries(groups)) Object.assign(words[group], entries);
}

/**
 * The sentence of a failure.
 * @param {Words} words
 * @param {import('../engine/protocol.js').Told} failure
 * @param {string} [asked] the name of what was asked about
 * @returns {string}
 */
export function sentenceOf(words, { name, code, values = [], message = '' }, asked = '') {
  const { intake, failures, refusals } = words;
  if (name === 'Unreadable') return intake.unreadable(asked);
  if (!code) return refusals[name]?.(sentence(message, failures)) ?? sentence(message, failures);
  const [group, key] = code.split('.');
  const entry = words[group]?.[key] ?? failures.unexpected;
  return typeof entry === 'function' ? entry(...values) : entry;
}

/** Makes a sentence of what the module says, which begins in lower case and ends without a full stop. */
function sentence(message, failures) {
  const text = String(message || failures.unexpected).trim();
  const begun = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return /[.!?…。！？؟]$/u.test(begun) ? begun : `${begun}.`;
}
