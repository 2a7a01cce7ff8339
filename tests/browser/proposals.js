/**
 * How often a photograph's proposed part finds more than the whole photograph, and whether two photographs side by side
 * are proposed apart, in the page of a built site:
 *
 *     SITE=SITE node tests/browser/proposals.js QUERIES.csv
 *
 * The queries are those of `recasketch eval --queries`: `file,wanted`, with the files beside the CSV or by their whole
 * paths. A model is right where one of its categories, or its name, is wanted.
 */

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { serve } from './server.js';
import { launch, refined, SITE } from './site.js';

const TOP = 12;

const [queries] = process.argv.slice(2);
if (!queries) throw new Error('takes a CSV of queries: file,wanted');
const rows = (await readFile(queries, 'utf8')).trim().split(/\r?\n/).slice(1);

const server = await serve(SITE, '/');
const { context, close } = await launch();
const page = await context.newPage();
await page.goto(server.address);
await refined(page);

/**
 * Runs in the page: asks one image, or two side by side, and then each proposed part as a visitor does. Returns the names
 * of what the whole image finds, and for each part the middle of its width and the names.
 * @param {string[]} images in base64
 */
async function ask(images) {
  const named = () =>
    window.recasketch
      .shown()
      .neighbours.map(({ model }) => [model.name, ...model.categories].map((one) => one.toLowerCase()));
  const changed = async (isPart) => {
    while (Boolean(window.recasketch.shown().part) !== isPart) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  let image = new Blob([bytes(images[0])], { type: 'image/jpeg' });
  if (images.length > 1) {
    const canvas = new OffscreenCanvas(images.length * 500, 500);
    for (const [at, base64] of images.entries()) {
      const picture = await createImageBitmap(new Blob([bytes(base64)]));
      canvas.getContext('2d').drawImage(picture, at * 500, 0, 500, 500);
    }
    image = await canvas.convertToBlob({ type: 'image/png' });
  }
  await window.recasketch.ask(new File([image], 'asked', { type: image.type }));
  const [whole, parts] = [named(), []];
  const { proposals = [] } = window.recasketch.shown();
  for (const [at, { left, width }] of proposals.entries()) {
    document.getElementById('crop-proposals').children[at].click();
    await changed(true);
    parts.push({ middle: left + width / 2, names: named() });
    document.getElementById('crop').click();
    await changed(false);
  }
  return { whole, parts };
}

/** Precision among the first, whether the very first is right, and one by the place of the first that is. */
function judged(names, wanted) {
  const right = names.map((some) => some.some((name) => wanted.includes(name)));
  const first = right.indexOf(true);
  return [right.filter(Boolean).length / TOP, Number(first === 0), first < 0 ? 0 : 1 / (first + 1)];
}

/** A query of the CSV. @param {string} row */
async function read(row) {
  const at = row.lastIndexOf(',');
  const [file, wanted] = [
    row.slice(0, at),
    row
      .slice(at + 1)
      .toLowerCase()
      .split('|'),
  ];
  const bytes = await readFile(resolve(dirname(queries), file));
  return { file, wanted, base64: bytes.toString('base64') };
}

const sums = { whole: [0, 0, 0], proposed: [0, 0, 0] };
let proposals = 0;
const all = await Promise.all(rows.map(read));
for (const { file, wanted, base64 } of all) {
  const { whole, parts } = await page.evaluate(ask, [base64]);
  const part = parts[0]?.names;
  const [of, instead] = [judged(whole, wanted), judged(part ?? whole, wanted)];
  for (const [measure, value] of of.entries()) sums.whole[measure] += value;
  for (const [measure, value] of instead.entries()) sums.proposed[measure] += value;
  if (!part) continue;
  proposals += 1;
  console.log(`${file}: ${of.map((value) => value.toFixed(2))} -> ${instead.map((value) => value.toFixed(2))}`);
}
const means = (of) => of.map((sum) => (sum / rows.length).toFixed(3)).join(' / ');
console.log(`${rows.length} photographs, ${proposals} with a proposal; precision@${TOP} / first right / MRR@${TOP}`);
console.log(`whole ${means(sums.whole)}, first proposals taken ${means(sums.proposed)}`);

// Each photograph beside the one half the list later, which is of another kind.
const pairs = { asked: 0, apart: 0, whole: 0, parts: 0 };
for (const [at, one] of all.entries()) {
  const both = [one, all[(at + (all.length >> 1)) % all.length]];
  const { whole, parts } = await page.evaluate(
    ask,
    both.map(({ base64 }) => base64),
  );
  const sides = both.map((_, side) => parts.find(({ middle }) => middle > side / 2 && middle < (side + 1) / 2));
  pairs.asked += 1;
  if (!sides.every(Boolean)) continue;
  pairs.apart += 1;
  console.log(`${both.map(({ file }) => file).join(' beside ')}: apart`);
  for (const [side, { wanted }] of both.entries()) {
    pairs.whole += judged(whole, wanted)[0] / 2;
    pairs.parts += judged(sides[side].names, wanted)[0] / 2;
  }
}
const mean = (sum) => (sum / pairs.apart).toFixed(3);
console.log(
  `${pairs.asked} pairs side by side, ${pairs.apart} proposed apart: precision@${TOP} of each kind ` +
    `${mean(pairs.whole)} by the whole, ${mean(pairs.parts)} by its part`,
);
await close();
await server.close();
