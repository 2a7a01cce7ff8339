/** A worker's half of harness.js, around one engine. */

/**
 * @param {(options: any) => Promise<{run: () => Promise<Float32Array>, note?: () => Promise<string>, profile?: () => Promise<any>}>} load
 */
export function serve(load) {
  let engine;
  self.onmessage = async ({ data }) => {
    try {
      if (data.start) {
        engine = await load(data.start);
        postMessage({ features: Array.from(await engine.run()), note: (await engine.note?.()) ?? '' });
      } else if (data.profile) {
        postMessage({ profile: await engine.profile() });
      } else {
        const start = performance.now();
        await engine.run();
        postMessage({ milliseconds: performance.now() - start });
      }
    } catch (error) {
      postMessage({ reason: String(error?.message ?? error) });
    }
  };
}

/** A file's bytes. */
export async function bytes(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  return reply.arrayBuffer();
}
