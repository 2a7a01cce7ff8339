/**
 * Times searches in Chromium, one worker: the 100 nearest among all rows of embedding files.
 *
 *     node tests/bench/search.js PAGE SITE FILE...
 *
 * PAGE is the page with its module; SITE is any site of the network that made the FILEs, which are the parts
 * of an embedding file one after another, or its first level alone. The query is the site's first sample.
 */

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { launch } from '../browser/site.js';
import { serve } from './server.js';

const RUNS = 15;
const TOP = 100;

const [PAGE, SITE, ...FILES] = process.argv.slice(2).map((path) => resolve(path));
const { samples, network } = JSON.parse(await readFile(join(SITE, 'manifest.json'), 'utf8'));

const browser = await launch();
try {
  for (const file of FILES) {
    const server = await serve({
      page: PAGE,
      site: SITE,
      files: dirname(file),
      bench: join(import.meta.dirname, 'page'),
    });
    const tab = await browser.context.newPage();
    await tab.goto(`${server.address}/bench/index.html`);
    const asked = {
      network: network.map((part) => `/site/${part.file}`),
      image: `/site/${samples[0].file}`,
      file: `/files/${basename(file)}`,
      top: TOP,
      runs: RUNS,
    };
    const { models, found, milliseconds } = await tab.evaluate(inWorker, asked);
    const sorted = milliseconds.sort((a, b) => a - b);
    const [least, middle, most] = [sorted[0], sorted[RUNS >> 1], sorted.at(-1)].map((value) => value.toFixed(1));
    console.log(
      `${found} nearest of ${models}, ${((await stat(file)).size / 1e6).toFixed(1)} MB: ${middle} ms (${least} to ${most})`,
    );
    await tab.close();
    await server.close();
  }
} finally {
  await browser.close();
}

/** In the page: has a worker of its own do it, as a page would. */
function inWorker(asked) {
  const work = async ({ data: { network, image, file, top, runs } }) => {
    const bytes = async (address) => new Uint8Array(await (await fetch(new URL(address, self.origin))).arrayBuffer());
    const glue = await import(new URL('/page/recasketch.js', self.origin));
    await glue.default({ module_or_path: await WebAssembly.compile(await bytes('/page/recasketch_relaxed_bg.wasm')) });
    const reading = new glue.Reading();
    for (const part of await Promise.all(network.map(bytes))) reading.push(part);
    const recommender = new glue.Recommender(reading, await bytes(file));
    const partition = recommender.partition(1);
    partition.begin(recommender.pixelsOf(glue.Picture.read(await bytes(image)).pixels(recommender.networkInput)));
    while (partition.step());
    const query = recommender.queryOfFeatures(partition.features());
    const milliseconds = [];
    let found = 0;
    for (let run = -3; run < runs; run += 1) {
      const start = performance.now();
      found = recommender.nearestCells(query, top).length;
      if (run >= 0) milliseconds.push(performance.now() - start);
    }
    self.postMessage({ models: recommender.models, found, milliseconds });
  };
  const script = `self.onmessage = ${work}`;
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(asked);
  });
}
