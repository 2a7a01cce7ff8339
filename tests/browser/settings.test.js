/** What a site's owner sets is on the page from its first paint, and another setting is another version of the page. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { fault } from './server.js';
import {
  answered,
  drop,
  launched,
  native,
  open,
  PAGE,
  RECASKETCH,
  ready,
  SITE,
  sample,
  shownNames,
  temporary,
} from './site.js';

const run = promisify(execFile);

const { context } = await launched();
const folder = await temporary('recasketch-settings-');
await cp(SITE, join(folder, 'site'), { recursive: true });

/** Writes the site's page anew; what the program says. */
async function set(settings) {
  await writeFile(join(folder, 'site.json'), JSON.stringify(settings));
  return run(RECASKETCH, ['site', join(folder, 'site'), '--settings', join(folder, 'site.json')]);
}

const SETTINGS = {
  title: 'Chairs & <tables>',
  language: 'ar',
  filters: ['tag', 'category'],
  colours: { light: { ground: '#fff7e6', accent: '#7a1f5c' }, dark: { ground: '#0a0208', accent: '#f09ad0' } },
};

for (const [colorScheme, ground, accent] of [
  ['light', 'rgb(255, 247, 230)', '#7a1f5c'],
  ['dark', 'rgb(10, 2, 8)', '#f09ad0'],
]) {
  test(`title, language and colours are there before the page's program is, ${colorScheme}`, async (t) => {
    const { stdout } = await set(SETTINGS);
    assert.match(stdout, /^the page of .*site, \d+ models, is written again with \{"title":"Chairs & <tables>"/);
    const { page } = await open(t, context, {
      site: join(folder, 'site'),
      faults: [[/^app\.js$/, fault.missing]], // so that nothing is there but the first paint
      before: (opened) => opened.emulateMedia({ colorScheme }),
    });
    const first = await page.evaluate(() => ({
      title: document.title,
      brand: document.getElementById('home').textContent.trim(),
      lang: document.documentElement.lang,
      dir: document.documentElement.dir,
      ground: getComputedStyle(document.documentElement).backgroundColor,
      accent: getComputedStyle(document.documentElement).getPropertyValue('--accent'),
      bar: [...document.querySelectorAll('meta[name="theme-color"]')].find(({ media }) => matchMedia(media).matches)
        .content,
    }));
    const expected = {
      title: SETTINGS.title,
      brand: SETTINGS.title,
      lang: 'ar',
      dir: 'rtl',
      ground,
      accent,
      bar: SETTINGS.colours[colorScheme].ground,
    };
    assert.deepEqual(first, expected);
  });
}

test('the page goes on as it began, in the language and with the filters that are set, and answers as before', async (t) => {
  await set(SETTINGS);
  const words = await import(join(PAGE, 'strings/ar.js'));
  const { page, seen } = await open(t, context, { site: join(folder, 'site') });
  await ready(page);
  assert.equal(await page.title(), SETTINGS.title);
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), [
    'ar',
    'rtl',
  ]);
  assert.equal(await page.locator('h1').textContent(), words.page.title);
  const image = await sample(0);
  await drop(page, [image]);
  assert.deepEqual(
    await answered(page, image.name),
    (await native(image.path)).map(({ name }) => name),
  );
  assert.equal(await page.title(), words.tab.results(image.name, SETTINGS.title));
  assert.deepEqual(await page.locator('.facet summary').allTextContents(), [words.filters.tag, words.filters.category]);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
});

test('no filters at all can be set, and each setting alone', async (t) => {
  await set({ filters: [] });
  const { page } = await open(t, context, { site: join(folder, 'site') });
  await drop(page, [await sample(0)]);
  await shownNames(page);
  assert.equal(await page.locator('.facet').count(), 0);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(await page.title(), /– recasketch$/);
});

test('other settings are a newer version of the page, which works without the network', async (t) => {
  await set({ title: 'First' });
  const { page, server } = await open(t, context, { site: join(folder, 'site') });
  const said = (words) => page.locator('#offline', { hasText: words }).waitFor();
  await said('Saved on this device.');
  await set({ title: 'Second' });
  await page.reload();
  await said('A newer version of this page is ready.');
  assert.equal(await page.title(), 'First', 'a tab keeps its version');
  await page.goto('about:blank');
  for (let tries = 0; tries < 20; tries += 1) {
    await page.goto(server.address);
    if ((await page.title()) === 'Second') break;
    await page.goto('about:blank'); // the browser lets go of the version before a little later
  }
  assert.equal(await page.title(), 'Second');
  await server.close();
  await page.reload();
  await ready(page);
  assert.equal(await page.title(), 'Second');
});

test('what cannot be set is refused in a sentence, and the site stays', async () => {
  await set({ title: 'Ours' });
  const before = await readFile(join(folder, 'site/manifest.json'), 'utf8');
  const error = await set({ colours: { dark: { accent: 'red' } } }).then(
    () => null,
    ({ code, stderr }) => ({ code, stderr }),
  );
  assert.equal(error.code, 1);
  assert.equal(
    error.stderr,
    'recasketch: the settings cannot be used: expected a colour such as "#1caad9" for colours.dark.accent, found "red"; correct this value and run the same command again\n',
  );
  assert.equal(await readFile(join(folder, 'site/manifest.json'), 'utf8'), before);
});

test('the program knows the languages, filters and colours that the page has', async () => {
  const [{ LANGUAGES, wordsOf }, { FACETS }, { settings }] = await Promise.all(
    ['strings/strings.js', 'engine/filter.js', 'page/settings.js'].map((file) => import(`../../www/${file}`)),
  );
  const css = await readFile(join(PAGE, 'page.css'), 'utf8');
  const [root] = css.match(/:root \{[^}]*\}/);
  const colours = [...root.matchAll(/--([\w-]+): #/g)].map(([, name]) => name);
  assert.deepEqual(settings, { title: null, language: null, filters: FACETS });
  const all = Object.fromEntries(colours.map((name) => [name, '#123']));
  for (const language of LANGUAGES) {
    await set({ language, filters: FACETS, colours: { light: all, dark: all } });
    const html = await readFile(join(folder, 'site/index.html'), 'utf8');
    assert.ok(html.includes(`<html lang="${language}" dir="${(await wordsOf([language])).direction}"`), language);
  }
  const refused = async (settings) => (await set(settings).catch(({ stderr }) => stderr)).toString();
  assert.ok((await refused({ language: 'xx' })).includes(`one of ${[...LANGUAGES].sort().join(', ')} for language`));
  assert.ok((await refused({ filters: ['x'] })).includes(`one of ${FACETS.join(', ')} for filters[0]`));
  assert.ok(
    (await refused({ colours: { dark: { x: '#fff' } } })).includes(
      `a key of ${colours.join(', ')}, found colours.dark.x`,
    ),
  );
});
