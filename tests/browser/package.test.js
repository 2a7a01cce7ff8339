/** The npm package: what is in it, and that a page and a TypeScript program use it as it is, without a bundler. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import {
  answered,
  BUILT_PAGE,
  drop,
  launched,
  manifest,
  native,
  open,
  RECASKETCH,
  SITE,
  sample,
  temporary,
} from './site.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const VERSION = (await readFile(join(ROOT, 'Cargo.toml'), 'utf8')).match(/^version = "(.*)"$/m)[1];
/** What `./build.sh package` makes. */
const PACKAGE = join(ROOT, `target/package/recasketch-${VERSION}.tgz`);

const browser = await launched();
const folder = await temporary('recasketch-package-');
await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
await run('npm', ['install', PACKAGE, '--offline', '--no-audit', '--no-fund'], { cwd: folder });
await symlink(SITE, join(folder, 'models'));

/** The files of a folder and of the folders in it. */
async function filesOf(folder) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const installed = (...path) => join(folder, 'node_modules/recasketch', ...path);

test('it holds the page, both modules and the types, and nothing of a machine or a site', async () => {
  assert.deepEqual((await readdir(installed())).sort(), [
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'bin',
    'package.json',
    'page',
  ]);
  const [page, made] = await Promise.all([installed('page'), BUILT_PAGE].map(filesOf));
  assert.deepEqual(page.sort(), made.sort());
  for (const file of page) {
    const bytes = await readFile(installed('page', file));
    for (const place of [ROOT, homedir(), '/home/', '/Users/', '/.cargo/'])
      assert.ok(!bytes.includes(place), `${place} in ${file}`);
  }
  const described = JSON.parse(await readFile(installed('package.json'), 'utf8'));
  const { name, version, type, license } = described;
  assert.deepEqual(
    { name, version, type, license },
    { name: 'recasketch', version: VERSION, type: 'module', license: 'MIT OR Apache-2.0' },
  );
  for (const file of described.sideEffects) assert.ok(page.includes(file.replace('./page/', '')), file);
});

test('its names lead to its files', async () => {
  await writeFile(
    join(folder, 'names.js'),
    "console.log(JSON.stringify(['recasketch', 'recasketch/element'].map((name) => import.meta.resolve(name))));",
  );
  const { stdout } = await run('node', ['names.js'], { cwd: folder });
  assert.deepEqual(
    JSON.parse(stdout),
    ['api.js', 'element.js'].map((file) => pathToFileURL(installed('page', file)).href),
  );
  await writeFile(
    join(folder, 'import.js'),
    "import { load } from 'recasketch'; import 'recasketch/element'; console.log(typeof load);",
  );
  assert.equal(
    (await run('node', ['import.js'], { cwd: folder })).stdout,
    'function\n',
    'also where there is no document',
  );
});

const PAGE = `<!doctype html><meta charset="utf-8"><title>Host</title>
<script type="importmap">{ "imports": { "recasketch": "/node_modules/recasketch/page/api.js", "recasketch/element": "/node_modules/recasketch/page/element.js" } }</script>
<rec-a-sketch src="/models"></rec-a-sketch>
<script type="module">
import 'recasketch/element';
import { load } from 'recasketch';
window.load = load;
</script>`;

test('a page that bundles nothing imports it: the element and a program answer from one worker of the site', async (t) => {
  await writeFile(join(folder, 'page.html'), PAGE);
  const { page, seen } = await open(t, browser.context, { site: folder, file: 'page.html', scripted: true });
  const image = await sample(0);
  const expected = (await native(image.path)).map(({ uid }) => uid);
  await page.waitForFunction(() => window.load);
  const { byElement, byProgram, models, ready } = await page.evaluate(async (file) => {
    const uids = ({ neighbours }) => neighbours.map(({ uid }) => uid);
    const element = document.querySelector('rec-a-sketch');
    const site = await window.load('/models/');
    const blob = await (await fetch(file)).blob();
    const asked = [await element.search(blob), await site.search(blob)];
    return { byElement: uids(asked[0]), byProgram: uids(asked[1]), models: site.models, ready: await element.ready };
  }, `/models/${image.file}`);
  assert.deepEqual([byElement, byProgram], [expected, expected]);
  assert.equal(models, ready);
  assert.equal(seen.requests.filter((address) => address.endsWith('/models/worker.js')).length, 1);
  assert.ok(
    seen.requests.some((address) => address.endsWith('/models/worker.js')),
    'the site’s own worker, which suits its data',
  );
  assert.deepEqual(seen.errors, []);
});

test('it loads sites of its own line of versions only, and says which package suits', async (t) => {
  const file = installed('page/common.js');
  const text = await readFile(file, 'utf8');
  t.after(() => writeFile(file, text));
  await writeFile(join(folder, 'page.html'), PAGE.replace(/<rec-a-sketch.*/, ''));
  const [major, minor] = VERSION.split('.');
  const answers = [];
  for (const other of [`${major}.${minor}.99`, `${major}.${Number(minor) + 1}.0`]) {
    await writeFile(file, text.replace(`RELEASE = '${VERSION}'`, `RELEASE = '${other}'`));
    const { page } = await open(t, browser.context, { site: folder, file: 'page.html', scripted: true });
    await page.waitForFunction(() => window.load);
    const load = () =>
      window.load('/models/', { language: 'en' }).then(
        ({ models }) => models,
        ({ message }) => message,
      );
    answers.push(await page.evaluate(load));
    if (answers.length === 2) assert.ok(answers[1].includes(`recasketch@${VERSION}`) && answers[1].includes(other));
  }
  assert.equal(answers[0], (await manifest()).models);
});

test('with the package of the system beside it, npx runs the program', async () => {
  const system = `${process.platform}-${process.arch}`;
  const packed = join(folder, 'packed');
  const archive = join(packed, 'program.tar.gz');
  await mkdir(join(packed, 'recasketch-of-this-system'), { recursive: true });
  await cp(RECASKETCH, join(packed, 'recasketch-of-this-system/recasketch'));
  await run('tar', ['-czf', archive, '-C', packed, 'recasketch-of-this-system']);
  // As `./build.sh package` does with the archives of a release.
  const script = '. tools/common.sh; . tools/npm.sh; package=$1; make_program_package "$2" "$3"';
  await run('bash', ['-c', script, 'bash', packed, system, archive], { cwd: ROOT });
  const made = join(packed, `recasketch-${system}-${VERSION}.tgz`);
  const npx = join(folder, 'npx');
  await mkdir(npx);
  await writeFile(join(npx, 'package.json'), '{"private": true}');
  const recasketch = (...words) =>
    run('npx', ['--no-install', 'recasketch', ...words], { cwd: npx }).then(
      ({ stdout }) => [0, stdout],
      ({ code, stderr }) => [code, stderr],
    );
  await run('npm', ['install', PACKAGE, '--offline', '--omit=optional', '--no-audit', '--no-fund'], { cwd: npx });
  const [none, said] = await recasketch('--version');
  assert.equal(none, 1);
  assert.match(said, new RegExp(`no program for ${system}`));
  await run('npm', ['install', made, '--offline', '--no-audit', '--no-fund'], { cwd: npx });
  assert.deepEqual(await recasketch('--version'), [0, `recasketch ${VERSION}\n`]);
  assert.equal((await recasketch('serve'))[0], 2, 'the program’s own exit code');
});

test('its page is what embed and site take', async (t) => {
  const site = join(folder, 'site');
  await cp(SITE, site, { recursive: true });
  await run(RECASKETCH, ['site', site, '--page', installed('page')]);
  const { page } = await open(t, browser.context, { site });
  const image = await sample(0);
  await drop(page, [image]);
  assert.deepEqual(
    await answered(page, image.name),
    (await native(image.path)).map(({ name }) => name),
  );
});

const PROGRAM = `
import 'recasketch/element';
import { EngineError, load, type Answer, type Embedding, type Filter, type Recommender } from 'recasketch';

const filter: Filter = { category: ['chairs'], licence: ['CC0'] };

export async function nearest(file: File, signal: AbortSignal): Promise<string[]> {
  const site: Recommender = await load('/models/', { language: 'de', signal, onProgress: (loaded, total) => console.log(loaded / total) });
  try {
    const embedding: Embedding = await site.embed(file, { part: { left: 0, top: 0, width: 0.5, height: 0.5 } });
    const answer: Answer = await site.search(embedding, { top: 5, filter, signal });
    const [best] = (await site.similar(answer.neighbours[0]!.uid)).neighbours;
    const count: number = answer.counts.category[0]!;
    return [best!.model.name, String(count), site.facets.tag[0]!, ...answer.neighbours[0]!.duplicates];
  } catch (error) {
    if (error instanceof EngineError && error.name === 'Stopped') return [];
    throw error;
  } finally {
    site.close();
  }
}

const element = document.querySelector('rec-a-sketch')!;
element.addEventListener('select', (event) => event.detail.score < 0.5 && event.preventDefault());
element.addEventListener('answer', ({ detail }) => console.log(detail.neighbours.length));
element.addEventListener('error', ({ detail }) => console.log(detail.message));
element.addEventListener('click', (event) => console.log(event.clientX));
element.filter = filter;
element.top = 3;
await element.ready.then((models: number) => models);

// @ts-expect-error a uid is text
element.similar(7);
// @ts-expect-error nobody asks for colours
element.filter = { colour: ['red'] };
// @ts-expect-error an answer is shown, not set
element.answer = null;
declare const site: Recommender;
// @ts-expect-error a number is no image
site.search(7);
// @ts-expect-error it is called top
site.similar('uid', { limit: 3 });
`;

for (const [resolution, module] of [
  ['bundler', 'esnext'],
  ['nodenext', 'nodenext'],
]) {
  test(`the types hold a program: ${resolution}`, async () => {
    const program = join(folder, 'program');
    await mkdir(program, { recursive: true });
    await writeFile(join(program, 'program.ts'), PROGRAM);
    const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--noUncheckedIndexedAccess',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
      '--module',
      module,
      '--moduleResolution',
      resolution,
    ];
    const said = await run('node', [compiler, ...options, join(program, 'program.ts')]).then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    );
    assert.equal(said, '');
  });
}
