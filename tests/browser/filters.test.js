/** Filters go into the search itself, count live, are part of the address, and obey the keyboard. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import {
  answered,
  dropPaths,
  launched,
  manifest,
  open,
  RECASKETCH,
  refined,
  SITE,
  sample,
  shownNames,
} from './site.js';

const run = promisify(execFile);

const { context } = await launched();

const named = await manifest();
const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file)));

/** Opens a facet's panel. */
async function opened(page, facet) {
  const details = page.locator('.facet', { has: page.locator('summary', { hasText: new RegExp(`^${facet}`) }) });
  if (!(await details.evaluate((one) => one.open))) await details.locator('summary').click();
  await details.locator('li').first().waitFor();
  return details;
}

/** Ticks a value, and waits for the answer. */
async function choose(page, facet, value) {
  const panel = await opened(page, facet);
  await panel.getByRole('checkbox', { name: new RegExp(`^${value} ?\\d`) }).click();
  await page.locator('#grid:not([aria-busy])').waitFor({ state: 'attached' });
}

/** What a panel lists: values and their counts. */
async function listed(page, facet) {
  const panel = await opened(page, facet);
  const items = await panel
    .locator('li')
    .evaluateAll((all) =>
      all.map((item) => [item.querySelector('bdi').textContent, Number(item.querySelector('.count').textContent)]),
    );
  return Object.fromEntries(items);
}

const shown = (page) => page.evaluate(() => window.recasketch.shown());
const settled = (page, passing) =>
  page.locator('#results-note', { hasText: new RegExp(`^${passing} models? searched`) }).waitFor();

test('a filtered answer is the program’s with --where, and only has what was asked for', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  const image = await sample(0);
  await dropPaths(page, [image.path]);
  await answered(page, image.name);
  await choose(page, 'Category', 'chair');
  const chairs = catalogue.filter(({ categories }) => categories.includes('chair'));
  await settled(page, chairs.length);
  const { neighbours } = await shown(page);
  const { stdout } = await run(
    RECASKETCH,
    ['search', image.path, '--site', SITE, '--top', '12', '--json', '--where', 'category:chair'],
    { maxBuffer: 1 << 24 },
  );
  assert.deepEqual(
    neighbours.map(({ uid }) => uid),
    JSON.parse(stdout).neighbours.map(({ uid }) => uid),
  );
  assert.ok(neighbours.every(({ model }) => model.categories.includes('chair')));
  assert.match(page.url(), /#like=[\w-]+&category=chair$/);
});

test('counts say how many models each further choice would leave', async (t) => {
  const { page } = await open(t, context);
  await page.locator('.sample').nth(1).click();
  await shownNames(page);
  const has =
    (category, tag) =>
    ({ categories, tags }) =>
      (!category || category.includes(categories[0])) && (!tag || tag.some((one) => tags.includes(one)));
  const count = (...asked) => catalogue.filter(has(...asked)).length;
  assert.equal((await listed(page, 'Category')).chair, count(['chair']));
  assert.equal((await listed(page, 'Tag')).metal, count(null, ['metal']));
  await choose(page, 'Tag', 'metal');
  await settled(page, count(null, ['metal']));
  const categories = await listed(page, 'Category');
  assert.equal(categories.chair, count(['chair'], ['metal']));
  assert.equal(
    Object.values(categories).reduce((sum, one) => sum + one, 0),
    count(null, ['metal']),
  );
  assert.ok(Object.values(categories).every((one) => one > 0));
  // Within a facet a choice adds: its own counts are as if nothing of it were chosen.
  assert.equal((await listed(page, 'Tag')).wood, count(null, ['wood']));
  await choose(page, 'Category', 'chair');
  await choose(page, 'Category', 'sword');
  await settled(page, count(['chair', 'sword'], ['metal']));
  assert.deepEqual(
    new Set((await shown(page)).neighbours.map(({ model }) => model.categories[0])),
    new Set(['chair', 'sword']),
  );
  assert.equal(await page.locator('.facet summary').first().textContent(), 'Category: \u2068chair\u2069 +1');
});

test('a filter goes on to the next query, comes back with back, and is in a link that can be passed on', async (t) => {
  const { page, address } = await open(t, context);
  await page.locator('.sample').nth(1).click();
  await shownNames(page);
  await choose(page, 'Category', 'chair');
  await settled(page, 14);
  const chairs = await shownNames(page);
  await page.locator('.card .more').nth(3).click();
  await answered(page, chairs[3]);
  const link = page.url();
  assert.match(link, /#model=[^&]+&category=chair$/);
  const { neighbours } = await shown(page);
  assert.ok(neighbours.every(({ model }) => model.categories.includes('chair')));
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await settled(page, 600);
  assert.match(page.url(), /#model=[^&]+$/);
  await page.goBack();
  await settled(page, 14);
  assert.deepEqual(await shownNames(page), chairs);

  const { page: other } = await open(t, context, { hash: link.slice(link.indexOf('#')) });
  assert.ok(!other.url().startsWith(address));
  await shownNames(other);
  assert.deepEqual(
    (await shown(other)).neighbours.map(({ uid }) => uid),
    neighbours.map(({ uid }) => uid),
  );
  assert.equal(await other.locator('.facet summary').first().textContent(), 'Category: \u2068chair\u2069');
});

test('a filter that nothing passes says so, and can be cleared', async (t) => {
  const { page, seen } = await open(t, context, {
    hash: `#model=${encodeURIComponent(named.self_test.uid)}&category=%3Cimg%3E&tag=__proto__&nothing=1`,
  });
  await page.locator('#none', { hasText: 'No model matches these filters.' }).waitFor();
  assert.equal(await page.locator('.card').count(), 0);
  assert.equal(await page.locator('.facet summary').first().textContent(), 'Category: \u2068<img>\u2069');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  assert.equal((await shownNames(page)).length, 12);
  assert.equal(await page.locator('#none').isHidden(), true);
  assert.deepEqual(seen.errors, []);
});

test('the keyboard opens a panel, ticks, keeps its place while answers come, and closes it', async (t) => {
  const { page } = await open(t, context);
  await page.locator('.sample').nth(1).click();
  await shownNames(page);
  const summary = page.locator('.facet summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('cha');
  await page.locator('.facet[open] li').nth(1).waitFor({ state: 'detached' });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await settled(page, 14);
  const focused = () =>
    page.evaluate(
      () => document.activeElement.closest('li')?.querySelector('bdi').textContent ?? document.activeElement.tagName,
    );
  assert.equal(await focused(), 'chair');
  await page.keyboard.press('Space');
  await settled(page, 600);
  assert.equal(await focused(), 'chair');
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'SUMMARY');
  assert.equal(await page.locator('.facet[open]').count(), 0);
});

test('answers are ordered as the visitor says, and by closeness again', async (t) => {
  const { page } = await open(t, context);
  await page.locator('.sample').nth(2).click();
  const closest = await shownNames(page);
  await page.getByLabel('Order').selectOption('name');
  const byName = await shownNames(page);
  assert.deepEqual(byName, [...closest].sort(new Intl.Collator('en', { numeric: true }).compare));
  assert.notDeepEqual(byName, closest);
  await page.getByLabel('Order').selectOption('closeness');
  assert.deepEqual(await shownNames(page), closest);
});

test('twenty choices within a second give one answer, that of the last', async (t) => {
  const { page } = await open(t, context);
  await page.locator('.sample').nth(1).click();
  await shownNames(page);
  const panel = await opened(page, 'Category');
  await panel.locator('input[type="checkbox"]').evaluateAll((boxes) => {
    for (const box of boxes.slice(0, 20)) box.click();
  });
  const chosen = await panel
    .locator('li')
    .evaluateAll((items) => items.slice(0, 20).map((item) => item.querySelector('bdi').textContent));
  await settled(page, catalogue.filter(({ categories }) => chosen.includes(categories[0])).length);
  assert.equal((await shown(page)).filter.category.length, 20);
  assert.equal(await page.locator('#alert').isHidden(), true);
});
