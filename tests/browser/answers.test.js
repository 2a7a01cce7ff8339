/** What an answer tells: how close, how often the same, when nothing is alike; more of it, and copies. */

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

/** A site of so many models, the first of them three times, whose names are hard for CSV. */
async function small(count) {
  const named = await manifest();
  const models = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, count);
  const [thumbnails, site] = [join(folder, `thumbnails-${count}`), join(folder, `site-${count}`)];
  const again = ['twin-1', 'twin-2'].map((uid) => ({ ...models[0], uid }));
  for (const { uid, thumbnail } of [...models, ...again])
    await cp(join(SITE, thumbnail), join(thumbnails, `${uid}.jpg`));
  const rows = [...models, ...again].map(
    ({ uid }, row) => `${uid},"a ""${row}"", b\nc",chair|wood,one|two,"Ann, Bob",CC0 1.0`,
  );
  const catalogue = join(folder, `catalogue-${count}.csv`);
  await writeFile(catalogue, ['uid,name,category,tags,author,licence', ...rows].join('\n'));
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
  ]);
  return { site, twin: join(thumbnails, 'twin-1.jpg'), uids: [models[0].uid, 'twin-1', 'twin-2'] };
}

const { site: SMALL, twin, uids } = await small(30);
const { site: TINY } = await small(5);

/** What a button copies. */
async function copied(page, name) {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(page.url()).origin });
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.getByRole('button', { name }).click();
  await page.waitForFunction(() => navigator.clipboard.readText());
  return page.evaluate(() => navigator.clipboard.readText());
}

/** What is said of how close each answer is. */
const marks = (page) =>
  page.locator('.card .closeness').evaluateAll((all) =>
    all.map((line) => {
      const mark = line.querySelector('.mark');
      const [bar, filled] = [line.querySelector('.amount'), line.querySelector('.amount > span')];
      return {
        level: mark.dataset.level ?? null,
        word: mark.querySelector('.level').textContent,
        title: mark.title,
        amount: filled.style.inlineSize,
        filled: filled.getBoundingClientRect().width / bar.getBoundingClientRect().width,
      };
    }),
  );

const levels = (said) => said.map(({ level }) => level);

const WORDS = { close: 'Close', fairlyClose: 'Fairly close', distant: 'Distant' };

test('every card says how close its model is: a word, a bar, and the cosine in its title', async (t) => {
  const { page } = await open(t, context);
  const image = await sample(3);
  await drop(page, [image]);
  await answered(page, image.name);
  const { neighbours, alike } = await page.evaluate(() => window.recasketch.shown());
  assert.ok(neighbours[0].score >= alike && alike > 0.1, `${alike}`);
  const said = await marks(page);
  assert.equal(said.length, 12);
  for (const [index, { score, closer_than: closer }] of neighbours.entries()) {
    const above = 1 - closer;
    const level = above <= 0.01 ? 'close' : above <= 0.05 ? 'fairlyClose' : 'distant';
    // The bar is full where one pair in 10,000 is closer, and empty where all are.
    const percent = Math.round(100 * Math.min(-Math.log10(Math.max(above, 1e-4)) / 4, 1));
    const { title, filled, ...others } = said[index];
    assert.deepEqual(others, { level, word: WORDS[level], amount: `${percent}%` });
    assert.ok(Math.abs(filled - percent / 100) < 0.03, `${filled} of ${percent}%`);
    assert.ok(title.startsWith(`Cosine similarity ${score.toFixed(3)}.`), title);
  }
  assert.ok(new Set(levels(said)).size > 1, 'levels differ');
});

test('a level is what the share of closer pairs and the best score of the answer make it', async () => {
  const { closenessOf } = await import('../../www/engine/closeness.js');
  const told = (score, above, alike, best = score) =>
    closenessOf({ score, closer_than: 1 - above }, { neighbours: [{ score: best }], alike });
  const near = ({ level, amount }, expected) => {
    assert.equal(level, expected[0]);
    assert.ok(Math.abs(amount - expected[1]) < 1e-9, `${amount} and ${expected[1]}`);
  };
  near(told(0.9, 0, 0.6), ['close', 1]);
  near(told(0.9, 1e-5, 0.6), ['close', 1]);
  near(told(0.9, 0.001, 0.6), ['close', 0.75]);
  near(told(0.9, 0.009, 0.6), ['close', -Math.log10(0.009) / 4]);
  near(told(0.9, 0.011, 0.6), ['fairlyClose', -Math.log10(0.011) / 4]);
  near(told(0.5, 0.049, 0.6, 0.6), ['fairlyClose', -Math.log10(0.049) / 4]);
  near(told(0.5, 0.1, 0.6, 0.9), ['distant', 0.25]);
  // Where even the best is not similar, all are distant.
  near(told(0.59, 0.001, 0.6), ['distant', 0.75]);
  near(told(0.5, 0.001, 0.6, 0.59), ['distant', 0.75]);
  near(told(-0.2, 1, 0.6), ['distant', 0]);
  // A catalogue that is too small to tell has the cosine alone.
  near(told(0.87, 0.001, 0), [null, 0.87]);
  near(told(-0.2, 0.5, 0), [null, 0]);
});

test('a catalogue that is too small to tell has percentages in place of words', async (t) => {
  const { page } = await open(t, context, { site: TINY });
  await dropPaths(page, [twin]);
  await answered(page, 'twin-1.jpg');
  const { neighbours, alike } = await page.evaluate(() => window.recasketch.shown());
  assert.equal(alike, 0);
  const said = await marks(page);
  assert.equal(said.length, 5);
  for (const [index, { score }] of neighbours.entries()) {
    const { filled, ...others } = said[index];
    const percent = `${Math.round(100 * Math.max(score, 0))}%`;
    assert.deepEqual(others, {
      level: null,
      word: `${Math.round(100 * score)}%`,
      title: `Cosine similarity ${score.toFixed(3)}. It compares the directions of the two pictures' features. Equal pictures have 1.000.`,
      amount: percent,
    });
    assert.ok(Math.abs(filled - Math.max(score, 0)) < 0.03, `${filled} of ${score}`);
  }
  assert.equal(await page.locator('#results-title').textContent(), 'Models that look like your image');
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
  const { page } = await open(t, context, { site: SMALL });
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

test('near-duplicates are listed by name in the details, and each is a query of its own', async (t) => {
  const { page } = await open(t, context, { site: SMALL });
  await dropPaths(page, [twin]);
  await answered(page, 'twin-1.jpg');
  const [best] = (await page.evaluate(() => window.recasketch.shown())).neighbours;
  const nameOf = (uid) => `a "${uid === uids[0] ? 0 : Number(uid.at(-1)) + 29}", b\nc`;
  assert.equal(best.model.name, nameOf(best.uid));
  const details = page.locator('dialog.details');
  await page.locator('.card .open').nth(1).click();
  assert.equal(await details.locator('.same').count(), 0, 'one without duplicates has no such list');
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  await page.locator('.card .open').first().click();
  assert.equal(await details.locator('.same').textContent(), '2 more models are nearly the same');
  const listed = details.locator('.same + .labels').getByRole('button');
  assert.deepEqual(await listed.allTextContents(), best.duplicates.map(nameOf));
  await listed.nth(1).click();
  await details.waitFor({ state: 'detached' });
  await answered(page, /^a "\d+", b\nc$/);
  assert.equal(await page.locator('#preview-name').textContent(), nameOf(best.duplicates[1]));
  assert.ok(page.url().endsWith(`#model=${best.duplicates[1]}`), page.url());
  assert.equal(await page.evaluate(() => document.activeElement.id), 'results-title');
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
    await page.evaluate(() => [...document.querySelectorAll('.card .open')].indexOf(document.activeElement)),
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
  assert.deepEqual(levels(await marks(page)), Array(12).fill(null));
  gate.open();
  await page.locator('#results-title', { hasText: 'No model is really similar.' }).waitFor();
  assert.deepEqual(levels(await marks(page)), Array(12).fill('distant'));
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
