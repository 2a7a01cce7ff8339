/** What the page's sources say of one another, read without a browser. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const source = (file) => readFile(join(ROOT, file), 'utf8');

/** All modules that a script imports before it runs, itself included. */
async function imported(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const text = await source(`www/${file}`);
  for (const [, other] of text.matchAll(/^(?:import|export) [^;]*?from '\.\/([^']+)';|^import '\.\/([^']+)';/gms)) await imported(other, found);
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

test('the worker knows every kind of error that the crate names and a page can meet', async () => {
  const kinds = [...(await source('src/error.rs')).matchAll(/=> "([A-Za-z]+)",/g)].map(([, kind]) => kind);
  const [, list] = (await source('www/worker.js')).match(/const crate = \[([^\]]*)\]/);
  const known = [...list.matchAll(/'([A-Za-z]+)'/g)].map(([, kind]) => kind);
  const ofTheProgram = ['Settings', 'Download'];
  assert.ok(kinds.length > 5);
  assert.deepEqual(known.sort(), kinds.filter((kind) => !ofTheProgram.includes(kind)).sort());
});
