/**
 * In the worker: computes features from pixels on several cores.
 *
 * The helpers are workers of the worker. Each computes a partition of every layer and transfers the results that
 * another worker needs directly to that worker. No memory is shared, so the host need not send special headers. If a
 * helper fails, the worker goes on alone. The features are equal to the bit in either case.
 *
 * @import { Bytes, FromHelper, ToHelper } from './protocol.js'
 * @import { Features, Partition, Pixels, Recommender } from '../recasketch.js'
 */

import { Lost, peersOf, walk } from './exchange.js';
import { PAGE } from './site.js';
import { workerAddress } from './spawn.js';

/** More workers gain little: the last feature maps have only 14 x 14 positions. */
const MOST_WORKERS = 4;

/** Gigabytes of memory up to which helpers would need too much of it. */
const SMALL_MEMORY = 2;

/** If one worker embeds an image in fewer milliseconds, the exchange costs more time than the helpers save. */
const BRIEF = 8;

/** Milliseconds to wait for a helper before it counts as lost. */
const PATIENCE = 10_000;

/** Milliseconds that the first image waits for the helpers: about the time that they save. */
const GATHERING = 200;

/** Returns the number of workers for this machine. */
export function workersHere() {
  const isSmall = (navigator.deviceMemory ?? Infinity) <= SMALL_MEMORY;
  return isSmall ? 1 : Math.min(navigator.hardwareConcurrency ?? 1, MOST_WORKERS);
}

/** The worker and its helpers, of which there may be none. */
export class WorkerPool {
  /** @type {Worker[]} */
  #helpers = [];
  /** See {@link pairs}. @type {(MessagePort | null)[][]} */
  #ports = [];
  /** @type {ReturnType<typeof peersOf>} */
  #peers = [];
  /** The number of helpers that are ready. */
  #ready = 0;
  /** @type {Partition | null} */
  #partition = null;
  /** The number of workers that `#partition` is made for. */
  #partitioned = 0;
  /** @type {(value?: unknown) => void} */
  #settle = () => {};

  /**
   * Starts the helpers early, so that their script is loaded while the network is downloaded.
   * @param {number} workers this one included
   */
  constructor(workers) {
    if (workers < 2) return;
    try {
      this.#hire(workers);
    } catch (error) {
      this.dismiss(error); // the browser has no workers in workers
    }
  }

  /** Makes the helpers read a network from its first byte on. @param {WebAssembly.Module} module */
  begin(module) {
    const workers = this.#helpers.length + 1;
    for (const [index, helper] of this.#helpers.entries())
      tell(helper, { type: 'begin', module, worker: index + 1, workers });
  }

  /** Sends the next bytes of the network to the helpers. @param {Bytes} piece */
  push(piece) {
    for (const helper of this.#helpers) {
      const bytes = piece.slice();
      tell(helper, { type: 'push', bytes }, [bytes.buffer]);
    }
  }

  /** Starts the helpers once all bytes are sent. Until all helpers are ready, the worker embeds images alone. */
  start() {
    for (const [index, helper] of this.#helpers.entries()) {
      const ports = this.#ports[index + 1];
      tell(
        helper,
        { type: 'start', ports },
        ports.filter((port) => port !== null),
      );
    }
  }

  /** Resolves once all helpers are ready, there are none, or {@link GATHERING} has passed. */
  async gathered() {
    if (this.#ready === this.#helpers.length) return;
    await new Promise((resolve) => {
      this.#settle = resolve;
      setTimeout(resolve, GATHERING);
    });
  }

  /** The number of workers that embed the next image. */
  get workers() {
    return this.#ready > 0 && this.#ready === this.#helpers.length ? this.#ready + 1 : 1;
  }

  /**
   * Computes the features of an image.
   * @param {Recommender} recommender
   * @param {Pixels} pixels
   * @param {(layer: number, layers: number) => void} [onLayer] is called after each layer, from 1 on
   * @returns {Promise<Features>}
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

  /** Returns the bytes of the helpers' WebAssembly memory. */
  async memory() {
    const asked = this.#helpers.map((helper) => {
      const { port1, port2 } = new MessageChannel();
      tell(helper, { type: 'memory', answer: port2 }, [port2]);
      return new Promise((/** @type {(bytes: number) => void} */ resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
        setTimeout(resolve, PATIENCE, 0); // a helper that has ended uses none
      });
    });
    return (await Promise.all(asked)).reduce((sum, bytes) => sum + bytes, 0);
  }

  /**
   * @param {Recommender} recommender
   * @param {Pixels} pixels
   * @param {(layer: number, layers: number) => void} [onLayer]
   */
  async #walk(recommender, pixels, onLayer) {
    const { workers } = this;
    const partition = this.#partitionFor(recommender, workers);
    const start = performance.now();
    partition.begin(pixels);
    await walk(partition, workers > 1 ? this.#peers : [], onLayer);
    const features = /** @type {Features} */ (partition.features());
    // One worker alone needs at most this time.
    if ((performance.now() - start) * workers < BRIEF) this.dismiss();
    return features;
  }

  /** @param {Recommender} recommender @param {number} workers */
  #partitionFor(recommender, workers) {
    if (this.#partition && this.#partitioned === workers) return this.#partition;
    this.#partition?.free();
    this.#partition = recommender.partition(workers);
    this.#partitioned = workers;
    return this.#partition;
  }

  /** @param {number} workers */
  #hire(workers) {
    this.#ports = pairs(workers);
    this.#peers = peersOf(this.#ports[0], PATIENCE);
    for (let worker = 1; worker < workers; worker += 1) {
      const helper = new Worker(workerAddress(new URL('helper.js', PAGE)), { type: 'module' });
      this.#helpers.push(helper);
      helper.onmessage = (/** @type {MessageEvent<FromHelper>} */ { data }) =>
        data.type === 'ready' ? this.#count() : this.dismiss(new Lost(data.message));
      helper.onmessageerror = () => this.dismiss(new Lost('A helper sent a message that cannot be read.'));
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

  /** Ends the helpers; the worker goes on alone. @param {unknown} [error] the reason, if a helper failed */
  dismiss(error) {
    if (error) console.error(error);
    for (const helper of this.#helpers) helper.terminate();
    const lost = error instanceof Error ? error : new Lost('The helpers were dismissed.');
    for (const peer of this.#peers) peer.lose(lost);
    this.#helpers = [];
    this.#ready = 0;
    this.#settle();
  }
}

/** @param {Worker} helper @param {ToHelper} message @param {Transferable[]} [transferred] */
function tell(helper, message, transferred = []) {
  helper.postMessage(message, transferred);
}

/** Returns for each worker its ports to the others, by their numbers; null for itself. @param {number} workers */
function pairs(workers) {
  const ports = Array.from(
    { length: workers },
    () => /** @type {(MessagePort | null)[]} */ (Array(workers).fill(null)),
  );
  for (let one = 0; one < workers; one += 1) {
    for (let other = one + 1; other < workers; other += 1) {
      const { port1, port2 } = new MessageChannel();
      [ports[one][other], ports[other][one]] = [port1, port2];
    }
  }
  return ports;
}
