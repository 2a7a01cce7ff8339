/** recasketch as its own page has it: `{site, page, image, threads}`, `page` being the folder of its module. */

import { bytes, serve } from './engine.mjs';

/** Images that are embedded alone while the other workers start. */
const MOST_TRIES = 50;

serve(async ({ site, page, image, threads }) => {
  const manifest = await (await fetch(`${site}/manifest.json`)).json();
  const [network, embeddings] = await Promise.all([manifest.network, manifest.embeddings].map((parts) => whole(site, parts)));
  const glue = await import(`${page}/recasketch.js`);
  const module = await WebAssembly.compile(await bytes(`${page}/recasketch_bg.wasm`));
  const { memory } = await glue.default({ module_or_path: module });
  const crew = await crewOf(page, threads, { module, glue: `${page}/recasketch.js`, network });
  const recommender = new glue.Recommender(network, embeddings);
  const pixels = recommender.pixels(new Uint8Array(await bytes(image)));
  for (let tries = 0; crew.workers < threads; tries += 1) {
    if (tries === MOST_TRIES) throw new Error(`only ${crew.workers} of ${threads} workers came`);
    await crew.features(recommender, pixels);
  }
  return {
    async run() {
      const features = await crew.features(recommender, pixels);
      const { values } = features;
      features.free?.();
      return values;
    },
    note: async () => `${((memory.buffer.byteLength + (await crew.memory())) / 2 ** 20).toFixed(0)} MiB of memory`,
  };
});

/** The workers of the page; a page that has none embeds alone. */
async function crewOf(page, threads, kit) {
  const file = await fetch(`${page}/crew.js`);
  if (file.ok) return new (await import(`${page}/crew.js`)).Crew(threads, kit);
  if (threads > 1) throw new Error('this page has one worker');
  return { workers: 1, memory: async () => 0, features: async (recommender, pixels) => ({ values: recommender.features(pixels) }) };
}

/** A file of the site, its parts put together. */
async function whole(site, parts) {
  const all = await Promise.all(parts.map(({ file }) => bytes(`${site}/${file}`)));
  return new Uint8Array(await new Blob(all).arrayBuffer());
}
