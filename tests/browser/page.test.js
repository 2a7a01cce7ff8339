/** What a visitor does on the page, and what the page does then. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { fault } from './server.js';
import {
  alertOf,
  answered,
  drop,
  dropPaths,
  launched,
  manifest,
  open,
  ready,
  SITE,
  sample,
  shownNames,
} from './site.js';

const { context } = await launched();

test('a dropped image is answered with twelve models and shown as the query', async (t) => {
  const { page, seen } = await open(t, context);
  const image = await sample(0);
  await dropPaths(page, [image.path]);
  const names = await answered(page, image.name);
  assert.equal(names.length, 12);
  assert.match(await page.locator('#preview-image').getAttribute('src'), /^blob:/);
  assert.equal(await page.locator('#preview-kind').textContent(), 'Your image');
  assert.equal(await page.locator('#results-title').textContent(), 'Models that look like your image');
  assert.match(await page.locator('#status').textContent(), /^12 models found\. The closest is .+, \d+% similar\.$/);
  assert.equal(await page.title(), `Similar to ${image.name} – recasketch`);
  assert.deepEqual(seen.errors, []);
});

test('every card has a picture of 16:9, a name, an author, a licence, a closeness and buttons of its own', async (t) => {
  const { page } = await open(t, context);
  const image = await sample(1);
  const answer = await page.evaluate(async (address) => {
    const blob = await (await fetch(address)).blob();
    await window.recasketch.refined;
    return window.recasketch.ask(blob);
  }, image.file);
  const cards = await page.locator('#grid .card').evaluateAll((all) =>
    all.map((card) => ({
      name: card.querySelector('h3').textContent,
      spoken: document.getElementById(card.getAttribute('aria-labelledby')).textContent,
      alt: card.querySelector('img').alt,
      source: card.querySelector('img').getAttribute('src'),
      loading: card.querySelector('img').loading,
      ratio: card.querySelector('.box').clientWidth / card.querySelector('.box').clientHeight,
      byline: card.querySelector('.byline').textContent,
      level: card.querySelector('.level').textContent,
      cosine: card.querySelector('.mark').title,
      buttons: [...card.querySelectorAll('button')].map((one) => [one.textContent, one.getAttribute('aria-label')]),
      links: card.querySelectorAll('a').length,
    })),
  );
  assert.equal(cards.length, 12);
  for (const [index, card] of cards.entries()) {
    const { model, score, closer_than: closer } = answer.neighbours[index];
    assert.ok(score >= answer.alike);
    assert.equal(card.name, model.name);
    assert.equal(card.alt, model.name);
    assert.equal(card.source, new URL(model.thumbnail, page.url()).href);
    assert.equal(card.loading, 'lazy');
    assert.ok(Math.abs(card.ratio - 16 / 9) < 0.02, `${card.ratio}`);
    assert.equal(card.byline, `${model.author}${model.licence}`);
    assert.equal(card.spoken, model.name);
    assert.equal(card.level, 1 - closer <= 0.01 ? 'Close' : 'Fairly close');
    assert.ok(card.cosine.startsWith(`Cosine similarity ${score.toFixed(3)}.`), card.cosine);
    assert.deepEqual(card.buttons, [
      ['', `Details: ${model.name}`],
      ['More like this', `More like this: ${model.name}`],
      ['Why?', `Why is it similar: ${model.name}`],
      ['Add to search', `Add to search: ${model.name}`],
    ]);
    assert.equal(card.links, model.url ? 1 : 0);
  }
  const scores = answer.neighbours.map(({ score }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  );
});

test('an image dropped while the search still loads is answered once it is ready', async (t) => {
  const gate = fault.gate();
  const { page } = await open(t, context, { faults: [[/^embeddings-/, gate.hold]] });
  const image = await sample(2);
  await drop(page, [image]);
  await page.locator('.card.waiting').nth(11).waitFor();
  await page.locator('#engine-words', { hasText: /^Loading the search: \d+\.\d of \d+\.\d MB$/ }).waitFor();
  gate.open();
  assert.equal((await answered(page, image.name)).length, 12);
  assert.equal(await page.locator('.card.waiting').count(), 0);
});

test('a file can be chosen, and the same file again', async (t) => {
  const { page } = await open(t, context);
  const image = await sample(3);
  await page.locator('#file').setInputFiles(image.path);
  assert.equal((await answered(page, image.name)).length, 12);
  assert.equal(await page.locator('#file').inputValue(), '');
  const preview = await page.locator('#preview-image').getAttribute('src');
  await page.locator('#file').setInputFiles(image.path);
  await page.waitForFunction((old) => document.getElementById('preview-image').src !== old, preview);
  assert.equal((await answered(page, image.name)).length, 12);
  const chooser = page.waitForEvent('filechooser');
  await page.getByText('Choose a file').click();
  assert.equal((await chooser).isMultiple(), true);
});

test('an image can be pasted', async (t) => {
  const { page, address } = await open(t, context);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext('2d').fillRect(8, 8, 32, 32);
    const png = await canvas.convertToBlob({ type: 'image/png' });
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
  });
  await page.keyboard.press('Control+V');
  assert.equal((await answered(page, 'Pasted image')).length, 12);
});

test('a sample is answered, and back and forward go through the answers', async (t) => {
  const { page, server } = await open(t, context, { scripted: true });
  const { samples } = await manifest();
  await page.locator('.sample').nth(4).click();
  const name = samples[4].name.charAt(0).toUpperCase() + samples[4].name.slice(1);
  const first = await answered(page, name);
  await page.locator('.sample').nth(5).click();
  const second = await answered(page, samples[5].name.slice(1));
  assert.notDeepEqual(first, second);
  const before = server.asked.length;
  await page.goBack();
  assert.deepEqual(await answered(page, name), first);
  await page.goBack();
  await page.locator('html[data-view="start"]').waitFor();
  assert.equal(await page.locator('#preview').isHidden(), true);
  await page.goForward();
  assert.deepEqual(await answered(page, name), first);
  // The service worker may be fetching the page's files just now.
  const data = server.asked.slice(before).filter(({ file }) => /\.(wasm|bin)$|^catalogue-/.test(file));
  assert.deepEqual(data, []);
});

test('more like this searches from the model, on its card and in its details, and back returns', async (t) => {
  const { page } = await open(t, context);
  await page.locator('.sample').first().click();
  const first = await shownNames(page);
  await page.locator('.card .more').nth(2).click();
  const second = await answered(page, first[2]);
  assert.match(page.url(), /#model=[^&]+$/);
  assert.equal(await page.locator('#preview-kind').textContent(), 'Model');
  assert.equal(await page.locator('#results-title').evaluate((title) => title === document.activeElement), true);
  assert.equal(second.length, 12);
  const uid = decodeURIComponent(page.url().split('#model=')[1]);
  const answer = await page.evaluate((model) => window.recasketch.similar(model), uid);
  assert.deepEqual(
    answer.neighbours.map(({ model }) => model.name),
    second,
  );
  assert.ok(
    answer.neighbours.every((neighbour) => neighbour.uid !== uid),
    'a model is not like itself',
  );
  assert.equal(answer.timings.decode, 0);

  await page.locator('.card > .box').nth(1).click();
  await page.locator('dialog.details').getByRole('button', { name: 'More like this' }).click();
  const third = await answered(page, second[1]);
  assert.notDeepEqual(third, second);
  await page.goBack();
  assert.deepEqual(await answered(page, first[2]), second);
  await page.locator('dialog.details').waitFor();
  await page.goBack();
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(await answered(page, first[2]), second);
  await page.goBack();
  await page.locator('#preview-kind', { hasText: 'Sample' }).waitFor();
  assert.deepEqual(await shownNames(page), first);
});

test('an address that names a model is answered at once, and so is one that is edited', async (t) => {
  const {
    self_test: { uid },
  } = await manifest();
  const { page } = await open(t, context, { hash: `#model=${encodeURIComponent(uid)}` });
  assert.equal((await shownNames(page)).length, 12);
  const answer = await page.evaluate((model) => window.recasketch.similar(model), uid);
  await page.evaluate((other) => (location.hash = `model=${other}`), answer.neighbours[0].uid);
  await answered(page, answer.neighbours[0].model.name);
  await page.evaluate(() => (location.hash = 'model=nobody'));
  assert.match(await alertOf(page), /not in this catalogue/);
  assert.equal((await shownNames(page)).length, 12, 'the answers before stay');
});

test('everything can be done with the keyboard, and what has the focus shows it', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  const focused = () =>
    page.evaluate(() => {
      const active = document.activeElement;
      const seen = active.matches('[type="file"]') ? active.nextElementSibling : active;
      return { id: active.id || active.className || active.tagName, outline: getComputedStyle(seen).outlineStyle };
    });
  const visited = [];
  for (const _ of [1, 2, 3, 4]) {
    await page.keyboard.press('Tab');
    visited.push(await focused());
  }
  assert.deepEqual(visited, [
    { id: 'home', outline: 'solid' },
    { id: 'file', outline: 'solid' },
    { id: 'names', outline: 'solid' },
    { id: 'sample', outline: 'solid' },
  ]);
  await page.keyboard.press('Enter');
  const names = await shownNames(page);
  await page.locator('.card .more').first().focus();
  await page.keyboard.press('Enter');
  await answered(page, names[0]);
  const after = [];
  const expected = [
    'SUMMARY',
    'SUMMARY',
    'sort',
    'copy-link',
    'open',
    'action more',
    'action ask-why',
    'action add-to',
  ];
  for (const _ of [...expected, 'open']) {
    await page.keyboard.press('Tab');
    after.push(await focused());
  }
  assert.deepEqual(
    after,
    [...expected, 'open'].map((id) => ({ id, outline: 'solid' })),
  );
});

test('the site works below a path, and nothing but its own files is asked for', async (t) => {
  const { page, server, seen } = await open(t, context, { path: '/some/where/' });
  const image = await sample(6);
  await dropPaths(page, [image.path]);
  await answered(page, image.name);
  await page.locator('.card .more').first().click();
  await page.locator('#preview-kind', { hasText: 'Model' }).waitFor();
  await page.waitForLoadState('networkidle');
  const foreign = seen.requests.filter((url) => !url.startsWith(server.address) && !url.startsWith('blob:'));
  assert.deepEqual(foreign, []);
  assert.ok(server.asked.length > 20);
  for (const { method, url, received } of server.asked) {
    assert.equal(method, 'GET', url);
    assert.equal(received, 0, url);
    assert.ok(url.startsWith('/some/where/'), url);
  }
  const { files, ...asked } = await manifest(); // its own lists are for the program
  const names = Object.values(asked)
    .flat()
    .flatMap((entry) => entry?.file ?? []);
  for (const name of names)
    assert.ok(
      server.asked.some(({ file }) => file === name),
      name,
    );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});

test('nothing moves while the page loads, nor when answers and their pictures come', async (t) => {
  const [engine, pictures] = [fault.gate(), fault.gate()];
  const { page } = await open(t, context, {
    faults: [
      [/^embeddings-/, engine.hold],
      [/^thumbnails\//, pictures.hold],
    ],
  });
  await page.locator('.sample').first().waitFor();
  assert.ok((await page.evaluate(() => window.shift)) < 0.01);
  await drop(page, [await sample(0)]);
  await page.locator('.card.waiting').nth(11).waitFor();
  const boxes = () =>
    page.locator('#grid .card').evaluateAll((all) => all.map((card) => JSON.stringify(card.getBoundingClientRect())));
  const reserved = await boxes();
  await page.evaluate(() => (window.shift = 0));
  engine.open();
  // The self-test embeds a thumbnail too, so the pictures are held no longer than the answers.
  pictures.open();
  await shownNames(page);
  const filled = await boxes();
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  assert.deepEqual(filled, reserved);
  assert.deepEqual(await boxes(), reserved);
  assert.ok((await page.evaluate(() => window.shift)) < 0.001, 'no layout shift');
});

test('a page opened as a file says what to do', async (t) => {
  const page = await context.newPage();
  t.after(() => page.close());
  await page.goto(pathToFileURL(join(SITE, 'index.html')).href);
  await page.locator('#not-started').waitFor({ state: 'visible' });
  assert.match(await page.locator('#not-started').textContent(), /serve its folder over http/);
});

test('what is no image file gets a sentence of its own', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  const folder = await mkdtemp(join(tmpdir(), 'recasketch-folder-'));
  t.after(() => rm(folder, { recursive: true }));
  await dropPaths(page, [folder]);
  assert.match(await alertOf(page), /^That is a folder\./);
  await drop(page, [], { 'text/plain': 'words' });
  await page.locator('#alert p', { hasText: 'That is text' }).waitFor();
  await drop(page, []);
  await page.locator('#alert p', { hasText: 'There is no image to search with.' }).waitFor();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'words');
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
  });
  await page.locator('#alert p', { hasText: 'The clipboard contains text' }).waitFor();
  await page.getByRole('button', { name: 'Dismiss this message' }).click();
  assert.equal(await page.locator('#alert').isHidden(), true);
  assert.equal(await page.locator('html').getAttribute('data-view'), 'start');
});

test('a browser that cannot search is told which can', async (t) => {
  const lacking = {
    'does not run WebAssembly': () => delete window.WebAssembly,
    'lacks SIMD': () => (WebAssembly.validate = () => false),
    'does not run modules in workers': () => {
      const Real = window.Worker;
      window.Worker = function Worker(url) {
        return new Real(url);
      };
    },
  };
  for (const [words, lack] of Object.entries(lacking)) {
    const { page } = await open(t, context, { before: (opened) => opened.addInitScript(lack) });
    const sentence = await alertOf(page);
    assert.ok(sentence.includes(words), sentence);
    assert.match(sentence, /Chrome or Edge 91, Firefox 114, Safari 16\.4/);
    assert.equal(await page.getByRole('button', { name: 'Start again' }).count(), 0);
  }
});
