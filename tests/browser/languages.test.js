/** The page speaks its visitor's language, whole, and from the right where that is how it is read. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { LANGUAGES, languageOf } from '../../www/strings/strings.js';
import { fault } from './server.js';
import { alertOf, drop, launch, open, PAGE, ready, SITE, sample, shownNames } from './site.js';

const load = (file) => import(pathToFileURL(join(PAGE, file)).href);
const words = Object.fromEntries(
  await Promise.all(LANGUAGES.map(async (language) => [language, { ...(await load(`strings/${language}.js`)) }])),
);

/** All words of a language, by group and key. */
const entries = (language) =>
  Object.entries(words[language]).flatMap(([group, keys]) =>
    Object.entries(keys).map(([key, word]) => [`${group}.${key}`, word]),
  );

test('five languages have the same keys, and what takes something takes as much in each', () => {
  assert.deepEqual([...LANGUAGES].sort(), ['ar', 'de', 'en', 'es', 'zh']);
  const english = entries('en').map(([key, word]) => [key, typeof word, word.length * (typeof word === 'function')]);
  assert.ok(english.length > 100);
  for (const language of LANGUAGES) {
    assert.deepEqual(
      entries(language).map(([key, word]) => [key, typeof word, word.length * (typeof word === 'function')]),
      english,
      language,
    );
  }
});

test('no language leaves a word in English, and each says whatever it is given', () => {
  // Names, and what is a number or a name with nothing around it.
  const alike = /^(results\.(sketchfab|score|duplicates)|filters\.(count|atMost))$/;
  const english = Object.fromEntries(entries('en'));
  const given = ['ALPHA', 'BETA', 'GAMMA', 'DELTA'];
  const isGiven = (said, name) => said.includes(name);
  for (const language of LANGUAGES) {
    for (const [key, word] of entries(language)) {
      if (/^(filters\.chosen|why\.(mostly|picture))$/.test(key)) continue; // take lists; their own tests read them
      const say = (one, values) => (typeof one === 'function' ? one(...values) : one);
      for (const count of [0, 1, 2, 3, 11, 100]) {
        const said = String(say(word, [count, 3, 4, 5].slice(0, word.length || 1)));
        assert.ok(said.trim() && !/undefined|null/.test(said), `${language} ${key}: ${said}`);
        if (typeof word === 'string') break;
      }
      if (language === 'en' || alike.test(key)) continue;
      assert.notEqual(say(word, given), say(english[key], given), `${language} ${key}`);
      if (typeof word !== 'function') continue;
      for (const name of given)
        assert.equal(
          isGiven(say(word, given), name),
          isGiven(say(english[key], given), name),
          `${language} ${key} ${name}`,
        );
    }
  }
});

test('what a button of a card is called begins with its text, so that who speaks to the browser can press it', () => {
  const letters = (text) => text.replaceAll(/\p{P}/gu, '').trim();
  for (const language of LANGUAGES) {
    const { results } = words[language];
    for (const name of ['more', 'why', 'add']) {
      const [text, spoken] = [letters(results[name]), letters(results[`${name}Spoken`]('ALPHA'))];
      assert.ok(spoken.startsWith(text), `${language} ${name}: ${text} and ${spoken}`);
      assert.ok(spoken.endsWith('ALPHA'), spoken);
    }
  }
});

test('of the languages that a browser names the first of ours is spoken', () => {
  assert.equal(languageOf(['fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(languageOf(['zh-Hans-CN']), 'zh');
  assert.equal(languageOf(['EN-gb', 'de']), 'en');
  assert.equal(languageOf(['fr', 'toString']), 'en');
  assert.equal(languageOf([]), 'en');
});

for (const language of LANGUAGES) {
  test(`a visitor's whole way in ${language}`, async (t) => {
    const browser = await launch({ locale: language });
    t.after(() => browser.close());
    const { page, seen } = await open(t, browser.context, {
      before: (opened) => opened.emulateMedia({ reducedMotion: 'reduce' }),
    });
    await ready(page);
    const root = page.locator('html');
    assert.equal(await root.getAttribute('lang'), language);
    assert.equal(await root.getAttribute('dir'), language === 'ar' ? 'rtl' : 'ltr');
    const mine = words[language];
    assert.equal(await page.title(), mine.tab.start);
    for (const [key, shown] of await page
      .locator('[data-text]:not(#engine-words)')
      .evaluateAll((all) => all.map((one) => [one.dataset.text, one.textContent]))) {
      assert.equal(shown, mine.page[key], key);
    }
    assert.equal(await page.locator('#names').getAttribute('placeholder'), mine.page.names);
    await drop(page, [await sample(1)]);
    assert.equal((await shownNames(page)).length, 12);
    assert.equal(await page.locator('#results-title').textContent(), mine.results.likeImage);
    assert.equal(await page.locator('.card .more').first().textContent(), mine.results.more);
    await drop(page, [{ name: 'text.jpg', bytes: Buffer.from('no image') }]);
    const [before] = mine.refusals.UnsupportedImage('\u0000').split('\u0000');
    assert.ok((await alertOf(page)).startsWith(before.replace(/\u2068$/, '')), await alertOf(page));
    await page.evaluate(() => (location.hash = 'model=nobody'));
    // A sentence of the worker's: it speaks the same language as the page.
    await page.locator('#alert p', { hasText: mine.failures.unknownModel }).waitFor();
    for (const width of [320, 390, 860, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(excess <= 0, `${excess} at ${width}`);
    }
    for (const width of [340, 390, 620, 860, 900, 1160, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await page.locator('.card').evaluateAll(cutOff), [], `${width}`);
    }
    assert.deepEqual(seen.errors, []);
  });
}

/** The actions of cards that are not within their card, below its name. */
function cutOff(cards) {
  return cards.flatMap((card) => {
    const [within, name] = [card.getBoundingClientRect(), card.querySelector('h3').getBoundingClientRect()];
    return [...card.querySelectorAll('.action')]
      .filter((action) => {
        const { left, right, top, bottom } = action.getBoundingClientRect();
        return left < within.left || right > within.right || top < name.bottom || bottom > within.bottom;
      })
      .map(({ textContent }) => textContent);
  });
}

test('from the right the query is at the right and the answers begin there', async (t) => {
  const browser = await launch({ locale: 'ar' });
  t.after(() => browser.close());
  const { page } = await open(t, browser.context);
  await drop(page, [await sample(1)]);
  await shownNames(page);
  const box = (locator) => locator.boundingBox();
  const [query, grid] = [await box(page.locator('#query')), await box(page.locator('#grid'))];
  const [first, second] = [await box(page.locator('.card').first()), await box(page.locator('.card').nth(1))];
  assert.ok(query.x > grid.x + grid.width);
  assert.ok(first.x > second.x && first.y === second.y);
});

test('what is dropped before the page has its words is answered in them', async (t) => {
  const browser = await launch({ locale: 'de' });
  t.after(() => browser.close());
  const gate = fault.gate();
  const { page } = await open(t, browser.context, { faults: [[/^strings\/de\.js$/, gate.hold]] });
  await gate.reached;
  await drop(page, [await sample(1)]);
  assert.equal(await page.locator('html').getAttribute('data-view'), 'start');
  gate.open();
  assert.equal((await shownNames(page)).length, 12);
  assert.equal(await page.locator('#results-title').textContent(), words.de.results.likeImage);
});

test('a language whose file cannot be had leaves the page in English', async (t) => {
  const browser = await launch({ locale: 'de' });
  t.after(() => browser.close());
  const { page } = await open(t, browser.context, { faults: [[/^strings\/de\.js$/, fault.missing]] });
  await ready(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator('h1').textContent(), words.en.page.title);
});

test('no rule of the page’s styles is for one side alone', async () => {
  const html = await readFile(join(SITE, 'index.html'), 'utf8');
  const sheets = [...html.matchAll(/href="page-\w+\/([\w/]+\.css)"/g)].map(([, file]) => file);
  assert.deepEqual(sheets, ['page.css', 'styles/settings.css']);
  for (const sheet of sheets) {
    const css = await readFile(join(PAGE, sheet), 'utf8');
    const sided =
      css.match(
        /^\s*(?:(?:margin|padding|border)-(?:left|right)|left|right|text-align:\s*(?:left|right)|float)\b.*$/gm,
      ) ?? [];
    assert.deepEqual(sided, [], sheet);
    // The four sides in one line are for one side alone where the second and the fourth differ.
    const uneven = [
      ...css
        .replaceAll(/\w+\([^()]*(\([^()]*\))*[^()]*\)/g, 'f')
        .matchAll(/^\s*(?:margin|padding|inset):\s*(\S+) (\S+) (\S+) (\S+);/gm),
    ].filter(([, , right, , left]) => right !== left);
    assert.deepEqual(
      uneven.map(([rule]) => rule.trim()),
      [],
      sheet,
    );
  }
});
