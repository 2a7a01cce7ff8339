/** Words: alone, beside a picture, in the address, as the query for more, and for programs, as the program answers. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  answered,
  drop,
  launched,
  manifest,
  open,
  RECASKETCH,
  refined,
  SITE,
  sample,
  shownNames,
  temporary,
} from './site.js';

const { context } = await launched();

const { catalogue: list } = await manifest();
const catalogue = JSON.parse(await readFile(join(SITE, list[0].file)));
const uidsOf = ({ neighbours }) => neighbours.map(({ uid }) => uid);

const shown = (page) => page.evaluate(() => window.recasketch.shown());
const note = (page) => page.locator('#among');

/** What the program answers. */
function native(...question) {
  const { stdout, status } = spawnSync(RECASKETCH, ['search', ...question, '--site', SITE, '--json']);
  assert.equal(status, 0);
  return JSON.parse(stdout);
}

/** A page whose answers are final. */
async function loaded(t, how = {}) {
  const opened = await open(t, context, how);
  await refined(opened.page);
  return opened;
}

/** Enters words and waits for their answer. */
async function enter(page, words) {
  await page.locator('#names').fill(words);
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (wanted) => window.recasketch.shown()?.words === wanted && !document.querySelector('[aria-busy="true"]'),
    words,
  );
  return shown(page);
}

/** An image as a file for the program. */
async function fileOf({ name, bytes }) {
  const folder = await temporary('words-');
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

test('words and Enter answer with a grid, as the program answers; filters, order and the address hold', async (t) => {
  const { page, seen } = await loaded(t);
  const answer = await enter(page, 'chair');
  const said = native('--words', 'chair');
  assert.equal(said.ranked_by, 'words');
  assert.deepEqual(uidsOf(answer), uidsOf(said));
  for (const [at, { score }] of answer.neighbours.entries()) {
    assert.ok(Math.abs(score - said.neighbours[at].score) < 1e-6, `${at}`);
  }
  const named = catalogue.filter(({ name, categories, tags, author }) =>
    [name, author, ...categories, ...tags]
      .join(' ')
      .toLowerCase()
      .split(/\W+/)
      .some((word) => word.startsWith('chair')),
  );
  assert.equal(answer.passing, named.length);
  assert.equal(await page.locator('#results-title').textContent(), 'Models for “\u2068chair\u2069”');
  assert.equal(new URL(page.url()).hash, '#words=chair');
  assert.equal(await page.locator('#names').inputValue(), 'chair');
  assert.equal(await page.locator('#preview').isVisible(), false);
  assert.equal(await page.locator('.card .mark').count(), 0, 'words say nothing of closeness');
  const names = await shownNames(page);
  await page.reload();
  await page.waitForFunction(() => window.recasketch?.shown?.()?.words === 'chair');
  assert.deepEqual(await shownNames(page), names);
  await enter(page, 'lamp');
  await page.goBack();
  await page.waitForFunction(() => window.recasketch.shown()?.words === 'chair');
  assert.deepEqual(await shownNames(page), names);
  assert.deepEqual(seen.errors, []);
});

test('a picture ranks what enough words name, and both count where few are named', async (t) => {
  const { page, seen } = await loaded(t);
  const image = await sample(0);
  const path = await fileOf(image);
  await drop(page, [image]);
  await answered(page, image.name);
  const among = await enter(page, 'chair');
  assert.equal(among.ranked_by, 'picture');
  assert.deepEqual(uidsOf(among), uidsOf(native(path, '--words', 'chair')));
  assert.equal(await note(page).textContent(), `Among the ${among.passing} models for “\u2068chair\u2069”`);
  assert.match(new URL(page.url()).hash, /^#like=[\w-]+&words=chair$/);
  const one = catalogue[40].name;
  const both = await enter(page, one);
  assert.equal(both.ranked_by, 'both');
  assert.deepEqual(uidsOf(both), uidsOf(native(path, '--words', one)));
  assert.match(await note(page).textContent(), /^Few models have the words/);
  await page.getByRole('button', { name: 'Search without these words' }).click();
  await page.waitForFunction(() => window.recasketch.shown()?.words === '');
  assert.deepEqual(uidsOf(await shown(page)), uidsOf(native(path)));
  assert.equal(await note(page).textContent(), '');
  assert.match(new URL(page.url()).hash, /^#like=[\w-]+$/);
  assert.deepEqual(seen.errors, []);
});

test('what words name is the query for more like all of it', async (t) => {
  const { page } = await loaded(t);
  const named = await enter(page, 'teapot');
  await page.getByRole('button', { name: 'More like all of these' }).click();
  await page.locator('#results-title', { hasText: 'combined' }).waitFor();
  const { neighbours, words } = await shown(page);
  assert.equal(words, '');
  const asked = new Set(uidsOf(named));
  assert.ok(neighbours.every(({ uid }) => !asked.has(uid)));
  assert.equal(await page.locator('#parts li').count(), named.neighbours.length);
});

test('programs ask by words, by an image and words, and hear of a question without either', async (t) => {
  const { page } = await loaded(t);
  const image = await sample(0);
  const path = await fileOf(image);
  const found = await page.evaluate(async (base64) => {
    const { load } = await import(new URL('api.js', document.baseURI).href);
    const site = await load();
    const file = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
    const uids = ({ neighbours }) => neighbours.map(({ uid }) => uid);
    const reason = (promise) =>
      promise.then(
        () => '',
        ({ message }) => message,
      );
    const answer = await site.search({ words: 'chair' }, { filter: { category: ['chair'] }, top: 5 });
    const result = {
      words: uids(answer),
      by: answer.ranked_by,
      keys: Object.keys(answer).sort(),
      both: uids(await site.search({ image: file, words: 'chair' })),
      option: uids(await site.search(file, { words: 'chair' })),
      nothing: await reason(site.search({})),
      wrong: await reason(site.search(file, { words: 7 })),
    };
    site.close();
    return result;
  }, image.bytes.toString('base64'));
  assert.deepEqual(found.words, uidsOf(native('--words', 'chair', '--where', 'category:chair', '--top', '5')));
  assert.equal(found.by, 'words');
  assert.ok(!found.keys.includes('duplicates'), `${found.keys}`);
  assert.deepEqual(found.both, uidsOf(native(path, '--words', 'chair')));
  assert.deepEqual(found.option, found.both);
  assert.match(found.nothing, /^Expected an image, words, or both, found \{\}/);
  assert.match(found.wrong, /^Expected a text as words, found 7/);
});
