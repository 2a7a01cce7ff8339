/** Several workers: the features of one to the bit, and an answer whatever becomes of the helpers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fault, inModule } from './server.js';
import { answered, drop, images, joined, launched, open, ready, sample, withWorkers, workersAre } from './site.js';

const { context } = await launched();

/** Makes the module trap on its searches, as running out of memory does. */
const TRAPPING = [
  /^recasketch\.js$/,
  fault.patched((glue) => glue.replace(/ similar\(.*\) \{/g, "$& throw new WebAssembly.RuntimeError('unreachable');")),
];

const fixtures = (await images()).filter((_, index) => index % 6 === 0);

test('two and three workers give the features of one, to the bit', async (t) => {
  const image = await sample(0);
  const seen = {};
  for (const workers of [1, 2, 3]) {
    const { page } = await open(t, context, { faults: [withWorkers(workers)] });
    await joined(page, image.file, workers);
    seen[workers] = [];
    for (const { bytes } of fixtures) seen[workers].push(await inspected(page, bytes));
    for (const { workers: came } of seen[workers]) assert.equal(came, workers);
  }
  for (const [index, { name }] of fixtures.entries()) {
    const [one, two, three] = [1, 2, 3].map((workers) => seen[workers][index].features);
    assert.ok(one.length > 1000 && new Set(one).size > 100, name);
    assert.deepEqual(two, one, name);
    assert.deepEqual(three, one, name);
  }
});

/** What may become of helpers. */
const LOSSES = [
  ['a site without helper.js', [/^helper\.js$/, fault.missing]],
  ['a web page instead of helper.js', [/^helper\.js$/, fault.webPage]],
  [
    'a helper that cannot start',
    [/^helper\.js$/, fault.patched((text) => text.replace('new Partition(reading', 'new Partition(1'))],
  ],
  [
    'a browser without workers in workers',
    inModule(
      'engine/worker-pool.js',
      fault.patched((text) => text.replace('new Worker(', 'new self.NoWorker(')),
    ),
  ],
  [
    'a network too small to share',
    inModule(
      'engine/worker-pool.js',
      fault.patched((text) => text.replace('BRIEF = 8', 'BRIEF = Infinity')),
    ),
  ],
  [
    'a machine of little memory',
    inModule(
      'engine/worker-pool.js',
      fault.patched((text) => text.replace('navigator.deviceMemory', '2')),
    ),
  ],
];

for (const [name, loss] of LOSSES) {
  test(`${name}: the page answers with one worker`, async (t) => {
    const { page, seen } = await open(t, context, { faults: [withWorkers(2), loss] });
    await ready(page);
    const image = await sample(1);
    await drop(page, [image]);
    assert.equal((await answered(page, image.name)).length, 12);
    await workersAre(page, 1);
    assert.equal((await inspected(page, image.bytes)).workers, 1);
    assert.deepEqual(seen.errors, []);
  });
}

/** What may become of a helper in the middle of an image. */
const DEATHS = [
  ['breaks', 'throw new Error("broken");'],
  ['hangs', 'for (;;);'],
];

for (const [name, death] of DEATHS) {
  test(`a helper that ${name}: the page answers as before, with one worker`, async (t) => {
    // An image takes 13 steps.
    const dying = `const step = partition.step.bind(partition); let steps = 100; partition.step = () => { if (!(steps -= 1)) ${death} return step(); };`;
    const { page, seen } = await open(t, context, {
      faults: [
        withWorkers(2),
        [/^helper\.js$/, fault.patched((text) => text.replace('const peers', `${dying} const peers`))],
        inModule(
          'engine/worker-pool.js',
          fault.patched((text) => text.replace('PATIENCE = 10_000', 'PATIENCE = 4_000')),
        ),
      ],
    });
    const image = await sample(2);
    await joined(page, image.file, 2);
    const outcomes = [];
    while (outcomes.at(-1)?.workers !== 1 && outcomes.length < 20) outcomes.push(await inspected(page, image.bytes));
    assert.equal(outcomes[0].workers, 2);
    assert.equal(outcomes.at(-1).workers, 1);
    for (const { features } of outcomes) assert.deepEqual(features, outcomes[0].features);
    await drop(page, [image]);
    assert.equal((await answered(page, image.name)).length, 12);
    assert.deepEqual(seen.errors, []);
  });
}

test('helpers end with the worker that they help', async (t) => {
  const { page, server } = await open(t, context, { faults: [withWorkers(3), TRAPPING] });
  const image = await sample(3);
  await joined(page, image.file, 3);
  assert.equal(page.workers().length, 3);
  await drop(page, [image]);
  await page.locator('#alert p').waitFor();
  await workersAre(page, 0);
  server.faults.delete(TRAPPING[0]);
  await page.getByRole('button', { name: 'Start again' }).click();
  await joined(page, image.file, 3);
  assert.equal(page.workers().length, 3);
});

/** What the page tells of an image: its features as floats, and how many workers made them. */
function inspected(page, bytes) {
  return page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
    const { features, workers } = await window.recasketch.inspect(blob);
    return { features: Array.from(features), workers };
  }, bytes.toString('base64'));
}
