/**
 * Texts of all models as one text, which a worker hands over at once; a list of so many texts takes a while.
 *
 * @typedef {import('./protocol.js').Column} Column
 */

/**
 * @param {string[]} texts
 * @returns {Column}
 */
export function column(texts) {
  const lines = texts.map((text) => text.replaceAll('\n', ' '));
  const starts = new Uint32Array(lines.length);
  for (let row = 1; row < lines.length; row += 1) starts[row] = starts[row - 1] + lines[row - 1].length + 1;
  return { text: `${lines.join('\n')}\n`, starts };
}

/**
 * The text of a row.
 * @param {Column} column
 */
export function at({ text, starts }, row) {
  return text.slice(starts[row], (starts[row + 1] ?? text.length) - 1);
}

/** A name as it is compared: without case, and without marks that not every keyboard has. @param {string} text */
export const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
