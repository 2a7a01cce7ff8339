/**
 * Copies an answer to the clipboard, as JSON or CSV, and passes on its link.
 *
 * @import { Answer, Neighbour } from '../engine/protocol.js'
 */

import { page, results as words } from '../strings/strings.js';
import { alertVisitor, note } from './messages.js';

/**
 * The columns of the CSV. From `uid` on they are named as in an owner's catalogue, so the CSV can be used as one.
 * @type {Record<string, (neighbour: Neighbour, index: number) => string | number>}
 */
const COLUMNS = {
  rank: (_, index) => index + 1,
  score: ({ score }) => score,
  closer_than: ({ closer_than: closer }) => closer,
  duplicates: ({ duplicates }) => duplicates.join('|'),
  uid: ({ uid }) => uid,
  name: ({ model }) => model.name,
  category: ({ model }) => model.categories.join('|'),
  tags: ({ model }) => model.tags.join('|'),
  author: ({ model }) => model.author,
  licence: ({ model }) => model.licence,
  url: ({ model }) => model.url,
};

const WRITERS = { json: asJson, csv: asCsv };

/**
 * Copies an answer, and shows a note.
 * @param {'json' | 'csv'} form
 * @param {Answer} answer
 */
export async function copy(form, answer) {
  try {
    await navigator.clipboard.writeText(WRITERS[form](answer));
    note(words.copied(answer.neighbours.length));
  } catch {
    alertVisitor(words.notCopied);
  }
}

/** Whether the device has a menu by which pages share links. */
const hasMenu = 'share' in navigator;

/** Returns the words of the button that passes on the link. */
export const linkLabel = () => (hasMenu ? page.shareLink : page.copyLink);

/**
 * Passes on the address, which holds the query and the open details: by the menu of the device, or without such a menu
 * by the clipboard, which the visitor is told.
 * @param {{note: (sentence: string) => void, alert: (sentence: string) => void}} told
 */
export async function copyLink(told) {
  try {
    if (hasMenu) return await navigator.share({ title: document.title, url: location.href });
    await navigator.clipboard.writeText(location.href);
    told.note(words.linkCopied);
  } catch (error) {
    const hasChangedMind = /** @type {Error} */ (error).name === 'AbortError';
    if (!hasChangedMind) told.alert(words.notCopied);
  }
}

/** Writes JSON as `recasketch search --json` does. @param {Answer} answer */
function asJson({ neighbours, alike }) {
  const found = neighbours.map(({ model: { thumbnail, url, ...model }, row, score, closer_than, duplicates }) => ({
    row,
    score,
    closer_than,
    duplicates,
    ...model,
    thumbnail: thumbnail || null,
    url: url || null,
  }));
  return JSON.stringify({ neighbours: found, alike }, null, 2);
}

/** @param {Answer} answer */
function asCsv({ neighbours }) {
  const rows = neighbours.map((neighbour, index) =>
    Object.values(COLUMNS).map((value) => cell(value(neighbour, index))),
  );
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Writes a cell; quotes it if it holds a character that would end it. @param {string | number} value */
function cell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
