/** Thumbnails in packs: as ranges where the host has them, whole where it has not, offline, and in every place. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault } from './server.js';
import { answered, drop, launched, open, RECASKETCH, ready, shownNames, temporary } from './site.js';

const run = promisify(execFile);

const RANGELESS = [/^packs\//, fault.rangeless];

const { context } = await launched();
const folder = await temporary('recasketch-packs-');
const at = (name) => join(folder, name);
const site = at('site');
await run(RECASKETCH, ['demo', '--models', '200', '--out', at('demo')]);
const paths = ['--catalogue', 'catalogue.csv', '--thumbnails', 'thumbnails', '--samples', 'samples'].map(
  (name, index) => (index % 2 ? join(folder, 'demo', name) : name),
);
await run(RECASKETCH, ['embed', '--network', 'small', ...paths, '--out', site, '--packs-above', '100']);
const manifest = JSON.parse(await readFile(join(site, 'manifest.json')));
const catalogue = JSON.parse(await readFile(join(site, manifest.catalogue[0].file)));

async function sampleOf(index) {
  const path = join(site, manifest.samples[index].file);
  return {
    path,
    file: manifest.samples[index].file,
    name: basename(path),
    type: 'image/jpeg',
    bytes: await readFile(path),
  };
}

/** Waits until every picture of a selector is loaded, and returns how wide each is. */
async function widths(page, selector) {
  await page.waitForFunction(
    (some) => [...document.querySelectorAll(some)].every((one) => one.src && one.complete && one.naturalWidth > 0),
    selector,
  );
  return page.locator(selector).evaluateAll((all) => all.map(({ naturalWidth }) => naturalWidth));
}

/** Records the requests of packs from now on, once the models of the start are shown: their ranges and the answers. */
async function packsAsked(page) {
  await page.locator('#wander-grid .card').nth(11).waitFor();
  await widths(page, '#wander-grid .card img');
  const asked = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.includes('/packs/')) return;
    asked.push({ pack: pathname, range: response.request().headers().range, status: response.status() });
  });
  return asked;
}

test('the catalogue names a place in a pack for each thumbnail', async () => {
  assert.equal(catalogue.length, 200);
  for (const { thumbnail } of catalogue) assert.match(thumbnail, /^packs\/[0-9a-f]{16}\.bin#\d+\+\d+$/);
});

test('twelve answers cost at most twelve ranges of packs, and the same pictures none again', async (t) => {
  const { page, seen } = await open(t, context, { site });
  await ready(page);
  const asked = await packsAsked(page);
  const image = await sampleOf(0);
  await drop(page, [image]);
  await answered(page, image.name);
  assert.deepEqual(await widths(page, '#grid .card img'), Array(12).fill(256));
  const inAnswer = asked.length;
  assert.ok(inAnswer <= 12 && asked.every(({ range, status }) => status === 206 && /^bytes=\d+-\d+$/.test(range)));
  // The details, the explanation and the query show a picture that is here already.
  await page.locator('#grid .card .open').first().click();
  assert.deepEqual(await widths(page, 'dialog .picture img'), [256]);
  assert.equal(asked.length, inAnswer);
  await page.locator('dialog').getByRole('button', { name: 'Why' }).click();
  await page.locator('dialog .seen img').nth(1).waitFor();
  assert.equal((await widths(page, 'dialog .seen img')).length, 2);
  await page.keyboard.press('Escape');
  const [first] = await shownNames(page);
  await page.locator('#grid .card .more').first().click();
  await answered(page, first);
  assert.deepEqual(await widths(page, '#preview-image'), [256]);
  assert.deepEqual(seen.errors, []);
});

test('an object URL lives no longer than its picture is loading', async (t) => {
  const { page } = await open(t, context, { site });
  await ready(page);
  const image = await sampleOf(0);
  await drop(page, [image]);
  await answered(page, image.name);
  await widths(page, '#grid .card img');
  const live = await page.evaluate(async () => {
    const urls = [...document.querySelectorAll('#grid .card img')].map(({ src }) => src);
    const states = await Promise.allSettled(urls.map((url) => fetch(url)));
    return [urls.every((url) => url.startsWith('blob:')), states.filter(({ status }) => status === 'fulfilled').length];
  });
  assert.deepEqual(live, [true, 0]);
});

test('a host without ranges sends each pack once, whole', async (t) => {
  const { page } = await open(t, context, { site, faults: [RANGELESS] });
  await ready(page);
  const asked = await packsAsked(page);
  const image = await sampleOf(1);
  await drop(page, [image]);
  await answered(page, image.name);
  assert.deepEqual(await widths(page, '#grid .card img'), Array(12).fill(256));
  assert.ok(asked.every(({ status }) => status === 200));
  assert.equal(new Set(asked.map(({ pack }) => pack)).size, asked.length, 'no pack is asked twice');
});

for (const [host, faults] of [
  ['with ranges', []],
  ['without ranges', [RANGELESS]],
]) {
  test(`pictures that were seen are there offline, from a host ${host}`, async (t) => {
    const { page, server } = await open(t, context, { site, faults });
    await page.locator('#offline', { hasText: 'The page now works without the network.' }).waitFor();
    await page.reload(); // from now on through the service worker
    const image = await sampleOf(2);
    await drop(page, [image]);
    await answered(page, image.name);
    await widths(page, '#grid .card img');
    await server.close();
    await page.reload();
    await drop(page, [image]);
    await answered(page, image.name);
    assert.deepEqual(await widths(page, '#grid .card img'), Array(12).fill(256));
  });
}

for (const [name, wrong] of [
  ['is missing', fault.missing],
  ['is a web page', fault.webPage],
  ['breaks off', fault.broken],
  ['is cut short', (reply) => ({ ...reply, body: reply.body.subarray(0, 10) })],
]) {
  test(`a pack that ${name} leaves the places of its pictures`, async (t) => {
    const { page } = await open(t, context, { site, faults: [[/^packs\//, wrong]] });
    await ready(page);
    const image = await sampleOf(0);
    await drop(page, [image]);
    await answered(page, image.name);
    await page.waitForFunction(() => document.querySelectorAll('#grid .card .box.empty').length === 12);
    assert.equal((await shownNames(page)).length, 12);
  });
}

test('programs get a thumbnail as a file', async (t) => {
  const { page } = await open(t, context, { site });
  await ready(page);
  const { uid, thumbnail } = catalogue[3];
  const [pack, start, length] = /^(.*)#(\d+)\+(\d+)$/.exec(thumbnail).slice(1);
  const expected = (await readFile(join(site, pack))).subarray(Number(start), Number(start) + Number(length));
  const bytes = await page.evaluate(async (uid) => {
    const { load } = await import(new URL('api.js', location.href).href);
    const recommender = await load();
    const { model } = await recommender.similar(uid);
    const image = await recommender.thumbnail(model);
    recommender.close();
    return [image.type, ...new Uint8Array(await image.arrayBuffer())];
  }, uid);
  assert.deepEqual(bytes, ['image/jpeg', ...expected]);
});
