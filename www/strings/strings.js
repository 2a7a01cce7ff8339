/**
 * The words of the page and of its element. words.d.ts says which there are; each language has a file of them, such as
 * `en.js`.
 *
 * @typedef {import('./words.js').Words} Groups
 * @typedef {Groups & {language: string, direction: 'ltr' | 'rtl'}} Words
 */

import * as english from './en.js';

/** Languages that have a file. */
export const LANGUAGES = ['en', 'es', 'de', 'zh', 'ar'];

const RIGHT_TO_LEFT = ['ar'];

const GROUPS = /** @type {(keyof Groups)[]} */ (Object.keys(english));

/** The page's words. They are English until `speak` changes them in place. @type {Words} */
export const words = { ...english, language: 'en', direction: 'ltr' };
for (const group of GROUPS) Object.assign(words, { [group]: { ...words[group] } });

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
  details,
  viewer,
  links,
} = words;

/**
 * Returns the first wanted language that has a file, or English.
 * @param {readonly string[]} wanted language tags, as in `navigator.languages`
 */
export function languageOf(wanted) {
  return wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => LANGUAGES.includes(tag)) ?? 'en';
}

/**
 * Returns the words of the first wanted language that has a file. They are English if that file cannot be loaded.
 * @param {readonly string[]} wanted
 * @returns {Promise<Words>}
 */
export async function wordsOf(wanted) {
  const language = languageOf(wanted);
  /** @type {Groups | null} */
  const found =
    language === 'en' ? null : await import(new URL(`./${language}.js`, import.meta.url).href).catch(() => null);
  if (!found) return { ...english, language: 'en', direction: 'ltr' };
  return { ...found, language, direction: RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr' };
}

/**
 * Changes the page's words to a wanted language.
 * @param {readonly string[]} wanted
 */
export async function speak(wanted) {
  const { language, direction, ...groups } = await wordsOf(wanted);
  Object.assign(words, { language, direction });
  for (const group of GROUPS) Object.assign(words[group], groups[group]);
}

/**
 * Returns the sentence of a failure.
 * @param {Words} words
 * @param {import('../engine/protocol.js').Told} failure
 * @param {string} [asked] the name of the image that was searched
 * @returns {string}
 */
export function sentenceOf(words, { name = '', code, values = [], message = '' }, asked = '') {
  const { intake, failures } = words;
  if (name === 'Unreadable') return intake.unreadable(asked);
  if (!code) {
    const details = sentence(message || failures.unexpected);
    /** @type {Partial<Record<string, (details: string) => string>>} */
    const refusals = words.refusals;
    return refusals[name]?.(details) ?? details;
  }
  const [group, key] = /** @type {[keyof Groups, string]} */ (code.split('.'));
  /** @type {Partial<Record<string, string | ((...values: never[]) => string)>> | undefined} */
  const entries = words[group];
  const entry = entries?.[key] ?? failures.unexpected;
  return typeof entry === 'string' ? entry : /** @type {(...values: unknown[]) => string} */ (entry)(...values);
}

/**
 * Makes a sentence of an error of the module, which begins in lower case and ends without a full stop.
 * @param {string} said
 */
function sentence(said) {
  const text = said.trim();
  const begun = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return /[.!?…。！？؟]$/u.test(begun) ? begun : `${begun}.`;
}
