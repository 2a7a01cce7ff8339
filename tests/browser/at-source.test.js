/** Thumbnails that are left at their sources: shown from there, and from no other host, and the visitor is told. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { answered, drop, launched, manifest, open, ready, SITE, sample, siteOf, temporary } from './site.js';

const SOURCE = 'https://media.example.org';

const { context } = await launched();
const folder = await temporary('recasketch-at-source-');
const named = await manifest();
const models = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, 30);
const rows = models.map(({ uid }) => `${uid},A model,${SOURCE}/${uid}.jpg`);
const options = ['--network', 'small', '--thumbnails-at-source'];
const site = await siteOf(folder, models, ['uid,name,thumbnail_url', ...rows], options);
const thumbnails = new Map(models.map(({ uid, thumbnail }) => [`${SOURCE}/${uid}.jpg`, join(SITE, thumbnail)]));

/** Opens the page. The source answers with its pictures, but for those in `rotten`. */
async function opened(t, rotten = []) {
  const asked = [];
  const { page, seen } = await open(t, context, {
    site,
    before: (page) =>
      page.route(`${SOURCE}/**`, async (route) => {
        const { url, headers } = { url: route.request().url(), headers: route.request().headers() };
        asked.push({ url, referer: headers.referer });
        if (rotten.includes(url)) return route.fulfill({ status: 404, body: 'gone' });
        return route.fulfill({ contentType: 'image/jpeg', body: await readFile(thumbnails.get(url)) });
      }),
  });
  await ready(page);
  await page.locator('#wander-grid .card').nth(11).waitFor();
  return { page, seen, asked };
}

test('the cards show the pictures of the source, which learns no address, and the foot says so', async (t) => {
  const { page, seen, asked } = await opened(t);
  const image = await sample(0);
  await drop(page, [image]);
  await answered(page, image.name);
  await page.locator('#grid .card').last().scrollIntoViewIfNeeded();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('#grid .card img')].every(({ naturalWidth }) => naturalWidth === 256),
  );
  assert.ok(asked.length >= 12);
  assert.ok(asked.every(({ url, referer }) => thumbnails.has(url) && referer === undefined));
  assert.match(await page.locator('#sources').textContent(), /^The thumbnails come from .?media\.example\.org/);
  assert.equal(await page.locator('#sources').isVisible(), true);
  assert.deepEqual(seen.errors, []);
});

test('a link that has rotted leaves the place of its picture', async (t) => {
  const rotten = [...thumbnails.keys()];
  const { page } = await opened(t, rotten);
  const image = await sample(0);
  await drop(page, [image]);
  await answered(page, image.name);
  await page.locator('#grid .card').last().scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelectorAll('#grid .card .box.empty').length === 12);
});

test('the policy allows pictures from this source alone, and without sources from none', async (t) => {
  const policyOf = (page) => page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  const images = (policy) => policy.split('; ').find((directive) => directive.startsWith('img-src'));
  const { page } = await opened(t);
  assert.equal(images(await policyOf(page)), `img-src 'self' blob: ${SOURCE}`);
  const { page: other } = await open(t, context);
  await ready(other);
  assert.equal(images(await policyOf(other)), "img-src 'self' blob:");
  assert.equal(await other.locator('#sources').isVisible(), false);
});
