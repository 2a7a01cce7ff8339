/** `<rec-a-sketch>` on somebody else's page, whose policy allows nothing inline. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

import { fault, inModule, serve } from './server.js';
import {
  launch,
  launched,
  manifest,
  native,
  open,
  openHost,
  PAGE,
  SITE,
  STRICT,
  sample,
  WITH_CORS,
  withWorkers,
  workersAre,
} from './site.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TWO_LINES = '<script type="module" src="element.js"></script><rec-a-sketch></rec-a-sketch>';
const with_ = (attributes, content = '') =>
  TWO_LINES.replace('<rec-a-sketch></rec-a-sketch>', `<rec-a-sketch ${attributes}>${content}</rec-a-sketch>`);

const { context } = await launched();

const named = await manifest();
const one = (page) => page.locator('rec-a-sketch').first();

/** A host's page, in which `window.told` collects the element's events as they reach the document. */
async function host(t, body = TWO_LINES, how = {}) {
  const faults = [withWorkers(1), ...(how.faults ?? [])];
  const recorded = (page) =>
    page.addInitScript(() => {
      window.told = [];
      for (const type of ['ready', 'answer', 'error', 'select', 'open']) {
        document.addEventListener(
          type,
          (event) => event.detail && window.told.push({ type, from: event.target.id, detail: event.detail }),
          type === 'error',
        ); // which does not bubble
      }
    });
  return openHost(t, context, body, { before: recorded, ...how, faults });
}

const ready = (page) =>
  page.waitForFunction(() => customElements.get('rec-a-sketch') && document.querySelector('rec-a-sketch').ready);

/** The uids that are shown once the element has all levels: those of the native program. */
async function shows(page, expected, element = one(page)) {
  const ids = expected.map(({ uid }) => `result-${uid}`);
  for (const end = Date.now() + 60_000; Date.now() < end; await page.waitForTimeout(50)) {
    const shown = await element
      .locator('.grid:not([aria-busy]) .card:not(.waiting) h3 bdi')
      .evaluateAll((all) => all.map(({ id }) => id));
    if (shown.join() === ids.join()) return;
  }
  assert.deepEqual(await element.locator('.card h3 bdi').evaluateAll((all) => all.map(({ id }) => id)), ids);
}

test('two lines are enough: a dropped image is answered as by the native program', async (t) => {
  const { page, seen, server } = await host(t);
  await ready(page);
  const image = await sample(0);
  await one(page).locator('.zone').waitFor();
  const session = await page.context().newCDPSession(page);
  const { x, y, width, height } = await one(page).locator('.zone').boundingBox();
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', {
      type,
      x: x + width / 2,
      y: y + height / 2,
      data: { items: [], files: [image.path], dragOperationsMask: 1 },
    });
  }
  const expected = await native(image.path);
  await shows(page, expected);
  const told = await page.evaluate(() => window.told);
  const { detail: answer } = told.findLast(({ type }) => type === 'answer');
  for (const [rank, { uid, score }] of expected.entries()) {
    assert.equal(answer.neighbours[rank].uid, uid);
    assert.ok(Math.abs(answer.neighbours[rank].score - score) < 1e-4);
  }
  const card = one(page).locator('.card').first();
  assert.equal(await card.locator('h3').textContent(), expected[0].name);
  assert.match(await card.locator('.level').textContent(), /^(Close|Fairly close)$/);
  assert.ok((await card.locator('.mark').getAttribute('title')).includes(` ${expected[0].score.toFixed(3)}.`));
  assert.equal(await card.locator('.byline').textContent(), `${expected[0].author}${expected[0].licence}`);
  await page.waitForFunction(() =>
    [...document.querySelector('rec-a-sketch').shadowRoot.querySelectorAll('img')].every((one) => one.naturalWidth > 0),
  );
  assert.match(
    await one(page).locator('[role=status].unseen').textContent(),
    /^12 models found\. The closest is .+, \d+% similar\.$/,
  );
  assert.equal(await one(page).locator('h2').textContent(), 'Models that look like your image');
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  assert.ok(server.asked.every(({ method }) => method === 'GET'));
});

test('an image can be chosen and pasted, and what is no image gets a sentence', async (t) => {
  const { page } = await host(t);
  await ready(page);
  const [first, second] = [await sample(1), await sample(2)];
  await one(page).locator('input').setInputFiles(first.path);
  await shows(page, await native(first.path));
  const paste = (files, text) =>
    page.evaluate(
      async ([file, words]) => {
        const data = new DataTransfer();
        if (file) data.items.add(new File([await (await fetch(file)).blob()], 'a.jpg', { type: 'image/jpeg' }));
        else data.setData('text/plain', words);
        const base = document.querySelector('rec-a-sketch').shadowRoot.querySelector('.base');
        base.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true, cancelable: true }),
        );
      },
      [files, text],
    );
  await paste(second.file);
  await shows(page, await native(second.path));
  await paste(null, 'words');
  assert.match(await one(page).locator('.alert p').textContent(), /^The clipboard contains text/);
  await one(page).getByRole('button', { name: 'Dismiss this message' }).click();
  assert.equal(await one(page).locator('.alert p').count(), 0);
  await one(page)
    .locator('input')
    .setInputFiles({ name: 'text.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no image') });
  assert.match(await one(page).locator('.alert p').textContent(), /^This image cannot be read/);
  await shows(page, await native(second.path)); // what was there before
  const error = await page.evaluate(() => {
    const { name, message } = window.told.findLast(({ type }) => type === 'error').detail;
    return { name, message };
  });
  assert.equal(error.name, 'UnsupportedImage');
  assert.match(error.message, /^This image cannot be read/);
});

test('a click in the element lets the keyboard paste into it', async (t) => {
  const { page } = await host(t, with_('', '<p slot="heading">Ours</p>'));
  await ready(page);
  await page.getByText('Ours').click();
  const inside = await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className);
  assert.equal(inside, 'base');
});

test('each result is a query: select tells it, the keyboard goes on from the answer, and a host can prevent it', async (t) => {
  const [{ uid }] = await native((await sample(0)).path, 1);
  const { page } = await host(t, with_(`uid="${uid}"`));
  const expected = await similar(t, uid);
  await shows(page, expected);
  assert.equal(await one(page).locator('h2').textContent(), `Models like \u201c\u2068${await nameOf(uid)}\u2069\u201d`);
  await one(page).locator('.more').nth(1).click();
  await shows(page, await similar(t, expected[1].uid));
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.tagName), 'H2');
  const { detail } = await page.evaluate(() => window.told.findLast(({ type }) => type === 'select'));
  assert.equal(detail.uid, expected[1].uid);
  assert.equal(
    detail.model.thumbnail,
    new URL(catalogue.find(({ uid }) => uid === detail.uid).thumbnail, page.url()).href,
  );
  await page.evaluate(() => document.addEventListener('select', (event) => event.preventDefault()));
  await one(page).locator('.more').nth(0).click();
  assert.equal(await one(page).locator('.grid[aria-busy]').count(), 0, 'nothing is asked');
  await shows(page, await similar(t, expected[1].uid));
});

test('a finger has the action below the lines, where it was kept a place, and the picture does the same', async (t) => {
  const phone = await launch({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  t.after(() => phone.close());
  const gate = fault.gate();
  const { page } = await openHost(t, phone.context, with_(`uid="${named.self_test.uid}"`), {
    faults: [withWorkers(1), [/^embeddings-/, gate.hold]],
  });
  const heights = () =>
    one(page)
      .locator('.card')
      .evaluateAll((all) => all.map((card) => card.getBoundingClientRect().height));
  await one(page).locator('.card.waiting').nth(11).waitFor();
  const reserved = await heights();
  gate.open();
  const expected = await similar(t, named.self_test.uid);
  await shows(page, expected);
  assert.deepEqual(await heights(), reserved);
  const seen = await one(page)
    .locator('.card')
    .first()
    .evaluate((card) => {
      const parts = ['h3', '.byline', '.closeness', '.action'].map((name) => card.querySelector(name));
      return {
        opacities: [...parts, card.querySelector('.actions')].map((part) => getComputedStyle(part).opacity),
        places: [...parts.map((part) => part.getBoundingClientRect()), { top: card.getBoundingClientRect().bottom }],
        actions: card.querySelectorAll('button').length,
      };
    });
  assert.deepEqual(seen.opacities, Array(5).fill('1'));
  assert.equal(seen.actions, 1);
  for (const [at, { bottom }] of seen.places.slice(0, -1).entries())
    assert.ok(bottom <= seen.places[at + 1].top, `${at}: ${JSON.stringify(seen.places)}`);
  await one(page).locator('.more').nth(1).tap();
  const second = await similar(t, expected[1].uid);
  await shows(page, second);
  await one(page).locator('.card img').nth(2).tap();
  await shows(page, await similar(t, second[2].uid));
});

/** What the page answers to a model. */
async function similar(t, uid, filter = '') {
  const { page } = await open(t, context, { hash: `#model=${uid}${filter}` });
  await page.evaluate(() => window.recasketch.refined);
  await page.locator('#grid:not([aria-busy]) .card:not(.waiting)').first().waitFor();
  const { neighbours } = await page.evaluate(() => window.recasketch.shown());
  await page.close();
  return neighbours;
}

const catalogue = JSON.parse(await readFile(join(SITE, named.catalogue[0].file), 'utf8'));
const nameOf = (uid) => catalogue.find((model) => model.uid === uid).name;

test('a link to a model tells open, which a host can prevent', async (t) => {
  const { page } = await host(t, with_(`uid="${named.self_test.uid}" top="3"`), {
    faults: [
      [
        /^catalogue-/,
        fault.edited((models) =>
          models.map((model) => ({ ...model, url: `https://sketchfab.com/models/${model.uid}` })),
        ),
      ],
      UNCHECKED,
    ],
  });
  await one(page).locator('.view').first().waitFor();
  await page.evaluate(() => {
    document.addEventListener('open', (event) => event.preventDefault());
    window.addEventListener('click', (event) => (window.isPrevented = event.defaultPrevented));
  });
  await one(page).locator('.view').first().click();
  assert.equal(await page.evaluate(() => window.isPrevented), true, 'the browser follows no link');
  const { detail } = await page.evaluate(() => window.told.findLast(({ type }) => type === 'open'));
  assert.equal(detail.model.url, `https://sketchfab.com/models/${detail.uid}`);
});

/** Lets a changed catalogue through. */
const UNCHECKED = inModule(
  'engine/download.js',
  fault.patched((text) =>
    text
      .replace('if ((await digest(bytes)) === part.sha256) return;', 'return;')
      .replace(
        'const whole = new Uint8Array(length(parts));',
        "if (parts[0].file.startsWith('catalogue')) return new Uint8Array(await (await fetch(new URL(parts[0].file, SITE))).arrayBuffer());\n  const whole = new Uint8Array(length(parts));",
      ),
  ),
);

test('attributes are properties, and each changes what is shown', async (t) => {
  const [{ uid }, { uid: other }] = await native((await sample(0)).path, 2);
  const { page } = await host(
    t,
    with_(`uid="${uid}" top="5" filter="category=${encodeURIComponent(catalogue[0].categories[0])}"`),
  );
  const filter = `&category=${encodeURIComponent(catalogue[0].categories[0])}`;
  await shows(page, (await similar(t, uid, filter)).slice(0, 5));
  const properties = await one(page).evaluate(({ src, uid, top, filter, lang }) => ({ src, uid, top, filter, lang }));
  assert.deepEqual(properties, {
    src: new URL('.', page.url()).href,
    uid,
    top: 5,
    filter: { category: [catalogue[0].categories[0]] },
    lang: '',
  });
  await one(page).evaluate((element) => (element.filter = {}));
  await shows(page, (await similar(t, uid)).slice(0, 5));
  await one(page).evaluate((element) => (element.top = 3));
  await shows(page, (await similar(t, uid)).slice(0, 3));
  await one(page).evaluate((element, model) => (element.uid = model), other);
  await shows(page, (await similar(t, other)).slice(0, 3));
  assert.deepEqual(
    await one(page).evaluate((element) =>
      element
        .getAttributeNames()
        .sort()
        .map((name) => `${name}=${element.getAttribute(name)}`),
    ),
    ['filter=', 'top=3', `uid=${other}`],
  );
  await one(page).evaluate((element) => (element.uid = null));
  await one(page).locator('.answer').waitFor({ state: 'hidden' });
  const refused = await one(page).evaluate((element) => {
    try {
      element.filter = { colour: ['red'] };
    } catch (error) {
      return error.message;
    }
    return null;
  });
  assert.match(refused, /^Expected a filter with a list of texts for category, tag, licence, author, found colour/);
});

test('programs ask an element by its methods, also before it is defined or on a page', async (t) => {
  const { page } = await host(t, with_('', '').replace('<rec-a-sketch ></rec-a-sketch>', ''));
  const image = await sample(1);
  const uids = await page.evaluate(async (file) => {
    const early = document.createElement('rec-a-sketch');
    early.top = 4;
    document.querySelector('main').append(early);
    await customElements.whenDefined('rec-a-sketch');
    const blob = await (await fetch(file)).blob();
    const { load } = await import('/api.js');
    const embedding = await (await load()).embed(blob);
    const late = document.createElement('rec-a-sketch');
    const asked = late.search(embedding);
    document.querySelector('main').append(late);
    const [models, one, two] = [await early.ready, await early.search(blob), await asked];
    const three = await early.similar(one.neighbours[0].uid);
    return {
      models,
      one: one.neighbours.map(({ uid }) => uid),
      two: two.neighbours.map(({ uid }) => uid),
      asked: three.model.uid,
      shown: early.answer.model.uid,
    };
  }, image.file);
  const expected = (await native(image.path)).map(({ uid }) => uid);
  assert.deepEqual(uids, {
    models: named.models,
    one: expected.slice(0, 4),
    two: expected,
    asked: expected[0],
    shown: expected[0],
  });
});

test('two elements and a program share one worker, which ends with the last of them', async (t) => {
  const [{ uid }] = await native((await sample(0)).path, 1);
  const { page, server } = await host(
    t,
    `${with_(`id="a" uid="${uid}"`)}<rec-a-sketch id="b" uid="${named.self_test.uid}"></rec-a-sketch>`,
  );
  await shows(page, await similar(t, uid), page.locator('#a'));
  await shows(page, await similar(t, named.self_test.uid), page.locator('#b'));
  await page.evaluate(async () => (window.site = await (await import('/api.js')).load()));
  assert.equal(page.workers().length, 1);
  assert.equal(server.asked.filter(({ file }) => file === 'worker.js').length, 1);
  assert.deepEqual(
    await page.evaluate(() =>
      window.told
        .filter(({ type }) => type === 'ready')
        .map(({ from }) => from)
        .sort(),
    ),
    ['a', 'b'],
  );
  // A move is no end.
  await page.evaluate(() => document.body.prepend(document.getElementById('b')));
  await page.evaluate(() => document.getElementById('a').remove());
  await page.evaluate(() => window.site.close());
  assert.equal(page.workers().length, 1);
  await page.locator('#b .more').first().click();
  await page.evaluate(() => document.getElementById('b').remove());
  await workersAre(page, 0);
});

test('heading, empty and footer are the host’s, colours and parts too', async (t) => {
  const style =
    'rec-a-sketch { --recasketch-button: #123456; --recasketch-columns: 3; --recasketch-radius: 0; --recasketch-gap: 20px } rec-a-sketch::part(name) { color: rgb(1, 2, 3) } rec-a-sketch::part(zone) { border-width: 5px }';
  const slots = '<h2 slot="heading">Ours</h2><p slot="empty">Nothing yet</p><p slot="footer">Below</p>';
  const { page } = await host(t, `<link rel="stylesheet" href="host.css">${with_('', slots)}`, {
    policy: STRICT.replace("style-src 'none'", "style-src 'self'"),
    faults: [
      [/^host\.css$/, () => ({ status: 200, headers: { 'Content-Type': 'text/css' }, body: Buffer.from(style) })],
    ],
  });
  await ready(page);
  for (const words of ['Ours', 'Nothing yet', 'Below'])
    assert.equal(await page.getByText(words).isVisible(), true, words);
  await one(page)
    .locator('input')
    .setInputFiles((await sample(0)).path);
  await shows(page, await native((await sample(0)).path));
  assert.equal(await page.getByText('Nothing yet').isVisible(), false);
  const computed = (selector, property) =>
    one(page)
      .locator(selector)
      .first()
      .evaluate((found, name) => getComputedStyle(found)[name], property);
  assert.equal(await computed('.button', 'backgroundColor'), 'rgb(18, 52, 86)');
  assert.equal(await computed('.card h3', 'color'), 'rgb(1, 2, 3)');
  assert.equal(await computed('.zone', 'borderTopWidth'), '5px');
  assert.equal(await computed('.card', 'borderTopLeftRadius'), '0px');
  assert.equal((await computed('.grid', 'gridTemplateColumns')).split(' ').length, 3);
  assert.equal(await computed('.grid', 'columnGap'), '20px');
  const base = await one(page)
    .locator('.base')
    .evaluate((found) => [...found.children].map((child) => child.name || child.className));
  assert.deepEqual(base, ['heading', 'zone', 'engine', 'alert', 'note', 'empty', 'answer', 'footer', 'unseen']);
});

test('the element takes its font and its colour from the page', async (t) => {
  const style = 'main { font: 20px/1.5 serif; color: rgb(200, 10, 10); background: rgb(255, 255, 255) }';
  const { page } = await host(t, `<link rel="stylesheet" href="host.css">${TWO_LINES}`, {
    policy: STRICT.replace("style-src 'none'", "style-src 'self'"),
    faults: [
      [/^host\.css$/, () => ({ status: 200, headers: { 'Content-Type': 'text/css' }, body: Buffer.from(style) })],
    ],
  });
  await ready(page);
  const [family, colour] = await one(page)
    .locator('.drop')
    .evaluate((found) => [getComputedStyle(found).fontFamily, getComputedStyle(found).color]);
  assert.deepEqual([family, colour], ['serif', 'rgb(200, 10, 10)']);
});

for (const language of ['de', 'es', 'zh', 'ar']) {
  test(`in ${language}: by its attribute, by the page, and changed while it shows`, async (t) => {
    const words = await import(join(PAGE, `strings/${language}.js`));
    const { page } = await host(t, `${with_(`id="a" lang="${language}"`)}<rec-a-sketch id="b"></rec-a-sketch>`, {
      lang: 'en',
    });
    await page.locator('#b .drop').waitFor();
    const [mine, theirs] = [page.locator('#a'), page.locator('#b')];
    assert.equal(await mine.locator('.drop').textContent(), words.element.drop);
    assert.equal(await theirs.locator('.drop').textContent(), 'Drop an image here');
    await mine.evaluate((element) => element.ready);
    assert.equal(await mine.locator('.engine p').textContent(), words.engine.ready(named.models));
    await theirs.evaluate((element, uid) => element.similar(uid), named.self_test.uid);
    await theirs.evaluate((element, tag) => (element.lang = tag), language);
    await theirs.locator('.more', { hasText: words.results.more }).first().waitFor();
    assert.equal(await theirs.locator('.base').getAttribute('dir'), language === 'ar' ? 'rtl' : 'ltr');
    assert.equal(page.workers().length, 1);
    if (language !== 'ar') return;
    const [first, second] = [
      await theirs.locator('.card').nth(0).boundingBox(),
      await theirs.locator('.card').nth(1).boundingBox(),
    ];
    assert.ok(first.x > second.x && first.y === second.y);
    for (const width of [320, 390, 860]) {
      await page.setViewportSize({ width, height: 800 });
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(excess <= 0, `${excess} at ${width}`);
    }
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing, ${colorScheme}`, async (t) => {
    const style = ':root { color-scheme: light dark } body { background: Canvas; color: CanvasText }';
    const { page } = await host(
      t,
      `<link rel="stylesheet" href="host.css">${TWO_LINES}<rec-a-sketch id="b"></rec-a-sketch>`,
      {
        policy: STRICT.replace("style-src 'none'", "style-src 'self'"),
        faults: [
          [/^host\.css$/, () => ({ status: 200, headers: { 'Content-Type': 'text/css' }, body: Buffer.from(style) })],
        ],
      },
    );
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await ready(page);
    await clean(page);
    await one(page)
      .locator('input')
      .setInputFiles((await sample(0)).path);
    await shows(page, await native((await sample(0)).path));
    await clean(page);
    await one(page)
      .locator('input')
      .setInputFiles({ name: 'text.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no image') });
    await one(page).locator('.alert p').waitFor();
    await clean(page);
  });
}

async function clean(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(async () => {
    const { violations, passes } = await window.axe.run(document, { resultTypes: ['violations', 'passes'] });
    return {
      violations: violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join())]),
      passes: passes.length,
    };
  });
  assert.deepEqual(violations, []);
  assert.ok(passes > 10);
}

test('the keyboard alone: choose, more like this, show more', async (t) => {
  const { page } = await host(t, with_('top="2"'));
  const chooser = page.waitForEvent('filechooser'); // asked for early: the browser has to be told first
  await ready(page);
  await page.locator('h1').click();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles((await sample(0)).path);
  const expected = await native((await sample(0)).path, 4);
  await shows(page, expected.slice(0, 2));
  const focused = () => page.evaluate(() => document.activeElement.shadowRoot.activeElement.className);
  const until = async (name) => {
    for (let presses = 0; presses < 12 && (await focused()) !== name; presses += 1) await page.keyboard.press('Tab');
    assert.equal(await focused(), name);
  };
  await until('show-more');
  await page.keyboard.press('Enter');
  await shows(page, expected);
  assert.equal(await focused(), 'action more');
  const name = await one(page).locator('.card').nth(2).locator('h3').textContent();
  await page.keyboard.press('Enter');
  await one(page).locator('h2', { hasText: name }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.tagName), 'H2');
});

test('where the site cannot be loaded, both elements say so and start again', async (t) => {
  const { page, server } = await host(
    t,
    `${with_(`id="a" uid="${named.self_test.uid}"`)}<rec-a-sketch id="b"></rec-a-sketch>`,
    { faults: [[/^network-/, fault.missing]] },
  );
  for (const id of ['a', 'b']) {
    assert.match(
      await page.locator(`#${id} .alert p`).textContent(),
      /^The file network-.* is missing from this site \(404\)/,
    );
  }
  assert.equal(page.workers().length, 0);
  const told = await page.evaluate(() => window.told.map(({ type, from, detail }) => [type, from, detail.name]));
  assert.deepEqual(told.sort(), [
    ['error', 'a', 'Stopped'],
    ['error', 'b', 'Stopped'],
  ]);
  for (const key of server.faults.keys()) if (key.source.includes('network')) server.faults.delete(key);
  await page.locator('#a').getByRole('button', { name: 'Start again' }).click();
  await shows(page, await similar(t, named.self_test.uid), page.locator('#a'));
  await page.locator('#b').getByRole('button', { name: 'Start again' }).click();
  await page.locator('#b').evaluate((element) => element.ready);
  assert.equal(page.workers().length, 1);
});

test('an error does not bubble, so that a host’s watch over its scripts sees none', async (t) => {
  const { page, seen } = await host(t, with_('uid="nobody"'));
  await page.evaluate(() => {
    window.bubbled = 0;
    window.addEventListener('error', () => (window.bubbled += 1));
  });
  assert.equal(
    await one(page).locator('.alert p').textContent(),
    'This link names a model that is not in this catalogue. Drop an image, or try a sample.',
  );
  assert.equal(await page.evaluate(() => window.bubbled), 0);
  assert.deepEqual(seen.errors, []);
});

test('on a page of another origin it works where the site’s host allows it, and else says what is missing', async (t) => {
  const server = await serve(SITE);
  t.after(() => server.close());
  server.faults.set(...WITH_CORS);
  server.faults.set(...withWorkers(2));
  const body = TWO_LINES.replace('element.js', `${server.origin}/element.js`).replace(
    '<rec-a-sketch>',
    `<rec-a-sketch uid="${named.self_test.uid}">`,
  );
  const from = STRICT.replace(/(script-src|connect-src|img-src) /g, `$1 ${server.origin} `);
  const { page } = await host(t, body, { policy: from.replace('worker-src', `worker-src blob: ${server.origin}`) });
  const expected = await similar(t, named.self_test.uid);
  await shows(page, expected);
  await page.waitForFunction(() =>
    [...document.querySelector('rec-a-sketch').shadowRoot.querySelectorAll('img')].every((one) => one.naturalWidth > 0),
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  const { page: strict } = await host(t, body, { policy: from });
  const sentence = await one(strict).locator('.alert p').textContent();
  assert.ok(
    sentence.startsWith(
      `The search of ${server.origin} cannot start on this page. The server of ${server.origin} must send the header Access-Control-Allow-Origin`,
    ),
    sentence,
  );
});

test('the module can be imported where there is no document', async () => {
  const { RecASketchElement } = await import(join(SITE, 'element.js'));
  assert.equal(typeof RecASketchElement, 'function');
});
