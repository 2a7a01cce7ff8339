/** Prints what visits cost, as JSON: bytes by file, milliseconds to ready, milliseconds per image, memory. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { launch, sample, SITE, manifest } from './site.js';
import { serve } from './server.js';

const EMBEDS = 15;
const VISITS = 7;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const rounded = (number) => Math.round(number * 10) / 10;

const server = await serve(SITE);
const browser = await launch();
try {
  console.log(JSON.stringify(await measure(), null, 2));
} finally {
  await browser.close();
  await server.close();
}

async function measure() {
  const { page, ready, files } = await visit();
  const { samples, ...named } = await manifest();
  const timings = [];
  for (let round = 0; round < EMBEDS; round += 1) {
    const { file } = await sample(round % samples.length);
    timings.push(await page.evaluate(ask, file));
  }
  const models = await catalogueUids();
  const searches = [];
  for (let round = 0; round < EMBEDS; round += 1) {
    const uid = models[Math.floor((round * models.length) / EMBEDS)];
    searches.push((await page.evaluate(async (uid) => (await window.recasketch.similar(uid)).timings, uid)).search);
  }
  const again = [];
  for (let round = 0; round < VISITS; round += 1) again.push(await visitAgain(named));
  const memory = await page.evaluate(async (file) => (await window.recasketch.inspect(await (await fetch(file)).blob())).memory, samples[0].file);
  return {
    browser: browser.context.browser()?.version() ?? (await page.evaluate(() => navigator.userAgent)),
    firstVisitBytes: Object.values(files).reduce((sum, bytes) => sum + bytes, 0),
    bytesByFile: files,
    readyMilliseconds: rounded(ready),
    visitsFromCache: VISITS,
    readyFromCacheMilliseconds: rounded(median(again)),
    images: EMBEDS,
    decodeMilliseconds: rounded(median(timings.map(({ decode }) => decode))),
    networkAndSearchMilliseconds: rounded(median(timings.map(({ search }) => search))),
    models: models.length,
    searchMilliseconds: rounded(median(searches)),
    wasmMemoryBytes: memory,
  };
}

/** Opens the site, and tells when it was ready and which files it asked the server for. */
async function visit() {
  server.asked.length = 0;
  const page = await browser.context.newPage();
  await page.addInitScript(noteReady);
  await page.goto(server.address);
  const ready = await page.waitForFunction(() => window.readyAt).then((handle) => handle.jsonValue());
  await page.waitForLoadState('networkidle');
  return { page, ready, files: Object.fromEntries(server.asked.map(({ file, sent }) => [file, sent])) };
}

/** A visit that finds every file that the manifest names in the browser's cache. */
async function visitAgain(named) {
  const { page, ready, files } = await visit();
  await page.close();
  const parts = Object.values(named).filter(Array.isArray).flat();
  const asked = parts.filter(({ file }) => file in files);
  if (asked.length > 0) throw new Error(`not from the cache: ${asked.map(({ file }) => file).join(', ')}`);
  return ready;
}

async function catalogueUids() {
  const { catalogue } = await manifest();
  return JSON.parse(await readFile(join(SITE, catalogue[0].file), 'utf8')).map(({ uid }) => uid);
}

/** Runs in the page first: the moment of readiness, counted from the navigation. */
function noteReady() {
  let api;
  Object.defineProperty(window, 'recasketch', {
    get: () => api,
    set(value) {
      api = value;
      // The page starts the engine in the same task that sets this.
      setTimeout(() => api.ready.then(() => (window.readyAt = performance.now())));
    },
  });
}

async function ask(file) {
  const blob = await (await fetch(file)).blob();
  return (await window.recasketch.ask(blob)).timings;
}
