/** Everything that goes wrong is a sentence on the page that names what it was and what to do. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { fault } from './server.js';
import {
  alertOf,
  answered,
  drop,
  dropPaths,
  launched,
  MODULES,
  manifest,
  open,
  PAGE_NAME,
  ready,
  refined,
  SITE,
  sample,
  shownNames,
  withCatalogue,
} from './site.js';

const { context } = await launched();

const named = { ...(await manifest()), wasm: [MODULES.plain] };
const MANIFEST = /^manifest\.json$/;
/** The module is either of two, of which the one with relaxed lanes is tried first. */
const pattern = (name) =>
  name === 'wasm' ? /^recasketch.*\.wasm$/ : new RegExp(`^${named[name][0].file.replaceAll('.', '\\.')}$`);

/** What a site does wrong, and the sentence that the visitor then reads. */
const SITES = [
  [
    'a network with one bit turned',
    pattern('network'),
    fault.corrupt,
    [named.network[0].file, 'its length is right, but its content is not'],
  ],
  ['a module with one bit turned', pattern('wasm'), fault.corrupt, [named.wasm[0].file, 'its content is not']],
  [
    'a web page instead of the embeddings',
    pattern('embeddings'),
    fault.webPage,
    ['The server sent a web page instead of', named.embeddings[0].file],
  ],
  [
    'half of the embeddings',
    pattern('embeddings'),
    fault.truncated,
    [
      named.embeddings[0].file,
      `${named.embeddings[0].bytes} bytes were expected, and ${named.embeddings[0].bytes >> 1} were received`,
    ],
  ],
  [
    'embeddings that a host compressed without a word',
    pattern('embeddings'),
    fault.packed,
    [named.embeddings[0].file, `${named.embeddings[0].bytes} bytes were expected`],
  ],
  ['no module', pattern('wasm'), fault.missing, [named.wasm[0].file, 'is missing from this site (404)']],
  ['no catalogue', pattern('catalogue'), fault.missing, [named.catalogue[0].file, 'is missing from this site (404)']],
  ['no manifest', MANIFEST, fault.missing, ['manifest.json is missing from this site (404)']],
  [
    'a web page instead of the manifest',
    MANIFEST,
    fault.webPage,
    ['The server sent a web page instead of manifest.json'],
  ],
  [
    'a manifest that is no JSON',
    MANIFEST,
    fault.instead('{"version": 1,'),
    ['manifest.json cannot be read: it is not JSON'],
  ],
  [
    'a manifest of another version',
    MANIFEST,
    fault.edited((json) => ({ ...json, version: 1 })),
    ['has version 1, but this page reads version 5'],
  ],
  [
    'a manifest without a network',
    MANIFEST,
    fault.edited((json) => ({ ...json, network: null })),
    ['its entry “network” is missing or wrong'],
  ],
  [
    'a manifest that names another site',
    MANIFEST,
    fault.edited((json) => ({ ...json, network: [{ ...json.network[0], file: 'https://example.org/n.bin' }] })),
    ['https://example.org/n.bin, which is not on this site'],
  ],
  [
    'a manifest of another deployment',
    MANIFEST,
    fault.edited((json) => ({ ...json, network: [{ ...json.network[0], sha256: '0'.repeat(64) }] })),
    [named.network[0].file, 'its content is not'],
  ],
  [
    'no recasketch.js',
    /^recasketch\.js$/,
    fault.missing,
    [`The file ${PAGE_NAME}/recasketch.js is missing from this site (404)`],
  ],
  [
    'a web page instead of recasketch.js',
    /^recasketch\.js$/,
    fault.webPage,
    [`The server sent a web page instead of ${PAGE_NAME}/recasketch.js`],
  ],
  [
    'a recasketch.js of another version',
    /^recasketch\.js$/,
    fault.instead('export default 1;'),
    ['The file recasketch.js cannot be used'],
  ],
  ['no worker', /^worker\.js$/, fault.missing, ['worker.js, or one that it needs, could not be loaded']],
  [
    'a server that breaks the connection',
    pattern('embeddings'),
    fault.broken,
    [named.embeddings[0].file, 'the server did not answer'],
  ],
  [
    'a transfer that breaks off',
    pattern('embeddings'),
    fault.cut,
    [
      `The download of ${named.embeddings[0].file} was interrupted after`,
      `of ${(named.embeddings[0].bytes / 1e6).toFixed(1)} MB`,
    ],
  ],
  [
    'a server with an error of its own',
    pattern('embeddings'),
    (reply) => ({ ...reply, status: 503 }),
    [named.embeddings[0].file, 'with status 503'],
  ],
];

for (const [name, where, wrong, words] of SITES) {
  test(`${name}: a sentence, and a fresh start once it is mended`, async (t) => {
    const { page, server, seen } = await open(t, context, { faults: [[where, wrong]] });
    const sentence = await alertOf(page);
    for (const part of words) assert.ok(sentence.includes(part), sentence);
    assert.match(sentence, /^[A-Z].*[.]$/);
    assert.equal(await page.locator('#engine').getAttribute('data-state'), 'stopped');
    server.faults.clear();
    await page.getByRole('button', { name: 'Start again' }).click();
    assert.equal(await ready(page), named.models);
    assert.equal(await page.locator('#alert').isHidden(), true);
    assert.deepEqual(seen.errors, []);
  });
}

test('what a cache keeps by mistake is fetched anew', async (t) => {
  for (const mistake of [fault.webPage, fault.missing, fault.corrupt]) {
    let times = 0;
    const once = (reply) => (times++ === 0 ? mistake(reply) : reply);
    const { page } = await open(t, context, { faults: [[pattern('network'), once]] });
    assert.equal(await ready(page), named.models);
    assert.equal(times, 2);
  }
});

test('who is offline is told so, and what was dropped is answered after a fresh start', async (t) => {
  const gate = fault.gate();
  const { page, server } = await open(t, context, { faults: [[MANIFEST, gate.hold]] });
  const image = await sample(0);
  await drop(page, [image]);
  await gate.reached;
  await context.setOffline(true);
  t.after(() => context.setOffline(false));
  gate.open();
  assert.match(await alertOf(page), /^You are offline, and \S+ has not been downloaded yet\./);
  await context.setOffline(false);
  server.faults.clear();
  await page.getByRole('button', { name: 'Start again' }).click();
  assert.equal((await answered(page, image.name)).length, 12);
});

test('once ready, the page works offline', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  await context.setOffline(true);
  t.after(() => context.setOffline(false));
  const image = await sample(1);
  await drop(page, [image]);
  assert.equal((await answered(page, image.name)).length, 12);
});

test('where the second level of the embeddings is lost, the first goes on answering', async (t) => {
  const { page, seen } = await open(t, context, {
    faults: [[new RegExp(named.embeddings.at(-1).file), fault.missing]],
  });
  assert.equal(named.embeddings.length, 2);
  const image = await sample(1);
  await drop(page, [image]);
  assert.equal((await answered(page, image.name)).length, 12);
  assert.equal(await page.locator('.mark').count(), 12);
  assert.equal(await page.locator('.mark[data-level]').count(), 0);
  assert.equal(await page.locator('#alert').isHidden(), true);
  assert.equal(await page.locator('#offline').textContent(), '');
  assert.deepEqual(seen.errors, []);
});

const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file)));
const thumbnailOf = (model) => readFile(join(SITE, model.thumbnail));
const right = await thumbnailOf(catalogue.find(({ uid }) => uid === named.self_test.uid));
const other = await thumbnailOf(catalogue.find(({ uid }) => uid !== named.self_test.uid));
/** The name of a file by its content. */
const byContent = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const OFF = 'The search is switched off, because its self-test failed: the file thumbnails/probe.jpg';

/** What is wrong with the self-test's thumbnail, its name, what comes, and what is said. */
const SELF_TESTS = [
  ['that is missing', 'probe.jpg', fault.missing, ['The file thumbnails/probe.jpg is missing from this site (404)']],
  [
    'in whose place a web page comes',
    'probe.jpg',
    fault.webPage,
    ['The server sent a web page instead of thumbnails/probe.jpg'],
  ],
  [
    'that is another than is named',
    `${byContent(right)}.jpg`,
    fault.instead(other),
    [`The file thumbnails/${byContent(right)}.jpg does not match manifest.json`],
  ],
  ['that cannot be decoded', 'probe.jpg', fault.instead('no image'), [`${OFF} cannot be decoded.`]],
  ['that only the browser decodes', 'probe.jpg', fault.instead(icon([1, 2, 3])), [`${OFF} cannot be decoded.`]],
  [
    'of which nobody knows whether it is the right one',
    'probe.jpg',
    fault.instead(other),
    [
      `${OFF} gives different numbers here`,
      'Either the file and manifest.json have different versions, or this browser calculates differently.',
      named.self_test.uid,
    ],
  ],
  [
    'that is right and computed otherwise',
    `${byContent(other)}.jpg`,
    fault.instead(other),
    [
      'because this browser calculates differently from the computer that made the site',
      `${byContent(other)}.jpg is the right one`,
      'Please report this',
    ],
  ],
];

for (const [name, file, wrong, words] of SELF_TESTS) {
  test(`a self-test with a thumbnail ${name} switches the search off and says so`, async (t) => {
    const renamed = fault.edited((json) => ({ ...json, self_test: { ...json.self_test, file: `thumbnails/${file}` } }));
    const { page, seen } = await open(t, context, {
      faults: [
        [MANIFEST, renamed],
        [new RegExp(`^thumbnails/${file}$`), wrong],
      ],
    });
    const sentence = await alertOf(page);
    for (const part of words) assert.ok(sentence.includes(part), sentence);
    await assert.rejects(
      page.evaluate(
        (address) =>
          fetch(address)
            .then((got) => got.blob())
            .then(window.recasketch.ask),
        (await sample(0)).file,
      ),
    );
    assert.equal(await page.locator('.card').count(), 0);
    assert.deepEqual(seen.errors, []);
  });
}

test('an image that cannot be used is refused in a sentence, and the answers before stay', async (t) => {
  const { page } = await open(t, context);
  const good = await sample(0);
  await drop(page, [good]);
  const names = await answered(page, good.name);
  const refusals = [
    [
      { name: 'text.jpg', bytes: Buffer.from('no image at all') },
      /^This image cannot be read: expected a JPEG, PNG, WebP, GIF or BMP image.*save it as JPEG or PNG/,
    ],
    [{ name: 'empty.png', bytes: Buffer.alloc(0) }, /^This image cannot be used:.*an empty file/],
    [
      { name: 'half.jpg', bytes: good.bytes.subarray(0, 200) },
      /^This image cannot be read: expected a whole, undamaged image/,
    ],
    [
      { name: 'drawing.svg', type: 'image/svg+xml', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
      /^This image cannot be read/,
    ],
  ];
  for (const [image, sentence] of refusals) {
    await drop(page, [image]);
    await page.locator('#alert p').filter({ hasText: sentence }).waitFor();
    assert.deepEqual(await answered(page, good.name), names, image.name);
    await page.getByRole('button', { name: 'Dismiss this message' }).click();
  }
});

test('a file that is gone when it is read, and one that is too large, are refused in a sentence', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'recasketch-gone-'));
  t.after(() => rm(folder, { recursive: true }));
  const gate = fault.gate();
  const { page } = await open(t, context, { faults: [[pattern('embeddings'), gate.hold]] });
  const [gone, large] = [join(folder, 'gone.jpg'), join(folder, 'large.jpg')];
  await writeFile(gone, (await sample(0)).bytes);
  await dropPaths(page, [gone]);
  await page.locator('.card.waiting').first().waitFor();
  await rm(gone);
  gate.open();
  assert.match(await alertOf(page), /^The file .*gone\.jpg.* could not be read\./);
  await writeFile(large, '');
  await truncate(large, 200_000_001); // a hole: it takes no room on the disk
  await dropPaths(page, [large]);
  await page
    .locator('#alert p')
    .filter({ hasText: /large\.jpg.* is too large: it has 200\.0 MB, and this page reads at most 200\.0 MB\./ })
    .waitFor();
});

test('an image that only the browser decodes is answered too', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  const answer = await page.evaluate(
    async (bytes) => {
      const blob = new Blob([Uint8Array.from(bytes)], { type: 'image/x-icon' });
      const inspected = await window.recasketch.inspect(blob);
      return { decoder: inspected.decoder, colour: Array.from(inspected.rgb.slice(0, 3)) };
    },
    Array.from(icon([200, 40, 90])),
  );
  assert.deepEqual(answer, { decoder: 'browser', colour: [200, 40, 90] });
});

/** An ICO of 32 x 32 pixels in one colour: Chromium decodes it, the crate does not. */
function icon([red, green, blue]) {
  const side = 32;
  const header = Buffer.from([0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 22, 0, 0, 0]);
  const bitmap = Buffer.alloc(40);
  for (const [offset, value] of [
    [0, 40],
    [4, side],
    [8, side * 2],
  ])
    bitmap.writeInt32LE(value, offset);
  bitmap.writeInt16LE(1, 12);
  bitmap.writeInt16LE(32, 14);
  const pixels = Buffer.alloc(side * side * 4, Buffer.from([blue, green, red, 255]));
  const mask = Buffer.alloc((side * side) / 8);
  header.writeInt32LE(bitmap.length + pixels.length + mask.length, 14);
  return Buffer.concat([header, bitmap, pixels, mask]);
}

test('a missing thumbnail leaves its place, its name and how close it is', async (t) => {
  const { page } = await open(t, context, {
    faults: [[new RegExp(`^(?!${named.self_test.file})thumbnails/`), fault.missing]],
  });
  await drop(page, [await sample(2)]);
  assert.equal((await shownNames(page)).length, 12);
  await page.locator('.card > .box.empty').nth(10).waitFor();
  const box = await page.locator('.card > .box.empty').first().boundingBox();
  assert.ok(Math.abs(box.width / box.height - 16 / 9) < 0.02);
  const first = page.locator('.card').first();
  assert.match(await first.locator('.level').textContent(), /^(Close|Fairly close)$/);
  await first.locator('.open').click();
  await page.locator('dialog.details .box.empty').waitFor();
});

/** Makes the module trap on its first searches, as running out of memory does. */
const trapping = fault.patched((glue) =>
  glue.replace(/ similar\(.*\) \{/g, "$& throw new WebAssembly.RuntimeError('unreachable');"),
);

test('a module that traps is said, and a fresh one is started', async (t) => {
  const { page, server } = await open(t, context, { faults: [[/^recasketch\.js$/, trapping]] });
  await ready(page);
  const image = await sample(3);
  await drop(page, [image]);
  assert.match(await alertOf(page), /^The search stopped unexpectedly/);
  assert.equal(await page.locator('html').getAttribute('data-view'), 'start');
  server.faults.clear();
  await page.getByRole('button', { name: 'Start again' }).click();
  await ready(page);
  assert.equal(await page.locator('#grid .card').count(), 0, 'what stopped it is not asked again by itself');
  await drop(page, [image]);
  assert.equal((await answered(page, image.name)).length, 12);
});

test('a worker that breaks is said, and a fresh one answers what is dropped meanwhile', async (t) => {
  const breaking = fault.patched((text) =>
    text.replace(
      'self.onmessage = async ({ data: request }) => {',
      'self.onmessage = async ({ data: request }) => { setTimeout(() => { throw new Error("broken"); }); return;',
    ),
  );
  const { page, server } = await open(t, context, { faults: [[/^worker\.js$/, breaking]] });
  await ready(page);
  await drop(page, [await sample(3)]);
  assert.match(await alertOf(page), /^The search stopped unexpectedly/);
  server.faults.clear();
  const next = await sample(4);
  await drop(page, [next]);
  await page.getByRole('button', { name: 'Start again' }).click();
  assert.equal((await answered(page, next.name)).length, 12);
});

test('a file in parts is put together, and a part that is wrong is named', async (t) => {
  const whole = await readFile(join(SITE, named.embeddings[0].file));
  const halves = [whole.subarray(0, 1000), whole.subarray(1000)];
  const parts = halves.map((half, index) => ({
    file: `embeddings-half-${index}.bin`,
    bytes: half.length,
    sha256: createHash('sha256').update(half).digest('hex'),
  }));
  const faults = [
    [MANIFEST, fault.edited((json) => ({ ...json, embeddings: parts, first_level: parts.length }))],
    ...parts.map(({ file }, index) => [new RegExp(file), fault.instead(halves[index])]),
  ];
  const { page } = await open(t, context, { faults });
  assert.equal(await ready(page), named.models);
  const { page: other } = await open(t, context, { faults: [...faults, [new RegExp(parts[1].file), fault.corrupt]] });
  const sentence = await alertOf(other);
  assert.ok(sentence.includes(parts[1].file) && sentence.includes('its content is not'), sentence);
});

test('a host that compresses shows no progress beyond the whole', async (t) => {
  const { page } = await open(t, context, {
    faults: [[/\.(wasm|bin|json)$/, fault.gzip]],
    before: (opened) =>
      opened.addInitScript(() => {
        window.progress = [];
        const record = () => window.progress.push(document.getElementById('engine-words').textContent);
        new MutationObserver(() => document.getElementById('engine-words') && record()).observe(document, {
          subtree: true,
          childList: true,
          characterData: true,
        });
      }),
  });
  await ready(page);
  const steps = (await page.evaluate(() => window.progress))
    .map((text) => /: ([\d.]+) of ([\d.]+) MB/.exec(text))
    .filter(Boolean);
  assert.ok(steps.length > 0);
  const total = ['network', 'embeddings', 'catalogue'].reduce(
    (sum, name) => sum + named[name][0].bytes,
    MODULES.relaxed.bytes,
  );
  for (const [, loaded, whole] of steps) {
    assert.equal(whole, (total / 1e6).toFixed(1));
    assert.ok(Number(loaded) <= Number(whole), loaded);
  }
  assert.equal(steps.at(-1)[1], (total / 1e6).toFixed(1));
});

test('plain http without the browser’s own digest is checked all the same', async (t) => {
  const { page } = await open(t, context, { host: 'plain.test' });
  assert.equal(await page.evaluate(() => isSecureContext), false);
  assert.equal(await ready(page), named.models);
  for (const name of ['network', 'wasm', 'catalogue']) {
    const { page: wrong } = await open(t, context, { host: 'plain.test', faults: [[pattern(name), fault.corrupt]] });
    const sentence = await alertOf(wrong);
    assert.ok(sentence.includes(named[name][0].file), sentence);
  }
});

test('of twenty drops within a second the last is answered, and only that is shown', async (t) => {
  const { page } = await open(t, context);
  await refined(page); // else the rest of the embeddings shows the answer once more
  const pictures = await Promise.all([0, 1, 2, 3].map((index) => sample(index)));
  await page.evaluate(() => {
    window.titles = [];
    new MutationObserver(() => window.titles.push(document.title)).observe(document.querySelector('title'), {
      childList: true,
    });
  });
  const outcome = await page.evaluate(
    async (files) => {
      const blobs = await Promise.all(files.map((file) => fetch(file).then((got) => got.blob())));
      const asked = Array.from({ length: 20 }, (_, index) =>
        window.recasketch.ask(new File([blobs[index % 4]], `drop ${index}`)).then(
          () => 'answered',
          (error) => error.name,
        ),
      );
      return Promise.all(asked);
    },
    pictures.map(({ file }) => file),
  );
  assert.deepEqual(outcome, [...Array(19).fill('Superseded'), 'answered']);
  assert.equal(await page.locator('#preview-name').textContent(), 'drop 19');
  assert.deepEqual(await page.evaluate(() => window.titles), ['Similar to drop 19 – recasketch']);
});

test('a hostile catalogue is shown as text and leads nowhere', async (t) => {
  const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file)));
  // Neighbours of one class may be spaced evenly; a multiplied row is not.
  const kind = (row) => ((row * 7919) >>> 3) % 4;
  const hostile = catalogue.map((model, row) => ({
    ...model,
    name: ['<img src=x onerror="window.hacked=1">', '\u202eevil\u202c', '', 7][kind(row)],
    author: '<script>window.hacked=1</script>',
    licence: null,
    thumbnail: ['https://example.org/spy.png', 'javascript:window.hacked=1', model.thumbnail, null][kind(row)],
    url: [
      'javascript:window.hacked=1',
      'http://example.org/',
      'https://sketchfab.com/3d-models/x',
      'https://sketchfab.com.example.org/x',
    ][kind(row)],
  }));
  const { page, seen, server } = await open(t, context, { faults: await withCatalogue(hostile) });
  await drop(page, [await sample(5)]);
  await shownNames(page);
  const { neighbours } = await page.evaluate(() => window.recasketch.shown());
  const cards = await page.locator('.card').evaluateAll((all) =>
    all.map((card) => ({
      name: card.querySelector('h3 bdi').textContent,
      author: card.querySelector('.byline').textContent,
      link: card.querySelector('a')?.href ?? null,
      label: card.querySelector('a .unseen')?.textContent ?? null,
      rel: card.querySelector('a')?.rel ?? null,
      images: card.querySelectorAll('img').length,
    })),
  );
  const links = [
    [null, null],
    [null, null],
    ['https://sketchfab.com/3d-models/x', ', View on Sketchfab, opens in a new tab'],
    ['https://sketchfab.com.example.org/x', ', View on sketchfab.com.example.org, opens in a new tab'],
  ];
  assert.equal(new Set(neighbours.map(({ row }) => kind(row))).size, 4, 'every hostility is shown');
  for (const [index, { row }] of neighbours.entries()) {
    const [link, label] = links[kind(row)];
    const name = hostile[row].name;
    assert.deepEqual(cards[index], {
      name: typeof name === 'string' && name ? name : 'Unnamed model',
      author: '<script>window.hacked=1</script>',
      link,
      label,
      rel: link && 'noopener noreferrer',
      images: 1,
    });
  }
  for (const [index, { row }] of neighbours.entries()) {
    await page.locator('.card .open').nth(index).click();
    const details = page.locator('dialog.details');
    assert.equal(await details.locator('h2').textContent(), cards[index].name);
    assert.equal(await details.locator('.by').textContent(), '<script>window.hacked=1</script>');
    assert.equal(await details.locator('img').count(), 1);
    assert.deepEqual(
      await details.locator('a').evaluateAll((all) => all.map(({ href, rel }) => [href, rel])),
      links[kind(row)][0] ? [[links[kind(row)][0], 'noopener noreferrer']] : [],
    );
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
  }
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(
    seen.requests.filter((url) => !url.startsWith(server.origin) && !url.startsWith('blob:')),
    [],
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});

test('names of 10 kB are cut on their cards, and nothing is wider than the page', async (t) => {
  const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file)));
  const long = catalogue.map((model, row) => ({
    ...model,
    name: row % 2 ? 'W'.repeat(10_000) : 'chair '.repeat(1700),
    author: 'M'.repeat(10_000),
  }));
  const { page } = await open(t, context, { faults: await withCatalogue(long) });
  await drop(page, [await sample(5)]);
  assert.equal((await shownNames(page)).length, 12);
  const sides = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth - innerWidth,
    cards: [...document.querySelectorAll('.card')].map((card) => card.getBoundingClientRect().height),
    names: [...document.querySelectorAll('.card h3')].map((name) => name.getBoundingClientRect().height),
  }));
  assert.ok(sides.page <= 0, `${sides.page} pixels too wide`);
  assert.ok(Math.max(...sides.names) < 80 && Math.max(...sides.cards) < 600, JSON.stringify(sides));
  for (const at of [0, 1, 2, 3]) {
    await page.locator('.card .open').nth(at).click();
    const details = page.locator('dialog.details');
    const [box, cross] = [
      await details.boundingBox(),
      await details.getByRole('button', { name: 'Close' }).boundingBox(),
    ];
    assert.ok(box.x >= 0 && box.x + box.width <= 1280 && box.y >= 0 && box.y + box.height <= 800, JSON.stringify(box));
    assert.equal(await details.evaluate((one) => one.scrollWidth - one.clientWidth), 0);
    assert.ok(cross.y + cross.height < 200, 'the cross can be seen');
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
  }
});

test('who comes back to the page finds it working', async (t) => {
  const { page, seen } = await open(t, context);
  const [first, second] = [await sample(0), await sample(1)];
  await drop(page, [first]);
  await answered(page, first.name);
  await page.goto('about:blank');
  await page.goBack();
  await ready(page);
  await drop(page, [second]);
  assert.equal((await answered(page, second.name)).length, 12);
  assert.deepEqual(seen.errors, []);
});
