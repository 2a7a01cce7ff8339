/** Cancelling at every stage, and the latest of many queries wins. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fault, inModule } from './server.js';
import { alertOf, answered, drop, launched, manifest, open, ready, refined, sample, shownNames } from './site.js';

const { context } = await launched();

const cancel = (page) => page.locator('#cancel');

/** A file that no site has. The worker asks for it at a held line, and goes on once it is answered. */
const HELD = /^held$/;

/** A fault that has the worker ask for it before a line of its own. */
const held = (module, line) =>
  inModule(
    module,
    fault.patched((text) => text.replace(line, `await fetch(new URL('../held', import.meta.url)); ${line}`)),
  );

/** Layers of an image, and the search behind them. */
const LAYERS = held('engine/features.js', 'return await pool.features(recommender, pixels, onLayer);');
const SEARCH = held('engine/answers.js', 'const found = await nearest(engine, query, rows, { top, filter, words });');

test('while the network loads: the download ends, and starting again answers what was asked', async (t) => {
  const gate = fault.gate();
  const { page, server } = await open(t, context, { faults: [[/^network-/, gate.hold]] });
  const image = await sample(1);
  await drop(page, [image]);
  await gate.reached;
  await cancel(page).click();
  const asked = server.asked.find(({ file }) => file.startsWith('network-'));
  for (const end = Date.now() + 60_000; !asked.left && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(asked.left, 'the download goes on');
  assert.match(await alertOf(page), /^Loading was cancelled\. The search has not started\./);
  assert.equal(await page.locator('#engine-words').textContent(), 'The search has stopped');
  assert.equal(await page.locator('html').getAttribute('data-view'), 'start');
  assert.equal(await cancel(page).isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'file');
  gate.open();
  await page.getByRole('button', { name: 'Start again' }).click();
  assert.equal((await answered(page, image.name)).length, 12);
});

for (const [stage, where] of [
  ['layers run', LAYERS],
  ['it searches', SEARCH],
]) {
  test(`while ${stage}: what was there before is there again, and the next query is answered`, async (t) => {
    const { page, seen, server } = await open(t, context, { faults: [where] });
    await refined(page);
    const image = await sample(1);
    await drop(page, [image]);
    const names = await shownNames(page);
    const { hash } = new URL(page.url());
    const gate = fault.gate();
    server.faults.set(HELD, gate.hold);
    await drop(page, [await sample(2)]);
    await gate.reached;
    await page.locator('#engine[data-state="searching"]').waitFor();
    await cancel(page).click();
    await page.locator('#engine[data-state="ready"]').waitFor();
    assert.equal(await page.locator('#preview-name').textContent(), (await sample(1)).name);
    assert.equal(await page.locator('#status').textContent(), 'The search was cancelled.');
    assert.equal(await page.locator('#grid[aria-busy]').count(), 0);
    // The worker ends what it had begun, and nobody hears of it; what is asked then is answered behind it.
    gate.open();
    await page.evaluate(async (file) => window.recasketch.inspect(await (await fetch(file)).blob()), image.file);
    assert.deepEqual(await shownNames(page), names);
    assert.equal(new URL(page.url()).hash, hash);
    assert.equal(await page.locator('#alert').isHidden(), true);
    await drop(page, [await sample(3)]);
    assert.equal((await answered(page, (await sample(3)).name)).length, 12);
    assert.deepEqual(seen.errors, []);
  });
}

test('the first query of all leads back to the start, and a filter goes with its query', async (t) => {
  const { page, server } = await open(t, context, { faults: [SEARCH] });
  await refined(page);
  const first = fault.gate();
  server.faults.set(HELD, first.hold);
  await drop(page, [await sample(1)]);
  await first.reached;
  await cancel(page).click();
  await page.locator('html[data-view="start"]').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  first.open();
  await drop(page, [await sample(1)]);
  await shownNames(page);
  await page.locator('.facet summary').first().click();
  const second = fault.gate();
  server.faults.set(HELD, second.hold);
  await page.locator('.facet[open] li input').first().click();
  await second.reached;
  await cancel(page).click();
  second.open();
  await page.waitForFunction(() => document.querySelectorAll('.facet summary.chosen').length === 0);
  assert.equal((await shownNames(page)).length, 12);
});

test('a sample that is being fetched can be cancelled too', async (t) => {
  const { samples } = await manifest();
  const gate = fault.gate();
  const { page } = await open(t, context);
  await ready(page);
  await page.route(`**/${samples[4].file}`, async (route) => {
    if (route.request().resourceType() === 'image') return route.continue();
    await gate.hold(null);
    return route.continue();
  });
  await page.locator('.sample').nth(4).click();
  await gate.reached;
  await cancel(page).click();
  const came = page.waitForResponse((response) => response.url().endsWith(samples[4].file));
  gate.open();
  await (await came).finished();
  await page.locator('html[data-view="start"]').waitFor();
  assert.equal(await page.locator('html').getAttribute('data-view'), 'start');
  assert.equal(await page.locator('#alert').isHidden(), true);
});

test('twenty drops at once give one answer, the last one’s', async (t) => {
  const { page, seen } = await open(t, context);
  await refined(page);
  const { samples } = await manifest();
  const all = await Promise.all(samples.map((_, index) => sample(index)));
  await page.evaluate(() => {
    window.answers = 0;
    new MutationObserver(() => (window.answers += 1)).observe(document.getElementById('results-note'), {
      childList: true,
    });
  });
  const entries = await page.evaluate(() => history.length);
  const parcels = Array.from({ length: 20 }, (_, at) => ({ file: all[at % all.length].file, name: `drop ${at}.jpg` }));
  const outcomes = await page.evaluate(async (drops) => {
    const blobs = await Promise.all(
      drops.map(async ({ file, name }) => new File([await (await fetch(file)).blob()], name)),
    );
    const asked = blobs.map((blob) =>
      window.recasketch.ask(blob).then(
        () => 'answered',
        ({ name }) => name,
      ),
    );
    return Promise.all(asked);
  }, parcels);
  assert.deepEqual([...new Set(outcomes.slice(0, -1))], ['Superseded']);
  assert.equal(outcomes.at(-1), 'answered');
  assert.equal((await answered(page, 'drop 19.jpg')).length, 12);
  assert.equal(await page.evaluate(() => window.answers), 1);
  assert.equal(await page.evaluate(() => history.length), entries + 1);
  assert.deepEqual(seen.errors, []);
});
