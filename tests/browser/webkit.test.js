/** What WebKit does otherwise: a worker's worker loads its imports past the service worker. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { serve } from './server.js';
import { SITE, sample } from './site.js';
import { launch, whyNone } from './webkit.js';

const reason = await whyNone();

test('offline, as many workers embed as before, and nothing is asked of the server', {
  skip: reason ?? false,
}, async (t) => {
  const server = await serve(SITE);
  const { page, close } = await launch();
  t.after(close);
  t.after(() => server.close());
  const { file } = await sample(0);
  await page.goto(server.address);
  const most = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 4));
  if (most < 2) return t.skip('one core, so no helpers');
  const workers = () =>
    page.waitFor(
      async ([image, expected]) => {
        await window.recasketch.refined;
        return (await window.recasketch.inspect(await (await fetch(image)).blob())).workers === expected;
      },
      [file, most],
    );
  await page.waitFor(() => document.getElementById('offline').textContent.includes('now works without the network'));
  await workers();
  await page.reload();
  await workers();
  server.asked.length = 0;
  await page.reload();
  await workers();
  // A browser looks by itself whether there is a newer service worker, and the page whether there is a newer site.
  const isLooked = (file) => file === 'manifest.json' || file.startsWith('service-worker');
  assert.deepEqual(
    server.asked.map((one) => one.file).filter((one) => !isLooked(one)),
    [],
  );
  await server.close();
  await page.reload();
  return workers();
});
