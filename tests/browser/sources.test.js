/** What the page's sources say of one another, read without a browser. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { test } from 'node:test';

import { BUILT_PAGE } from './site.js';

const ROOT = join(import.meta.dirname, '../..');
const source = (file) => readFile(join(ROOT, file), 'utf8');

/** Files that build.sh makes. */
const MADE = ['modules.js', 'recasketch.js'];

const within = (file, other) => posix.join(posix.dirname(file), other);

const filesOf = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => posix.relative(folder, join(entry.parentPath, entry.name)));
};

const built = (file) => readFile(join(BUILT_PAGE, file), 'utf8');

/** The scripts that a script of the built page imports before it runs, and those that they import. */
async function imported(file, found = new Set()) {
  for (const [, other] of (await built(file)).matchAll(/^import .* from '([^']+)';$/gm)) {
    const path = within(file, other);
    if (found.has(path)) continue;
    found.add(path);
    await imported(path, found);
  }
  return found;
}

test('the page asks at once for every script that it needs, and for few of them', async () => {
  const html = await built('index.html');
  const asked = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, file]) => file);
  const scripts = [...html.matchAll(/<script type="module" (?:async )?src="([^"]+)"/g)].map(([, file]) => file);
  assert.deepEqual(scripts, ['begin.js', 'app.js']);
  const found = new Set(scripts);
  for (const script of scripts) for (const file of await imported(script)) found.add(file);
  assert.equal(new Set(asked).size, asked.length);
  assert.deepEqual([...found].sort(), [
    ...scripts.toReversed(),
    'common.js',
    'page/settings.js',
    'strings/en.js',
    'strings/formats.js',
  ]);
  assert.deepEqual([...found].sort(), [...new Set([...asked, ...scripts])].sort());
});

/** Scripts that run in workers. */
const WORKERS = ['worker.js', 'helper.js'];

test('every module of the page is in a script of it, and what all scripts of a window share is in one', async () => {
  const joined = [];
  for (const script of ['common.js', 'begin.js', 'app.js', 'element.js', 'api.js', ...WORKERS]) {
    for (const [, file] of (await built(script)).matchAll(/^\/\/ ([\w/-]+\.js)$/gm)) joined.push([file, script]);
  }
  const sources = (await filesOf(join(ROOT, 'www'))).filter((file) =>
    /^(engine|page|element|strings)\/.*\.js$/.test(file),
  );
  const apart = await filesOf(BUILT_PAGE);
  assert.deepEqual(
    sources.filter((file) => !apart.includes(file)).sort(),
    [...new Set(joined.map(([file]) => file))].filter((file) => !MADE.includes(file)).sort(),
  );
  // The window's one worker for each site, and the words that change with the language.
  for (const file of ['engine/client.js', 'strings/strings.js'])
    assert.deepEqual(
      joined.filter(([module, script]) => module === file && !WORKERS.includes(script)),
      [[file, 'common.js']],
    );
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
  const doors = ['index.html', 'api.js', 'api.d.ts', 'element.js', 'element.d.ts', 'worker.js', 'page.json'];
  const files = await filesOf(BUILT_PAGE);
  const texts = await Promise.all(
    files.filter((file) => /\.(html|js|webmanifest)$/.test(file)).map(async (file) => [file, await built(file)]),
  );
  const { LANGUAGES } = await import('../../www/strings/strings.js');
  const unnamed = files.filter((file) => {
    const isNamed = texts.some(([other, text]) => other !== file && text.includes(posix.basename(file)));
    return !isNamed && !doors.includes(file) && !LANGUAGES.some((language) => file === `strings/${language}.js`);
  });
  assert.deepEqual(unnamed, []);
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
  const ofTheProgram = ['Settings', 'Machine', 'Download'];
  assert.ok(kinds.length > 5);
  assert.deepEqual(known.sort(), kinds.filter((kind) => !ofTheProgram.includes(kind)).sort());
});
