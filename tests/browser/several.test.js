/** Several images and models as one query, each to be like or unlike. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault, inModule } from './server.js';
import { answered, drop, dropPaths, launched, manifest, open, RECASKETCH, refined, SITE, sample } from './site.js';

const run = promisify(execFile);

const { context } = await launched({ hasTouch: true });

const { samples } = await manifest();
const named = (word) => sample(samples.findIndex(({ name }) => name.toLowerCase().includes(word)));
const shown = (page) => page.evaluate(() => window.recasketch.shown());
const members = (page) => page.locator('.member');
const signs = (page) =>
  page.locator('.member .sign').evaluateAll((all) => all.map((sign) => sign.getAttribute('aria-pressed')));

/** Resolves once the answer to so many members is on the page. */
async function togetherOf(page, count) {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('.member').length === wanted && !document.querySelector('#grid[aria-busy]'),
    count,
  );
  await refined(page);
  return shown(page);
}

/** Adds a result to the search: a finger has its details for that. */
async function add(page, name) {
  await page
    .getByRole('button', { name: `Details: ${name}`, exact: true })
    .first()
    .tap();
  await page.locator('dialog.details').getByRole('button', { name: 'Add to search' }).tap();
}

/** What the program prints for images. */
async function native(like, unlike) {
  const minus = unlike.flatMap(({ path }) => ['--minus', path]);
  const { stdout } = await run(
    RECASKETCH,
    ['search', ...like.map(({ path }) => path), ...minus, '--site', SITE, '--top', '12', '--json'],
    { maxBuffer: 1 << 24 },
  );
  return JSON.parse(stdout).neighbours;
}

function same(web, program) {
  assert.deepEqual(
    web.neighbours.map(({ uid }) => uid),
    program.map(({ uid }) => uid),
  );
  for (const [at, { score }] of web.neighbours.entries())
    assert.ok(Math.abs(score - program[at].score) < 1e-4, `${score} and ${program[at].score}`);
}

test('images that are dropped together are answered as the program answers them, and a minus as its --minus', async (t) => {
  const { page, seen } = await open(t, context);
  await refined(page);
  const [chair, sword] = [await named('chair'), await named('sword')];
  await dropPaths(page, [chair.path, sword.path]);
  same(await togetherOf(page, 2), await native([chair, sword], []));
  assert.equal(await page.locator('#preview').isHidden(), true);
  // A chair and a sword have not much in common.
  assert.match(
    await page.locator('#results-title').textContent(),
    /^(Models like these images combined|No model is really similar\. These are the closest\.)$/,
  );
  assert.equal(await page.title(), 'Similar to 2 images – recasketch');
  assert.deepEqual(await signs(page), ['false', 'false']);
  await page.getByRole('button', { name: `Not like “⁨${sword.name}⁩”` }).click();
  await page.waitForFunction(
    () =>
      window.recasketch.shown() &&
      document.querySelector('.member.unlike') &&
      !document.querySelector('#grid[aria-busy]'),
  );
  same(await shown(page), await native([chair], [sword]));
  assert.deepEqual(await signs(page), ['false', 'true']);
  assert.deepEqual(seen.errors, []);
});

test('by keyboard: another is added, turned and removed, and the keyboard keeps its place', async (t) => {
  const { page } = await open(t, context);
  const [chair, sword] = [await named('chair'), await named('sword')];
  await drop(page, [chair]);
  const alone = await answered(page, chair.name);
  const chooser = page.waitForEvent('filechooser');
  await page.locator('#add-file').focus();
  await page.keyboard.press('Space');
  await (await chooser).setFiles(sword.path);
  await togetherOf(page, 2);
  const focused = () =>
    page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.id);
  await page.locator('.member .sign').nth(1).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    () => document.querySelector('.member.unlike') && !document.querySelector('#grid[aria-busy]'),
  );
  assert.equal(await focused(), `Not like “⁨${sword.name}⁩”`);
  assert.match(await page.locator('#status').textContent(), /12 models found\. The closest is /);
  await page.keyboard.press('Tab');
  assert.equal(await focused(), `Remove “⁨${sword.name}⁩”`);
  await page.keyboard.press('Enter');
  // A single image that is wanted is what it was before.
  assert.deepEqual(await answered(page, chair.name), alone);
  assert.equal(await focused(), 'add-file');
  assert.equal(await members(page).count(), 0);
});

test('a result is added in its details and by dragging it onto the picture, and is not among the answers', async (t) => {
  const { page } = await open(t, context);
  const chair = await named('chair');
  await drop(page, [chair]);
  const names = await answered(page, chair.name);
  const { neighbours } = await shown(page);
  await add(page, names[2]);
  const two = await togetherOf(page, 2);
  assert.ok(
    two.neighbours.every(({ uid }) => uid !== neighbours[2].uid),
    'what is asked is no answer',
  );
  assert.deepEqual(
    await members(page)
      .locator('img')
      .evaluateAll((all) => all.map(({ alt }) => alt)),
    [chair.name, names[2]],
  );
  const dragged = two.neighbours[1];
  await page.locator('.card > .box').nth(1).dragTo(page.locator('#parts'));
  const three = await togetherOf(page, 3);
  for (const uid of [neighbours[2].uid, dragged.uid]) assert.ok(three.neighbours.every((one) => one.uid !== uid));
  await page.locator('.member .remove').first().tap();
  await togetherOf(page, 2);
  await page.locator('.member .remove').first().tap();
  await answered(page, dragged.model.name);
  assert.match(page.url(), /#model=/);
});

test('the address of several holds them all, and back and forward go through them', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  const [chair, sword] = [await named('chair'), await named('sword')];
  await dropPaths(page, [chair.path, sword.path]);
  const own = await togetherOf(page, 2);
  await page.waitForFunction(() => location.hash.startsWith('#like='));
  const { page: other } = await open(t, context, { hash: new URL(page.url()).hash });
  await answered(other, 'An image that somebody shared');
  const theirs = await shown(other);
  for (const [at, { score }] of own.neighbours.entries())
    assert.ok(Math.abs(score - theirs.neighbours[at].score) < 0.005);
  await page.locator('.member .sign').nth(1).click();
  await page.waitForFunction(
    () => document.querySelector('.member.unlike') && !document.querySelector('#grid[aria-busy]'),
  );
  const without = await shown(page);
  assert.notDeepEqual(without.neighbours, own.neighbours);
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector('.member.unlike'));
  assert.deepEqual((await togetherOf(page, 2)).neighbours, own.neighbours);
  await page.goForward();
  await page.waitForFunction(() => document.querySelector('.member.unlike'));
  assert.deepEqual((await togetherOf(page, 2)).neighbours, without.neighbours);
  await page.goBack();
  await page.goBack();
  await page.locator('html[data-view="start"]').waitFor();
  assert.equal(await page.locator('#parts').isHidden(), true);
});

test('more than twelve are too many, the same one counts once, and what cancels itself is said', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  const all = await Promise.all(samples.map((_, index) => sample(index)));
  const many = Array.from({ length: 14 }, (_, at) => ({ ...all[at % all.length], name: `${at}.jpg` }));
  await drop(page, many);
  await togetherOf(page, 12);
  assert.match(await page.locator('#note').textContent(), /^Only the first 12 images are used\./);
  const image = await named('chair');
  await drop(page, [image]);
  const names = await answered(page, image.name);
  await add(page, names[0]);
  await togetherOf(page, 2);
  // The same picture twice, wanted and not, points nowhere.
  await dropPaths(page, [image.path, image.path]);
  await togetherOf(page, 2);
  await page.locator('.member .sign').nth(1).click();
  await page.locator('#alert p', { hasText: 'leave out the image that is both wanted and not' }).waitFor();
  assert.deepEqual(await signs(page), ['false', 'false'], 'what was there before stays');
});

test('the second level of the embeddings, which comes between two images, waits for their answer', async (t) => {
  // Without waiting, the first image would be a query of the first level and the second one of both.
  const slowly = fault.patched((text) =>
    text.replace(
      'found.push(await queryOf(engine, asked));',
      'found.push(await queryOf(engine, asked)), await new Promise((resolve) => setTimeout(resolve, 300));',
    ),
  );
  const gate = fault.gate();
  const [{ file: second }] = (await manifest()).embeddings.slice(-1);
  const { page, server, seen } = await open(t, context, {
    faults: [inModule('engine/answers.js', slowly), [new RegExp(`^${second}$`), gate.hold]],
  });
  await page.evaluate(() => window.recasketch.ready);
  const [one, other] = [await named('chair'), await named('sword')];
  await drop(page, [one, other]);
  await page.locator('.card.waiting').first().waitFor();
  gate.open();
  same(await togetherOf(page, 2), await native([one, other], []));
  assert.ok(server.asked.some(({ file }) => file === second));
  assert.deepEqual(seen.errors, []);
});
