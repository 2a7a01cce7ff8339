/** What a phone shares with the installed page, and its camera. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { answered, launch, launched, manifest, open, ready, SITE, sample } from './site.js';

const { context } = await launched();

const app = JSON.parse(await readFile(join(SITE, 'site.webmanifest'), 'utf8'));

/** Opens the site until its service worker answers for it. */
async function installed(t) {
  const opened = await open(t, context, { path: '/a/site/' });
  await opened.page.locator('#offline', { hasText: 'Saved on this device.' }).waitFor();
  await opened.page.reload();
  await ready(opened.page);
  return opened;
}

/** Posts a form as a share sheet does: by leading the page there. */
async function share(page, { files = [], texts = {} }) {
  const parcels = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }));
  const navigated = page.waitForNavigation({ waitUntil: 'load' });
  await page.evaluate(
    ({ action, enctype, field, parcels, texts }) => {
      const form = Object.assign(document.createElement('form'), { method: 'POST', action, enctype });
      const input = Object.assign(document.createElement('input'), { type: 'file', name: field, multiple: true });
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of parcels) {
        transfer.items.add(
          new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, { type }),
        );
      }
      input.files = transfer.files;
      form.append(input);
      for (const [name, value] of Object.entries(texts))
        form.append(Object.assign(document.createElement('input'), { name, value }));
      document.body.append(form);
      form.submit();
    },
    {
      action: app.share_target.action,
      enctype: app.share_target.enctype,
      field: app.share_target.params.files[0].name,
      parcels,
      texts,
    },
  );
  await navigated;
}

const caches = (page) =>
  page.evaluate(async () => (await window.caches.keys()).filter((name) => name.includes('shared')));

test('the app’s manifest names what is there', async (t) => {
  const { page, address } = await open(t, context);
  assert.equal(await page.locator('link[rel="manifest"]').getAttribute('href'), 'site.webmanifest');
  const sizes = [];
  for (const { src, type } of app.icons) {
    const response = await context.request.get(address + src);
    assert.equal(response.headers()['content-type'], type);
    if (type === 'image/png') {
      const bytes = await response.body();
      sizes.push(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`);
    }
  }
  assert.deepEqual(
    sizes,
    app.icons.filter(({ type }) => type === 'image/png').map(({ sizes: said }) => said),
  );
  const session = await context.newCDPSession(page);
  const { errors } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(
    installabilityErrors.filter(({ errorId }) => !/in-incognito/.test(errorId)),
    [],
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});

test('an image that is shared is searched, reaches no server, and is kept nowhere', async (t) => {
  const { page, server } = await installed(t);
  const image = await sample(1);
  server.asked.length = 0;
  await share(page, { files: [image], texts: { title: 'a chair' } });
  assert.equal((await answered(page, image.name)).length, 12);
  assert.ok(server.asked.every(({ method, received }) => method === 'GET' && received === 0));
  assert.deepEqual(await caches(page), []);
  const { search, hash } = new URL(page.url());
  assert.equal(search, '');
  assert.match(hash, /^#like=/);
  await page.reload(); // what is shared is there once
  await answered(page, 'An image that somebody shared');
});

test('several images are shared together, and a link as a link', async (t) => {
  const { page } = await installed(t);
  await share(page, { files: [await sample(1), await sample(2)] });
  await page.locator('.member').nth(1).waitFor();
  const {
    self_test: { uid },
  } = await manifest();
  const own = `${page.url().split(/[?#]/)[0]}#model=${uid}`;
  await share(page, { texts: { text: `look at this ${own}` } });
  await page.locator('#preview-kind', { hasText: 'Model' }).waitFor();
  await share(page, { texts: { url: 'https://example.org/a.jpg' } });
  await page.getByRole('button', { name: 'Fetch the image' }).waitFor();
  await share(page, { texts: { text: 'only words' } });
  await page.locator('#alert p', { hasText: 'There is no image to search with.' }).waitFor();
  assert.deepEqual(await caches(page), []);
});

test('the camera is offered where a finger points, and not to a mouse', async (t) => {
  const { page } = await open(t, context);
  assert.equal(await page.getByText('Take a photo').isHidden(), true);
  const phone = await launch({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
  t.after(() => phone.close());
  const { page: touched } = await open(t, phone.context);
  await touched.getByText('Take a photo').waitFor();
  assert.equal(await touched.locator('#camera').getAttribute('capture'), 'environment');
  assert.equal(await touched.locator('#camera').getAttribute('accept'), 'image/*');
  await touched.locator('#camera').setInputFiles((await sample(1)).path);
  await answered(touched, (await sample(1)).name);
});
