/** The page's scripts hold what their types say, checked strictly by TypeScript's compiler. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

for (const [scripts, project] of [
  ['the page, the element, the API and the worker', 'tsconfig.json'],
  ['the service worker', 'service-worker.json'],
]) {
  test(`${scripts} have the types that they say`, () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [compiler, '-p', join(import.meta.dirname, 'types', project)],
      { encoding: 'utf8' },
    );
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}
