/**
 * How often a photograph's proposed part finds more than the whole photograph, in the page of a built site:
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

/** Runs in the page: asks an image, and its proposed part as a visitor does. @param {{base64: string, name: string}} image */
async function ask({ base64, name }) {
  const named = () =>
    window.recasketch
      .shown()
      .neighbours.map(({ model }) => [model.name, ...model.categories].map((one) => one.toLowerCase()));
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  await window.recasketch.ask(new File([bytes], name, { type: 'image/jpeg' }));
  const whole = named();
  if (!window.recasketch.shown().proposal) return { whole, part: null };
  document.getElementById('crop-proposal').click();
  while (!window.recasketch.shown().part) await new Promise((resolve) => setTimeout(resolve, 20));
  return { whole, part: named() };
}

/** Precision among the first, whether the very first is right, and one by the place of the first that is. */
function judged(names, wanted) {
  const right = names.map((some) => some.some((name) => wanted.includes(name)));
  const first = right.indexOf(true);
  return [right.filter(Boolean).length / TOP, Number(first === 0), first < 0 ? 0 : 1 / (first + 1)];
}

const sums = { whole: [0, 0, 0], proposed: [0, 0, 0] };
let proposals = 0;
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
  const { whole, part } = await page.evaluate(ask, { base64: bytes.toString('base64'), name: file });
  const [of, instead] = [judged(whole, wanted), judged(part ?? whole, wanted)];
  for (const [measure, value] of of.entries()) sums.whole[measure] += value;
  for (const [measure, value] of instead.entries()) sums.proposed[measure] += value;
  if (!part) continue;
  proposals += 1;
  console.log(`${file}: ${of.map((value) => value.toFixed(2))} -> ${instead.map((value) => value.toFixed(2))}`);
}
const means = (of) => of.map((sum) => (sum / rows.length).toFixed(3)).join(' / ');
console.log(`${rows.length} photographs, ${proposals} with a proposal; precision@${TOP} / first right / MRR@${TOP}`);
console.log(`whole ${means(sums.whole)}, proposals taken ${means(sums.proposed)}`);
await close();
await server.close();
