/**
 * A helper of the worker: computes its share of every image; see crew.js.
 *
 * WebKit loads what a worker's worker imports past the service worker, where it may be missing or of another version.
 * So what is imported here comes before it in the same file, and build.sh leaves these lines out.
 */
import { peersOf, walk } from './exchange.js';
import __wbg_init, { Reading, Share } from './recasketch.js';

let memory = null;
let reading = null;

/** Ends with all that was asked before. */
let turn = Promise.resolve();

/** What is asked, by type. */
const asked = {
  /** Begins to read the network, perhaps once more. @param {import('./crew.js').Kit} kit */
  async begin({ module, sha256 }) {
    ({ memory } = await __wbg_init({ module_or_path: module }));
    reading?.free();
    reading = new Reading(sha256);
  },

  /** Reads some more of it. @param {{bytes: Uint8Array}} piece */
  push({ bytes }) {
    reading.push(bytes);
  },

  /** Computes from here on. @param {{worker: number, workers: number, ports: (MessagePort | null)[]}} place */
  async start({ worker, workers, ports }) {
    const share = new Share(reading, worker, workers);
    const peers = peersOf(ports);
    postMessage({ isReady: true });
    for (;;) {
      share.join();
      await walk(share, peers);
    }
  },
};

self.onmessage = ({ data }) => {
  if (data.ask) return data.ask.postMessage(memory?.buffer.byteLength ?? 0);
  turn = turn
    .then(() => asked[data.type](data))
    .catch((error) => {
      console.error(error);
      postMessage({ message: String(error) });
    });
};
