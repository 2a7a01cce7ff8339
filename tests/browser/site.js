/**
 * What every test of the page starts from: a built site behind a server of its own, and Chromium. The server is the
 * program's, `recasketch serve`, unless a test wants what that never does: faults, a sub-path, a record of requests.
 *
 * The environment names what is tested: SITE, the folder of a built site; RECASKETCH, the native
 * program; CHROMIUM, the browser. The defaults are what `build.sh` makes.
 */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

import { fault, inModule, serve } from './server.js';

const ROOT = resolve(import.meta.dirname, '../..');

/** The page's folder as `build.sh` makes it. */
export const BUILT_PAGE = join(ROOT, 'target/page');

/** What the native tests crawled. */
export const CRAWLED = join(ROOT, 'target/tmp/crawled');
export const SITE = resolve(process.env.SITE ?? join(ROOT, 'dist'));
export const RECASKETCH = resolve(process.env.RECASKETCH ?? join(ROOT, 'target/release/recasketch'));
export const IMAGES = resolve(process.env.IMAGES ?? join(ROOT, 'tests/fixtures/images'));
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Milliseconds that are waited for what must come: no machine is so slow. */
const PATIENCE = 60_000;

/** What keeps it from windows and from the internet. */
export const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name for this machine that is no secure context, as a site on plain http is.
  '--host-resolver-rules=MAP plain.test 127.0.0.1',
];

/**
 * Starts Chromium for all tests of a file, and ends it after them.
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function launched(options) {
  const browser = await launch(options);
  after(() => browser.close());
  return browser;
}

/** Makes a folder for all tests of a file, and removes it after them. @param {string} prefix */
export async function temporary(prefix) {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/**
 * Makes a site of models whose thumbnails the tested site has, in a folder.
 * @param {string} folder
 * @param {{uid: string, thumbnail: string}[]} models
 * @param {string[]} rows their catalogue, the names of its columns first
 * @param {string[]} [options] of `embed`
 */
export async function siteOf(folder, models, rows, options = ['--network', 'small']) {
  const [catalogue, thumbnails, site] = ['catalogue.csv', 'thumbnails', 'site'].map((name) => join(folder, name));
  for (const { uid, thumbnail } of models) await cp(join(SITE, thumbnail), join(thumbnails, `${uid}.jpg`));
  await writeFile(catalogue, rows.join('\n'));
  const paths = ['--catalogue', catalogue, '--thumbnails', thumbnails, '--out', site];
  await promisify(execFile)(RECASKETCH, ['embed', ...options, ...paths]);
  return site;
}

/**
 * Opens Chromium with a profile of its own: in the one that serves all files of tests (chromium.js), or alone.
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function launch(options = {}) {
  const settings = { viewport: { width: 1280, height: 800 }, ...options };
  if (process.env.CHROMIUM_AT) {
    const browser = await chromium.connect(process.env.CHROMIUM_AT);
    return { context: await browser.newContext(settings), close: () => browser.close() };
  }
  const profile = await mkdtemp(join(tmpdir(), 'recasketch-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: ARGUMENTS,
    ignoreDefaultArgs: ['--headless'],
    ...settings,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Opens the site in a page of its own, behind a server of its own, and closes both after the test.
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContext} context
 * @param {{path?: string, faults?: [RegExp, import('./server.js').Fault][], scripted?: boolean, file?: string, hash?: string,
 *   host?: string, site?: string, before?: (page: import('playwright-core').Page) => Promise<void>}} [how] `scripted`
 *   is for tests that read what was asked, have the server fail later, or serve a folder that is no site
 */
export async function open(
  t,
  context,
  { path = '/', faults = [], scripted = false, file = '', hash = '', host, site = SITE, before } = {},
) {
  const isScripted = scripted || faults.length > 0 || path !== '/';
  const server = await (isScripted ? serve(site, path) : serveAsOwner(site));
  for (const [pattern, fault] of faults) server.faults.set(pattern, fault);
  const page = await context.newPage();
  t.after(async () => {
    await page.close();
    await server.close();
  });
  const seen = watch(page);
  await page.addInitScript(watchInside);
  await before?.(page);
  const address = host ? server.address.replace('127.0.0.1', host) : server.address;
  await page.goto(address + file + hash);
  return { page, server, seen, address };
}

/** Serves a site as its owner does. */
async function serveAsOwner(site) {
  const program = spawn(RECASKETCH, ['serve', site, '--address', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => program.once('close', resolve));
  const lines = createInterface({ input: program.stdout });
  const first = await Promise.race([new Promise((resolve) => lines.once('line', resolve)), ended]);
  const [address] = /http:\/\/\S+/.exec(String(first)) ?? [];
  if (!address) throw new Error(`${RECASKETCH} serve ${site} does not listen`);
  return {
    address,
    close: () => {
      program.kill();
      return ended;
    },
  };
}

/** What a host must send for a site of its to be used from pages of other origins. @type {[RegExp, import('./server.js').Fault]} */
export const WITH_CORS = [
  /./,
  (reply) => ({ ...reply, headers: { ...reply.headers, 'Access-Control-Allow-Origin': '*' } }),
];

/** The policy of a careful host: nothing inline, nothing from elsewhere. */
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'; style-src 'none'; base-uri 'none'";

/**
 * Opens a page of somebody else's beside the site.
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} body its HTML
 * @param {{policy?: string, lang?: string, faults?: [RegExp, import('./server.js').Fault][],
 *   before?: (page: import('playwright-core').Page) => Promise<void>}} [how]
 */
export async function openHost(t, context, body, { policy = STRICT, lang = 'en', faults = [], before } = {}) {
  const html = `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>Host</title><body><main><h1>Host</h1>${body}</main></body></html>`;
  const headers = { 'Content-Type': 'text/html', 'Content-Security-Policy': policy };
  const host = [/^host\.html$/, () => ({ status: 200, headers, body: Buffer.from(html) })];
  return open(t, context, { faults: [...faults, host], file: 'host.html', before });
}

/** What the native program answers to an image. @returns {Promise<{uid: string, score: number}[]>} */
export async function native(image, top = 12) {
  const { stdout } = await promisify(execFile)(RECASKETCH, [
    'search',
    image,
    '--site',
    SITE,
    '--top',
    String(top),
    '--json',
  ]);
  return JSON.parse(stdout).neighbours;
}

/** Asserts that two answers name the same models, with scores as near as floats are. */
export function same(ours, theirs) {
  assert.deepEqual(
    ours.map(({ uid }) => uid),
    theirs.map(({ uid }) => uid),
  );
  for (const [rank, { score }] of ours.entries())
    assert.ok(Math.abs(score - theirs[rank].score) < 1e-4, `${score} ${theirs[rank].score}`);
}

/** Every request and every complaint of a page and its workers. */
function watch(page) {
  const seen = { requests: [], errors: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('pageerror', (error) => seen.errors.push(error.message));
  return seen;
}

/** Runs in the page before its own program. */
function watchInside() {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
  );
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Resolves once the search engine is ready. */
export const ready = (page) => page.evaluate(() => window.recasketch.ready);

/** Resolves once it has all levels of the embeddings. */
export const refined = (page) => page.evaluate(() => window.recasketch.refined);

/**
 * A fault that has the page believe in so many cores.
 * @returns {[RegExp, import('./server.js').Fault]}
 */
export const withWorkers = (workers) =>
  inModule(
    'engine/worker-pool.js',
    fault.patched((text) => text.replaceAll(/navigator\.hardwareConcurrency/g, workers)),
  );

/**
 * A fault that has the page believe in a browser without relaxed lanes.
 * @type {[RegExp, import('./server.js').Fault]}
 */
export const WITHOUT_RELAXED = inModule(
  'engine/loading.js',
  fault.patched((text) => text.replace('WebAssembly.validate(RELAXED)', 'false')),
);

/** Resolves once the page has so many workers, helpers among them. @param {number} count */
export async function workersAre(page, count) {
  for (const end = performance.now() + PATIENCE; performance.now() < end; await page.waitForTimeout(20)) {
    if (page.workers().length === count) return;
  }
  throw new Error(`${page.workers().length} workers, not ${count}`);
}

/** Resolves once so many workers embed the page's images. */
export async function joined(page, file, workers) {
  await ready(page);
  await page.evaluate(waitFor, [file, workers]);
}

async function waitFor([file, workers]) {
  const blob = await (await fetch(file)).blob();
  for (const end = performance.now() + 60_000; performance.now() < end; ) {
    if ((await window.recasketch.inspect(blob)).workers === workers) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${workers} workers do not come together`);
}

/** The sentence in the alert region, once there is one. */
export async function alertOf(page) {
  await page.locator('#alert p').waitFor();
  return page.locator('#alert p').textContent();
}

/** The names on the page, in order, once the search is over, by all levels of the embeddings. */
export async function shownNames(page) {
  const card = page.locator('#grid:not([aria-busy]) .card:not(.waiting)').first();
  await card.waitFor();
  await refined(page);
  await card.waitFor();
  return page.locator('#grid .card h3 bdi').allTextContents();
}

/** Resolves once the preview, the heading and the answers belong to a query of this name. */
export async function answered(page, name) {
  await page.locator('#preview-name', { hasText: name }).waitFor();
  return shownNames(page);
}

/**
 * Drops files or folders as a visitor's file manager does: by the browser's own way for drags.
 * @param {import('playwright-core').Page} page
 * @param {string[]} paths
 */
export async function dropPaths(page, paths) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 300, data });
  }
  await session.detach();
}

/**
 * Drops what has no file, or files that are nowhere on a disk.
 * @param {import('playwright-core').Page} page
 * @param {{name: string, type?: string, bytes: Buffer}[]} files
 * @param {Record<string, string>} texts by type
 */
export async function drop(page, files, texts = {}) {
  const parcels = files.map(({ name, type = '', bytes }) => ({ name, type, base64: bytes.toString('base64') }));
  await page.evaluate(dispatchDrop, { parcels, texts });
}

function dispatchDrop({ parcels, texts }) {
  const transfer = new DataTransfer();
  for (const { name, type, base64 } of parcels) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  for (const [type, text] of Object.entries(texts)) transfer.setData(type, text);
  const event = (type) => new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
  const target = document.getElementById('zone');
  for (const type of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(event(type));
}

/** The fixture images that the program reads, by name. */
export async function images() {
  const names = (await readdir(IMAGES)).filter((name) => !name.startsWith('refused-')).sort();
  const usable = names.filter((name) =>
    ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.bmp'].includes(extname(name).toLowerCase()),
  );
  return Promise.all(
    usable.map(async (name) => ({ name, path: join(IMAGES, name), bytes: await readFile(join(IMAGES, name)) })),
  );
}

/** A picture of the site's own that is in no catalogue. */
export async function sample(index = 0) {
  const manifest = JSON.parse(await readFile(join(SITE, 'manifest.json'), 'utf8'));
  const { file, name } = manifest.samples[index];
  return {
    name: file.split('/').pop(),
    shown: name.charAt(0).toUpperCase() + name.slice(1),
    file,
    path: join(SITE, file),
    bytes: await readFile(join(SITE, file)),
    type: 'image/jpeg',
  };
}

/** A site's manifest. */
export const manifest = async (site = SITE) => JSON.parse(await readFile(join(site, 'manifest.json'), 'utf8'));

/** Faults that give the site another catalogue. @returns {Promise<[RegExp, import('./server.js').Fault][]>} */
export async function withCatalogue(models) {
  const bytes = Buffer.from(JSON.stringify(models));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { file } = (await manifest()).catalogue[0];
  return [
    [/^manifest\.json$/, fault.edited((json) => ({ ...json, catalogue: [{ file, bytes: bytes.length, sha256 }] }))],
    [new RegExp(file), fault.instead(bytes)],
  ];
}

/** The folder of the site's page, within the site and whole. */
export const { page: PAGE_NAME } = await manifest();
export const PAGE = join(SITE, PAGE_NAME);

/** Lists a page's files anew, some of which a test has changed. @param {string} folder */
export async function relist(folder) {
  const path = join(folder, 'page.json');
  const list = JSON.parse(await readFile(path, 'utf8'));
  for (const named of list.files) {
    const bytes = await readFile(join(folder, named.file));
    Object.assign(named, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  await writeFile(path, JSON.stringify(list));
}

/** The two forms of the page's module, as the page names them. */
const located = ({ file, ...named }) => ({ ...named, name: file, file: `${PAGE_NAME}/${file}` });
const { modules } = await import(pathToFileURL(join(PAGE, 'modules.js')).href);
export const MODULES = { plain: located(modules.plain), relaxed: located(modules.relaxed) };
