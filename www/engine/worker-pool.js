/**
 * In the worker: an image's way from pixels to features, on several cores.
 *
 * Helpers are plain workers. Each computes a partition of every layer and hands what others need of it
 * straight to them, in buffers that change owners: no memory is in common, so no host needs special
 * headers. Whatever befalls a helper, the worker goes on alone, and its answer is the same to the bit.
 *
 * @typedef {{module: WebAssembly.Module, worker: number, workers: number}} Kit what a helper starts from
 */

import { Lost, peersOf, walk } from './exchange.js';
import { PAGE } from './site.js';
import { workerAddress } from './spawn.js';

/** More cores bring little: the last maps are of 14 x 14 places. */
const MOST_WORKERS = 4;

/** Gigabytes of memory up to which a second copy of the network is too much. */
const SMALL_MEMORY = 2;

/** Milliseconds that an image takes alone up to which exchanging costs more than helpers bring. */
const BRIEF = 8;

/** Milliseconds after which a helper that is waited for is given up. */
const PATIENCE = 10_000;

/** Milliseconds that the first image waits for helpers: about what they spare it. */
const GATHERING = 200;

/** How many workers this machine is good for. */
export function workersHere() {
  const isSmall = (navigator.deviceMemory ?? Infinity) <= SMALL_MEMORY;
  return isSmall ? 1 : Math.min(navigator.hardwareConcurrency ?? 1, MOST_WORKERS);
}

/** The worker and its helpers, if it has any. */
export class WorkerPool {
  #helpers = [];
  /** By worker, as `pairs` makes them. */
  #ports = [];
  #peers = [];
  #ready = 0;
  #partition = null;
  #partitioned = 0;
  #settle = () => {};

  /**
   * Starts helpers, so that their script has come when the network has.
   * @param {number} workers this one included
   */
  constructor(workers) {
    if (workers < 2) return;
    try {
      this.#hire(workers);
    } catch (error) {
      this.dismiss(error); // a browser without workers in workers
    }
  }

  /**
   * Has helpers begin to read the network, perhaps once more.
   * @param {WebAssembly.Module} module
   */
  begin(module) {
    const workers = this.#helpers.length + 1;
    for (const [index, helper] of this.#helpers.entries())
      helper.postMessage({ type: 'begin', module, worker: index + 1, workers });
  }

  /**
   * Has them read some more of it.
   * @param {Uint8Array} piece
   */
  push(piece) {
    for (const helper of this.#helpers) {
      const bytes = piece.slice();
      helper.postMessage({ type: 'push', bytes }, [bytes.buffer]);
    }
  }

  /** They have read all of it. Images are embedded alone until all of them are ready. */
  start() {
    for (const [index, helper] of this.#helpers.entries()) {
      const ports = this.#ports[index + 1];
      helper.postMessage({ type: 'start', ports }, ports.filter(Boolean));
    }
  }

  /** Resolves once all helpers are ready, or there are none, or it has taken too long. */
  async gathered() {
    if (this.#ready === this.#helpers.length) return;
    await new Promise((resolve) => {
      this.#settle = resolve;
      setTimeout(resolve, GATHERING);
    });
  }

  /** How many workers embed the next image. */
  get workers() {
    return this.#ready > 0 && this.#ready === this.#helpers.length ? this.#ready + 1 : 1;
  }

  /**
   * Pixels -> features.
   * @param {import('../recasketch.js').Recommender} recommender
   * @param {import('../recasketch.js').Pixels} pixels
   * @param {(layer: number, layers: number) => void} [onLayer] hears of each layer once it is computed, from 1 on
   * @returns {Promise<import('../recasketch.js').Features>}
   */
  async features(recommender, pixels, onLayer) {
    try {
      return await this.#walk(recommender, pixels, onLayer);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      this.dismiss(error);
      return this.#walk(recommender, pixels, onLayer);
    }
  }

  /** Bytes of the helpers' modules' memory. */
  async memory() {
    const asked = this.#helpers.map((helper) => {
      const { port1, port2 } = new MessageChannel();
      helper.postMessage({ ask: port2 }, [port2]);
      return new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
        setTimeout(resolve, PATIENCE, 0); // a helper that is gone has none
      });
    });
    return (await Promise.all(asked)).reduce((sum, bytes) => sum + bytes, 0);
  }

  async #walk(recommender, pixels, onLayer) {
    const { workers } = this;
    if (this.#partitioned !== workers) {
      this.#partition?.free();
      this.#partition = recommender.partition(workers);
      this.#partitioned = workers;
    }
    const start = performance.now();
    this.#partition.begin(pixels);
    await walk(this.#partition, workers > 1 ? this.#peers : [], onLayer);
    const features = this.#partition.features();
    // Alone it takes no longer than all of them together.
    if ((performance.now() - start) * workers < BRIEF) this.dismiss();
    return features;
  }

  #hire(workers) {
    this.#ports = pairs(workers);
    this.#peers = peersOf(this.#ports[0], PATIENCE);
    for (let worker = 1; worker < workers; worker += 1) {
      const helper = new Worker(workerAddress(new URL('helper.js', PAGE)), { type: 'module' });
      this.#helpers.push(helper);
      helper.onmessage = ({ data }) => (data.isReady ? this.#count() : this.dismiss(new Lost(data.message)));
      helper.onmessageerror = () => this.dismiss(new Lost('a message that cannot be read'));
      helper.onerror = (event) => {
        event.preventDefault();
        this.dismiss(new Lost(event.message));
      };
    }
  }

  #count() {
    this.#ready += 1;
    if (this.#ready === this.#helpers.length) this.#settle();
  }

  /** Ends the helpers; the worker goes on alone. */
  dismiss(error = null) {
    if (error) console.error(error);
    for (const helper of this.#helpers) helper.terminate();
    for (const peer of this.#peers) peer.lose(error);
    this.#helpers = [];
    this.#ready = 0;
    this.#settle();
  }
}

/** For each worker its ports to the others, in their places. */
function pairs(workers) {
  const ports = Array.from({ length: workers }, () => Array(workers).fill(null));
  for (let one = 0; one < workers; one += 1) {
    for (let other = one + 1; other < workers; other += 1) {
      const { port1, port2 } = new MessageChannel();
      [ports[one][other], ports[other][one]] = [port1, port2];
    }
  }
  return ports;
}
