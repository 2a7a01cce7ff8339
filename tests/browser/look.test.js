/** How the page looks, as far as numbers tell: words, contrast, cards, narrow screens, motion. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answered, drop, launch, launched, open, PAGE_NAME, ready, sample, shownNames } from './site.js';

/** WCAG 2's least contrast for text, and for what shows where a control is. */
const [LEAST_CONTRAST, LEAST_OF_CONTROLS] = [4.5, 3];

/** The longest that anything moves, in seconds. */
const LONGEST_MOTION = 0.2;

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
      const { $strings_strings: strings } = await import(`/${folder}/common.js`);
      const { page: words } = strings;
      return keys.map((key) => words[key]);
    },
    [PAGE_NAME, keys],
  );
  assert.ok(marked.length >= 10);
  for (const [at, [key, written]] of marked.entries()) assert.equal(written, words[at], key);
});

/** Leads a page through its states, and looks at each. */
async function through(page, look) {
  await ready(page);
  await page.locator('.foot summary').click();
  await look('start');
  await drop(page, [await sample(0)]);
  await shownNames(page);
  await page.locator('.facet summary').first().click();
  await look('answer');
  await page.locator('.card .open').last().click();
  await page.locator('dialog').getByRole('button', { name: 'Why?' }).click();
  await page.locator('dialog .pictures').waitFor();
  await look('details');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await drop(page, [{ name: 'text.jpg', bytes: Buffer.from('text') }]);
  await page.locator('#alert p').waitFor();
  await look('alert');
  await page.evaluate(() => (location.hash += '&tag=nothing'));
  await page.locator('#none:not(:empty)').waitFor();
  await look('empty');
}

for (const colorScheme of ['dark', 'light']) {
  test(`every text and control has enough contrast when ${colorScheme}`, async (t) => {
    const { page } = await open(t, context, {
      before: (opened) => opened.emulateMedia({ colorScheme, reducedMotion: 'reduce' }),
    });
    await ready(page);
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(ground, colorScheme === 'dark' ? 'rgb(23, 25, 28)' : 'rgb(243, 245, 247)');
    await through(page, async (state) => {
      const { texts, controls } = await page.evaluate(contrasts);
      assert.ok(texts.length > 15, `${state}: ${texts.length} texts`);
      assert.ok(controls.length > 1, `${state}: ${controls.length} controls`);
      const low = [
        ...texts.filter(({ contrast }) => contrast < LEAST_CONTRAST),
        ...controls.filter(({ contrast }) => contrast < LEAST_OF_CONTROLS),
      ];
      assert.deepEqual(low, [], state);
    });
  });
}

/**
 * Runs in the page: every visible text with its contrast against the first ground that is not clear, and the same of
 * the lines around fields, of the grounds of buttons, and of the accent, which marks the focus.
 */
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
  const contrast = (colour, other) => {
    const [light, dark] = [luminance(colour), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const controls = [];
  for (const control of document.querySelectorAll('select, input[type="search"], .zone, .button, .dismiss')) {
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { borderTopColor, borderTopWidth, backgroundColor, color } = getComputedStyle(control);
    const shown = borderTopWidth !== '0px' ? borderTopColor : control.matches('.button') ? backgroundColor : color;
    const around = ground(control.parentElement);
    controls.push({ control: control.className || control.id, contrast: contrast(parts(shown), around) });
    const accent = getComputedStyle(control).getPropertyValue('--accent').trim();
    const channels = accent.match(/[0-9a-f]{2}/g).map((hex) => Number.parseInt(hex, 16));
    controls.push({ control: 'focus', contrast: contrast(channels, around) });
  }
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
    const text = walker.currentNode.data.trim().slice(0, 40);
    texts.push({ text, contrast: contrast(parts(getComputedStyle(element).color), ground(element)) });
  }
  return { texts, controls };
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

test('the actions of a card come on pointing and with the keyboard, and nothing moves', async (t) => {
  const { page } = await open(t, context, { before: (opened) => opened.emulateMedia({ reducedMotion: 'reduce' }) });
  await page.setViewportSize({ width: 1280, height: 800 });
  await drop(page, [await sample(0)]);
  const names = await shownNames(page);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await page.mouse.move(1, 1);
  const boxes = () =>
    page
      .locator('.card, .card h3, .card .box, .card .byline, .card .closeness, .card .action')
      .evaluateAll((all) => all.map((one) => JSON.stringify(one.getBoundingClientRect())));
  const before = await boxes();
  await page.evaluate(() => (window.shift = 0));
  /** The cards whose actions can be seen, and those whose lines can. */
  const seen = () =>
    page.locator('.card').evaluateAll((all) => {
      const places = (selector) =>
        [...all.keys()].filter((at) => getComputedStyle(all[at].querySelector(selector)).opacity === '1');
      return { actions: places('.actions'), bylines: places('.byline'), closeness: places('.closeness') };
    });
  const all = [...names.keys()];
  const of = (at) => {
    const others = all.filter((other) => other !== at);
    return { actions: at === null ? [] : [at], bylines: others, closeness: others };
  };
  const settled = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

  assert.deepEqual(await seen(), of(null));
  await page.locator('.card h3').nth(1).hover();
  assert.deepEqual(await seen(), of(1));
  const [card, title, ...actions] = await page
    .locator('.card')
    .nth(1)
    .evaluate((one) =>
      [one, one.querySelector('h3'), ...one.querySelectorAll('.action')].map((part) =>
        part.getBoundingClientRect().toJSON(),
      ),
    );
  assert.equal(actions.length, 3);
  for (const { left, right, top, bottom } of actions) {
    assert.ok(left >= card.left && right <= card.right, `${left} to ${right} in ${card.left} to ${card.right}`);
    assert.ok(top >= title.bottom && bottom <= card.bottom, `${top} to ${bottom}`);
  }
  await page.mouse.move(1, 1);
  assert.deepEqual(await seen(), of(null));

  await page.locator('.card .open').nth(2).focus();
  assert.deepEqual(await seen(), of(2));
  for (const name of ['More like this', 'Why is it similar', 'Add to search']) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), `${name}: ${names[2]}`);
    assert.deepEqual(await seen(), of(2));
  }
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), `Details: ${names[3]}`);
  assert.deepEqual(await seen(), of(3));
  await settled();
  assert.deepEqual(await boxes(), before);
  assert.equal(await page.evaluate(() => window.shift), 0);
  // What cannot be seen is there for screen readers.
  const line = page.getByRole('article', { name: names[3], exact: true }).first();
  assert.match(await line.ariaSnapshot(), /CC0 1\.0/);
});

test('on a phone the question is one line above the answers, and a button unfolds it until another is asked', async (t) => {
  const phone = await launch({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  t.after(() => phone.close());
  const { page } = await open(t, phone.context);
  const [first, second] = [await sample(0), await sample(1)];
  const visible = async () => {
    const shown = {};
    for (const id of ['preview', 'change', 'zone', 'names', 'samples'])
      shown[id] = await page.locator(`#${id}`).isVisible();
    return { ...shown, expanded: await page.locator('#change').getAttribute('aria-expanded') };
  };
  const folded = { preview: true, change: true, zone: false, names: false, samples: false, expanded: 'false' };
  const unfolded = { ...folded, zone: true, names: true, expanded: 'true' };
  assert.deepEqual(await visible(), {
    ...folded,
    preview: false,
    change: false,
    zone: true,
    names: true,
    samples: true,
  });
  await drop(page, [first]);
  await answered(page, first.name);
  assert.deepEqual(await visible(), folded);
  assert.equal(await page.evaluate(() => scrollY), 0);
  const [preview, change] = [await page.locator('#preview').boundingBox(), await page.locator('#change').boundingBox()];
  assert.ok(preview.height < 100, `${preview.height}`);
  assert.ok(change.x >= preview.x + preview.width && change.x + change.width <= 390);
  assert.ok(change.y >= preview.y && change.y + change.height <= preview.y + preview.height);
  const ends = () => page.locator('.card').evaluateAll((all) => all.map((card) => card.getBoundingClientRect().bottom));
  assert.ok((await ends())[3] <= 844, `the fourth answer ends at ${(await ends())[3]}`);
  assert.ok((await ends())[1] <= 844 / 2 + 100, `the second answer ends at ${(await ends())[1]}`);

  await page.locator('#change').tap();
  assert.deepEqual(await visible(), unfolded);
  await page.locator('#sort').selectOption('name');
  await page.locator('#sort').selectOption('closeness');
  assert.deepEqual(await visible(), unfolded, 'the same question stays as it is');
  await page.locator('#change').tap();
  assert.deepEqual(await visible(), folded);
  await page.locator('#change').tap();
  await page.locator('#file').setInputFiles(second.path);
  await answered(page, second.name);
  assert.deepEqual(await visible(), folded);

  await page.locator('#change').tap();
  await page.locator('#names').fill('lighthouse');
  await page.keyboard.press('Enter'); // words beside the image
  await page.locator('#among', { hasText: 'lighthouse' }).waitFor();
  await page.waitForFunction(() => document.activeElement.id === 'results-title'); // the answer is whole
  assert.deepEqual(await visible(), folded);

  await page.locator('#change').tap();
  await page.locator('#names').fill('lighthouse');
  await page.getByRole('option').first().tap();
  await answered(page, /lighthouse/i);
  assert.deepEqual(await visible(), folded);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'results-title');
  await page.locator('#change').tap();
  await page.locator('#sort').selectOption('name');
  assert.deepEqual(await visible(), unfolded, 'also where the question is a model');
  await page.locator('#home').tap();
  await page.locator('html[data-view="start"]').waitFor();
  assert.equal(await page.locator('#zone').isVisible(), true);
});

test('on a wide screen nothing of the question is folded', async (t) => {
  const { page } = await open(t, context);
  await drop(page, [await sample(0)]);
  await shownNames(page);
  for (const [width, isFolded] of [
    [859, true],
    [860, false],
    [1280, false],
  ]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await page.locator('#change').isVisible(), isFolded, `${width}`);
    assert.equal(await page.locator('#zone').isVisible(), !isFolded, `${width}`);
  }
});

test('nothing moves for long, and who asks for less motion gets none', async (t) => {
  for (const [reducedMotion, longest] of [
    ['no-preference', LONGEST_MOTION],
    ['reduce', 0],
  ]) {
    const { page } = await open(t, context, { before: (opened) => opened.emulateMedia({ reducedMotion }) });
    let most = 0;
    await through(page, async (state) => {
      const moving = await page.evaluate(motions);
      const long = moving.filter(({ seconds }) => seconds > longest);
      assert.deepEqual(long, [], `${reducedMotion}, ${state}`);
      most = Math.max(most, ...moving.map(({ seconds }) => seconds));
    });
    assert.equal(most > 0, longest > 0);
  }
});

/** Runs in the page: how long each part moves, by its computed style. */
function motions() {
  const found = [];
  for (const part of document.querySelectorAll('*')) {
    for (const pseudo of ['', '::before', '::after', '::backdrop']) {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(part, pseudo);
      const durations = [transitionDuration, animationName === 'none' ? '0s' : animationDuration];
      const seconds = Math.max(...durations.flatMap((text) => text.split(',').map(Number.parseFloat)));
      found.push({ part: `${part.tagName}.${part.className}${pseudo}`, seconds });
    }
  }
  return found;
}

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
