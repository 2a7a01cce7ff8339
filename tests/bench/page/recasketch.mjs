/** recasketch as its own page has it: `{site, page, image, threads}`, `page` being the folder of its module. */

import { bytes, serve } from './engine.mjs';

/** Milliseconds that the other workers may take to start. */
const PATIENCE = 60_000;

serve(async ({ site, page, image, threads }) => {
  const manifest = await (await fetch(`${site}/manifest.json`)).json();
  const [network, embeddings] = await Promise.all([manifest.network, manifest.embeddings].map((parts) => whole(site, parts)));
  const glue = await import(`${page}/recasketch.js`);
  const module = await WebAssembly.compile(await bytes(`${page}/recasketch_bg.wasm`));
  const { memory } = await glue.default({ module_or_path: module });
  const { Crew } = await import('/page/crew.js');
  const crew = new Crew(threads, { module, glue: `${page}/recasketch.js`, network });
  const recommender = new glue.Recommender(network, embeddings);
  const pixels = recommender.pixels(new Uint8Array(await bytes(image)));
  const asked = performance.now();
  while (crew.workers < threads) {
    if (performance.now() - asked > PATIENCE) throw new Error(`only ${crew.workers} of ${threads} workers came`);
    await new Promise((resolve) => setTimeout(resolve, 20)); // their word comes between tasks
  }
  return {
    async run() {
      const features = await crew.features(recommender, pixels);
      const { values } = features;
      features.free();
      return values;
    },
    note: async () => `${((memory.buffer.byteLength + (await crew.memory())) / 2 ** 20).toFixed(0)} MiB of memory`,
  };
});

/** A file of the site, its parts put together. */
async function whole(site, parts) {
  const all = await Promise.all(parts.map(({ file }) => bytes(`${site}/${file}`)));
  return new Uint8Array(await new Blob(all).arrayBuffer());
}
