/**
 * Endurance, printed as JSON: one page that is asked 500 times, and one `embed` of 100,000 thumbnails. Exits with 1
 * where memory grows by more than 5%. It reads the memory of processes from /proc, so it runs on Linux.
 *
 * SITE is the page's site, RECASKETCH the program, and SOAK a folder for what is made here, where THUMBNAILS is a
 * folder of JPEGs and CATALOGUE their catalogue.
 */

import { spawn } from 'node:child_process';
import { appendFile, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { launch, manifest, ready, RECASKETCH, refined, SITE } from './site.js';
import { serve } from './server.js';

const QUERIES = Number(process.env.QUERIES ?? 500);
const MODELS = Number(process.env.MODELS ?? 100_000);

/** What comes before is not counted: caches fill, and the browser makes good code of quick code. */
const WARM_UP = 0.2;

const MOST_GROWTH = 0.05;

const measured = { page: await page(), embed: await embed() };
console.log(JSON.stringify(measured, null, 2));
const grown = Object.values(measured).some(({ growth }) => growth > MOST_GROWTH);
process.exitCode = grown ? 1 : 0;

/** The memory of the page's process and of its modules, query by query; each image is another one. */
async function page() {
  const browser = await launch();
  const server = await serve(SITE);
  const page = await browser.context.newPage();
  await page.goto(server.address);
  await ready(page);
  await refined(page);
  const { samples } = await manifest();
  const session = await page.context().newCDPSession(page);
  const renderer = await rendererHere();
  const memory = [];
  let modules;
  for (let query = 0; query < QUERIES; query += 1) {
    modules = await page.evaluate(ask, [samples[query % samples.length].file, query]);
    if (query % 10 !== 9) continue;
    await session.send('HeapProfiler.collectGarbage');
    memory.push(await resident(renderer));
  }
  await browser.close();
  await server.close();
  return { queries: QUERIES, ...growthOf(memory), modulesMegabytes: megabytes(modules) };
}

/** Bytes behind an image's end make another file of it, which the page has to embed. */
async function ask([file, query]) {
  const bytes = await (await fetch(file)).arrayBuffer();
  const image = new Blob([bytes, String(query)], { type: 'image/jpeg' });
  await window.recasketch.ask(image);
  const { memory, memoryOfHelpers } = await window.recasketch.inspect(image);
  return memory + memoryOfHelpers;
}

/** The process of the page: of this test's renderers the one that has the most. */
async function rendererHere() {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const own = await Promise.all(all.map(async (id) => [await processOf(id), id]));
  const parents = new Map(own.map(([{ parent }, id]) => [id, parent]));
  const isOurs = (id) => id === String(process.pid) || (parents.has(id) && isOurs(parents.get(id)));
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
  const program = spawn(RECASKETCH, ['embed', '--catalogue', catalogue, '--thumbnails', thumbnails, '--out', out]);
  program.stdout.resume();
  const memory = [];
  // A line comes every few seconds.
  for await (const line of createInterface(program.stderr)) {
    const [, done] = /^embedding (\d+) of/.exec(line) ?? [];
    if (done && Number(done) < MODELS) memory.push(await resident(program.pid));
  }
  const code = program.exitCode ?? (await new Promise((resolve) => program.once('exit', resolve)));
  if (code !== 0) throw new Error(`embed ended with ${code}`);
  return { models: MODELS, ...growthOf(memory) };
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
function growthOf(memory) {
  const counted = memory.slice(Math.ceil(memory.length * WARM_UP));
  const quarter = Math.ceil(counted.length / 4);
  const [first, last] = [median(counted.slice(0, quarter)), median(counted.slice(-quarter))];
  return { firstMegabytes: megabytes(first), lastMegabytes: megabytes(last), growth: Math.round(1000 * (last / first - 1)) / 1000 };
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
