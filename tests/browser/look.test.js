/** How the page looks, as far as numbers tell: words, contrast, narrow screens, motion. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drop, launched, open, PAGE_NAME, ready, sample, shownNames } from './site.js';

/** WCAG 2's least contrast for text. */
const LEAST_CONTRAST = 4.5;

const { context } = await launched();

test('the words of index.html are those of strings.js', async (t) => {
  const { page } = await open(t, context);
  const html = await page.evaluate(async () => (await fetch('index.html')).text());
  // The page's policy lets nobody make a document of text there.
  const blank = await context.newPage();
  t.after(() => blank.close());
  const marked = await blank.evaluate((text) => {
    const html = new DOMParser().parseFromString(text, 'text/html');
    return [...html.querySelectorAll('[data-text]')].map(({ dataset, textContent }) => [dataset.text, textContent]);
  }, html);
  const keys = marked.map(([key]) => key);
  const words = await page.evaluate(
    async ([folder, keys]) => {
      const { page: words } = await import(`/${folder}/strings/strings.js`);
      return keys.map((key) => words[key]);
    },
    [PAGE_NAME, keys],
  );
  assert.ok(marked.length >= 10);
  for (const [at, [key, written]] of marked.entries()) assert.equal(written, words[at], key);
});

for (const colorScheme of ['dark', 'light']) {
  test(`every text has a contrast of ${LEAST_CONTRAST} or more when ${colorScheme}`, async (t) => {
    const { page } = await open(t, context, {
      before: (opened) => opened.emulateMedia({ colorScheme, reducedMotion: 'reduce' }),
    });
    await ready(page);
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(ground, colorScheme === 'dark' ? 'rgb(23, 25, 28)' : 'rgb(243, 245, 247)');
    await page.locator('.foot summary').click();
    const texts = await page.evaluate(contrasts);
    await drop(page, [await sample(0)]);
    await shownNames(page);
    texts.push(...(await page.evaluate(contrasts)));
    await drop(page, [{ name: 'text.jpg', bytes: Buffer.from('text') }]);
    await page.locator('#alert p').waitFor();
    texts.push(...(await page.evaluate(contrasts)));
    assert.ok(texts.length > 100, `${texts.length} texts`);
    assert.deepEqual(
      texts.filter(({ contrast }) => contrast < LEAST_CONTRAST),
      [],
    );
  });
}

/** Runs in the page: every visible text with its contrast against the first ground that is not clear. */
function contrasts() {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      // What is nearly opaque lies on pictures; the lightest picture is white.
      if (colour.length === 3) return colour;
      if (colour[3] > 0.5) return colour.slice(0, 3).map((value) => value * colour[3] + 255 * (1 - colour[3]));
    }
    return [255, 255, 255];
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (
      !walker.currentNode.data.trim() ||
      !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    )
      continue;
    if (element.closest('script, noscript, .unseen')) continue;
    const [one, other] = [luminance(parts(getComputedStyle(element).color)), luminance(ground(element))].sort(
      (a, b) => b - a,
    );
    texts.push({ text: walker.currentNode.data.trim().slice(0, 40), contrast: (one + 0.05) / (other + 0.05) });
  }
  return texts;
}

test('no width from 320 pixels up needs scrolling sideways', async (t) => {
  const { page } = await open(t, context);
  const excess = () =>
    page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
  const widths = [320, 360, 390, 600, 768, 860, 1024, 1280, 1920, 2560];
  const columns = {};
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await excess(), 0, `start at ${width}`);
  }
  await drop(page, [await sample(0)]);
  await shownNames(page);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await excess(), 0, `results at ${width}`);
    const tracks = await page.locator('#grid').evaluate((grid) => getComputedStyle(grid).gridTemplateColumns);
    columns[width] = tracks.split(' ').length;
  }
  assert.deepEqual(
    Object.values(columns).filter((count) => 12 % count !== 0),
    [],
  );
  assert.equal(columns[320], 1);
  assert.equal(columns[390], 2);
  assert.equal(columns[1280], 4);
});

test('at 1280 x 800 all twelve answers can be seen at once', async (t) => {
  const { page } = await open(t, context);
  await page.setViewportSize({ width: 1280, height: 800 });
  await drop(page, [await sample(1)]);
  await shownNames(page);
  const last = await page.locator('.card').last().boundingBox();
  assert.ok(last.y + last.height <= 800, `${last.y + last.height}`);
});

test('who asks for less motion gets none', async (t) => {
  const { page } = await open(t, context, { before: (opened) => opened.emulateMedia({ reducedMotion: 'reduce' }) });
  await drop(page, [await sample(0)]);
  await shownNames(page);
  const moving = await page.evaluate(() => ({
    animations: document.getAnimations().length,
    transitions: [...document.querySelectorAll('*')].filter(
      (element) => getComputedStyle(element).transitionDuration !== '0s',
    ).length,
  }));
  assert.deepEqual(moving, { animations: 0, transitions: 0 });
});

test('a screen reader finds landmarks, headings, a list of twelve and named controls', async (t) => {
  const { page } = await open(t, context);
  await drop(page, [await sample(0)]);
  const names = await shownNames(page);
  assert.equal(await page.getByRole('main').count(), 1);
  assert.equal(
    await page.getByRole('heading', { level: 1 }).textContent(),
    'Find 3D models that look like your picture',
  );
  assert.equal(
    await page.getByRole('region', { name: 'Models that look like your image' }).getByRole('listitem').count(),
    12,
  );
  for (const name of names) {
    assert.ok((await page.getByRole('article', { name, exact: true }).count()) > 0, name);
    assert.ok((await page.getByRole('button', { name: `More like this: ${name}`, exact: true }).count()) > 0, name);
  }
  assert.equal(await page.getByRole('button', { name: '', exact: true }).count(), 0);
  assert.equal(await page.getByLabel('Choose a file').getAttribute('type'), 'file');
});
