/**
 * Times recasketch and its peers in one Chromium, in turns, and writes FOLDER/page.json.
 *
 *     node tests/bench/page.js FOLDER PAGE
 *
 * FOLDER holds what build.sh, network.py and int8.py put there; PAGE is the page with its module. recasketch runs in a page without special
 * headers, as on any host; the peers' page is isolated from other origins, for otherwise they have no threads.
 * An engine's figure of a round is the median of its runs after one that does not count. An engine that
 * cannot be had, or whose features are not ours, is named and left out.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

import { launch } from '../browser/site.js';
import { ISOLATED, serve } from './server.js';

const ROUNDS = 7;
const RUNS = 3;
/** Browsers replace quick code by good code while it runs. */
const WARMING_RUNS = 5;
/** An engine's threads may wait for more work in a loop before they sleep. */
const PAUSE_MILLISECONDS = 100;

const [FLOAT, REDUCED] = [0.9999, 0.99];

const [FOLDER, PAGE] = process.argv.slice(2).map((path) => resolve(path));
/** Threads, or workers of ours. */
const COUNTS = [1, 2].slice(0, availableParallelism());

const HERE = import.meta.dirname;
const TRACT = '/files/tract/wasm32-unknown-unknown/release/tract_alone.wasm';

/** What is timed: in which tab, by which worker, told what, and how its features lie and must agree. */
const ENGINES = [
  ...recasketch('simd128', '/page'),
  ...recasketch('relaxed-simd', '/files/relaxed'),
  ...peer('tfjs-wasm, float', 'tfjs.js', {}, COUNTS, { order: 'NHWC' }),
  ...peer('onnxruntime-web, float', 'onnxruntime.mjs', { network: '/files/vgg16.onnx' }),
  ...peer('onnxruntime-web, int8 (static QDQ)', 'onnxruntime.mjs', { network: '/files/vgg16-int8.onnx' }, COUNTS, {
    least: REDUCED,
  }),
  ...peer('tract alone, float, simd128', 'tract.mjs', { module: TRACT }, [1]),
  // Other networks, so their features are others.
  ...[0, 1].flatMap((version) =>
    peer(
      `EfficientNet-Lite${version}, onnxruntime-web, float`,
      'onnxruntime.mjs',
      { network: `/files/lite${version}.onnx` },
      COUNTS,
      { least: null },
    ),
  ),
];

function recasketch(kernel, page) {
  const options = {
    site: '/files/site',
    page,
    image: '/files/demo/samples/chair.jpg',
    peak: `/files/peak-${kernel}.wasm`,
  };
  const engine = `recasketch, float, ${kernel}`;
  return COUNTS.map((threads) => ({
    engine,
    threads,
    tab: 'plain',
    script: 'recasketch.mjs',
    options: { ...options, threads },
    order: 'NHWC',
    least: FLOAT,
  }));
}

function peer(engine, script, options, counts = COUNTS, { order = 'NCHW', least = FLOAT } = {}) {
  return counts.map((threads) => ({
    engine,
    threads,
    tab: 'isolated',
    script,
    options: { ...options, threads },
    order,
    least,
  }));
}

const expected = new Float32Array(new Uint8Array(await readFile(join(FOLDER, 'image.features'))).buffer);
const folders = { bench: join(HERE, 'page'), modules: join(HERE, 'node_modules'), files: FOLDER, page: PAGE };
const servers = { plain: await serve(folders), isolated: await serve(folders, ISOLATED) };
const browser = await launch();
try {
  const tabs = {};
  for (const [name, { address }] of Object.entries(servers)) {
    tabs[name] = await browser.context.newPage();
    await tabs[name].goto(`${address}/bench/index.html`);
  }
  if (!(await tabs.isolated.evaluate(() => crossOriginIsolated)))
    throw new Error('the page of the peers has no threads');
  const engines = await started(tabs);
  const rows = await rounds(tabs, engines);
  const profiles = await profiled(tabs, engines);
  const { product } = await (await browser.context.newCDPSession(tabs.plain)).send('Browser.getVersion');
  await writeFile(
    join(FOLDER, 'page.json'),
    JSON.stringify({ browser: product.replace(/^Headless/, '').replace('/', ' '), rows, profiles }, null, 2),
  );
} finally {
  await browser.close();
  for (const server of Object.values(servers)) await server.close();
}

/** The engines, each loaded, compared with us and warm. */
async function started(tabs) {
  const engines = ENGINES.map((engine, index) => ({ ...engine, key: String(index), milliseconds: [] }));
  for (const engine of engines) {
    await orLeftOut(tabs, engine, async () => {
      const { features, note } = await ask(tabs, engine, 'start', engine.script, engine.options);
      engine.note = note;
      if (engine.least !== null) compare(engine, features);
      for (let run = 0; run < WARMING_RUNS; run += 1) await ask(tabs, engine, 'run');
    });
  }
  return engines;
}

function compare(engine, features) {
  engine.cosine = cosine(engine.order === 'NCHW' ? channelsLast(features) : features, expected);
  console.log(
    `    ${title(engine)}: cosine to ours, natively, ${engine.cosine.toFixed(7)}${engine.note && `, ${engine.note}`}`,
  );
  if (!(engine.cosine >= engine.least))
    throw new Error(`its features have a cosine of ${engine.cosine} to ours, not ${engine.least}`);
}

async function rounds(tabs, engines) {
  for (let round = 0; round < ROUNDS; round += 1) {
    console.log(`    round ${round + 1} of ${ROUNDS}`);
    for (const engine of engines.filter(({ reason }) => !reason)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      await orLeftOut(tabs, engine, async () => engine.milliseconds.push(await ofARound(tabs, engine)));
    }
  }
  const kept = engines.filter(({ reason }) => !reason);
  return kept.map(({ engine, threads, cosine, note, milliseconds }) => ({
    engine,
    threads,
    cosine,
    note,
    milliseconds,
  }));
}

/** What the layers of ours cost with either module, one worker. */
async function profiled(tabs, engines) {
  const profiles = [];
  for (const engine of engines.filter(({ script, threads }) => script === 'recasketch.mjs' && threads === 1)) {
    profiles.push({ engine: engine.engine, ...(await ask(tabs, engine, 'profile')).profile });
  }
  return profiles;
}

async function ofARound(tabs, engine) {
  const runs = [];
  for (let run = 0; run <= RUNS; run += 1) runs.push((await ask(tabs, engine, 'run')).milliseconds);
  return median(runs.slice(1));
}

/** A peer that fails is named and left out; where ours does, so does the bench. */
async function orLeftOut(tabs, engine, work) {
  try {
    await work();
  } catch (error) {
    if (engine.script === 'recasketch.mjs') throw error;
    engine.reason = error.message;
    console.log(`    ${title(engine)}, is left out: ${error.message}`);
    await ask(tabs, engine, 'stop');
  }
}

/** Asks an engine's worker through harness.js. */
async function ask(tabs, { tab, key }, what, ...rest) {
  const got = await tabs[tab].evaluate(([what, ...rest]) => window.bench[what](...rest), [what, key, ...rest]);
  if (got?.reason) throw new Error(got.reason);
  return got;
}

function title({ engine, threads }) {
  return `${engine}, ${threads} thread${threads > 1 ? 's' : ''}`;
}

/** `[512, 7, 7]` -> `[7, 7, 512]` */
function channelsLast(features) {
  const cells = 49;
  return features.map((_, at) => features[(at % 512) * cells + Math.floor(at / 512)]);
}

function cosine(left, right) {
  let [dot, ofLeft, ofRight] = [0, 0, 0];
  for (const [at, value] of left.entries()) {
    dot += value * right[at];
    ofLeft += value ** 2;
    ofRight += right[at] ** 2;
  }
  return dot / Math.sqrt(ofLeft * ofRight);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
