/**
 * recasketch as its own page has it: `{site, page, image, threads}`, `page` being the folder of its
 * module; its threads are workers that share no memory.
 */

import { bytes, serve } from './engine.mjs';

serve(async ({ site, page, image, threads }) => {
  const manifest = await (await fetch(`${site}/manifest.json`)).json();
  const [network, embeddings] = await Promise.all([manifest.network, manifest.embeddings].map((parts) => whole(site, parts)));
  const glue = new URL(`${page}/recasketch.js`, self.location.href).href;
  const [{ default: start, Recommender }, { Crew }] = await Promise.all([import(glue), import('/page/crew.js')]);
  const module = await WebAssembly.compile(await bytes(`${page}/recasketch_bg.wasm`));
  const { memory } = await start({ module_or_path: module });
  const crew = new Crew(threads, { module, glue, network });
  const recommender = new Recommender(network, embeddings);
  const pixels = recommender.pixels(new Uint8Array(await bytes(image)));
  const run = async () => {
    const features = await crew.features(recommender, pixels);
    const { values } = features;
    features.free();
    return values;
  };
  for (let runs = 0; crew.workers < threads; runs += 1) {
    if (runs === 200) throw new Error('its helpers do not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const ofAll = memory.buffer.byteLength + (await crew.memory());
  return { note: `${(ofAll / 2 ** 20).toFixed(0)} MiB of memory`, run };
});

/** A file of the site, its parts put together. */
async function whole(site, parts) {
  const all = await Promise.all(parts.map(({ file }) => bytes(`${site}/${file}`)));
  return new Uint8Array(await new Blob(all).arrayBuffer());
}
