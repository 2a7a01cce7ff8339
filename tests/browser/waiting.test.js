/** What is seen while an image goes through the network. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fault, inModule } from './server.js';
import { answered, drop, launched, open, refined, sample, withWorkers } from './site.js';

const { context } = await launched();

/** Each layer takes 60 milliseconds more, as a larger network's would. */
const SLOW = inModule(
  'engine/exchange.js',
  fault.patched((text) =>
    text.replace('if (!partition.step()) return;', 'await new Promise((resolve) => setTimeout(resolve, 60)); $&'),
  ),
);

/** By the page's clock each layer takes 5 milliseconds, on any machine. */
const QUICK = inModule(
  'page/messages.js',
  fault.patched((text) =>
    text.replace('function showLayer(layer, layers) {', '$&\n  const performance = { now: () => layer * 5 };'),
  ),
);

const WORDS = /^Analysing the image: layer (\d+) of (\d+) …$/;

/** What the page says of its engine while an image is searched, and how far its bar is. */
async function seen(t, faults) {
  const { page } = await open(t, context, { faults: [withWorkers(1), ...faults] });
  await refined(page);
  await page.evaluate(() => {
    const [words, bar] = [document.getElementById('engine-words'), document.getElementById('progress')];
    window.seen = [];
    const see = () =>
      window.seen.push({
        words: words.textContent,
        share: bar.value / bar.max,
        isVisible: bar.checkVisibility({ visibilityProperty: true }),
        shift: window.shift,
      });
    new MutationObserver(see).observe(document.getElementById('engine'), {
      attributes: true,
      childList: true,
      subtree: true,
    });
  });
  const image = await sample(1);
  await drop(page, [image]);
  await answered(page, image.name);
  return page.evaluate(() => window.seen);
}

test('layers that take a while are counted, in words and by the bar, and then it is searched', async (t) => {
  const steps = await seen(t, [SLOW]);
  const layers = steps.filter(({ words }) => WORDS.test(words));
  const [counted, wholes] = [1, 2].map((group) => layers.map(({ words }) => Number(WORDS.exec(words)[group])));
  const [whole] = wholes;
  // The first two of the thirteen convolutions are computed as one.
  assert.deepEqual([...new Set(wholes)], [12]);
  assert.deepEqual(
    [...new Set(counted)],
    Array.from({ length: whole - counted[0] }, (_, at) => counted[0] + at),
    'none is left out, and none is behind another',
  );
  for (const { words, share, isVisible } of layers.slice(-1))
    assert.deepEqual([share, isVisible], [(whole - 1) / whole, true], words);
  const behind = steps.slice(steps.indexOf(layers.at(-1)) + 1).map(({ words }) => words);
  assert.equal(behind[0], 'Searching …');
  assert.match(behind.at(-1), / models ready to search$/);
  assert.equal(steps.at(-1).shift, layers[0].shift, 'nothing moves meanwhile');
});

test('what nobody could read is not shown', async (t) => {
  const steps = await seen(t, [QUICK]);
  assert.ok(steps.some(({ words }) => words === 'Searching …'));
  assert.deepEqual(
    steps.filter(({ words }) => WORDS.test(words)),
    [],
  );
});
