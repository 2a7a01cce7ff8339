/** An answer for other programs, on the clipboard. */

import { results as words } from '../strings/strings.js';
import { alertVisitor, note } from './messages.js';

/** Columns of the CSV; those behind `duplicates` are the owner's catalogue's, so that a catalogue can be made of them. */
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
 * Copies an answer and says so.
 * @param {'json' | 'csv'} form
 * @param {import('../engine/protocol.js').Answer} answer
 */
export async function copy(form, answer) {
  try {
    await navigator.clipboard.writeText(WRITERS[form](answer));
    note(words.copied(answer.neighbours.length));
  } catch {
    alertVisitor(words.notCopied);
  }
}

/** Copies the address, which holds what was asked, and says so. */
export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    note(words.linkCopied);
  } catch {
    alertVisitor(words.notCopied);
  }
}

/** As `recasketch search --json` prints it. */
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

function asCsv({ neighbours }) {
  const rows = neighbours.map((neighbour, index) =>
    Object.values(COLUMNS).map((value) => cell(value(neighbour, index))),
  );
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** A cell that holds what would end it is quoted. */
function cell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
