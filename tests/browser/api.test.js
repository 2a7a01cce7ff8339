/** The search for programs: api.js answers as the page and the native program do, in order, from one worker. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { fault, serve } from './server.js';
import {
  launched,
  manifest,
  native,
  open,
  openHost,
  PAGE,
  RECASKETCH,
  SITE,
  STRICT,
  same,
  sample,
  WITH_CORS,
  withWorkers,
  workersAre,
} from './site.js';

const { context } = await launched();

const named = await manifest();
const found = ({ neighbours }) => neighbours.map(({ uid, score }) => ({ uid, score }));

/** A page of somebody else's in which `api` is the module and `site` a loaded site. */
async function loaded(t, faults = []) {
  const opened = await openHost(t, context, '', { faults: [withWorkers(1), ...faults] });
  await opened.page.evaluate(async () => {
    window.api = await import('/api.js');
    window.site = await window.api.load();
    window.fetched = async (file) => (await fetch(file)).blob();
  });
  return opened;
}

test('an image is answered as the native program answers it, however it is given', async (t) => {
  const { page, address, seen } = await loaded(t);
  for (const index of [0, 1, 2]) {
    const image = await sample(index);
    const answers = await page.evaluate(async (file) => {
      const blob = await window.fetched(file);
      const bytes = await blob.arrayBuffer();
      const given = [blob, bytes, new Uint8Array(bytes), file, new URL(file, location.href)];
      return Promise.all(given.map((one) => window.site.search(one)));
    }, image.file);
    const expected = await native(image.path);
    for (const answer of answers) same(answer.neighbours, expected);
    const [{ model, duplicates }] = answers[0].neighbours;
    assert.equal(model.name, expected[0].name);
    assert.deepEqual(duplicates, expected[0].duplicates);
    assert.equal(model.thumbnail, new URL(expected[0].thumbnail, address).href);
  }
  assert.equal(await page.evaluate(() => window.site.models), named.models);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
});

test('an embedding is asked again without the image, with the same answer to the bit, and the native one is like it', async (t) => {
  const { page } = await loaded(t);
  const image = await sample(3);
  const [embedding, fromImage, fromEmbedding] = await page.evaluate(async (file) => {
    const made = await window.site.embed(file);
    return [Array.from(made), await window.site.search(file), await window.site.search(made)];
  }, image.file);
  assert.deepEqual(found(fromEmbedding), found(fromImage));
  const nativeEmbedding = await embedded(image.path);
  assert.equal(embedding.length, nativeEmbedding.length);
  assert.ok(embedding.every((value, at) => Math.abs(value - nativeEmbedding[at]) <= 1));
  const fromNative = await page.evaluate(
    (values) => window.site.search(Int8Array.from(values), { top: 5 }),
    nativeEmbedding,
  );
  same(fromNative.neighbours, found(fromImage).slice(0, 5));
});

/** What `recasketch embed -` makes of an image. */
function embedded(path) {
  return new Promise((resolve, reject) => {
    const program = spawn(RECASKETCH, ['embed', '-', '--network', 'small'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let line = '';
    program.stdout.on('data', (chunk) => (line += chunk));
    program.on('close', () => resolve(JSON.parse(line).embedding));
    program.on('error', reject);
    program.stdin.end(`${path}\n`);
  });
}

test('a model is answered as on the page, with a filter too', async (t) => {
  const { page: theirs } = await open(t, context);
  const { page } = await loaded(t);
  const [{ uid }] = await native((await sample(0)).path, 1);
  await theirs.evaluate(() => window.recasketch.refined);
  const expected = await theirs.evaluate((model) => window.recasketch.similar(model), uid);
  const answer = await page.evaluate((model) => window.site.similar(model), uid);
  assert.deepEqual(found(answer), found(expected));
  assert.equal(answer.model.uid, uid);
  const {
    category: [, category],
  } = await page.evaluate(() => window.site.facets);
  const filtered = await page.evaluate(
    ([model, value]) => window.site.similar(model, { top: 4, filter: { category: [value] } }),
    [uid, category],
  );
  assert.equal(filtered.neighbours.length, 4);
  assert.ok(filtered.neighbours.every(({ model }) => model.categories.includes(category)));
  assert.ok(filtered.passing < named.models);
});

test('a part of an image is another query', async (t) => {
  const { page } = await loaded(t);
  const { file } = await sample(4);
  const [whole, part, embeddingOfPart] = await page.evaluate(async (image) => {
    const [site, blob] = [window.site, await window.fetched(image)];
    const how = { part: { left: 0.1, top: 0.1, width: 0.3, height: 0.4 } };
    return [await site.search(blob), await site.search(blob, how), await site.search(await site.embed(blob, how))];
  }, file);
  assert.notDeepEqual(found(part), found(whole));
  assert.deepEqual(found(embeddingOfPart), found(part));
});

test('every call is answered, in order, but those that are aborted', async (t) => {
  const { page } = await loaded(t);
  const { samples } = named;
  const outcome = await page.evaluate(
    async (files) => {
      const [order, controller, done] = [[], new AbortController(), AbortSignal.abort()];
      const ask = (name, file, signal) =>
        window.site.search(file, { top: 1, signal }).then(
          ({ neighbours }) => order.push([name, neighbours[0].uid]),
          (error) => order.push([name, error.name]),
        );
      const blobs = await Promise.all(files.map((file) => window.fetched(file)));
      const asked = [
        ask('one', blobs[0]),
        ask('two', blobs[1], controller.signal),
        ask('three', blobs[2]),
        ask('four', blobs[3], done),
        ask('five', blobs[0]),
      ];
      await Promise.resolve();
      controller.abort();
      await Promise.all(asked);
      return order;
    },
    samples.slice(0, 4).map(({ file }) => file),
  );
  const answered = outcome.filter(([, result]) => result !== 'AbortError');
  assert.deepEqual(
    answered.map(([name]) => name),
    ['one', 'three', 'five'],
  );
  assert.equal(answered[0][1], answered[2][1]);
  assert.deepEqual(
    outcome
      .filter(([, result]) => result === 'AbortError')
      .map(([name]) => name)
      .sort(),
    ['four', 'two'],
  );
});

test('who loads the same site shares its worker, which ends with the last of them', async (t) => {
  const { page } = await loaded(t);
  assert.equal(page.workers().length, 1);
  await page.evaluate(async () => {
    window.others = await Promise.all([
      window.api.load('/'),
      window.api.load(new URL('/index.html', location.href)),
      window.api.load(location.origin),
    ]);
  });
  assert.equal(page.workers().length, 1);
  await page.evaluate(async (file) => {
    for (const other of window.others) other.close();
    return window.site.search(file, { top: 1 });
  }, named.samples[0].file);
  assert.equal(page.workers().length, 1);
  const closed = await page.evaluate(async (file) => {
    const asked = window.site.search(file).catch(({ name, message }) => ({ name, message }));
    window.site.close();
    const later = await window.site.similar('any').catch(({ name }) => name);
    return [await asked, later];
  }, named.samples[0].file);
  assert.equal(closed[0].name, 'AbortError');
  assert.match(closed[0].message, /load the site again/);
  assert.equal(closed[1], 'AbortError');
  await workersAre(page, 0);
  assert.equal(
    await page.evaluate(async () => {
      window.site = await window.api.load();
      return window.site.models;
    }),
    named.models,
  );
  assert.equal(page.workers().length, 1);
});

test('loading can be aborted and tells how far it is', async (t) => {
  const { page } = await openHost(t, context, '', { faults: [withWorkers(1)] });
  const outcome = await page.evaluate(async () => {
    const { load } = await import('/api.js');
    const [controller, seen] = [new AbortController(), []];
    const aborted = load('/', { signal: controller.signal }).catch(({ name }) => name);
    controller.abort();
    const site = await load('/', { onProgress: (loaded, total) => seen.push([loaded, total]) });
    return { aborted: await aborted, last: seen.at(-1), models: site.models };
  });
  assert.equal(outcome.aborted, 'AbortError');
  assert.equal(outcome.last[0], outcome.last[1]);
  assert.equal(outcome.models, named.models);
});

/** What cannot be asked, and what is said then. */
const MISUSES = [
  [
    'search(7)',
    'TypeError',
    'Expected an image (Blob, bytes or address) or an embedding, found 7; pass what a file input, fetch or embed gives.',
  ],
  [
    "search('/nowhere.png')",
    'TypeError',
    /^Expected an image at http:.*nowhere\.png, found status 404; check the address\.$/,
  ],
  [
    'search(new Int8Array(3))',
    'Mismatch',
    /^These files do not belong together: expected an embedding of \d+ numbers, as this network makes, found 3; embed the image with this site\.$/,
  ],
  [
    'search(new Int8Array(3), { part: { left: 0, top: 0, width: 1, height: 1 } })',
    'TypeError',
    /^Expected an image, of which a part can be searched, found an embedding/,
  ],
  ["search(new Blob(['no image']))", 'UnsupportedImage', /^This image cannot be read: /],
  [
    "similar('nobody')",
    'Site',
    'This link names a model that is not in this catalogue. Drop an image, or try a sample.',
  ],
  ['similar(7)', 'TypeError', /^Expected the uid of a model, found 7/],
  [
    "similar('any', { top: 0 })",
    'TypeError',
    'Expected a whole number of at least 1 as top, found 0; use 12, for instance.',
  ],
  [
    "similar('any', { filter: { colour: ['red'] } })",
    'TypeError',
    /^Expected a filter with a list of texts for category, tag, licence, author, found colour: \["red"\]/,
  ],
  ["similar('any', { limit: 3 })", 'TypeError', /^Expected the options top, filter, part and signal, found limit/],
];

test('what cannot be asked is refused in a sentence, and the next call is answered', async (t) => {
  const { page } = await loaded(t);
  for (const [call, name, message] of MISUSES) {
    const error = await page.evaluate(
      `window.site.${call}.then(() => null, ({ name, message }) => ({ name, message }))`,
    );
    assert.equal(error?.name, name, call);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
  }
  const answer = await page.evaluate((file) => window.site.search(file, { top: 2 }), named.samples[0].file);
  assert.equal(answer.neighbours.length, 2);
});

test('sentences come in the language that is asked for', async (t) => {
  const { page } = await openHost(t, context, '');
  const { failures } = await import(join(PAGE, 'strings/de.js'));
  const message = await page.evaluate(async () => {
    const { load } = await import('/api.js');
    const site = await load('/', { language: 'de-AT' });
    return site.similar('nobody').catch((error) => error.message);
  });
  assert.equal(message, failures.unknownModel);
});

test('where the worker dies, all who ask hear so, and loading again mends it', async (t) => {
  const trap = [
    /^recasketch\.js$/,
    fault.patched((glue) =>
      glue.replace(/queryOfModel\(.*\) \{/, "$& throw new WebAssembly.RuntimeError('unreachable');"),
    ),
  ];
  const { page, server } = await loaded(t, [trap]);
  const [{ uid }] = await native((await sample(0)).path, 1);
  const names = await page.evaluate(async (model) => {
    const other = await window.api.load();
    const asked = [window.site.similar(model), other.similar(model)];
    return Promise.all(
      asked.map((one) =>
        one.then(
          () => 'answered',
          (error) => error.name,
        ),
      ),
    );
  }, uid);
  assert.deepEqual(names, ['Stopped', 'Stopped']);
  server.faults.delete(trap[0]);
  const answer = await page.evaluate(async (model) => (await window.api.load()).similar(model), uid);
  assert.equal(answer.neighbours.length, 12);
});

test('a folder that is no site is refused with what to do', async (t) => {
  const { page } = await openHost(t, context, '');
  const error = await page.evaluate(async () => {
    const { load } = await import('/api.js');
    return load('/nowhere').catch(({ name, message }) => ({ name, message }));
  });
  assert.equal(error.name, 'Stopped');
  assert.match(error.message, /^The file worker\.js, or one that it needs, could not be loaded\..*recasketch embed/);
});

test('a site of another origin answers where its host allows it', async (t) => {
  const server = await serve(SITE);
  t.after(() => server.close());
  server.faults.set(...WITH_CORS);
  server.faults.set(...withWorkers(2));
  const image = await sample(1);
  const policy = STRICT.replace(/(script-src|connect-src|img-src) /g, `$1 ${server.origin} `).replace(
    'worker-src',
    `worker-src blob: ${server.origin}`,
  );
  const { page } = await openHost(t, context, '', { policy });
  const answer = await page.evaluate(
    async ([origin, file]) => {
      const { load } = await import(`${origin}/api.js`);
      return (await load()).search(await (await fetch(file)).blob());
    },
    [server.origin, image.file],
  );
  same(answer.neighbours, await native(image.path));
  assert.ok(answer.neighbours[0].model.thumbnail.startsWith(server.address));
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});

test('api.d.ts declares what api.js exports', async () => {
  const [code, types] = [await readFile(join(PAGE, 'api.js'), 'utf8'), await readFile(join(SITE, 'api.d.ts'), 'utf8')];
  const exported = [...code.matchAll(/^export (?:async )?(?:function|class|const) (\w+)|^export \{ (\w+) \}/gm)].map(
    ([, one, other]) => one ?? other,
  );
  const declared = [...types.matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, one]) => one);
  assert.deepEqual(declared.sort(), exported.sort());
  assert.deepEqual(exported.sort(), ['EngineError', 'load']);
});
