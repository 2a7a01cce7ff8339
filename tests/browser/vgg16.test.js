/** A site of VGG16 itself, which is what `embed` makes where nobody says otherwise: the page answers as the program does. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import {
  answered,
  dropPaths,
  joined,
  launched,
  manifest,
  open,
  RECASKETCH,
  refined,
  SITE,
  sample,
  siteOf,
  temporary,
  withWorkers,
} from './site.js';

const run = promisify(execFile);

/** Bytes of wasm memory that a phone gives a page. */
const PHONE = 200_000_000;

/** Enough for three different answers, few enough to be embedded while a test waits. */
const MODELS = 40;

const { context } = await launched();
const folder = await temporary('recasketch-vgg16-');
const site = await made();

async function made() {
  const named = await manifest();
  const models = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, MODELS);
  return siteOf(folder, models, ['uid,name', ...models.map(({ uid, name }) => `${uid},${name}`)], []);
}

test('the page sees what the program sees, and answers alike', async (t) => {
  const { network } = await manifest(site);
  assert.ok(network[0].bytes <= 4_800_000, `${network[0].bytes} bytes`);
  const { page } = await open(t, context, { site });
  await refined(page);
  const best = [];
  for (const one of [0, 1, 2]) {
    const image = await sample(one);
    await dropPaths(page, [image.path]);
    await answered(page, image.name);
    const web = await page.evaluate(() => window.recasketch.shown());
    const { stdout } = await run(RECASKETCH, ['search', image.path, '--site', site, '--top', '12', '--json'], {
      maxBuffer: 1 << 24,
    });
    const native = JSON.parse(stdout);
    assert.deepEqual(
      web.neighbours.map(({ uid }) => uid),
      native.neighbours.map(({ uid }) => uid),
    );
    for (const [at, { score }] of native.neighbours.entries()) {
      assert.ok(Math.abs(web.neighbours[at].score - score) < 1e-4, `${web.neighbours[at].score}, ${score}`);
    }
    best.push(native.neighbours[0].uid);
  }
  assert.ok(new Set(best).size > 1, 'other images, other answers');
});

test('four workers and a photograph as large as a phone takes need less memory than a phone gives', async (t) => {
  const { page } = await open(t, context, { site, faults: [withWorkers(4)] });
  await joined(page, (await manifest(site)).self_test.file, 4);
  const { workers, memory, memoryOfHelpers } = await page.evaluate(inspectPainted);
  assert.equal(workers, 4);
  assert.ok(memoryOfHelpers > 3e7 && memory + memoryOfHelpers <= PHONE, `${memory} and ${memoryOfHelpers} bytes`);
});

/** In the page: what it tells of a photograph of 12 megapixels. */
async function inspectPainted() {
  const canvas = new OffscreenCanvas(4000, 3000);
  const drawing = canvas.getContext('2d');
  for (let at = 0; at < 3000; at += 1) {
    drawing.fillStyle = `hsl(${at % 360} ${at % 100}% 50%)`;
    drawing.fillRect((at * 577) % 4000, (at * 331) % 3000, 400, 300);
  }
  return window.recasketch.inspect(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
}

const MUSHROOM = resolve(import.meta.dirname, '../../../shared/images/photos/n07734744_mushroom.jpg');
const without = existsSync(MUSHROOM) ? false : `no ${MUSHROOM}`;

test('a photograph whose thing is off its middle has one part proposed, and a rendering has none', {
  skip: without,
}, async (t) => {
  const { page } = await open(t, context, { site });
  await refined(page);
  await dropPaths(page, [MUSHROOM]);
  await answered(page, 'n07734744_mushroom.jpg');
  const { proposals } = await page.evaluate(() => window.recasketch.shown());
  assert.equal(proposals.length, 1);
  const [proposal] = proposals;
  const [across, down] = [proposal.left + proposal.width / 2, proposal.top + proposal.height / 2];
  assert.ok(across > 0.6 && across < 0.65 && down > 0.62 && down < 0.66, `${across} ${down}`);
  const image = await sample(0);
  await dropPaths(page, [image.path]);
  await answered(page, image.name);
  assert.deepEqual((await page.evaluate(() => window.recasketch.shown())).proposals, []);
});

test('two things side by side have a part proposed each', async (t) => {
  const { page } = await open(t, context, { site });
  await refined(page);
  const { samples } = await manifest();
  const named = (name) => samples.findIndex((one) => one.name === name);
  const images = await Promise.all(['house', 'sword'].map(async (name) => (await sample(named(name))).bytes));
  const proposals = await page.evaluate(
    askSideBySide,
    images.map((bytes) => bytes.toString('base64')),
  );
  const middles = proposals.map(({ left, top, width, height }) => [left + width / 2, top + height / 2]);
  assert.equal(middles.length, 2);
  const [[sword, down], [house, other]] = middles;
  assert.ok(house > 0.2 && house < 0.3 && sword > 0.7 && sword < 0.8, `${house} ${sword}`);
  assert.ok(Math.max(Math.abs(down - 0.5), Math.abs(other - 0.5)) < 0.1, `${down} ${other}`);
});

/** Runs in the page: asks two images in the middle of the halves of a plain ground. @param {string[]} images in base64 */
async function askSideBySide(images) {
  const canvas = new OffscreenCanvas(448, 448);
  const drawing = canvas.getContext('2d');
  drawing.fillStyle = '#808080';
  drawing.fillRect(0, 0, 448, 448);
  for (const [at, base64] of images.entries()) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const side = bitmap.height;
    drawing.drawImage(bitmap, (bitmap.width - side) / 2, 0, side, side, 224 * at, 112, 224, 224);
  }
  await window.recasketch.ask(new File([await canvas.convertToBlob({ type: 'image/png' })], 'two.png'));
  return window.recasketch.shown().proposals;
}
