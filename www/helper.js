/**
 * A helper of the worker: computes its share of every image; see crew.js.
 *
 * WebKit loads what a worker's worker imports past the service worker, where it may be missing or of another version.
 * So what is imported here comes before it in the same file, and build.sh leaves these lines out.
 */
import { peersOf, walk } from './exchange.js';
import __wbg_init, { Share } from './recasketch.js';

let memory = null;

self.onmessage = ({ data }) => {
  if (data.ask) return data.ask.postMessage(memory?.buffer.byteLength ?? 0);
  return help(data).catch((error) => {
    console.error(error);
    postMessage({ message: String(error) });
  });
};

/** @param {import('./crew.js').Kit & {worker: number, workers: number, ports: (MessagePort | null)[]}} kit */
async function help({ module, network, worker, workers, ports }) {
  ({ memory } = await __wbg_init({ module_or_path: module }));
  const share = new Share(network, worker, workers);
  const peers = peersOf(ports);
  postMessage({ isReady: true });
  for (;;) {
    share.join();
    await walk(share, peers);
  }
}
