/**
 * Prints what visits to a site (SITE, or dist/) cost, as JSON: bytes by file, milliseconds to the first paint, to ready and,
 * over a slow link, to the first answer, what a visitor waits for and sees shift during queries, what finding names takes for a letter, milliseconds per
 * image, the same with either module and with one worker and two, taken by turns, and in every engine that is here.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENGINES } from './engines.js';
import { fault, serve } from './server.js';
import { joined, launch, MODULES, manifest, SITE, sample, shownNames, WITHOUT_RELAXED, withWorkers } from './site.js';

const EMBEDS = 15;
const VISITS = 7;
const QUERIES = 5;

/** Bits a second of a slow link. */
const SLOW = 10_000_000;

/** Images before those that count, so that the browser has made good code of quick code. */
const WARM_UPS = 3;

/** What is compared, by turns, with the first: faults that choose it, and how many workers it has. */
const COMPARED = [
  [1, [withWorkers(1), WITHOUT_RELAXED]],
  [2, [withWorkers(2), WITHOUT_RELAXED]],
  [1, [withWorkers(1)]],
  [2, [withWorkers(2)]],
];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const spread = (numbers) => ({
  median: rounded(median(numbers)),
  minimum: rounded(Math.min(...numbers)),
  maximum: rounded(Math.max(...numbers)),
});
const rounded = (number) => Math.round(number * 10) / 10;

const browser = await launch();
try {
  console.log(
    JSON.stringify(
      {
        ...(await measure()),
        slowLink: await slowLink(),
        visitor: await visitor(),
        compared: await compare(),
        engines: await engines(),
      },
      null,
      2,
    ),
  );
} finally {
  await browser.close();
}

/** A first visit, with as many workers as the page takes on this machine, and others that follow it. */
async function measure() {
  const server = await serve(SITE);
  const { page, ready, files } = await visit(server);
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
  for (let round = 0; round < VISITS; round += 1) again.push(await visitAgain(server, named, samples[0].file));
  await server.close();
  return {
    browser: browser.context.browser()?.version() ?? (await page.evaluate(() => navigator.userAgent)),
    firstVisitBytes: Object.values(files).reduce((sum, bytes) => sum + bytes, 0),
    bytesByFile: files,
    readyMilliseconds: rounded(ready),
    visitsFromCache: VISITS,
    readyFromCacheMilliseconds: spread(again.map(({ ready }) => ready)),
    readyFromBytesMilliseconds: spread(again.map(({ starting }) => starting)),
    images: EMBEDS,
    decodeMilliseconds: rounded(median(timings.map(({ decode }) => decode))),
    embedMilliseconds: spread(timings.map(({ embed }) => embed)),
    models: models.length,
    searchMilliseconds: rounded(median(searches)),
  };
}

/** A first visit over a link of 10 Mbit/s whose host compresses nothing, and its first answer. */
async function slowLink() {
  const server = await serve(SITE);
  server.faults.set(/./, fault.link(SLOW));
  const fresh = await launch();
  const page = await fresh.context.newPage();
  await page.addInitScript(noteReady);
  await page.addInitScript(noteEntries);
  await page.goto(server.address);
  const ready = await page.waitForFunction(() => window.readyAt).then((handle) => handle.jsonValue());
  const { samples } = await manifest();
  await page.evaluate(ask, samples[0].file);
  const [answered, { paints }] = [await page.evaluate(() => performance.now()), await page.evaluate(takeEntries)];
  await fresh.close();
  await server.close();
  const milliseconds = { firstPaint: paints['first-paint'], ready, firstAnswer: answered };
  return {
    bitsPerSecond: SLOW,
    milliseconds: Object.fromEntries(Object.entries(milliseconds).map(([step, time]) => [step, rounded(time)])),
  };
}

/** What a visitor of an empty cache sees and waits for on the main thread: until all is ready, and during queries. */
async function visitor() {
  const server = await serve(SITE);
  const fresh = await launch();
  const page = await fresh.context.newPage();
  await page.addInitScript(noteEntries);
  await page.goto(server.address);
  await page.evaluate(() => window.recasketch.refined);
  await page.waitForLoadState('networkidle');
  const starting = await page.evaluate(takeEntries);
  for (let round = 0; round < QUERIES; round += 1) {
    await page.locator('.sample').nth(round).click();
    await shownNames(page);
    await page.waitForLoadState('networkidle');
  }
  const asking = await page.evaluate(takeEntries);
  const letters = await page.evaluate(typeLetters);
  await fresh.close();
  await server.close();
  const { paints, longTasks, shift } = starting;
  return {
    firstPaintMilliseconds: rounded(paints['first-paint']),
    firstContentfulPaintMilliseconds: rounded(paints['first-contentful-paint']),
    largestContentfulPaintMilliseconds: rounded(starting.largest),
    starting: { longTasksMilliseconds: longTasks.map(rounded), layoutShift: shift },
    queries: { count: QUERIES, longTasksMilliseconds: asking.longTasks.map(rounded), layoutShift: asking.shift },
    namesMilliseconds: spread(letters),
  };
}

/** Runs in the page first: notes paints, tasks over 50 ms, and shifts. */
function noteEntries() {
  const noted = { paints: {}, largest: 0, longTasks: [], shift: 0 };
  window.noted = noted;
  const note = {
    paint: ({ name, startTime }) => (noted.paints[name] = startTime),
    'largest-contentful-paint': ({ startTime }) => (noted.largest = startTime),
    longtask: ({ duration }) => noted.longTasks.push(duration),
    // What moves within half a second of a click or a key is what the visitor asked for.
    'layout-shift': ({ value, hadRecentInput }) => (noted.shift += hadRecentInput ? 0 : value),
  };
  const observer = (type) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note[type])).observe({ type, buffered: true });
  Object.keys(note).forEach(observer);
}

/** What was noted since it was last taken. */
function takeEntries() {
  const taken = { ...window.noted };
  Object.assign(window.noted, { longTasks: [], shift: 0 });
  return taken;
}

/** Finds names by each letter, and by what is in none; milliseconds until what is offered is laid out. */
function typeLetters() {
  const field = document.getElementById('names');
  return [...'abcdefghijklmnopqrstuvwxyz', 'qqqq'].map((text) => {
    field.value = text;
    const start = performance.now();
    field.dispatchEvent(new Event('input'));
    field.getBoundingClientRect();
    return performance.now() - start;
  });
}

/** Opens the site, and tells when it was ready and which files it asked the server for. */
async function visit(server) {
  server.asked.length = 0;
  const page = await browser.context.newPage();
  await page.addInitScript(noteReady);
  await page.goto(server.address);
  const ready = await page.waitForFunction(() => window.readyAt).then((handle) => handle.jsonValue());
  await page.waitForLoadState('networkidle');
  return { page, ready, files: Object.fromEntries(server.asked.map(({ file, sent }) => [file, sent])) };
}

/** A visit that finds every file that the manifest names, and the module, in the browser's cache: from the navigation, and from having their bytes. */
async function visitAgain(server, named, image) {
  const { page, ready, files } = await visit(server);
  const { starting } = (await page.evaluate(inspect, image)).timings;
  await page.close();
  const parts = [...Object.values(named).filter(Array.isArray).flat(), ...Object.values(MODULES)];
  const asked = parts.filter(({ file, name }) => (name ?? file) in files);
  if (asked.length > 0) throw new Error(`not from the cache: ${asked.map(({ file }) => file).join(', ')}`);
  return { ready, starting };
}

/** The same images by each page in turn; nothing is shown, which would cost cores. */
async function compare() {
  const compared = await Promise.all(COMPARED.map(openWith));
  const { samples } = await manifest();
  for (let round = -WARM_UPS; round < EMBEDS; round += 1) {
    for (const { page, embeds } of compared) {
      const inspected = await page.evaluate(inspect, samples[(round + WARM_UPS) % samples.length].file);
      if (round >= 0) embeds.push(inspected.timings.embed);
    }
  }
  const outcome = [];
  for (const { page, server, embeds } of compared) {
    const { timings, ...engine } = await page.evaluate(inspect, samples[0].file);
    const timesAsFast = Math.round((1000 * median(compared[0].embeds)) / median(embeds)) / 1000;
    outcome.push({ ...engine, embedMilliseconds: spread(embeds), timesAsFast });
    await server.close();
  }
  return outcome;
}

/** One worker and two in each engine, one after another, with the module that the page chooses there. */
async function engines() {
  const { samples } = await manifest();
  const outcome = {};
  for (const [name, engine] of Object.entries(ENGINES)) {
    const missing = await engine.whyNone();
    outcome[name] = missing ?? [await embedsIn(engine, 1, samples), await embedsIn(engine, 2, samples)];
  }
  return outcome;
}

/** Milliseconds an image in a browser of its own. */
async function embedsIn(engine, workers, samples) {
  const server = await serve(SITE);
  server.faults.set(...withWorkers(workers));
  const { page, close } = await engine.launch();
  await page.goto(server.address);
  await page.waitFor(() => window.recasketch?.ready.then(() => true));
  await page.waitFor(joins, { file: samples[0].file, workers });
  const embeds = [];
  let kernel;
  for (let round = -WARM_UPS; round < EMBEDS; round += 1) {
    const inspected = await page.evaluate(inspect, samples[(round + WARM_UPS) % samples.length].file);
    if (round >= 0) embeds.push(inspected.timings.embed);
    kernel = inspected.kernel;
  }
  await close();
  await server.close();
  return { kernel, workers, embedMilliseconds: spread(embeds) };
}

/** Runs in the page: whether so many workers embed an image. */
async function joins({ file, workers }) {
  const inspected = await window.recasketch.inspect(await (await fetch(file)).blob());
  return inspected.workers === workers;
}

async function openWith([workers, faults]) {
  const server = await serve(SITE);
  for (const [pattern, fault] of faults) server.faults.set(pattern, fault);
  const page = await browser.context.newPage();
  await page.goto(server.address);
  await joined(page, (await sample(0)).file, workers);
  return { page, server, embeds: [] };
}

async function inspect(file) {
  const { kernel, workers, memory, memoryOfHelpers, timings } = await window.recasketch.inspect(
    await (await fetch(file)).blob(),
  );
  return { kernel, workers, memory, memoryOfHelpers, timings };
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
