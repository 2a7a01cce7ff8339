/** A helper of the worker: computes its share of every image; see crew.js. */

import { peersOf, walk } from './crew.js';

let memory = null;

self.onmessage = ({ data }) => {
  if (data.ask) return data.ask.postMessage(memory?.buffer.byteLength ?? 0);
  return help(data).catch((error) => {
    console.error(error);
    postMessage({ message: String(error) });
  });
};

/** @param {import('./crew.js').Kit & {worker: number, workers: number, ports: (MessagePort | null)[]}} kit */
async function help({ module, glue, network, worker, workers, ports }) {
  const { default: start, Share } = await import(glue);
  ({ memory } = await start({ module_or_path: module }));
  const share = new Share(network, worker, workers);
  const peers = peersOf(ports);
  postMessage({ isReady: true });
  for (;;) {
    share.join();
    await walk(share, peers);
  }
}
