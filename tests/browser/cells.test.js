/** A catalogue in cells: the page fetches those that a query needs, and answers as the program does. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault, inModule } from './server.js';
import { alertOf, drop, launched, open, RECASKETCH, ready, shownNames, temporary } from './site.js';

const MODELS = 2400;

const run = promisify(execFile);

const browser = await launched();
const folder = await temporary('recasketch-cells-');
const at = (name) => join(folder, name);
const site = at('site');
await run(RECASKETCH, ['demo', '--models', String(MODELS), '--out', at('demo')]);
const [catalogue, thumbnails, samples] = ['catalogue.csv', 'thumbnails', 'samples'].map((name) =>
  join(folder, 'demo', name),
);
await run(RECASKETCH, [
  'embed',
  '--network',
  'small',
  '--catalogue',
  catalogue,
  '--thumbnails',
  thumbnails,
  '--samples',
  samples,
  '--out',
  site,
  '--cells-above',
  '1000',
]);
const manifest = JSON.parse(await readFile(join(site, 'manifest.json')));
const cells = JSON.parse(await readFile(join(site, manifest.cells[0].file)));

const cellsAsked = ({ asked }) => asked.map(({ file }) => file).filter((file) => file.startsWith('cell-'));

async function sampleOf(index) {
  const { samples } = JSON.parse(await readFile(join(site, 'manifest.json')));
  const path = join(site, samples[index].file);
  return { path, file: samples[index].file, name: basename(path), type: 'image/jpeg', bytes: await readFile(path) };
}

/** What is on the page once it answers, as the program names it. */
async function dropped(page, image) {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const { neighbours } = await window.recasketch.ask(new Blob([bytes], { type: 'image/jpeg' }));
    return neighbours.map(({ uid, score, duplicates }) => ({ uid, score, duplicates }));
  }, image.bytes.toString('base64'));
}

test('the cells have all models, and none is fetched before a query', async (t) => {
  assert.ok(cells.length > 2, `${cells.length} cells`);
  assert.equal(
    cells.reduce((sum, { models }) => sum + models, 0),
    MODELS,
  );
  const { page, server } = await open(t, browser.context, { site, scripted: true });
  await ready(page);
  assert.match(await page.locator('#engine').textContent(), /2,?400/);
  assert.deepEqual(cellsAsked(server), []);
  assert.equal(await page.locator('#names').isVisible(), false, 'no name can be found without a catalogue');
});

test('the page answers as the program, which scans all, and fetches no cell twice', async (t) => {
  const { page, server } = await open(t, browser.context, { site, scripted: true });
  await ready(page);
  for (const index of [0, 1, 2]) {
    const image = await sampleOf(index);
    const { stdout } = await run(RECASKETCH, ['search', image.path, '--site', site, '--top', '12', '--json']);
    const expected = JSON.parse(stdout).neighbours;
    const found = await dropped(page, image);
    assert.deepEqual(
      found.map(({ uid }) => uid),
      expected.map(({ uid }) => uid),
    );
    for (const [at, { score }] of found.entries()) assert.ok(Math.abs(score - expected[at].score) < 1e-4);
  }
  const asked = cellsAsked(server);
  assert.ok(asked.length > 0);
  assert.equal(new Set(asked).size, asked.length);
});

test('of many cells the nearest are fetched, up to what a query may cost', async (t) => {
  const small = inModule(
    'engine/cells.js',
    fault.patched((text) => text.replace('const BUDGET = 900_000', 'const BUDGET = 1')),
  );
  const { page, server } = await open(t, browser.context, { site, faults: [small] });
  await ready(page);
  assert.equal((await dropped(page, await sampleOf(0))).length, 12);
  assert.equal(cellsAsked(server).length, 1);
});

test('a result is the next query, and itself not among the answers', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await ready(page);
  const [first] = await dropped(page, await sampleOf(0));
  const again = await page.evaluate(async (uid) => {
    const { neighbours, model } = await window.recasketch.similar(uid);
    return { uids: neighbours.map((one) => one.uid), model: model.uid };
  }, first.uid);
  assert.equal(again.model, first.uid);
  assert.ok(again.uids.length === 12 && !again.uids.includes(first.uid));
});

test('a link finds the same in cells, and why an answer is alike adds up to its score', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await ready(page);
  const found = await dropped(page, await sampleOf(0));
  await page
    .getByRole('button', { name: /^Why is it similar/ })
    .first()
    .click();
  const contributions = await page
    .locator('.why figure')
    .first()
    .locator('.contributions span')
    .evaluateAll((all) => all.map(({ dataset }) => Number(dataset.contribution)));
  assert.equal(contributions.length, 49);
  assert.ok(Math.abs(contributions.reduce((all, one) => all + one, 0) - found[0].score) < 1e-5);
  const { page: other } = await open(t, browser.context, { site, hash: new URL(page.url()).hash });
  await other.locator('#preview-kind', { hasText: 'Link' }).waitFor();
  await shownNames(other);
  const { neighbours } = await other.evaluate(() => window.recasketch.shown());
  for (const [at, { score }] of neighbours.entries())
    assert.ok(Math.abs(score - found[at].score) < 0.005, `${score} and ${found[at].score}`);
});

test('a damaged cell is told in a sentence, and whole ones go on answering', async (t) => {
  const { page, server } = await open(t, browser.context, { site, scripted: true });
  await ready(page);
  server.faults.set(/^cell-/, fault.corrupt);
  const image = await sampleOf(0);
  await drop(page, [image]);
  assert.match(await alertOf(page), /cell-[0-9a-f]{16}\.bin/);
  server.faults.clear();
  assert.equal((await dropped(page, image)).length, 12);
});

test('programs ask for embeddings too, and hear that there are no filters', async (t) => {
  const { page } = await open(t, browser.context, { site });
  const image = await sampleOf(1);
  const { stdout } = await run(RECASKETCH, ['search', image.path, '--site', site, '--top', '5', '--json']);
  const answer = await page.evaluate(async (file) => {
    const recommender = await (await import('/api.js')).load();
    const { neighbours } = await recommender.search(await recommender.embed(file), { top: 5 });
    const refused = await recommender
      .search(file, { filter: { category: ['chairs'] } })
      .catch(({ message }) => message);
    return { uids: neighbours.map(({ uid }) => uid), refused, models: recommender.models };
  }, image.file);
  assert.deepEqual(
    answer.uids,
    JSON.parse(stdout).neighbours.map(({ uid }) => uid),
  );
  assert.match(
    answer.refused,
    /^Expected no filter and no words, as this catalogue is in cells, found \{"category":\["chairs"\]\}/,
  );
  assert.equal(answer.models, MODELS);
});
