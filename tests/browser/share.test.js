/** Links to what was asked: an image's own code in the address, and what it finds without the image. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  alertOf,
  answered,
  drop,
  images,
  launched,
  manifest,
  open,
  refined,
  SITE,
  sample,
  shownNames,
  siteOf,
  temporary,
} from './site.js';

/** How near the scores of a link are to the image's. */
const NEAR = 0.005;

const { context } = await launched();
const folder = await temporary('recasketch-share-');

const shown = (page) => page.evaluate(() => window.recasketch.shown());
const codeIn = (page) => new URL(page.url()).hash.match(/^#like=([\w-]+)/)?.[1];
const SHARED = 'An image that somebody shared';

/**
 * Drops images one after another, and follows the address of each where nobody ever dropped one: the first in a fresh
 * page, the others in that page.
 */
async function* passedOn(t, page, all, how = {}) {
  let other;
  for (const image of all) {
    await drop(page, [image]);
    await answered(page, image.name);
    const { hash } = new URL(page.url());
    if (!other) other = await open(t, context, { hash, ...how });
    else if (new URL(other.page.url()).hash !== hash) {
      const before = await other.page.evaluateHandle(() => window.recasketch.shown());
      await other.page.evaluate((address) => location.assign(address), hash);
      await other.page.waitForFunction((answer) => window.recasketch.shown() !== answer, before);
    }
    await answered(other.page, SHARED);
    yield { hash, other: other.page, seen: other.seen };
  }
}

/** An answer that came from a link is the image's, but for what few bytes leave out. */
function compare(own, theirs, near) {
  let most = 0;
  for (const { uid, score } of theirs.neighbours) {
    const same = own.neighbours.find((one) => one.uid === uid);
    if (same) most = Math.max(most, Math.abs(score - same.score));
  }
  assert.ok(most < near, `a score is ${most} away`);
  // Only models whose scores are nearer than that may change places.
  const uids = theirs.neighbours.map(({ uid }) => uid);
  const last = own.neighbours.at(-1).score;
  for (const { uid, score } of own.neighbours)
    assert.ok(uids.includes(uid) || score - last < near, `${uid} of ${score} is missing`);
  for (const [at, { score }] of own.neighbours.entries())
    assert.ok(Math.abs(score - theirs.neighbours[at].score) < near);
  return most;
}

test('an image’s address finds the same models without the image', async (t) => {
  const { page, server } = await open(t, context, { scripted: true });
  await refined(page);
  let most = 0;
  const { samples } = await manifest();
  const all = await Promise.all(samples.map((_, index) => sample(index)));
  for await (const { hash, other, seen } of passedOn(t, page, all)) {
    assert.match(hash, /^#like=[\w-]+$/);
    assert.ok(hash.length <= 6 + 700, `${hash.length} characters`);
    const [own, theirs] = [await shown(page), await shown(other)];
    most = Math.max(most, compare(own, theirs, NEAR));
    assert.equal(await other.locator('#preview-kind').textContent(), 'Link');
    const isUnlike = theirs.neighbours[0].score < theirs.alike;
    const title = isUnlike
      ? 'No model is really similar. These are the closest.'
      : 'Models like an image that somebody shared';
    assert.equal(await other.locator('#results-title').textContent(), title);
    assert.equal(await other.locator('#preview-box').evaluate((box) => box.classList.contains('empty')), true);
    assert.equal(await other.locator('#crop').isHidden(), true);
    assert.equal(new URL(other.url()).hash, hash, 'the link stays what it was');
    assert.deepEqual(seen.errors, []);
  }
  t.diagnostic(`scores of links are at most ${most.toFixed(5)} away`);
  assert.ok(
    server.asked.every(({ url }) => !url.includes('like=')),
    'what is behind # is sent to nobody',
  );
});

test('the fixture images’ links are as near', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  let most = 0;
  for await (const { other } of passedOn(t, page, (await images()).slice(0, 8)))
    most = Math.max(most, compare(await shown(page), await shown(other), NEAR));
  t.diagnostic(`scores of links are at most ${most.toFixed(5)} away`);
});

test('whole maps, of few models, have links too', async (t) => {
  const named = await manifest();
  const models = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, 40);
  const site = await siteOf(folder, models, ['uid,name', ...models.map(({ uid, name }) => `${uid},${name}`)]);
  const { page } = await open(t, context, { site });
  let most = 0;
  const all = await Promise.all([0, 1, 2, 3].map(sample));
  for await (const { hash, other } of passedOn(t, page, all, { site })) {
    assert.ok(hash.length <= 6 + 1867, `${hash.length} characters`);
    most = Math.max(most, compare(await shown(page), await shown(other), 0.03));
  }
  t.diagnostic(`scores of links are at most ${most.toFixed(5)} away`);
});

test('a reload, back and forward keep what was asked', async (t) => {
  const { page } = await open(t, context);
  const [one, other] = [await sample(0), await sample(1)];
  await drop(page, [one]);
  const first = await answered(page, one.name);
  const code = codeIn(page);
  await drop(page, [other]);
  const second = await answered(page, other.name);
  assert.notEqual(codeIn(page), code);
  await page.goBack();
  assert.deepEqual(await answered(page, one.name), first);
  assert.equal(codeIn(page), code);
  await page.reload(); // the image is gone, and what it was like is not
  assert.deepEqual(await answered(page, SHARED), first);
  await page.goForward();
  assert.deepEqual(await answered(page, SHARED), second);
  await page.locator('.card .more').first().click();
  await answered(page, second[0]);
  await page.goBack();
  assert.deepEqual(await answered(page, SHARED), second);
});

test('a part of an image has an address of its own, and so has a filter', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  await drop(page, [await sample(0)]);
  await shownNames(page);
  const [whole, entries] = [codeIn(page), await page.evaluate(() => history.length)];
  await page.getByRole('button', { name: 'Select a part' }).click();
  await page.waitForFunction((code) => !location.hash.includes(code), whole);
  assert.ok(codeIn(page));
  assert.equal(await page.evaluate(() => history.length), entries);
  const own = await shown(page);
  const { page: other } = await open(t, context, { hash: new URL(page.url()).hash });
  await answered(other, SHARED);
  compare(own, await shown(other), NEAR);
  await other.locator('.facet summary').first().click();
  await other.locator('.facet[open] li input').first().click();
  await other.waitForFunction(() => location.hash.includes('&category='));
  assert.equal(codeIn(other), codeIn(page));
});

test('the link is copied, and says that the image is not in it', async (t) => {
  const { page } = await open(t, context);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(page.url()).origin });
  await drop(page, [await sample(2)]);
  await shownNames(page);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.locator('#note', { hasText: 'The link was copied. It shows these models, but not your image.' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
});

test('a damaged link, and one of another site, say what to do', async (t) => {
  const { page } = await open(t, context);
  await drop(page, [await sample(2)]);
  await shownNames(page);
  const code = codeIn(page);
  const other = code[40] === 'A' ? 'B' : 'A';
  const { page: opened, address } = await open(t, context);
  for (const damaged of [
    code.slice(0, -9),
    code.slice(0, 40) + other + code.slice(41),
    'x',
    '%25%25',
    '_'.repeat(700),
  ]) {
    await opened.goto('about:blank'); // so that the next is a visit
    await opened.goto(`${address}#like=${damaged}`);
    assert.match(
      await alertOf(opened),
      /^This link cannot be followed: .*(copy the whole link, or ask for it again|version)/,
    );
    assert.equal(await opened.locator('html').getAttribute('data-view'), 'start');
  }
  const site = join(folder, 'site'); // made above
  const { page: elsewhere } = await open(t, context, { site, hash: `#like=${code}` });
  assert.match(
    await alertOf(elsewhere),
    /expected a link of this site as it is now.*ask the sender of the link for the image\.$/,
  );
});
