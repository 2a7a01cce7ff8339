/** What an answer tells: how near, how unusual, how often the same, when nothing is alike; more of it, and copies. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault } from './server.js';
import {
  answered,
  drop,
  dropPaths,
  launched,
  manifest,
  open,
  RECASKETCH,
  ready,
  refined,
  SITE,
  sample,
  shownNames,
  temporary,
} from './site.js';

const run = promisify(execFile);

const { context } = await launched();
const folder = await temporary('recasketch-answers-');

/** A site of 30 models, the first of them three times, whose names are hard for CSV. */
async function small() {
  const named = await manifest();
  const models = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, 30);
  const [thumbnails, site] = [join(folder, 'thumbnails'), join(folder, 'site')];
  const again = ['twin-1', 'twin-2'].map((uid) => ({ ...models[0], uid }));
  for (const { uid, thumbnail } of [...models, ...again])
    await cp(join(SITE, thumbnail), join(thumbnails, `${uid}.jpg`));
  const rows = [...models, ...again].map(
    ({ uid }, row) => `${uid},"a ""${row}"", b\nc",chair|wood,one|two,"Ann, Bob",CC0 1.0`,
  );
  await writeFile(join(folder, 'catalogue.csv'), ['uid,name,category,tags,author,licence', ...rows].join('\n'));
  await run(RECASKETCH, [
    'embed',
    '--network',
    'small',
    '--catalogue',
    join(folder, 'catalogue.csv'),
    '--thumbnails',
    thumbnails,
    '--out',
    site,
  ]);
  return { site, twin: join(thumbnails, 'twin-1.jpg'), uids: [models[0].uid, 'twin-1', 'twin-2'] };
}

/** What a button copies. */
async function copied(page, name) {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(page.url()).origin });
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.getByRole('button', { name }).click();
  await page.waitForFunction(() => navigator.clipboard.readText());
  return page.evaluate(() => navigator.clipboard.readText());
}

test('every answer says among which share of the pairs it is, and that is what the module counted', async (t) => {
  const { page } = await open(t, context);
  const image = await sample(1);
  await drop(page, [image]);
  await answered(page, image.name);
  const { neighbours, alike } = await page.evaluate(() => window.recasketch.shown());
  assert.ok(alike > 0.1 && alike < 1, `${alike}`);
  const badges = await page
    .locator('.closeness')
    .evaluateAll((all) => all.map((badge) => [badge.textContent, badge.getAttribute('aria-label')]));
  assert.equal(badges.length, 12);
  for (const [index, { closer_than: closer }] of neighbours.entries()) {
    const percent = Math.max(100 * (1 - closer), 0.01)
      .toPrecision(2)
      .replace(/\.?0+$/, '');
    assert.equal(badges[index][0], `top ${percent}%`);
    assert.ok(badges[index][1].startsWith(`As similar as the closest ${percent}% of all pairs`), badges[index][1]);
  }
  assert.ok(new Set(badges.map(([text]) => text)).size > 4, 'shares differ');
});

test('copied JSON is what the program prints for the same image', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  const image = await sample(2);
  await dropPaths(page, [image.path]);
  await answered(page, image.name);
  const web = JSON.parse(await copied(page, 'Copy as JSON'));
  assert.equal(await page.locator('#note').textContent(), '12 models were copied.');
  const { stdout } = await run(RECASKETCH, ['search', image.path, '--site', SITE, '--top', '12', '--json'], {
    maxBuffer: 1 << 24,
  });
  const native = JSON.parse(stdout);
  const exact = ({ score, closer_than: closer, ...rest }) => rest;
  assert.deepEqual(web.neighbours.map(exact), native.neighbours.map(exact));
  assert.ok(Math.abs(web.alike - native.alike) < 1e-6);
  for (const [index, { score, closer_than: closer }] of web.neighbours.entries()) {
    assert.ok(Math.abs(score - native.neighbours[index].score) < 1e-4);
    assert.ok(Math.abs(closer - native.neighbours[index].closer_than) < 1e-3);
  }
});

test('near-duplicates are one answer that counts them, and copied CSV holds them whatever names have in them', async (t) => {
  const { site, twin, uids } = await small();
  const { page } = await open(t, context, { site });
  await dropPaths(page, [twin]);
  await answered(page, 'twin-1.jpg');
  const {
    neighbours: [best, next],
  } = await page.evaluate(() => window.recasketch.shown());
  assert.deepEqual([best.uid, ...best.duplicates].sort(), [...uids].sort());
  assert.deepEqual(next.duplicates, []);
  const badge = page.locator('.card').first().locator('.duplicates');
  assert.equal(await badge.textContent(), '+2');
  assert.equal(await badge.getAttribute('aria-label'), '2 more models are nearly the same');
  assert.equal(await page.locator('.card').nth(1).locator('.duplicates').count(), 0);

  const [header, ...rows] = parseCsv(await copied(page, 'Copy as CSV'));
  assert.deepEqual(header, [
    'rank',
    'score',
    'closer_than',
    'duplicates',
    'uid',
    'name',
    'category',
    'tags',
    'author',
    'licence',
    'url',
  ]);
  assert.equal(rows.length, 12);
  const first = Object.fromEntries(header.map((column, index) => [column, rows[0][index]]));
  assert.equal(first.rank, '1');
  assert.equal(Number(first.score), best.score);
  assert.equal(first.duplicates, best.duplicates.join('|'));
  assert.equal(first.name, best.model.name);
  assert.match(first.name, /^a "\d+", b\nc$/);
  assert.deepEqual(
    [first.category, first.tags, first.author, first.licence],
    ['chair|wood', 'one|two', 'Ann, Bob', 'CC0 1.0'],
  );

  await page.getByRole('button', { name: 'Show more' }).click();
  await page.locator('.card').nth(12).waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'hidden' });
  assert.equal(await page.locator('.card').count(), 30, 'all 32 models, three of them as one');
});

/** Rows of CSV, read by what a quote begins and ends. */
function parseCsv(text) {
  const [rows, state] = [[['']], { isQuoted: false }];
  for (let at = 0; at < text.length; at += 1) {
    const row = rows.at(-1);
    if (state.isQuoted && text.startsWith('""', at)) row[row.length - 1] += text[at++];
    else if (text[at] === '"') state.isQuoted = !state.isQuoted;
    else if (!state.isQuoted && text[at] === ',') row.push('');
    else if (!state.isQuoted && text.startsWith('\r\n', at)) [at] = [at + 1, rows.push([''])];
    else row[row.length - 1] += text[at];
  }
  return rows.slice(0, -1);
}

test('nothing really alike is said of noise, and not of a chair', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  await drop(page, [{ name: 'noise.bmp', bytes: bitmap(64, randomBytes(64 * 64 * 3)) }]);
  await answered(page, 'noise.bmp');
  const noise = await page.evaluate(() => window.recasketch.shown());
  assert.ok(noise.neighbours[0].score < noise.alike, `${noise.neighbours[0].score} and ${noise.alike}`);
  assert.equal(
    await page.locator('#results-title').textContent(),
    'No model is really similar. These are the closest.',
  );
  assert.match(
    await page.locator('#status').textContent(),
    /^No model is really similar\. These are the closest\. 12 models found\./,
  );
  const chair = await sample(1);
  await drop(page, [chair]);
  await answered(page, chair.name);
  const like = await page.evaluate(() => window.recasketch.shown());
  assert.ok(like.neighbours[0].score >= like.alike);
  assert.equal(await page.locator('#results-title').textContent(), 'Models that look like your image');
});

/** A square BMP of 24 bits a pixel, whose rows need no filling. */
function bitmap(side, pixels) {
  const header = Buffer.alloc(54);
  header.write('BM');
  for (const [offset, value] of [
    [2, 54 + pixels.length],
    [10, 54],
    [14, 40],
    [18, side],
    [22, side],
  ])
    header.writeInt32LE(value, offset);
  for (const [offset, value] of [
    [26, 1],
    [28, 24],
  ])
    header.writeInt16LE(value, offset);
  return Buffer.concat([header, pixels]);
}

test('more answers come behind those that stay in their places, and the keyboard goes on from the first new one', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  await page.locator('.sample').nth(1).click();
  const first = await shownNames(page);
  await page
    .locator('.card')
    .first()
    .evaluate((card) => (card.isTheSame = true));
  const boxes = () =>
    page
      .locator('#grid .card')
      .evaluateAll((all) =>
        all
          .slice(0, 12)
          .map((card) => JSON.stringify([card.offsetLeft, card.offsetTop, card.offsetWidth, card.offsetHeight])),
      );
  const places = await boxes();
  await page.getByRole('button', { name: 'Show more' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#grid:not([aria-busy]) .card').nth(23).waitFor();
  const names = await shownNames(page);
  assert.equal(names.length, 24);
  assert.deepEqual(names.slice(0, 12), first);
  assert.deepEqual(await boxes(), places);
  assert.equal(
    await page
      .locator('.card')
      .first()
      .evaluate((card) => card.isTheSame),
    true,
  );
  assert.equal(
    await page.evaluate(() => [...document.querySelectorAll('.card .more')].indexOf(document.activeElement)),
    12,
  );
  const { neighbours } = await page.evaluate(() => window.recasketch.shown());
  assert.equal(new Set(neighbours.map(({ uid }) => uid)).size, 24);
  const scores = neighbours.map(({ score }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  );
});

test('nothing is called unlike by the first level alone', async (t) => {
  const gate = fault.gate();
  const {
    embeddings: [first, second],
  } = await manifest();
  const { page } = await open(t, context, { faults: [[new RegExp(second.file), gate.hold]] });
  await ready(page);
  await drop(page, [{ name: 'noise.bmp', bytes: bitmap(64, randomBytes(64 * 64 * 3)) }]);
  await page.locator('#grid:not([aria-busy]) .card').nth(11).waitFor();
  assert.ok(first.file !== second.file);
  assert.equal(await page.locator('#results-title').textContent(), 'Models that look like your image');
  assert.equal(await page.locator('.closeness').count(), 0);
  gate.open();
  await page.locator('#results-title', { hasText: 'No model is really similar.' }).waitFor();
  assert.equal(await page.locator('.closeness').count(), 12);
});

test('where the browser does not let the page copy, it says so', async (t) => {
  const { page } = await open(t, context, {
    before: (opened) => opened.addInitScript(() => delete Navigator.prototype.clipboard),
  });
  await page.locator('.sample').first().click();
  await shownNames(page);
  await page.getByRole('button', { name: 'Copy as CSV' }).click();
  await page.locator('#alert p', { hasText: 'This browser does not allow this page to copy.' }).waitFor();
});
