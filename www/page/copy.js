/**
 * Copies an answer to the clipboard, as JSON or CSV, or its link.
 *
 * @import { Answer, Neighbour } from '../engine/protocol.js'
 */

import { results as words } from '../strings/strings.js';
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

/** Copies the address, which holds the query, and shows a note. */
export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    note(words.linkCopied);
  } catch {
    alertVisitor(words.notCopied);
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
