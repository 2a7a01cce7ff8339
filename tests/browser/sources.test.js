/** What the page's sources say of one another, read without a browser. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const source = (file) => readFile(join(ROOT, file), 'utf8');

/** Files that build.sh makes. */
const MADE = ['modules.js', 'recasketch.js'];

const within = (file, other) => posix.join(posix.dirname(file), other);

/** All modules that a script imports before it runs, itself included. */
async function imported(file, found = new Set()) {
  if (found.has(file) || MADE.includes(file)) return found;
  found.add(file);
  const text = await source(`www/${file}`);
  for (const [, from, alone] of text.matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)';|^import '(\.[^']+)';/gms)) {
    await imported(within(file, from ?? alone), found);
  }
  return found;
}

test('the page asks at once for every module that its two scripts import', async () => {
  const html = await source('www/index.html');
  const asked = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, file]) => file);
  const scripts = [...html.matchAll(/<script type="module" src="([^"]+)"/g)].map(([, file]) => file);
  assert.ok(scripts.length > 0);
  const found = new Set();
  for (const script of scripts) await imported(script, found);
  assert.equal(new Set(asked).size, asked.length);
  assert.deepEqual([...found].sort(), [...new Set([...asked, ...scripts])].sort());
});

test('sites that show a link to the page get a picture of the size that they ask for', async () => {
  const html = await source('www/index.html');
  const said = Object.fromEntries(
    [...html.matchAll(/<meta (?:property|name)="([\w:]+)" content="([^"]+)">/g)].map(([, name, content]) => [
      name,
      content,
    ]),
  );
  assert.equal(said['og:title'], html.match(/<title>(.*)<\/title>/)[1]);
  assert.equal(said['og:description'], said.description);
  const picture = await readFile(join(ROOT, 'www', said['og:image']));
  assert.equal(picture.toString('latin1', 1, 4), 'PNG');
  const sides = [picture.readUInt32BE(16), picture.readUInt32BE(20)];
  assert.deepEqual(sides, [1200, 630]);
  assert.deepEqual([said['og:image:width'], said['og:image:height']], sides.map(String));
  assert.ok(picture.length < 60_000, `${picture.length} bytes`);
});

test('no file of the page is published that nothing names', async () => {
  const html = await source('www/index.html');
  const doors = [
    'index.html',
    'site.webmanifest',
    'api.js',
    'api.d.ts',
    'element.js',
    'element.d.ts',
    'worker.js',
    'helper.js',
    'service-worker.js',
  ];
  const named = new Set([
    ...doors,
    ...[...html.matchAll(/ (?:href|src|content)="([\w/.-]+\.\w+)"/g)].map(([, file]) => file),
  ]);
  for (const { src } of JSON.parse(await source('www/site.webmanifest')).icons) named.add(src);
  for (const script of [...named].filter((file) => file.endsWith('.js'))) {
    for (const file of await imported(script)) named.add(file);
  }
  // What is loaded later, by address: workers, a language, the element's styles.
  for (const file of [...named].filter((file) => file.endsWith('.js'))) {
    for (const [, other] of (await source(`www/${file}`)).matchAll(/new URL\('([^']+)', import\.meta\.url\)/g))
      named.add(within(file, other));
  }
  const { LANGUAGES } = await import('../../www/strings/strings.js');
  for (const language of LANGUAGES) named.add(`strings/${language}.js`);
  const files = (await readdir(join(ROOT, 'www'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => posix.relative(join(ROOT, 'www'), join(entry.parentPath, entry.name)));
  assert.deepEqual(
    paths.filter((path) => !named.has(path) && !/\/.*\.d\.ts$/.test(path)), // types in folders are not published
    [],
  );
});

/** The rooms of www/; a room imports only from rooms before it. Entries stand in none. */
const ROOMS = ['strings', 'engine', 'page', 'element', '.'];

test('imports between rooms run one way', async () => {
  const place = (file) => ROOMS.indexOf(posix.dirname(file));
  const files = (await readdir(join(ROOT, 'www'), { recursive: true })).filter((file) => file.endsWith('.js'));
  assert.ok(files.length > 50);
  for (const file of files) {
    for (const [, other] of (await source(`www/${file}`)).matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)';/gms)) {
      const imported = within(file, other);
      if (MADE.includes(imported)) continue;
      assert.ok(place(imported) <= place(file), `${file} imports ${imported}`);
    }
  }
});

test('the worker knows every kind of error that the crate names and a page can meet', async () => {
  const kinds = [...(await source('src/error.rs')).matchAll(/=> "([A-Za-z]+)",/g)].map(([, kind]) => kind);
  const [, list] = (await source('www/engine/refusal.js')).match(/const SAID = \[([^\]]*)\]/);
  const known = [...list.matchAll(/'([A-Za-z]+)'/g)].map(([, kind]) => kind);
  const ofTheProgram = ['Settings', 'Download'];
  assert.ok(kinds.length > 5);
  assert.deepEqual(known.sort(), kinds.filter((kind) => !ofTheProgram.includes(kind)).sort());
});
