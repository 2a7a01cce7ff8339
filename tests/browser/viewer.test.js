/** Sketchfab's viewer on demand: nothing of it before, exactly it after, and the keyboard back where it was. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { drop, launched, manifest, open, refined, SITE, sample, shownNames, siteOf, temporary } from './site.js';

const UID = '0123456789abcdef0123456789abcdef';

/** One that the viewer shows, and those that it does not. */
const URLS = [
  `https://sketchfab.com/3d-models/a-chair-${UID}`,
  'https://sketchfab.com/3d-models/no-uid',
  `https://example.org/3d-models/a-chair-${UID}`,
  `https://sketchfab.com.example.org/models/${UID}`,
  `http://sketchfab.com/models/${UID}`,
  '',
];

const { context } = await launched();
const folder = await temporary('recasketch-viewer-');
const named = await manifest();
const models = JSON.parse(await readFile(join(SITE, named.catalogue[0].file))).slice(0, URLS.length);
const rows = models.map(({ uid }, at) => `${uid},model ${at},${URLS[at]}`);
await siteOf(folder, models, ['uid,name,url', ...rows]);

/** Opens the site where Sketchfab is a page of the test's own. */
async function begun(t) {
  const { page, seen } = await open(t, context, { site: join(folder, 'site') });
  const asked = [];
  await page.route(/sketchfab/, (route) => {
    asked.push(route.request());
    const turn = "<script>history.pushState(1, '', '#turned')</script>";
    return route.fulfill({
      contentType: 'text/html',
      body: `<title>viewer</title><button>in the viewer</button>${turn}`,
    });
  });
  await refined(page);
  await drop(page, [await sample(0)]);
  await shownNames(page);
  return { page, seen, asked };
}

/** Opens the details of a model. */
async function details(page, name) {
  await page.getByRole('button', { name: `Details: ${name}` }).click();
  const dialog = page.locator('dialog.details');
  await dialog.waitFor();
  return dialog;
}

test('nothing is asked of Sketchfab before the click, and after it exactly the model’s viewer', async (t) => {
  const { page, seen, asked } = await begun(t);
  await page.waitForLoadState('networkidle');
  assert.deepEqual(asked, []);
  const links = [URLS[0], URLS[1], URLS[2], URLS[3]];
  for (const at of URLS.keys()) {
    const dialog = await details(page, `model ${at}`);
    assert.equal(
      await dialog.getByRole('button', { name: 'View in 3D' }).count(),
      at === 0 ? 1 : 0,
      'models of other sites have none',
    );
    const link = dialog.getByRole('link', { name: /^Open its page/ });
    assert.equal(await link.count(), links[at] ? 1 : 0, 'a link that is not safe is none');
    if (links[at]) {
      assert.equal(await link.getAttribute('href'), links[at]);
      const { hostname } = new URL(links[at]);
      const site = hostname === 'sketchfab.com' ? 'Sketchfab' : hostname;
      assert.equal(await link.textContent(), `Open its page, View on ${site}, opens in a new tab`);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  assert.deepEqual(asked, []);
  await page.emulateMedia({ colorScheme: 'dark' });
  await (await details(page, 'model 0')).getByRole('button', { name: 'View in 3D' }).click();
  const frame = page.locator('dialog.details iframe');
  await frame.contentFrame().getByRole('button', { name: 'in the viewer' }).waitFor();
  assert.deepEqual(
    asked.map((request) => request.url()),
    [`https://sketchfab.com/models/${UID}/embed?autostart=1&dnt=1&ui_theme=dark`],
  );
  assert.equal(asked[0].headers().referer, undefined);
  assert.equal(await frame.getAttribute('title'), 'Sketchfab’s viewer: model 0');
  assert.equal(await frame.getAttribute('allow'), 'autoplay; fullscreen; xr-spatial-tracking');
  assert.match(await frame.getAttribute('sandbox'), /^allow-scripts allow-same-origin /);
  assert.match(
    await page.locator('dialog.details figcaption').textContent(),
    /comes from sketchfab\.com\. That site learns which model you look at\. It learns nothing about your image\.$/,
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
});

test('the viewer stands in place of the picture until the button is pressed again', async (t) => {
  const { page, asked } = await begun(t);
  const dialog = await details(page, 'model 0');
  const button = dialog.getByRole('button', { name: 'View in 3D' });
  const box = await dialog.locator('.box').boundingBox();
  const states = [];
  for (const press of [0, 1, 2]) {
    if (press) await button.click();
    states.push([
      await button.getAttribute('aria-pressed'),
      await dialog.locator('.box img').count(),
      await dialog.locator('iframe').count(),
      await dialog.locator('figcaption').count(),
    ]);
    assert.deepEqual(await dialog.locator('.box').boundingBox(), box);
  }
  assert.deepEqual(states, [
    ['false', 1, 0, 0],
    ['true', 0, 1, 1],
    ['false', 1, 0, 0],
  ]);
  assert.equal(await page.locator('dialog').count(), 1);
  assert.ok(asked.length <= 1);
});

test('closing ends the viewer and gives the keyboard back, also where the viewer has a history of its own', async (t) => {
  const { page } = await begun(t);
  const opener = page.getByRole('button', { name: 'Details: model 0' });
  const answer = page.url();
  for (const close of [
    () => page.keyboard.press('Escape'),
    () => page.getByRole('button', { name: 'Close' }).click(),
  ]) {
    const button = (await details(page, 'model 0')).getByRole('button', { name: 'View in 3D' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.locator('iframe').contentFrame().getByRole('button', { name: 'in the viewer' }).waitFor();
    await close();
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.locator('iframe').count(), 0);
    assert.equal(page.url(), answer);
    assert.equal(await opener.evaluate((one) => one === document.activeElement), true);
  }
});

test('the policy lets no other frame in', async (t) => {
  const { page, asked } = await begun(t);
  await page.evaluate(() => {
    for (const address of ['https://example.org/', 'https://sketchfab.com/login']) {
      const frame = document.createElement('iframe');
      frame.src = address;
      document.body.append(frame);
    }
  });
  await page.waitForFunction(() => window.violations.length === 2);
  assert.deepEqual(await page.evaluate(() => window.violations.map((one) => one.split(' ')[0])), [
    'frame-src',
    'frame-src',
  ]);
  assert.deepEqual(asked, []);
});
