/** The details of a model: how they open and close, their address, what they say, and what can be done there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fault } from './server.js';
import { alertOf, answered, drop, launch, launched, open, refined, sample, shownNames } from './site.js';

const { context } = await launched();

const shown = (page) => page.evaluate(() => window.recasketch.shown());
const dialog = (page) => page.locator('dialog.details');

/** A page with an answer of all levels. */
async function brought(t, how = {}) {
  const { page, seen } = await open(t, how.context ?? context, how);
  await refined(page);
  const image = await sample(3);
  await drop(page, [image]);
  await answered(page, image.name);
  return { page, seen, image, answer: await shown(page) };
}

/** Opens the details of a card. */
async function details(page, at) {
  await page.locator('.card .open').nth(at).click();
  await dialog(page).waitFor();
  return dialog(page);
}

/** The place of the card whose picture has the keyboard focus. */
const focusedCard = (page) =>
  page.evaluate(() => [...document.querySelectorAll('.card .open')].indexOf(document.activeElement));

const focusedId = (page) => page.evaluate(() => document.activeElement.id);

test('the picture opens them, by mouse and by keyboard, and whatever closes them gives the focus back to the card', async (t) => {
  const { page, seen, answer } = await brought(t);
  const [address, entries] = [page.url(), await page.evaluate(() => history.length)];
  const ways = {
    mouse: (open) => open.click(),
    Enter: async (open) => {
      await open.focus();
      await page.keyboard.press('Enter');
    },
    Space: async (open) => {
      await open.focus();
      await page.keyboard.press('Space');
    },
  };
  const ends = {
    Escape: () => page.keyboard.press('Escape'),
    'the cross': () => dialog(page).getByRole('button', { name: 'Close' }).click(),
    'a click beside it': () => page.mouse.click(5, 5),
  };
  for (const [at, [way, openBy]] of Object.entries(ways).entries()) {
    for (const [end, close] of Object.entries(ends)) {
      await openBy(page.locator('.card .open').nth(at));
      await dialog(page).waitFor();
      assert.equal(await dialog(page).getAttribute('aria-labelledby'), 'dialog-title');
      assert.equal(await dialog(page).locator('#dialog-title').textContent(), answer.neighbours[at].model.name);
      assert.equal(await dialog(page).evaluate((one) => one.contains(document.activeElement)), true);
      assert.equal(page.url(), `${address}&details=${answer.neighbours[at].uid}`);
      await close();
      await dialog(page).waitFor({ state: 'detached' });
      assert.equal(page.url(), address);
      assert.equal(await page.evaluate(() => history.length), entries + 1, 'no dead entries');
      assert.equal(await focusedCard(page), at, `${way}, ${end}`);
    }
  }
  const box = await (await details(page, 0)).boundingBox();
  await page.mouse.click(box.x + 8, box.y + box.height - 8);
  assert.equal(await dialog(page).isVisible(), true, 'a click inside closes nothing');
  assert.deepEqual(await shown(page), answer, 'nothing is asked');
  assert.deepEqual(seen.errors, []);
});

test('they say who made the model, under which licence, and how close it is, with the cosine', async (t) => {
  const { page, answer } = await brought(t);
  const words = { close: 'Close', fairlyClose: 'Fairly close', distant: 'Distant' };
  const levels = new Set();
  for (const [at, { model, score, closer_than: closer }] of answer.neighbours.entries()) {
    const level = await page.locator('.card .mark').nth(at).getAttribute('data-level');
    levels.add(level);
    const one = await details(page, at);
    assert.equal(await one.locator('h2').textContent(), model.name);
    assert.equal(await one.locator('.by').textContent(), `${model.author}${model.licence}`);
    assert.equal(await one.locator('.licence').getAttribute('title'), `Licence: ${model.licence}`);
    const share = Math.max(100 * (1 - closer), 0.01)
      .toPrecision(2)
      .replace(/\.?0+$/, '');
    assert.equal(
      await one.locator('.how-close').textContent(),
      `${words[level]}. As similar as the closest ${share}% of all pairs. Cosine similarity ${score.toFixed(3)}. It compares the directions of the two pictures' features. Equal pictures have 1.000.`,
    );
    assert.equal(await one.locator('img').getAttribute('alt'), model.name);
    assert.equal(await one.locator('img').evaluate((image) => image.src), new URL(model.thumbnail, page.url()).href);
    await page.waitForFunction(() => document.querySelector('dialog.details img').naturalWidth > 0);
    assert.deepEqual(await one.locator('.acts > *').allTextContents(), [
      'More like this',
      'Why?',
      'Add to search',
      'Copy link',
    ]);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
  }
  assert.ok(levels.size > 1, 'levels differ');
});

test('more like this searches from the model, and the keyboard goes on from the answer', async (t) => {
  const { page, answer } = await brought(t);
  const { model } = answer.neighbours[4];
  await (await details(page, 4)).getByRole('button', { name: 'More like this' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await answered(page, model.name);
  assert.equal(await page.locator('#preview-kind').textContent(), 'Model');
  assert.ok(page.url().endsWith(`#model=${model.uid}`), page.url());
  assert.equal(await focusedId(page), 'results-title');
});

/** Goes back or forward, as the browser's buttons do. */
const go = (page, by) => page.evaluate((by) => history.go(by), by);

test('going back closes them and going forward opens them again', async (t) => {
  const { page, answer } = await brought(t);
  const address = page.url();
  await details(page, 3);
  await go(page, -1);
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(page.url(), address);
  assert.equal(await focusedCard(page), 3);
  await go(page, 1);
  await dialog(page).waitFor();
  assert.equal(await dialog(page).locator('h2').textContent(), answer.neighbours[3].model.name);
  await go(page, -1);
  await dialog(page).waitFor({ state: 'detached' });
  assert.deepEqual(await shown(page), answer, 'nothing was asked');
});

test('an address with details shows the answer, then the details, and closing them keeps the answer', async (t) => {
  const { page, answer } = await brought(t);
  const { uid, model } = answer.neighbours[11];
  for (const hash of [
    `${new URL(page.url()).hash}&details=${uid}`,
    `#model=${answer.neighbours[0].uid}&details=${await firstLike(page, answer.neighbours[0].uid)}`,
  ]) {
    const { page: other, seen } = await open(t, context, { hash });
    await dialog(other).waitFor();
    await refined(other);
    const { neighbours } = await shown(other);
    const wanted = new URLSearchParams(hash.slice(1)).get('details');
    const at = neighbours.findIndex((one) => one.uid === wanted);
    assert.ok(at >= 0);
    assert.equal(await dialog(other).locator('h2').textContent(), neighbours[at].model.name);
    assert.match(
      await dialog(other).locator('.how-close').textContent(),
      new RegExp(`Cosine similarity ${neighbours[at].score.toFixed(3)}`),
      'as close as the last answer says',
    );
    assert.equal(new URL(other.url()).hash, hash);
    const entries = await other.evaluate(() => history.length);
    await dialog(other).getByRole('button', { name: 'Close' }).click();
    await dialog(other).waitFor({ state: 'detached' });
    assert.equal(new URL(other.url()).hash, hash.replace(/&details=.*/, ''));
    assert.equal(await other.evaluate(() => history.length), entries);
    assert.equal(await focusedCard(other), at);
    assert.deepEqual(seen.errors, []);
    await other.close();
  }
  assert.ok(model.name);
});

/** The model that is most like another one. */
const firstLike = (page, uid) =>
  page.evaluate(async (like) => (await window.recasketch.similar(like)).neighbours[0].uid, uid);

test('a model that the answer lacks is dropped from the address', async (t) => {
  const { answer } = await brought(t);
  const hash = `#model=${answer.neighbours[0].uid}`;
  const { page: other, seen } = await open(t, context, { hash: `${hash}&details=nobody` });
  await shownNames(other);
  await other.waitForFunction((left) => location.hash === left, hash);
  assert.equal(await dialog(other).count(), 0);
  assert.deepEqual(seen.errors, []);
});

test('a reload keeps them, and closing them still goes back', async (t) => {
  const { page, answer } = await brought(t);
  const address = page.url();
  const entries = await page.evaluate(() => history.length);
  await details(page, 0);
  await page.reload();
  await dialog(page).waitFor();
  assert.equal(await dialog(page).locator('h2').textContent(), answer.neighbours[0].model.name);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.waitForFunction((left) => location.href === left, address);
  assert.equal(await page.evaluate(() => history.length), entries + 1);
});

test('what is asked from them comes after them: going back leads to them, then to the answer', async (t) => {
  const { page, image, answer } = await brought(t);
  const address = page.url();
  const { uid, model } = answer.neighbours[2];
  const asks = {
    more: (one) => one.getByRole('button', { name: 'More like this' }),
    add: (one) => one.getByRole('button', { name: 'Add to search' }),
    tag: (one) => one.locator('.labels button').first(),
  };
  for (const [way, button] of Object.entries(asks)) {
    await button(await details(page, 2)).click();
    await page.waitForFunction(
      (left) =>
        !location.hash.includes('details=') && location.href !== left && !document.querySelector('#grid[aria-busy]'),
      address,
    );
    assert.equal(await dialog(page).count(), 0, way);
    await go(page, -1);
    await dialog(page).waitFor();
    assert.equal(page.url(), `${address}&details=${uid}`, way);
    assert.equal(await dialog(page).locator('h2').textContent(), model.name);
    assert.equal(await page.locator('#preview-name').textContent(), image.name);
    assert.deepEqual((await shown(page)).filter, {});
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(page.url(), address, way);
    assert.equal(await focusedCard(page), 2, way);
  }
});

test('an image that is refused while they are open closes them, so that the message is seen', async (t) => {
  const { page, answer } = await brought(t);
  const address = page.url();
  await details(page, 1);
  await drop(page, [{ name: 'text.jpg', bytes: Buffer.from('text') }]);
  assert.match(await alertOf(page), /^This image cannot be read/);
  await dialog(page).waitFor({ state: 'detached' });
  await page.waitForFunction((left) => location.href === left, address);
  assert.equal(await page.locator('#alert p').isVisible(), true);
  assert.deepEqual(await shown(page), answer);
});

test('their link is copied, or passed to the menu of devices that have one', async (t) => {
  const { page } = await brought(t);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(page.url()).origin });
  const one = await details(page, 1);
  await one.getByRole('button', { name: 'Copy link' }).click();
  await one
    .getByRole('status')
    .filter({ hasText: /^The link was copied\./ })
    .waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
  assert.match(page.url(), /&details=[\w-]+$/);

  const { page: other } = await brought(t, {
    before: (opened) =>
      opened.addInitScript(() => {
        window.shared = [];
        navigator.share = async (data) => {
          window.shared.push(data);
          if (window.shared.length === 2) throw new DOMException('', 'AbortError');
        };
      }),
  });
  for (const _ of [0, 1]) {
    const two = await details(other, 1);
    await two.getByRole('button', { name: 'Share link' }).click();
    await other.waitForFunction(() => window.shared.length > 0);
    assert.equal(await two.locator('.said').textContent(), '');
    await other.keyboard.press('Escape');
    await dialog(other).waitFor({ state: 'detached' });
  }
  await other.locator('#copy-link').click();
  const shared = await other.evaluate(() => window.shared);
  const answer = { title: await other.title(), url: other.url() };
  const address = `${other.url()}&details=${(await shown(other)).neighbours[1].uid}`;
  assert.deepEqual(shared, [{ ...answer, url: address }, { ...answer, url: address }, answer]);
  assert.equal(await other.locator('#note').textContent(), '');
});

test('add to search asks for both, and the keyboard goes on from the answer', async (t) => {
  const { page, image, answer } = await brought(t);
  const { model, uid } = answer.neighbours[1];
  await (await details(page, 1)).getByRole('button', { name: 'Add to search' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.waitForFunction(
    () => document.querySelectorAll('.member').length === 2 && !document.querySelector('#grid[aria-busy]'),
  );
  assert.deepEqual(await page.locator('.member img').evaluateAll((all) => all.map(({ alt }) => alt)), [
    image.name,
    model.name,
  ]);
  assert.ok((await shown(page)).neighbours.every((one) => one.uid !== uid));
  assert.equal(await focusedId(page), 'results-title');
});

test('categories and tags filter: each leaves only models that have it, beside what other facets ask', async (t) => {
  const { page, seen, answer } = await brought(t);
  const { model } = answer.neighbours[0];
  const tags = model.tags.filter((tag) => !model.categories.includes(tag));
  const one = await details(page, 0);
  const labels = one.getByRole('list', { name: 'Categories and tags' });
  assert.deepEqual(await labels.getByRole('button').allTextContents(), [...model.categories, ...tags]);
  assert.equal(await labels.getByRole('button').last().getAttribute('title'), `Show only models with “⁨${tags.at(-1)}⁩”`);
  await labels.getByRole('button').first().click();
  await dialog(page).waitFor({ state: 'detached' });
  await filtered(page, { category: [model.categories[0]] });
  assert.ok((await shown(page)).neighbours.every((other) => other.model.categories.includes(model.categories[0])));
  assert.equal(await focusedId(page), 'results-title');
  assert.ok(page.url().includes(`&category=${encodeURIComponent(model.categories[0])}`), page.url());

  // A further tag takes the place of the first one, because with both there would be models without it.
  for (const at of [0, 1]) {
    const { neighbours } = await shown(page);
    const tag = neighbours[0].model.tags.filter((other) => !neighbours[0].model.categories.includes(other))[at];
    await (await details(page, 0)).getByRole('button', { name: tag, exact: true }).click();
    await filtered(page, { category: [model.categories[0]], tag: [tag] });
    assert.ok(
      (await shown(page)).neighbours.every((other) => other.model.tags.includes(tag)),
      tag,
    );
  }
  // Once more the same is the same filter.
  const { filter } = await shown(page);
  await (await details(page, 0)).getByRole('button', { name: filter.tag[0], exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await shownNames(page);
  assert.deepEqual((await shown(page)).filter, filter);
  assert.deepEqual(seen.errors, []);
});

/** Resolves once the shown answer has a filter. */
const filtered = (page, filter) =>
  page.waitForFunction((wanted) => {
    const written = (one) => JSON.stringify(Object.entries(one).sort());
    return written(window.recasketch.shown().filter) === written(wanted) && !document.querySelector('#grid[aria-busy]');
  }, filter);

test('what the owner has set as no filter is shown as text', async (t) => {
  const { page, answer } = await brought(t, {
    faults: [[/^page\/settings\.js$/, fault.patched((text) => text.replace(/filters: \[.*\]/, "filters: ['tag']"))]],
  });
  const { model } = answer.neighbours[0];
  const labels = (await details(page, 0)).locator('.labels').first();
  assert.deepEqual(await labels.locator('span.label').allTextContents(), model.categories);
  assert.deepEqual(
    await labels.locator('button.label').allTextContents(),
    model.tags.filter((tag) => !model.categories.includes(tag)),
  );
});

test('on a phone they are a sheet from below, a tap on the picture opens them, and they have all actions', async (t) => {
  const phone = await launch({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  t.after(() => phone.close());
  const { page, answer } = await brought(t, { context: phone.context });
  assert.equal(await page.locator('.card .actions').first().isVisible(), false);
  await page.locator('.card .open').nth(1).tap();
  await dialog(page).waitFor();
  const box = await dialog(page).boundingBox();
  assert.deepEqual([box.x, Math.round(box.y + box.height)], [0, 844]);
  assert.equal(box.width, await page.evaluate(() => document.documentElement.clientWidth));
  for (const name of ['More like this', 'Why?', 'Add to search'])
    assert.equal(await dialog(page).getByRole('button', { name, exact: true }).isVisible(), true, name);
  await page.touchscreen.tap(195, 5);
  await dialog(page).waitFor({ state: 'detached' });
  await page.locator('.card .open').nth(1).tap();
  await dialog(page).getByRole('button', { name: 'More like this' }).tap();
  await answered(page, answer.neighbours[1].model.name);
});
