/**
 * Endurance, printed as JSON: one page that is asked 500 times once it is warm, and one `embed` of 100,000 thumbnails.
 * Exits with 1 where memory grows by more than 5%. It reads the memory of processes from /proc, so it runs on Linux.
 *
 * SITE is the page's site, RECASKETCH the program, THUMBNAILS a folder of JPEGs, and SOAK a folder for what is made of
 * them.
 */

import { spawn } from 'node:child_process';
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { serve } from './server.js';
import { ARGUMENTS, CHROMIUM, manifest, RECASKETCH, SITE } from './site.js';

const QUERIES = Number(process.env.QUERIES ?? 500);
const MODELS = Number(process.env.MODELS ?? 100_000);

/**
 * What comes before is not counted: caches fill, and the browser makes good code of quick code. It keeps the images that
 * it decoded, too, up to a hundred megabytes of them.
 */
const WARM_UP = { page: 0.5, embed: 0.2 };

const MOST_GROWTH = 0.05;

const measured = { page: await page(), embed: await embed() };
console.log(JSON.stringify(measured, null, 2));
const grown = Object.values(measured).some(({ growth }) => growth > MOST_GROWTH);
process.exitCode = grown ? 1 : 0;

/**
 * The memory of the page's process and of its modules, query by query; each image is another one. The browser is asked
 * without Playwright, which has it keep all that comes over the network.
 */
async function page() {
  const server = await serve(SITE);
  const browser = await open(server.address);
  await browser.evaluate('recasketch.refined.then(() => true)');
  await browser.evaluate(`globalThis.ask = ${ask}`);
  const { samples } = await manifest();
  const renderer = await rendererOf(browser.id);
  const memory = [];
  let modules;
  const all = QUERIES / (1 - WARM_UP.page);
  for (let query = 0; query < all; query += 1) {
    const { file } = samples[query % samples.length];
    modules = await browser.evaluate(`ask(${JSON.stringify(file)}, ${query})`);
    if (query % 10 !== 9) continue;
    await browser.send('HeapProfiler.collectGarbage');
    memory.push(await resident(renderer));
  }
  await browser.close();
  await server.close();
  return { queries: QUERIES, ...growthOf(memory, WARM_UP.page), modulesMegabytes: megabytes(modules) };
}

/** Bytes behind an image's end make another file of it, which the page has to embed. */
async function ask(file, query) {
  const bytes = await (await fetch(file)).arrayBuffer();
  const image = new Blob([bytes, String(query)], { type: 'image/jpeg' });
  await window.recasketch.ask(image);
  const { memory, memoryOfHelpers } = await window.recasketch.inspect(image);
  return memory + memoryOfHelpers;
}

/** Opens an address in a browser that hears of nothing but what is sent here; messages end with a zero. */
async function open(address) {
  const profile = await mkdtemp(join(tmpdir(), 'recasketch-profile-'));
  const chromium = spawn(CHROMIUM, [...ARGUMENTS, `--user-data-dir=${profile}`, '--remote-debugging-pipe'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , , toBrowser, fromBrowser] = chromium.stdio;
  const asked = new Map();
  let [text, lastId] = ['', 0];
  fromBrowser.setEncoding('utf8').on('data', (piece) => {
    const messages = (text + piece).split('\0');
    text = messages.pop();
    for (const { id, error, result } of messages.map((message) => JSON.parse(message))) asked.get(id)?.(error, result);
  });
  const send = (method, params = {}, sessionId = undefined) => {
    lastId += 1;
    toBrowser.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      asked.set(lastId, (error, result) => (error ? reject(new Error(error.message)) : resolve(result)));
    });
  };
  const { targetId } = await send('Target.createTarget', { url: address });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const evaluate = async (expression) => {
    const how = { awaitPromise: true, returnByValue: true };
    const { exceptionDetails, result } = await send('Runtime.evaluate', { expression, ...how }, sessionId);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  while (!(await evaluate('Boolean(window.recasketch)').catch(() => false))) await setTimeout(100);
  return {
    id: chromium.pid,
    evaluate,
    send: (method, params) => send(method, params, sessionId),
    async close() {
      await send('Browser.close');
      if (chromium.exitCode === null) await new Promise((resolve) => chromium.once('exit', resolve));
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The process of the page: of a browser's renderers the one that has the most. */
async function rendererOf(browser) {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const own = await Promise.all(all.map(async (id) => [await processOf(id), id]));
  const parents = new Map(own.map(([{ parent }, id]) => [id, parent]));
  const isOurs = (id) => id === String(browser) || (parents.has(id) && isOurs(parents.get(id)));
  const renderers = own.filter(([{ command }, id]) => command.includes('--type=renderer') && isOurs(id));
  const sizes = await Promise.all(renderers.map(async ([, id]) => [await resident(id), id]));
  return sizes.sort(([a], [b]) => b - a)[0][1];
}

/** A process's parent and its command; of one that is gone, nothing. */
async function processOf(id) {
  const read = (name) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
  const [, parent] = /\) \S (\d+)/.exec(await read('stat')) ?? [];
  return { parent, command: await read('cmdline') };
}

/** The memory of the program while it embeds, and at most; each thumbnail is another file. */
async function embed() {
  const folder = resolve(process.env.SOAK);
  await makeThumbnails(folder);
  const [catalogue, thumbnails, out] = ['catalogue.csv', 'thumbnails', 'site'].map((name) => join(folder, name));
  const program = spawn(RECASKETCH, [
    'embed',
    '--network',
    'small',
    '--catalogue',
    catalogue,
    '--thumbnails',
    thumbnails,
    '--out',
    out,
  ]);
  program.stdout.resume();
  const memory = [];
  // A line comes every few seconds.
  for await (const line of createInterface(program.stderr)) {
    const [, done] = /^embedding (\d+) of/.exec(line) ?? [];
    if (done && Number(done) < MODELS) memory.push(await resident(program.pid));
  }
  const code = program.exitCode ?? (await new Promise((resolve) => program.once('exit', resolve)));
  if (code !== 0) throw new Error(`embed ended with ${code}`);
  return { models: MODELS, ...growthOf(memory, WARM_UP.embed) };
}

/** Copies of the thumbnails that are there, each with bytes of its own behind its end, and their catalogue. */
async function makeThumbnails(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'thumbnails'), { recursive: true });
  const files = (await readdir(process.env.THUMBNAILS)).filter((file) => extname(file) === '.jpg');
  const rows = ['uid,name'];
  for (let model = 0; model < MODELS; model += 1) {
    const copy = join(folder, 'thumbnails', `${model}.jpg`);
    await copyFile(join(process.env.THUMBNAILS, files[model % files.length]), copy);
    await appendFile(copy, String(model));
    rows.push(`${model},Model ${model}`);
  }
  await writeFile(join(folder, 'catalogue.csv'), rows.join('\n'));
}

/** By how much the last quarter has more than the first after the warm-up, by their medians. */
function growthOf(memory, warmUp) {
  const counted = memory.slice(Math.ceil(memory.length * warmUp));
  const quarter = Math.ceil(counted.length / 4);
  const [first, last] = [median(counted.slice(0, quarter)), median(counted.slice(-quarter))];
  return {
    firstMegabytes: megabytes(first),
    lastMegabytes: megabytes(last),
    growth: Math.round(1000 * (last / first - 1)) / 1000,
  };
}

/** The bytes that a process has in memory and shares with nobody. */
async function resident(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].map(([, number]) => Number(number));
  return 1024 * kilobytes.reduce((sum, number) => sum + number, 0);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

function megabytes(bytes) {
  return Math.round(bytes / 1e5) / 10;
}
