/**
 * A helper of the worker. It computes its partition of every image; see worker-pool.js.
 *
 * WebKit does not use the service worker for modules that a worker's worker imports. Such a module could be missing
 * offline, or belong to another version. So build.sh joins this script even with the module's own JavaScript.
 *
 * @import { FromHelper, HelperBegin, HelperPush, HelperStart, ToHelper } from './engine/protocol.js'
 */
import { peersOf, walk } from './engine/exchange.js';
import __wbg_init, { Partition, PartitionReading } from './recasketch.js';

/** @type {WebAssembly.Memory | null} */
let memory = null;
/** This helper's part of the network. @type {PartitionReading | null} */
let reading = null;

/** Resolves once all earlier messages are handled. @type {Promise<unknown>} */
let turn = Promise.resolve();

/** Begins to read the network; once more if its download was repeated. @param {HelperBegin} message */
async function begin({ module, worker, workers }) {
  ({ memory } = await __wbg_init({ module_or_path: module }));
  reading?.free();
  reading = new PartitionReading(worker, workers);
}

/** Computes this helper's partition of one image after the other. @param {HelperStart} message */
async function compute({ ports }) {
  if (!reading) throw new Error('The helper was started before it had a network.');
  const partition = new Partition(reading);
  const peers = peersOf(ports);
  tellWorker({ type: 'ready' });
  for (;;) {
    partition.join();
    await walk(partition, peers);
  }
}

/** @param {HelperBegin | HelperPush | HelperStart} message */
function handle(message) {
  switch (message.type) {
    case 'begin':
      return begin(message);
    case 'push':
      return reading?.push(message.bytes);
    case 'start':
      return compute(message);
  }
}

/** @param {FromHelper} message */
function tellWorker(message) {
  postMessage(message);
}

/** @param {MessageEvent<ToHelper>} event */
self.onmessage = ({ data: message }) => {
  if (message.type === 'memory') return message.answer.postMessage(memory?.buffer.byteLength ?? 0);
  turn = turn
    .then(() => handle(message))
    .catch((error) => {
      console.error(error);
      tellWorker({ type: 'failed', message: String(error) });
    });
};
