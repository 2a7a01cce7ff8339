/** Why an answer is alike: contributions of regions over both pictures, which add up to the score. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { fault, inModule } from './server.js';
import { answered, drop, dropPaths, launched, open, PAGE, refined, sample, shownNames } from './site.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { context } = await launched();

const shown = (page) => page.evaluate(() => window.recasketch.shown());

/** The pictures of the open details: their contributions and what is said of them. */
const figures = (page) =>
  page.locator('.why figure').evaluateAll((all) =>
    all.map((figure) => ({
      contributions: [...figure.querySelectorAll('.contributions span')].map(({ dataset }) =>
        Number(dataset.contribution),
      ),
      shades: [...figure.querySelectorAll('.contributions span')].map(({ style }) => Number(style.opacity)),
      alt: figure.querySelector('img').alt,
      name: figure.querySelector('figcaption').textContent,
      isThere: figure.querySelector('img').complete && figure.querySelector('img').naturalWidth > 0,
      fit: figure.querySelector('.seen').dataset.fit,
      ratio: figure.querySelector('.seen').clientWidth / figure.querySelector('.seen').clientHeight,
    })),
  );

const sum = (values) => values.reduce((all, one) => all + one, 0);

async function asked(page, at) {
  await page
    .locator('.card')
    .nth(at)
    .getByRole('button', { name: /^Why is it similar/ })
    .click();
  await page.locator('dialog.details .why .pictures').waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('.why img')].every((image) => image.complete));
  return figures(page);
}

/** Closes the details. */
async function dismissed(page) {
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
}

async function brought(t, index = 1) {
  const { page, seen } = await open(t, context);
  await refined(page);
  const image = await sample(index);
  await drop(page, [image]);
  await answered(page, image.name);
  return { page, seen, image };
}

test('the contributions of an image’s regions add up to the score, for every answer', async (t) => {
  const { page, seen, image } = await brought(t);
  const { neighbours } = await shown(page);
  for (const [at, { score, model }] of neighbours.entries()) {
    const [query, answer] = await asked(page, at);
    assert.equal(query.contributions.length, 49);
    assert.ok(Math.abs(sum(query.contributions) - score) < 1e-5, `${sum(query.contributions)} and ${score}`);
    assert.ok(Math.abs(sum(answer.contributions) - score) < 1e-5);
    // On the model they lie as they are, or mirrored; then the page says so.
    const rows = Array.from({ length: 7 }, (_, row) => query.contributions.slice(7 * row, 7 * row + 7));
    const isMirrored = (await page.locator('.why p', { hasText: 'mirror image' }).count()) > 0;
    assert.deepEqual(answer.contributions, isMirrored ? rows.flatMap((row) => row.toReversed()) : query.contributions);
    assert.deepEqual([query.name, answer.name], [image.name, model.name]);
    assert.ok(query.isThere && answer.isThere);
    assert.ok(Math.abs(query.ratio - 1) < 0.01 && query.fit === 'crop');
    // The lightest region is the one that adds most.
    assert.equal(
      query.shades.indexOf(Math.min(...query.shades)),
      query.contributions.indexOf(Math.max(...query.contributions)),
    );
    await dismissed(page);
    assert.equal(
      await page.evaluate(() => document.activeElement.getAttribute('aria-label')),
      `Why is it similar: ${model.name}`,
    );
  }
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});

test('it is said in words too, and axe finds nothing, dark, light and in forced colours', async (t) => {
  const { page } = await brought(t);
  for (const scheme of [{ colorScheme: 'dark' }, { colorScheme: 'light' }, { forcedColors: 'active' }]) {
    await page.emulateMedia({ reducedMotion: 'reduce', ...scheme });
    const [query, answer] = await asked(page, 0);
    assert.match(
      query.alt,
      /^[0-9a-f]{16}\.jpg: the similarity is (everywhere|mostly in the [a-z ]+ \(\d+%\)( and the [a-z ]+ \(\d+%\))?)$/,
    );
    assert.match(answer.alt, /: the similarity is /);
    assert.match(
      await page.locator('.score-line').textContent(),
      /^\d+% similar, (mostly because of the|a little everywhere)/,
    );
    await page.evaluate(axe);
    const violations = await page.evaluate(async () =>
      (await window.axe.run(document)).violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`),
    );
    assert.deepEqual(violations, []);
    const ground = await page
      .locator('.contributions span')
      .first()
      .evaluate((region) => getComputedStyle(region).backgroundColor);
    assert.equal(ground, 'rgb(0, 0, 0)');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
  }
});

test('every language has words for all nine places', async () => {
  for (const language of ['en', 'es', 'de', 'zh', 'ar']) {
    const { why } = await import(pathToFileURL(join(PAGE, `strings/${language}.js`)));
    const places = Array.from({ length: 9 }, (_, zone) =>
      why.mostly(0.8, [
        { zone, share: 0.3 },
        { zone: (zone + 1) % 9, share: 0.25 },
      ]),
    );
    assert.equal(new Set(places).size, 9, language);
    for (const said of [
      ...places,
      why.mostly(0.8, []),
      why.picture('A', []),
      why.picture('A', [{ zone: 0, share: 0.5 }]),
    ])
      assert.ok(!/undefined|null/.test(said), said);
    assert.equal(
      places.every((said) => said.replace(/\D/g, '').length >= 4 || language === 'ar'),
      true,
      language,
    );
  }
});

test('a thing in a corner is where the contributions are', async (t) => {
  const { page, image } = await brought(t);
  // A chair in the left half alone, twice as high as wide.
  const base64 = await page.evaluate(async (file) => {
    const bitmap = await createImageBitmap(await (await fetch(file)).blob());
    const canvas = new OffscreenCanvas(400, 400);
    const context = canvas.getContext('2d');
    context.fillStyle = '#808080';
    context.fillRect(0, 0, 400, 400);
    const side = Math.min(bitmap.width, bitmap.height);
    context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 200, 200, 200);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, image.file);
  await drop(page, [{ name: 'corner.png', type: 'image/png', bytes: Buffer.from(base64, 'base64') }]);
  await answered(page, 'corner.png');
  const [{ contributions }] = await asked(page, 0);
  const quarter = (rows, columns) => sum(contributions.filter((_, at) => rows(Math.floor(at / 7)) && columns(at % 7)));
  const [own, opposite] = [
    quarter(
      (row) => row > 3,
      (column) => column < 3,
    ),
    quarter(
      (row) => row < 3,
      (column) => column > 3,
    ),
  ];
  assert.ok(own > 1.5 * opposite, `${own} in its quarter, ${opposite} in the opposite one`);
});

test('of a part the part is shown, of a model its picture, and of several and of links the answer alone', async (t) => {
  const { page } = await brought(t);
  await page.getByRole('button', { name: 'Select a part' }).click();
  await page.waitForFunction(() => window.recasketch.shown()?.part);
  const part = await asked(page, 0);
  assert.equal(part[0].fit, 'part');
  assert.ok(Math.abs(sum(part[0].contributions) - (await shown(page)).neighbours[0].score) < 1e-5);
  await dismissed(page);
  const hash = await page
    .waitForFunction(() => location.hash.includes('like=') && location.hash)
    .then((handle) => handle.jsonValue());

  const names = await shownNames(page);
  await page.locator('.card .more').first().click();
  await answered(page, names[0]);
  const model = await asked(page, 2);
  assert.equal(model[0].name, names[0]);
  assert.ok(Math.abs(sum(model[0].contributions) - (await shown(page)).neighbours[2].score) < 1e-5);
  await dismissed(page);

  await dropPaths(page, [(await sample(1)).path, (await sample(2)).path]);
  await page.waitForFunction(
    () => document.querySelectorAll('.member').length === 2 && !document.querySelector('#grid[aria-busy]'),
  );
  const several = await asked(page, 0);
  assert.equal(several.length, 1);
  assert.ok(Math.abs(sum(several[0].contributions) - (await shown(page)).neighbours[0].score) < 1e-5);

  const { page: other } = await open(t, context, { hash });
  await answered(other, 'An image that somebody shared');
  const shared = await asked(other, 0);
  assert.equal(shared.length, 1);
  assert.ok(Math.abs(sum(shared[0].contributions) - (await shown(other)).neighbours[0].score) < 1e-5);
});

test('the buttons of the card and of the details lead to the same section, which the second press hides', async (t) => {
  const { page } = await brought(t);
  const { neighbours } = await shown(page);
  const { name } = neighbours[1].model;
  const before = await asked(page, 1);
  const button = page.locator('dialog.details').getByRole('button', { name: 'Why?' });
  const section = page.getByRole('region', { name: `Why “⁨${name}⁩” is similar` });
  assert.equal(await page.locator('dialog').count(), 1);
  assert.equal(await page.locator('dialog h2').textContent(), name);
  assert.equal(await button.evaluate((one) => one === document.activeElement), true);
  const states = [];
  for (const press of [0, 1, 2]) {
    if (press) await page.keyboard.press('Enter');
    states.push([await button.getAttribute('aria-expanded'), await section.isVisible()]);
  }
  assert.deepEqual(states, [
    ['true', true],
    ['false', false],
    ['true', true],
  ]);
  await dismissed(page);

  await page.getByRole('button', { name: `Details: ${name}` }).click();
  assert.equal(await section.count(), 0);
  await button.click();
  await section.locator('.pictures').waitFor();
  assert.deepEqual(
    (await figures(page)).map(({ contributions }) => contributions),
    before.map(({ contributions }) => contributions),
  );
  assert.match(await section.getByRole('status').textContent(), /^\d+% similar, /);
  assert.match(await section.locator('.content p').first().textContent(), /^Each picture is shown as the square/);
});

test('while the explanation is computed it says so, and a failure is said in its place', async (t) => {
  const { page, seen } = await open(t, context, {
    faults: [
      inModule(
        'page/why.js',
        fault.patched((text) => text.replace('await explain()', 'await window.held(explain)')),
      ),
    ],
  });
  await refined(page);
  const image = await sample(1);
  await drop(page, [image]);
  await answered(page, image.name);
  await page.evaluate(() => {
    window.held = (explain) => new Promise((resolve, reject) => Object.assign(window, { explain, resolve, reject }));
  });
  const status = page.locator('dialog .why').getByRole('status');
  const button = page.locator('dialog').getByRole('button', { name: 'Why?' });
  await page.locator('.card .ask-why').first().focus();
  await page.keyboard.press('Enter');
  assert.equal(await status.textContent(), 'Comparing the two pictures …');
  await page.evaluate(() => window.reject(new Error('No explanation.')));
  await page.locator('dialog .why .alert').waitFor();
  assert.equal(await status.textContent(), 'No explanation.');
  await button.click();
  await button.click();
  assert.equal(await status.textContent(), 'Comparing the two pictures …', 'it is asked for again');
  await page.evaluate(() => window.resolve(window.explain()));
  await page.locator('dialog .why .pictures').waitFor();
  assert.match(await status.textContent(), /^\d+% similar, /);
  assert.deepEqual(seen.errors, []);
});
