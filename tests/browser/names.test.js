/** A model of the catalogue as the query: by words while they are typed, by its link, by dragging a result. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { fault, inModule } from './server.js';
import {
  alertOf,
  answered,
  drop,
  launched,
  manifest,
  open,
  ready,
  SITE,
  sample,
  shownNames,
  withCatalogue,
} from './site.js';

/** Rec-a-Sketch's own catalogue has so many models. */
const MANY = 28_825;

const { context } = await launched();

const named = await manifest();
const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file)));

const options = (page) => page.getByRole('option').locator('.name').allTextContents();

/** The field for words. */
const fieldOf = (page) => page.getByRole('combobox', { name: 'Or type words, a name or a link' });

/** Types a text, and waits until so many models are offered for it. */
async function offeredFor(page, text, count) {
  await page.locator('#names').fill(text);
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('#names-list .name').length === wanted,
    Math.min(count, 8),
  );
  return options(page);
}

test('typing offers names, in any case and without accents, and the keyboard chooses one', async (t) => {
  const models = catalogue.map((model, row) => ({ ...model, name: row === 7 ? 'Épée de bronze' : model.name }));
  const { page } = await open(t, context, { faults: await withCatalogue(models) });
  await ready(page);
  const field = fieldOf(page);
  await field.focus();
  await page.keyboard.type('EPEE bron');
  await page.waitForFunction(() => document.querySelectorAll('#names-list .name').length === 1);
  assert.deepEqual(await options(page), ['Épée de bronze']);
  const offered = await offeredFor(page, 'chair', 8);
  assert.ok(
    offered.every((name) => /chair/i.test(name)),
    `${offered}`,
  );
  assert.match(await page.locator('#status').textContent(), /^8 names\./);
  assert.equal(await field.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const active = await field.getAttribute('aria-activedescendant');
  assert.equal(await page.locator(`#${active} .name`).textContent(), offered[1]);
  assert.equal(await page.getByRole('option', { selected: true }).count(), 1);
  await page.keyboard.press('Enter');
  assert.equal((await answered(page, offered[1])).length, 12);
  assert.equal(await page.locator('#results-title').evaluate((title) => title === document.activeElement), true);
  assert.equal(await field.inputValue(), '');
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
});

test('whole words come first, then words that begin so; errors in typing are forgiven', async (t) => {
  const names = ['scar', 'red car', 'oscar', 'a cartoon', 'car', 'carpet', 'card', 'lighthouse'];
  const models = catalogue.map((_, row) => ({ uid: `u${row}`, name: names[row] ?? `model ${row}` }));
  const { page } = await open(t, context, { faults: await withCatalogue(models) });
  await ready(page);
  assert.deepEqual(await offeredFor(page, 'car', 5), ['red car', 'car', 'a cartoon', 'carpet', 'card']);
  assert.equal(await page.getByRole('option').last().textContent(), 'Show all 5 results');
  assert.deepEqual(await offeredFor(page, 'lihgthuose', 1), ['lighthouse']);
  assert.equal(await page.getByRole('option').last().textContent(), 'Show the one result');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('option').count(), 0);
  assert.equal(await page.locator('#names').inputValue(), 'lihgthuose');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#names').inputValue(), '');
  await page.locator('#names').fill('zeppelin');
  await page.keyboard.press('Enter');
  await page.locator('#none', { hasText: /^No model in this catalogue has the words .*zeppelin/ }).waitFor();
});

test(`over ${MANY} names every letter finds`, async (t) => {
  const words = ['red', 'old', 'wooden', 'Ancient', 'low', 'café', 'giant', 'tiny', 'chair', 'sword', 'Haus', 'dragon'];
  const name = (row) => `${words[row % 12]} ${words[(row * 7 + 3) % 11]} ${words[(row * 5 + 1) % 12]} ${row}`;
  const models = Array.from({ length: MANY }, (_, row) => ({
    ...catalogue[row % catalogue.length],
    uid: catalogue[row]?.uid ?? `more-${row}`,
    name: name(row),
    author: `author${row % 4000}`,
  }));
  // The embeddings are of 600 models: names are found without them.
  const lenient = inModule(
    'engine/catalogue.js',
    fault.patched((text) => text.replace('rows.length !== count', 'false')),
  );
  const { page } = await open(t, context, { faults: [...(await withCatalogue(models)), lenient] });
  await ready(page);
  const last = name(MANY - 1);
  assert.deepEqual(await offeredFor(page, last, 1), [last]);
  await offeredFor(page, last.slice(0, 1), 8);
  assert.deepEqual(await offeredFor(page, 'qqqq', 0), []);
  const rows = Array.from({ length: MANY }, (_, row) => row).filter((row) =>
    /^(?=.*old)(?=.*giant).* 28\d/.test(name(row)),
  );
  assert.ok(rows.length > 8);
  assert.deepEqual(await offeredFor(page, 'OLD 28 giant', 8), rows.slice(0, 8).map(name));
});

const HEX = '0123456789abcdef0123456789abcdef';
const hexed = catalogue.map((model, row) => (row === 3 ? { ...model, uid: HEX } : model));

test('a Sketchfab link, typed, pasted or dropped, asks for its model', async (t) => {
  const { page, address } = await open(t, context, { faults: await withCatalogue(hexed) });
  await ready(page);
  const link = `https://sketchfab.com/3d-models/some-name-${HEX}?utm=1`;
  const start = async () => {
    await page.locator('#home').click();
    await page.locator('html[data-view="start"]').waitFor();
  };
  await page.locator('#names').fill(link);
  await answered(page, hexed[3].name);
  assert.match(page.url(), new RegExp(`#model=${HEX}$`));
  await start();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  await page.evaluate((text) => navigator.clipboard.writeText(text), `https://sketchfab.com/models/${HEX}`);
  await page.keyboard.press('Control+V');
  await answered(page, hexed[3].name);
  await start();
  await drop(page, [], { 'text/uri-list': link });
  await answered(page, hexed[3].name);
  await drop(page, [], { 'text/uri-list': `https://sketchfab.com/3d-models/other-${HEX.replace('0', 'f')}` });
  assert.match(await alertOf(page), /^This link names a model that is not in this catalogue\./);
  await drop(page, [], { 'text/uri-list': `https://example.org/3d-models/some-name-${HEX}` });
  await page.locator('#link p', { hasText: 'That image is at ⁨example.org⁩.' }).waitFor();
});

test('any text is a uid: it has an address, and its card a name', async (t) => {
  const odd = (row) => `a/b "${row}" #?&=%2F é`;
  const faults = await withCatalogue(catalogue.map((model, row) => ({ ...model, uid: odd(row) })));
  const { page, seen } = await open(t, context, { faults, hash: `#model=${encodeURIComponent(odd(3))}` });
  await answered(page, catalogue[3].name);
  const { neighbours } = await page.evaluate(() => window.recasketch.shown());
  const first = page.locator('.card').first();
  const name = await first.locator('h3').textContent();
  assert.equal(
    await first.evaluate((card) => document.getElementById(card.getAttribute('aria-labelledby'))?.textContent),
    name,
  );
  assert.equal((await page.getByRole('article', { name, exact: true }).count()) > 0, true);
  await first.locator('.more').click();
  await answered(page, name);
  assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('model'), odd(neighbours[0].row));
  assert.deepEqual(seen.errors, []);
});

test('text that is pasted into a field stays there', async (t) => {
  const { page, address } = await open(t, context);
  await ready(page);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  await page.evaluate(() => navigator.clipboard.writeText('bronze'));
  await page.locator('#names').focus();
  await page.keyboard.press('Control+V');
  assert.equal(await page.locator('#names').inputValue(), 'bronze');
  await page.getByRole('option').first().waitFor();
  assert.equal(await page.locator('#alert').isHidden(), true);
});

test('a result that is dragged to the query’s panel is the next query, and elsewhere is let go', async (t) => {
  const { page } = await open(t, context);
  const image = await sample(0);
  await drop(page, [image]);
  const names = await answered(page, image.name);
  await page.locator('.card > .box').nth(1).dragTo(page.locator('.card').nth(6));
  assert.deepEqual(await shownNames(page), names);
  assert.equal(await page.locator('#veil').evaluate((veil) => getComputedStyle(veil).visibility), 'hidden');
  await page.locator('.card > .box').nth(1).dragTo(page.locator('#zone'));
  await answered(page, names[1]);
  assert.match(page.url(), /#model=/);
  assert.equal(await page.locator('.query.wanted').count(), 0);
});
