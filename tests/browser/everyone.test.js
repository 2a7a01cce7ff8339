/** For everyone: axe finds nothing in any state; the keyboard alone; forced colours; little motion; 200% zoom. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { fault } from './server.js';
import { alertOf, drop, launched, manifest, open, ready, sample, shownNames } from './site.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { context } = await launched();

const named = await manifest();

/** What axe finds, by rule, and how many rules held. */
async function examined(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations, passes } = await window.axe.run(document, { resultTypes: ['violations', 'passes'] });
    return {
      violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`),
      passes: passes.length,
    };
  });
}

const bring = async (page) => {
  await drop(page, [await sample(1)]);
  await shownNames(page);
};

/** How each state of the page comes about. */
const STATES = {
  empty: async (page) => {
    await ready(page);
    await page.locator('.foot summary').click();
  },
  results: bring,
  'an open filter': async (page) => {
    await bring(page);
    await page.locator('.facet summary').nth(1).click();
    await page.locator('.facet[open] li').first().locator('input').click();
    await page.getByRole('button', { name: 'Clear filters' }).waitFor();
  },
  'a part of the image': async (page) => {
    await bring(page);
    await page.locator('#crop').click();
    await page.waitForFunction(() => window.recasketch.shown().part);
  },
  'several images': async (page) => {
    await drop(page, [await sample(1), await sample(2)]);
    await page.waitForFunction(
      () => document.querySelectorAll('.member').length === 2 && !document.querySelector('#grid[aria-busy]'),
    );
    await page.locator('.member .sign').first().click();
    await page.locator('.member.unlike').waitFor();
    await shownNames(page);
  },
  'a link to follow': async (page) => {
    await ready(page);
    await drop(page, [], { 'text/uri-list': 'https://example.org/a.jpg' });
    await page.locator('#link button').first().waitFor();
  },
  'a shared link': async (page) => {
    await bring(page);
    await page.waitForFunction(() => location.hash.startsWith('#like='));
    await page.reload();
    await page.locator('#preview-kind', { hasText: 'Link' }).waitFor();
    await shownNames(page);
  },
  'names that are offered': async (page) => {
    await ready(page);
    await page.locator('#names').fill('chair');
    await page.keyboard.press('ArrowDown');
  },
  'no answer': async (page) => {
    await ready(page);
    await page.evaluate((uid) => (location.hash = `model=${uid}&category=nothing`), named.self_test.uid);
    await page.locator('#none:not(:empty)').waitFor();
  },
  'the details of a model': async (page) => {
    await bring(page);
    await page.locator('.card .open').first().click();
    await page.locator('dialog.details .labels').waitFor();
  },
  'a card that is pointed at': async (page) => {
    await bring(page);
    await page.locator('.card').first().hover();
  },
  'a question that is folded': async (page) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await bring(page);
    await page.locator('#change').waitFor();
  },
  'an image refused': async (page) => {
    await bring(page);
    await drop(page, [{ name: 'text.jpg', bytes: Buffer.from('text') }]);
    await alertOf(page);
  },
};

/** Without motion, no colour is between two others while it is examined. */
const before = (page) => page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });

/** Axe finds nothing in a state of the page, dark and light. */
async function isForEveryone(page) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await examined(page);
    assert.deepEqual(violations, [], colorScheme);
    assert.ok(passes > 20, `${passes} rules`);
  }
}

for (const [state, reach] of Object.entries(STATES)) {
  test(`axe finds nothing: ${state}`, async (t) => {
    const { page } = await open(t, context, { before });
    await reach(page);
    await isForEveryone(page);
  });
}

test('axe finds nothing: loading and failed', async (t) => {
  const gate = fault.gate();
  const faults = [[/^embeddings-/, (reply) => gate.hold(fault.corrupt(reply))]];
  const { page } = await open(t, context, { faults, before });
  await drop(page, [await sample(1)]);
  await page.locator('.card.waiting').nth(11).waitFor();
  await isForEveryone(page);
  gate.open();
  await page.getByRole('button', { name: 'Start again' }).waitFor();
  await isForEveryone(page);
});

test('axe finds fault where there is one', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  await page.evaluate(() => document.body.append(document.createElement('button')));
  assert.deepEqual(
    (await examined(page)).violations.map((found) => found.split(':')[0]).filter((id) => id === 'button-name'),
    ['button-name'],
  );
});

/** Presses Tab, or another key, until something is focused that a selector matches. */
async function tabTo(page, selector, key = 'Tab') {
  for (let steps = 0; steps < 100; steps += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`${key} does not come to ${selector}`);
}

test('a keyboard alone goes the whole way: sample, filter, order, copy, more, another query, a name, back', async (t) => {
  const { page, address } = await open(t, context);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  await ready(page);
  const settled = (words) => page.locator('#results-note', { hasText: words }).waitFor();
  await tabTo(page, '.sample');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await settled(/^600 /);
  await shownNames(page);
  await tabTo(page, '.facet summary');
  await page.keyboard.press('Enter');
  await page.locator('.facet[open] input[type="checkbox"]').first().waitFor();
  await tabTo(page, '.facet input[type="checkbox"]');
  await page.keyboard.press('Space');
  await settled(/^14 /);
  await page.keyboard.press('Escape');
  await tabTo(page, '#clear-filters');
  await page.keyboard.press('Enter');
  await settled(/^600 /);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'results-title');
  await tabTo(page, '#sort');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.locator('#sort').inputValue(), 'name');
  await tabTo(page, '#copy-json');
  await page.keyboard.press('Enter');
  await page.locator('#note', { hasText: '12 models were copied.' }).waitFor();
  await tabTo(page, '#show-more', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator('.card').nth(23).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.className), 'open');
  await tabTo(page, '.more');
  const name = await page.evaluate(() => document.activeElement.closest('.card').querySelector('h3').textContent);
  await page.keyboard.press('Enter');
  await page.locator('#preview-name', { hasText: name }).waitFor();
  await shownNames(page);
  await page.locator('#home').focus();
  await tabTo(page, '#names');
  await page.keyboard.type('lighthouse');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('#preview-name', { hasText: /lighthouse/i }).waitFor();
  await shownNames(page);
  await page.goBack(); // headless Chromium has no key for it
  await page.locator('#preview-name', { hasText: name }).waitFor();
});

test('what is focused can be seen, wherever Tab goes', async (t) => {
  const { page } = await open(t, context);
  await bring(page);
  const seen = new Set();
  for (let steps = 0; steps < 120; steps += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const active = document.activeElement;
      const shown = active.matches('[type="file"]') ? active.nextElementSibling : active;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      const { top, bottom } = shown.getBoundingClientRect();
      return {
        name: active.id || active.className || active.tagName,
        outlineStyle,
        outlineWidth,
        isInView: bottom > 0 && top < innerHeight && shown.checkVisibility({ opacityProperty: true }),
      };
    });
    if (at.name === 'BODY') break;
    seen.add(at.name);
    assert.deepEqual([at.outlineStyle, at.outlineWidth, at.isInView], ['solid', '2px', true], at.name);
  }
  for (const name of [
    'home',
    'add-file',
    'file',
    'names',
    'sample',
    'sort',
    'copy-link',
    'open',
    'action more',
    'action ask-why',
    'action add-to',
    'show-more',
    'copy-json',
    'copy-csv',
  ])
    assert.ok(seen.has(name), name);
});

test('what is folded takes no focus: it goes to the button that unfolds', async (t) => {
  const { page } = await open(t, context);
  await page.setViewportSize({ width: 640, height: 800 });
  const focused = () => page.evaluate(() => document.activeElement.id);
  await bring(page);
  await drop(page, [{ name: 'text.jpg', bytes: Buffer.from('text') }]);
  await alertOf(page);
  await page.getByRole('button', { name: 'Dismiss this message' }).focus();
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'change');

  await page.keyboard.press('Enter');
  await tabTo(page, '.sample');
  await page.keyboard.press('Enter');
  await page.locator('#preview-kind', { hasText: 'Sample' }).waitFor();
  assert.equal(await focused(), 'change');
  assert.equal(await page.locator('.sample').first().isVisible(), false);

  await drop(page, [await sample(1), await sample(2)]);
  await page.locator('.member').nth(1).waitFor();
  await page.locator('.member .remove').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.member').first().waitFor({ state: 'detached' });
  assert.equal(await focused(), 'change');
});

test('forced colours leave every control and card its edge', async (t) => {
  const { page } = await open(t, context, { before: (opened) => opened.emulateMedia({ forcedColors: 'active' }) });
  await bring(page);
  await page.locator('.facet summary').first().click();
  const edges = await page.evaluate(() =>
    [
      '.card',
      '.preview',
      '.amount',
      '.button',
      '.facet summary',
      '.panel',
      '.tool',
      '#show-more',
      '#names',
      '#sort',
      '.zone',
    ].map((selector) => {
      const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(
        document.querySelector(selector),
      );
      return {
        selector,
        isEdge: borderTopStyle !== 'none' && parseFloat(borderTopWidth) >= 1 && borderTopColor !== backgroundColor,
      };
    }),
  );
  assert.deepEqual(
    edges.filter(({ isEdge }) => !isEdge),
    [],
  );
  await page.locator('#names').fill('chair');
  await page.getByRole('option').nth(1).waitFor();
  await page.keyboard.press('ArrowDown');
  const grounds = await page
    .getByRole('option')
    .evaluateAll((all) => all.slice(0, 2).map((one) => getComputedStyle(one).backgroundColor));
  assert.notEqual(grounds[0], grounds[1], 'what the keyboard is on differs');
});

test('who asks for less motion gets none in any part', async (t) => {
  const { page } = await open(t, context, { before: (opened) => opened.emulateMedia({ reducedMotion: 'reduce' }) });
  await bring(page);
  await page.locator('.facet summary').first().click();
  await page.locator('#show-more').click();
  await page.locator('.card').nth(23).waitFor();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});

test('at 200% zoom nothing needs scrolling sideways and no control is cut off', async (t) => {
  const { page } = await open(t, context);
  await page.setViewportSize({ width: 1280, height: 800 });
  await bring(page);
  // What a browser's zoom does to a page: half the pixels of CSS on the same window.
  await page.setViewportSize({ width: 640, height: 400 });
  const cut = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('button, a, select, input, summary, h1, h2, h3')]
        .filter(
          (one) =>
            one.checkVisibility() &&
            !one.closest('.unseen, #sample-list, [data-view="results"] h1') &&
            !one.matches('.unseen, [data-view="results"] h1'),
        )
        .map((one) => [one.id || one.className, one.getBoundingClientRect()])
        .filter(([, { left, right }]) => left < 0 || right > document.documentElement.clientWidth)
        .map(([name]) => name),
    );
  const excess = () =>
    page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
  assert.deepEqual([await excess(), await cut()], [0, []]);
  await page.locator('.facet summary').nth(1).click();
  assert.deepEqual([await excess(), await cut()], [0, []]);
  await page.locator('#home').click();
  await page.locator('html[data-view="start"]').waitFor();
  assert.deepEqual([await excess(), await cut()], [0, []]);
});
