/** Whatever keeps the worker from starting, or from answering, is a sentence; and with trusted types required all works. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { fault, inModule } from './server.js';
import {
  alertOf,
  answered,
  drop,
  joined,
  launched,
  manifest,
  open,
  openHost,
  ready,
  STRICT,
  sample,
  withWorkers,
} from './site.js';

const { context } = await launched();

const named = await manifest();

/** A host that sends a policy with every file. @returns {[RegExp, import('./server.js').Fault]} */
const withPolicy = (policy) => [
  /./,
  (reply) => ({ ...reply, headers: { ...reply.headers, 'Content-Security-Policy': policy } }),
];

/** Has a client look often at the worker that it waits for, and give it up once the test says so. */
const LOOKING = inModule(
  'engine/client.js',
  fault.patched((text) =>
    text
      .replace('[30_000, 3]', '[200, 3]')
      .replace('this.#silent >= LOOKS', 'window.isImpatient && $&')
      .replace('  #look() {', '$& window.looks = (window.looks ?? 0) + 1;'),
  ),
);

const TYPES = "require-trusted-types-for 'script'";

/** What keeps a worker from starting, what the sentence says of it, and whether a fresh start may help. */
const OBSTACLES = [
  [
    'a policy that allows no worker',
    { faults: [withPolicy("worker-src 'none'")] },
    /Content-Security-Policy, worker-src\) does not let the search start/,
  ],
  [
    'trusted types, of which ours is none',
    { faults: [withPolicy(`${TYPES}; trusted-types other`)] },
    /Content-Security-Policy, require-trusted-types-for\) does not let the search start.* “⁨recasketch⁩”/,
  ],
  [
    'a browser that makes none',
    {
      before: (page) =>
        page.addInitScript(
          () =>
            (window.Worker = class {
              constructor() {
                throw new Error('not today');
              }
            }),
        ),
    },
    /did not start a worker.*“⁨not today⁩”/,
  ],
  [
    'a script that does not come',
    { faults: [[/(^|\/)worker\.js$/, fault.missing]] },
    /^The file worker\.js, or one that it needs, could not be loaded/,
  ],
  [
    'a script that breaks',
    { faults: [[/(^|\/)worker\.js$/, fault.instead('throw new Error("broken");')]] },
    /did not start a worker.*“⁨Uncaught Error: broken⁩”/,
  ],
  [
    'a script that never says a word',
    {
      faults: [LOOKING, [/(^|\/)worker\.js$/, fault.instead('for (;;);')]],
      before: (page) => page.addInitScript(() => (window.isImpatient = true)),
    },
    /^The file worker\.js, or one that it needs, could not be loaded/,
  ],
  [
    'a module that does not compile',
    {
      faults: [
        inModule(
          'engine/loading.js',
          fault.patched((text) => text.replace('WebAssembly.compile(bytes)', 'Promise.reject(new Error("not today"))')),
        ),
      ],
    },
    /could not be started by this browser/,
  ],
];

for (const [name, how, sentence] of OBSTACLES) {
  test(`${name}: a sentence, and nothing waits`, async (t) => {
    const { page, seen } = await open(t, context, how);
    assert.match(await alertOf(page), sentence);
    assert.equal(await page.locator('#engine').getAttribute('data-state'), 'stopped');
    assert.equal(
      await page.evaluate(() =>
        window.recasketch.ready.then(
          () => null,
          ({ name }) => name,
        ),
      ),
      'Stopped',
    );
    assert.deepEqual(seen.errors, []);
  });
}

test('a worker that falls silent with a request is given up, and a fresh one answers the next', async (t) => {
  const silent = fault.patched((text) =>
    text.replace('const engine = await loading;', 'await loading; for (;;);\n  const engine = null;'),
  );
  const { page, server } = await open(t, context, { faults: [LOOKING, [/(^|\/)worker\.js$/, silent]] });
  await ready(page);
  await page.evaluate(() => (window.isImpatient = true));
  await drop(page, [await sample(3)]);
  assert.match(await alertOf(page), /^The search did not respond for more than a minute/);
  await page.evaluate(() => (window.isImpatient = false));
  server.faults.clear();
  await page.getByRole('button', { name: 'Start again' }).click();
  const next = await sample(4);
  await drop(page, [next]);
  assert.equal((await answered(page, next.name)).length, 12);
});

test('a worker that takes its time is not given up while it lives', async (t) => {
  const gate = fault.gate();
  const { page } = await open(t, context, { faults: [LOOKING, [/embeddings-/, gate.hold]] });
  await gate.reached;
  await page.evaluate(() => (window.isImpatient = true)); // it waits, and computes nothing
  const looks = await page.evaluate(() => window.looks ?? 0);
  await page.waitForFunction((before) => window.looks > before + 6, looks); // 3 without a word end it
  assert.equal(await page.locator('#alert').isHidden(), true);
  await page.evaluate(() => (window.isImpatient = false));
  gate.open();
  assert.equal(await ready(page), named.models);
});

test('a program and an element on a page whose policy allows no worker are told so', async (t) => {
  const body = '<script type="module" src="element.js"></script><rec-a-sketch></rec-a-sketch>';
  const { page } = await openHost(t, context, body, {
    policy: STRICT.replace("worker-src 'self'", "worker-src 'none'"),
  });
  const reason = await page.evaluate(async () => {
    const { load } = await import('/api.js');
    return load().then(
      () => null,
      ({ name, message }) => `${name}: ${message}`,
    );
  });
  assert.match(reason, /^Stopped: The policy of this page \(Content-Security-Policy, worker-src\)/);
  await page.locator('rec-a-sketch .alert p', { hasText: 'worker-src' }).waitFor();
});

for (const [name, policy] of [
  ['any', TYPES],
  ['ours alone', `${TYPES}; trusted-types recasketch`],
]) {
  test(`with trusted types required, of which ${name} may be made, the page works as ever`, async (t) => {
    const image = await sample(1);
    const host = createServer((_, response) =>
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'image/jpeg' }).end(image.bytes),
    );
    await new Promise((resolve) => host.listen(0, '127.0.0.1', resolve));
    t.after(() => host.close());
    const { page, seen } = await open(t, context, { faults: [withPolicy(policy)] });
    await joined(page, image.file, await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 4)));
    await drop(page, [image]);
    assert.equal((await answered(page, image.name)).length, 12);
    await page.locator('#offline', { hasText: 'The page now works without the network.' }).waitFor();
    await drop(page, [], { 'text/uri-list': `http://127.0.0.1:${host.address().port}/fetched.jpg` });
    await page.getByRole('button', { name: 'Fetch the image' }).click();
    assert.equal((await answered(page, 'fetched.jpg')).length, 12);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assert.deepEqual(seen.errors, []);
  });

  test(`with trusted types required, of which ${name} may be made, programs and elements work as ever`, async (t) => {
    const body = '<script type="module" src="element.js"></script><rec-a-sketch></rec-a-sketch>';
    const { page } = await openHost(t, context, body, { policy: `${STRICT}; ${policy}`, faults: [withWorkers(1)] });
    assert.equal(await page.evaluate(async () => (await (await import('/api.js')).load()).models), named.models);
    assert.equal(
      await page.evaluate(() =>
        customElements.whenDefined('rec-a-sketch').then(() => document.querySelector('rec-a-sketch').ready),
      ),
      named.models,
    );
    assert.deepEqual(await page.evaluate(() => window.violations), []);
  });
}
