/**
 * A column of texts as one string. The worker sends one string to the window much faster than a long array of strings.
 *
 * @import { Column } from './protocol.js'
 */

/**
 * Returns the texts as a column.
 * @param {string[]} texts by row
 * @returns {Column}
 */
export function column(texts) {
  const lines = texts.map((text) => text.replaceAll('\n', ' '));
  const starts = new Uint32Array(lines.length);
  for (let row = 1; row < lines.length; row += 1) starts[row] = starts[row - 1] + lines[row - 1].length + 1;
  return { text: `${lines.join('\n')}\n`, starts };
}

/**
 * Returns the text of a row.
 * @param {Column} column
 * @param {number} row
 */
export function at({ text, starts }, row) {
  return text.slice(starts[row], (starts[row + 1] ?? text.length) - 1);
}

/** Returns a name in the form in which names are compared: without case and without accents. @param {string} text */
export const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
