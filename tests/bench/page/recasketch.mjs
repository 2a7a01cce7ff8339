/** recasketch as its own page has it: `{site, page, image}`, `page` being the folder of its module. */

import { bytes, serve } from './engine.mjs';

serve(async ({ site, page, image }) => {
  const manifest = await (await fetch(`${site}/manifest.json`)).json();
  const [network, embeddings] = await Promise.all([manifest.network, manifest.embeddings].map((parts) => whole(site, parts)));
  const glue = await import(`${page}/recasketch.js`);
  const { memory } = await glue.default({ module_or_path: `${page}/recasketch_bg.wasm` });
  const recommender = new glue.Recommender(network, embeddings);
  const pixels = recommender.pixels(new Uint8Array(await bytes(image)));
  recommender.features(pixels);
  return {
    note: `${(memory.buffer.byteLength / 2 ** 20).toFixed(0)} MiB of memory`,
    run: async () => recommender.features(pixels),
  };
});

/** A file of the site, its parts put together. */
async function whole(site, parts) {
  const all = await Promise.all(parts.map(({ file }) => bytes(`${site}/${file}`)));
  return new Uint8Array(await new Blob(all).arrayBuffer());
}
