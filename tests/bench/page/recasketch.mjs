/** recasketch as its own page has it: `{site, page, image, peak, threads}`, `page` being the folder of its module. */

import { bytes, serve } from './engine.mjs';

/** Milliseconds that the other workers may take to start. */
const PATIENCE = 60_000;

/** How often each layer is run; the quickest run counts. */
const RUNS = 15;

serve(async ({ site, page, image, peak, threads }) => {
  const manifest = await (await fetch(`${site}/manifest.json`)).json();
  const [network, embeddings] = await Promise.all(
    [manifest.network, manifest.embeddings].map((parts) => whole(site, parts)),
  );
  const glue = await import(`${page}/recasketch.js`);
  const module = await WebAssembly.compile(await bytes(`${page}/recasketch_bg.wasm`));
  const { memory } = await glue.default({ module_or_path: module });
  const [{ WorkerPool }, { NetworkReader }] = await Promise.all([
    import('/page/engine/worker-pool.js'),
    import('/page/engine/reading.js'),
  ]);
  const pool = new WorkerPool(threads);
  const reader = new NetworkReader(pool);
  reader.begin({ Reading: glue.Reading, module });
  reader.came(network);
  const recommender = new glue.Recommender(reader.finish(), embeddings);
  const picture = glue.Picture.read(new Uint8Array(await bytes(image)));
  const pixels = recommender.pixelsOf(picture.pixels(recommender.networkInput));
  const asked = performance.now();
  while (pool.workers < threads) {
    if (performance.now() - asked > PATIENCE) throw new Error(`only ${pool.workers} of ${threads} workers came`);
    await new Promise((resolve) => setTimeout(resolve, 20)); // their word comes between tasks
  }
  return {
    async run() {
      const features = await pool.features(recommender, pixels);
      const { values } = features;
      features.free();
      return values;
    },
    note: async () => `${((memory.buffer.byteLength + (await pool.memory())) / 2 ** 20).toFixed(0)} MiB of memory`,
    profile: async () => ({ layers: layersOf(recommender, pixels), gflops: await measured(peak) }),
  };
});

/** Milliseconds of each layer, one worker. */
function layersOf(recommender, pixels) {
  const partition = recommender.partition(1);
  const milliseconds = [];
  for (let run = 0; run < RUNS; run += 1) {
    partition.begin(pixels);
    for (let layer = 0, start = performance.now(); partition.step(); layer += 1) {
      const end = performance.now();
      milliseconds[layer] = Math.min(milliseconds[layer] ?? Infinity, end - start);
      start = end;
    }
  }
  partition.free();
  return milliseconds;
}

/** 10⁹ multiplications and additions a second of lanes that do nothing else. */
async function measured(peak) {
  const { instance } = await WebAssembly.instantiate(await bytes(peak), {});
  let quickest = Infinity;
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    instance.exports.run();
    quickest = Math.min(quickest, performance.now() - start);
  }
  return instance.exports.operations() / quickest / 1e6;
}

/** A file of the site, its parts put together. */
async function whole(site, parts) {
  const all = await Promise.all(parts.map(({ file }) => bytes(`${site}/${file}`)));
  return new Uint8Array(await new Blob(all).arrayBuffer());
}
