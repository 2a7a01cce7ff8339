/**
 * How often a photograph's proposed part, the first where there are several, finds more than the whole photograph, and
 * how often two photographs side by side are proposed apart, in the page of a built site:
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

/** Runs in the page: lays two images side by side on a square plain ground. @param {string[]} images in base64 */
async function sideBySide(images) {
  const SIDE = 448;
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const drawing = canvas.getContext('2d');
  drawing.fillStyle = '#808080';
  drawing.fillRect(0, 0, SIDE, SIDE);
  for (const [at, base64] of images.entries()) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const { width, height } = bitmap;
    const shorter = Math.min(width, height);
    const [left, top] = [(width - shorter) / 2, (height - shorter) / 2];
    drawing.drawImage(bitmap, left, top, shorter, shorter, (at * SIDE) / 2, SIDE / 4, SIDE / 2, SIDE / 2);
  }
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * Runs in the page: asks an image, and each of its proposed parts as a visitor does.
 * @param {{base64: string, name: string}} image
 */
async function ask({ base64, name }) {
  const named = () =>
    window.recasketch
      .shown()
      .neighbours.map(({ model }) => [model.name, ...model.categories].map((one) => one.toLowerCase()));
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  await window.recasketch.ask(new File([bytes], name));
  const [whole, { proposals }] = [named(), window.recasketch.shown()];
  const until = async (isPart) => {
    while (Boolean(window.recasketch.shown().part) !== isPart) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const parts = [];
  for (const [at, { left, width }] of proposals.entries()) {
    document.querySelectorAll('.crop-proposal')[at].click();
    await until(true);
    parts.push({ middle: left + width / 2, names: named() });
    document.getElementById('crop').click();
    await until(false);
  }
  return { whole, parts };
}

/** Precision among the first, whether the very first is right, and one by the place of the first that is. */
function judged(names, wanted) {
  const right = names.map((some) => some.some((name) => wanted.includes(name)));
  const first = right.indexOf(true);
  return [right.filter(Boolean).length / TOP, Number(first === 0), first < 0 ? 0 : 1 / (first + 1)];
}

const photographs = [];
for (const row of rows) {
  const at = row.lastIndexOf(',');
  const [file, wanted] = [
    row.slice(0, at),
    row
      .slice(at + 1)
      .toLowerCase()
      .split('|'),
  ];
  const bytes = await readFile(resolve(dirname(queries), file));
  photographs.push({ file, wanted, base64: bytes.toString('base64') });
}

const sums = { whole: [0, 0, 0], proposed: [0, 0, 0] };
let proposals = 0;
for (const { file, wanted, base64 } of photographs) {
  const { whole, parts } = await page.evaluate(ask, { base64, name: file });
  const [of, instead] = [judged(whole, wanted), judged(parts[0]?.names ?? whole, wanted)];
  for (const [measure, value] of of.entries()) sums.whole[measure] += value;
  for (const [measure, value] of instead.entries()) sums.proposed[measure] += value;
  if (parts.length === 0) continue;
  proposals += 1;
  console.log(`${file}: ${of.map((value) => value.toFixed(2))} -> ${instead.map((value) => value.toFixed(2))}`);
}
const means = (of) => of.map((sum) => (sum / rows.length).toFixed(3)).join(' / ');
console.log(`${rows.length} photographs, ${proposals} with a proposal; precision@${TOP} / first right / MRR@${TOP}`);
console.log(`whole ${means(sums.whole)}, first proposals taken ${means(sums.proposed)}`);

// Each photograph at the left of the next, and of the one after the next but one, where they show different kinds.
const pairs = [1, 3].flatMap((step) =>
  photographs
    .map((left, at) => [left, photographs[(at + step) % photographs.length]])
    .filter(([left, right]) => !left.wanted.some((kind) => right.wanted.includes(kind))),
);
const found = { whole: 0, parts: 0 };
let apart = 0;
for (const pair of pairs) {
  const base64 = await page.evaluate(
    sideBySide,
    pair.map((one) => one.base64),
  );
  const { whole, parts } = await page.evaluate(ask, { base64, name: 'pair.png' });
  const [left, right] = [...parts].sort((one, other) => one.middle - other.middle);
  if (parts.length !== 2 || left.middle >= 0.5 || right.middle <= 0.5) continue;
  apart += 1;
  for (const [at, { names }] of [left, right].entries()) {
    found.whole += judged(whole, pair[at].wanted)[0] / 2;
    found.parts += judged(names, pair[at].wanted)[0] / 2;
  }
}
console.log(`${pairs.length} pairs side by side, of ${apart} each has a proposal of its own;`);
console.log(
  `precision@${TOP} of each kind: whole ${(found.whole / apart).toFixed(3)}, proposals taken ${(found.parts / apart).toFixed(3)}`,
);
await close();
await server.close();
