/** A catalogue in cells: the page fetches those that a query needs, and answers as the program does. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault, inModule } from './server.js';
import { alertOf, drop, launched, open, RECASKETCH, ready, refined, shownNames, temporary } from './site.js';

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
const { facets } = JSON.parse(await readFile(join(site, manifest.inverted[0].file)));

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
    return neighbours.map(({ uid, score, duplicates, row }) => ({ uid, score, duplicates, row }));
  }, image.bytes.toString('base64'));
}

/** What the program answers. */
async function native(...question) {
  const { stdout } = await run(RECASKETCH, ['search', ...question, '--site', site, '--json']);
  return JSON.parse(stdout);
}

const uidsOf = ({ neighbours }) => neighbours.map(({ uid }) => uid);

/** Asks as a program does. */
function asked(page, image, how) {
  const question = async ([base64, options]) => {
    const recommender = await (await import('/api.js')).load();
    const bytes = base64 && Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const image = bytes ? { image: new Blob([bytes], { type: 'image/jpeg' }) } : {};
    const { words, ...others } = options;
    const answer = await recommender.search({ ...image, ...(words && { words }) }, others);
    const counts = Object.fromEntries(Object.entries(answer.counts).map(([facet, all]) => [facet, [...all]]));
    return { ...answer, counts };
  };
  return page.evaluate(question, [image?.bytes.toString('base64'), how]);
}

test('the cells have all models, and none is fetched before a query', async (t) => {
  assert.equal(manifest.models, MODELS);
  const { page, server } = await open(t, browser.context, { site, scripted: true });
  await ready(page);
  assert.match(await page.locator('#engine').textContent(), /2,?400/);
  assert.deepEqual(cellsAsked(server), []);
});

test('the page answers as the program, which scans all, and fetches no cell twice', async (t) => {
  const { page, server } = await open(t, browser.context, { site, scripted: true });
  await refined(page);
  for (const index of [0, 1, 2]) {
    const image = await sampleOf(index);
    const { neighbours } = await native(image.path, '--top', '12');
    const found = await dropped(page, image);
    // The features of the page and of the program differ by rounding.
    const told = ({ uid, duplicates, row }) => ({ uid, duplicates, row });
    assert.deepEqual(found.map(told), neighbours.map(told));
    for (const [at, { score }] of found.entries()) assert.ok(Math.abs(score - neighbours[at].score) < 1e-4);
  }
  const whole = server.asked.filter(({ file, sent }) => file.startsWith('cell-') && sent > 100_000);
  assert.ok(whole.length > 0);
  assert.equal(new Set(whole.map(({ file }) => file)).size, whole.length);
  assert.ok(server.asked.some(({ file }) => file.startsWith('fine-')));
});

test('a host without ranges sends whole files, and the answers are the same', async (t) => {
  const faults = [[/^(cell|fine|models)-/, fault.rangeless]];
  const { page, server } = await open(t, browser.context, { site, faults });
  await refined(page);
  const image = await sampleOf(0);
  const found = await dropped(page, image);
  assert.deepEqual(
    found.map(({ uid }) => uid),
    uidsOf(await native(image.path, '--top', '12')),
  );
  const names = server.asked.map(({ file }) => file).filter((file) => /^(fine|cell)-/.test(file));
  assert.ok(names.some((file) => file.startsWith('fine-')));
  assert.deepEqual(await dropped(page, image), found);
});

test('of many cells the nearest are fetched, up to what a query may cost', async (t) => {
  const small = inModule(
    'engine/cells.js',
    fault.patched((text) => text.replace('const BUDGET = 650_000', 'const BUDGET = 1')),
  );
  const { page, server } = await open(t, browser.context, { site, faults: [small] });
  await ready(page);
  assert.equal((await dropped(page, await sampleOf(0))).length, 12);
  assert.equal(new Set(cellsAsked(server)).size, 1);
});

test('filters have counts, and answer as the program', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await refined(page);
  const image = await sampleOf(0);
  for (const [category, count] of [facets.category[0], facets.category.at(-1)]) {
    const answer = await asked(page, image, { filter: { category: [category] }, top: 10 });
    const { neighbours } = await native(image.path, '--where', `category:"${category}"`, '--top', '10');
    assert.deepEqual(
      answer.neighbours.map(({ uid, score }) => ({ uid, score })),
      neighbours.map(({ uid, score }) => ({ uid, score: Math.fround(score) })),
    );
    assert.equal(answer.passing, count);
    // The other values of the only facet are counted; those of other facets are known to be at most so many.
    assert.deepEqual(
      answer.counts.category,
      facets.category.map(([, models]) => models),
    );
    assert.ok(!answer.at_most.includes('category') && answer.at_most.includes('licence'));
    assert.ok(answer.counts.licence.every((models) => models <= count));
  }
  const [[first, one], [second, other]] = facets.category;
  const both = await asked(page, image, { filter: { category: [first, second] } });
  assert.equal(both.passing, one + other);
  const none = await asked(page, image, { filter: { category: [first], author: ['Nobody'] } });
  assert.deepEqual([none.passing, none.neighbours.length], [0, 0]);
});

test('the panels of the page filter, and say what is only an upper bound', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await refined(page);
  await dropped(page, await sampleOf(0));
  const [[category, count]] = facets.category;
  await page.locator('details.facet summary', { hasText: 'Category' }).click();
  const item = page.locator('details[open] li', { hasText: category }).first();
  assert.equal(await item.locator('.count').textContent(), String(count));
  await item.locator('input').click();
  await page.waitForFunction(() => window.recasketch.shown()?.passing < 2400);
  const shown = await page.evaluate(() => window.recasketch.shown().neighbours.map(({ model }) => model.categories));
  assert.ok(shown.length === 12 && shown.every((categories) => categories.includes(category)));
  await page.locator('details.facet summary', { hasText: 'Tag' }).click();
  assert.match(await page.locator('details[open] .count').first().textContent(), /^≤ \d+$/);
});

test('words find the same as in the program, alone, beside a picture, and where few are named', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await refined(page);
  const image = await sampleOf(0);
  const two = facets.category.slice(0, 2).map(([category]) => category);
  for (const words of ['chair', 'red ch', 'chiar', two.join(' '), 'zzzzqqq', 'a', '']) {
    if (words) {
      const [found, expected] = [await asked(page, null, { words }), await native('--words', words)];
      assert.equal(found.ranked_by, 'words');
      assert.deepEqual(uidsOf(found), uidsOf(expected), words);
      for (const [at, { score }] of found.neighbours.entries())
        assert.ok(Math.abs(score - expected.neighbours[at].score) < 1e-6, words);
    }
    const beside = words ? [image.path, '--words', words] : [image.path];
    const [found, expected] = [await asked(page, image, { words }), await native(...beside)];
    assert.equal(found.ranked_by, expected.ranked_by, words);
    assert.deepEqual(uidsOf(found), uidsOf(expected), words);
  }
  const named = await asked(page, null, { words: 'chair', filter: { category: [two[0]] } });
  assert.deepEqual(uidsOf(named), uidsOf(await native('--words', 'chair', '--where', `category:"${two[0]}"`)));
});

test('names are offered while typing, and a model is found by its uid', async (t) => {
  const { page, server } = await open(t, browser.context, { site, scripted: true });
  await refined(page);
  await page.locator('#names').fill('chair');
  await page.waitForFunction(() => document.querySelectorAll('#names-list .name').length === 8);
  const names = await page.locator('#names-list .name').allTextContents();
  assert.ok(
    names.every((name) => /chair/i.test(name)),
    `${names}`,
  );
  assert.deepEqual(cellsAsked(server), [], 'names need no codes');
  const { neighbours } = await native('--words', 'teapot', '--top', '1');
  const [{ uid }] = neighbours;
  const { page: other } = await open(t, browser.context, { site, hash: `#model=${uid}` });
  await shownNames(other);
  const answer = await other.evaluate(() => {
    const { model, neighbours } = window.recasketch.shown();
    return { model, uids: neighbours.map((one) => one.uid) };
  });
  assert.equal(answer.model.uid, uid);
  assert.ok(answer.uids.length === 12 && !answer.uids.includes(uid));
  const unknown = await page.evaluate(() => window.recasketch.similar('nobody').catch(({ message }) => message));
  assert.match(unknown, /model/);
});

test('there are models to look at, which differ', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await page.locator('#wander-grid .card').nth(11).waitFor();
  const cards = page.locator('#wander-grid .card');
  assert.equal(await cards.count(), 12);
  const first = await cards.first().textContent();
  await page.locator('#others').click();
  await page.waitForFunction((before) => document.querySelector('#wander-grid .card')?.textContent !== before, first);
});

test('a result is the next query, and itself not among the answers', async (t) => {
  const { page } = await open(t, browser.context, { site });
  await refined(page);
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
  await refined(page);
  const found = await dropped(page, await sampleOf(0));
  await page
    .getByRole('button', { name: /^Why is it similar/ })
    .first()
    .click();
  await page.locator('.why figure .contributions span').first().waitFor({ state: 'attached' });
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

test('programs ask for embeddings too', async (t) => {
  const { page } = await open(t, browser.context, { site });
  const image = await sampleOf(1);
  const answer = await page.evaluate(async (file) => {
    const recommender = await (await import('/api.js')).load();
    const { neighbours } = await recommender.search(await recommender.embed(file), { top: 5 });
    return { uids: neighbours.map(({ uid }) => uid), models: recommender.models, values: recommender.facets.category };
  }, image.file);
  assert.deepEqual(answer.uids, uidsOf(await native(image.path, '--top', '5')));
  assert.equal(answer.models, MODELS);
  assert.deepEqual(
    answer.values,
    facets.category.map(([value]) => value),
  );
});
