/**
 * The end of the owner's path: what `cargo test` crawled from its double of Sketchfab's API is embedded by
 * the program and searched on the page.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { answered, CRAWLED, dropPaths, launched, open, RECASKETCH, temporary } from './site.js';

const run = promisify(execFile);

/** So many of them are embedded. */
const MODELS = 400;

const skip = existsSync(join(CRAWLED, 'catalogue.csv')) ? false : `${CRAWLED} is made by cargo test --test crawl`;
const { context } = await launched();
const folder = await temporary('recasketch-crawled-');

test('a crawled catalogue is searched, and author, licence and link come with each thumbnail', { skip }, async (t) => {
  const thumbnails = join(CRAWLED, 'thumbnails');
  const [site, catalogue] = ['site', 'catalogue.csv'].map((name) => join(folder, name));
  const lines = (await readFile(join(CRAWLED, 'catalogue.csv'), 'utf8')).split('\n');
  await writeFile(catalogue, lines.slice(0, 1 + MODELS).join('\n'));
  await run(RECASKETCH, [
    'embed',
    '--network',
    'small',
    '--catalogue',
    catalogue,
    '--thumbnails',
    thumbnails,
    '--out',
    site,
    '--strict',
  ]);
  const manifest = JSON.parse(await readFile(join(site, 'manifest.json'), 'utf8'));
  const models = JSON.parse(await readFile(join(site, manifest.catalogue[0].file), 'utf8'));
  assert.equal(models.length, MODELS);

  const { page, seen } = await open(t, context, { site });
  const file = `${models[0].uid}.jpg`;
  await dropPaths(page, [join(thumbnails, file)]);
  const names = await answered(page, file);
  assert.equal(names.length, 12);
  const cards = await page.locator('#grid .card').evaluateAll((all) =>
    all.map((card) => ({
      name: card.querySelector('h3 bdi').textContent,
      byline: card.querySelector('.byline').textContent,
      link: card.querySelector('a').href,
    })),
  );
  for (const card of cards) {
    const model = models.find(({ url }) => url === card.link);
    assert.equal(card.name, model.name);
    assert.equal(card.byline, `${model.author}${model.licence}`);
    assert.match(card.link, /^https:\/\/sketchfab\.com\/3d-models\/[a-z0-9-]+-[0-9a-f]{32}$/);
  }
  // The double's models share 24 pictures, and those of the same one are one result.
  const { neighbours } = await page.evaluate(() => window.recasketch.shown());
  const scores = neighbours.map(({ score }) => Math.round(100 * score));
  assert.equal(scores[0], 100);
  assert.ok(scores[1] < 99, `${scores}`);
  assert.deepEqual(seen.errors, []);
});
