/** Models to look at before any question: other ones at each visit, the same after going back, only thumbnails fetched. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answered, launched, open, ready } from './site.js';

const { context } = await launched();

const grid = (page) => page.locator('#wander-grid');

/** The names of the models, once there are twelve. */
async function wandered(page, others = []) {
  await page.waitForFunction((known) => {
    const names = [...document.querySelectorAll('#wander-grid h3 bdi')].map(({ textContent }) => textContent);
    return names.length === 12 && names.join() !== known.join();
  }, others);
  return grid(page).locator('h3 bdi').allTextContents();
}

test('every visit begins with other models, and going back shows the same', async (t) => {
  const { page, seen } = await open(t, context);
  await ready(page);
  const first = await wandered(page);
  assert.equal(new Set(first).size, 12);
  assert.equal(await grid(page).locator('.mark').count(), 0);
  await page.getByRole('button', { name: 'Show others' }).click();
  const second = await wandered(page, first);
  await grid(page)
    .locator('.card')
    .nth(4)
    .getByRole('button', { name: /^More like this/ })
    .click();
  await answered(page, second[4]);
  assert.equal(await page.locator('#wander').isVisible(), false);
  await page.goBack();
  assert.deepEqual(await wandered(page), second);
  const { page: other } = await open(t, context);
  await ready(other);
  assert.notDeepEqual(await wandered(other), second);
  assert.deepEqual(seen.errors, []);
});

test('nothing but the thumbnails of the models is fetched for them', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  const first = await wandered(page);
  await page.evaluate(() => window.recasketch.refined);
  await page.waitForLoadState('networkidle');
  const fetched = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.getByRole('button', { name: 'Show others' }).click();
  await wandered(page, first);
  await grid(page).locator('img').last().scrollIntoViewIfNeeded();
  assert.deepEqual(
    fetched.filter((path) => !path.includes('/thumbnails/')),
    [],
  );
});
