/** The next visit without the network, updates that never mix, and what is said where nothing can be kept. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault, inModule } from './server.js';
import {
  answered,
  BUILT_PAGE,
  drop,
  launched,
  manifest,
  open,
  RECASKETCH,
  ready,
  refined,
  relist,
  SITE,
  sample,
  shownNames,
  temporary,
} from './site.js';

const run = promisify(execFile);

const { context } = await launched();
const folder = await temporary('recasketch-offline-');

const named = await manifest();
const said = (page, words) => page.locator('#offline', { hasText: words }).waitFor();
const KEPT = 'Saved on this device. The page now works without the network.';

test('the second visit works with the server gone', async (t) => {
  const { page, server, seen } = await open(t, context, { path: '/a/site/' });
  await said(page, KEPT);
  const image = await sample(1);
  await drop(page, [image]);
  const names = await answered(page, image.name);
  await page.reload(); // from now on through the service worker
  await drop(page, [image]);
  await answered(page, image.name);
  await page.waitForFunction(() =>
    [...document.images].every((one) => one.complete && (one.naturalWidth > 0 || !one.src)),
  );
  await server.close();
  await page.reload();
  assert.equal(await ready(page), named.models);
  await refined(page);
  await drop(page, [image]);
  assert.deepEqual(await answered(page, image.name), names);
  await page.waitForFunction(() => [...document.images].every((one) => one.complete));
  const pictures = await page
    .locator('.card img, .sample img')
    .evaluateAll((all) => all.map(({ naturalWidth }) => naturalWidth > 0));
  assert.deepEqual(pictures, Array(12 + named.samples.length).fill(true));
  await page.locator('.card .more').first().click();
  await answered(page, names[0]);
  assert.deepEqual(seen.errors, []);
});

test('the second visit downloads no data again, and a kept file that is damaged is mended', async (t) => {
  const { page, server } = await open(t, context, { scripted: true });
  await said(page, KEPT);
  const data = () => server.asked.map(({ file }) => file).filter((file) => /\.(wasm|bin)$|^catalogue-/.test(file));
  assert.equal(new Set(data()).size, 5, 'a module, a network, two levels, a catalogue');
  server.asked.length = 0;
  await page.reload();
  await refined(page);
  assert.deepEqual(data(), []);
  await page.evaluate(async (file) => {
    const cache = await caches.open('recasketch data');
    const address = new URL(file, location.href).href;
    const bytes = new Uint8Array(await (await cache.match(address)).arrayBuffer());
    bytes[1000] ^= 1;
    await cache.put(address, new Response(bytes));
  }, named.network[0].file);
  await page.reload();
  await refined(page);
  const digest = await page.evaluate(async (file) => {
    const copy = await (await caches.open('recasketch data')).match(new URL(file, location.href).href);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await copy.arrayBuffer()));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }, named.network[0].file);
  assert.equal(digest, named.network[0].sha256, 'the good one is kept');
});

/**
 * A site as the program makes it of a page of its own: its heading tells the version, its catalogue is as long.
 * @param {string} version
 * @param {number} models
 */
async function published(version, models) {
  const [owner, site] = [join(folder, `owner-${version}`), join(folder, `site-${version}`)];
  await mkdir(owner, { recursive: true });
  await cp(BUILT_PAGE, join(owner, 'page'), { recursive: true });
  for (const file of ['index.html', 'strings/en.js']) {
    const text = await readFile(join(owner, 'page', file), 'utf8');
    await writeFile(join(owner, 'page', file), text.replace('Find 3D models that look like your picture', version));
  }
  await relist(join(owner, 'page'));
  const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, models);
  for (const { uid, thumbnail } of catalogue) await cp(join(SITE, thumbnail), join(owner, 'thumbnails', `${uid}.jpg`));
  await writeFile(
    join(owner, 'catalogue.csv'),
    ['uid,name', ...catalogue.map(({ uid }) => `${uid},${version} ${uid}`)].join('\n'),
  );
  const paths = ['--catalogue', join(owner, 'catalogue.csv'), '--thumbnails', join(owner, 'thumbnails'), '--out', site];
  await run(RECASKETCH, ['embed', '--network', 'small', '--page', join(owner, 'page'), ...paths]);
  return site;
}

test('an update comes whole or not at all, and only once no tab has the version before', async (t) => {
  const [first, second] = [await published('first', 20), await published('second', 25)];
  const current = join(folder, 'current');
  const publish = async (site) => {
    await symlink(site, `${current}-next`);
    await rename(`${current}-next`, current);
  };
  const versionOf = async (page) => {
    const models = await ready(page);
    await drop(page, [await sample(1)]);
    const [name] = await shownNames(page);
    return [await page.locator('h1').textContent(), models, name.split(' ')[0]];
  };
  await publish(first);
  const { page, server, address } = await open(t, context, { site: current, scripted: true });
  await said(page, KEPT);
  assert.deepEqual(await versionOf(page), ['first', 20, 'first']);

  // Half of the second version is there: it is not taken, and the first goes on whole.
  server.faults.set(
    ...inModule(
      'page/results.js',
      fault.patched((text) => `${text}\n`),
    ),
  );
  await publish(second);
  await page.reload();
  assert.deepEqual(await versionOf(page), ['first', 20, 'first']);
  await page.evaluate(() =>
    navigator.serviceWorker
      .getRegistration()
      .then((one) => one.update())
      .catch(() => {}),
  );
  await page.waitForFunction(() => navigator.serviceWorker.getRegistration().then((one) => !one.installing));
  assert.equal(await page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one.waiting)), null);
  server.faults.clear();

  await page.reload();
  await said(page, 'A newer version of this page is ready.');
  assert.deepEqual(await versionOf(page), ['first', 20, 'first']);
  await page.reload();
  assert.deepEqual(await versionOf(page), ['first', 20, 'first'], 'a tab keeps its version');
  await page.goto('about:blank');
  const next = await context.newPage();
  t.after(() => next.close());
  for (let tries = 0; tries < 20; tries += 1) {
    await next.goto(address);
    if ((await next.locator('h1').textContent()) === 'second') break;
    await next.goto('about:blank'); // the browser lets go of the version before a little later
  }
  assert.deepEqual(await versionOf(next), ['second', 25, 'second']);
  await refined(next);
  const keptFiles = await next.evaluate(
    async (folder) =>
      (await (await caches.open('recasketch data')).keys())
        .map(({ url }) => url)
        .filter((url) => url.startsWith(folder)).length,
    address,
  );
  assert.ok(keptFiles >= 4 && keptFiles <= 5, `${keptFiles} files of one version`);
});

test('where there is no room, the page says so and works', async (t) => {
  const { page } = await open(t, context, {
    before: async (opened) => {
      const session = await context.newCDPSession(opened);
      t.after(() => session.detach().catch(() => {}));
      opened.limit = (origin) => session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 200_000 });
      await opened.route('**/worker.js', async (route) => {
        await opened.limit(new URL(route.request().url()).origin);
        await route.continue();
      });
    },
  });
  await said(page, 'This device has too little space to save the search.');
  await drop(page, [await sample(1)]);
  assert.equal((await shownNames(page)).length, 12);
});

test('where the browser keeps nothing, as on plain http, the page says so and works', async (t) => {
  const { page } = await open(t, context, { host: 'plain.test' });
  await said(page, 'This browser does not save this page, so the page needs the network on every visit.');
  await drop(page, [await sample(1)]);
  assert.equal((await shownNames(page)).length, 12);
});
