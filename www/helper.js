/**
 * A helper of the worker: computes its partition of every image; see worker-pool.js.
 *
 * WebKit loads what a worker's worker imports past the service worker, where it may be missing or of another version.
 * So what is imported here comes before it in the same file, and build.sh leaves these lines out.
 */
import { peersOf, walk } from './engine/exchange.js';
import __wbg_init, { Partition, PartitionReading } from './recasketch.js';

let memory = null;
let reading = null;

/** Ends with all that was asked before. */
let turn = Promise.resolve();

/** What is asked, by type. */
const asked = {
  /** Begins to read its part of the network, perhaps once more. @param {import('./engine/worker-pool.js').Kit} kit */
  async begin({ module, worker, workers }) {
    ({ memory } = await __wbg_init({ module_or_path: module }));
    reading?.free();
    reading = new PartitionReading(worker, workers);
  },

  /** Reads some more of it. @param {{bytes: Uint8Array}} piece */
  push({ bytes }) {
    reading.push(bytes);
  },

  /** Computes from here on. @param {{ports: (MessagePort | null)[]}} peers */
  async start({ ports }) {
    const partition = new Partition(reading);
    const peers = peersOf(ports);
    postMessage({ isReady: true });
    for (;;) {
      partition.join();
      await walk(partition, peers);
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
