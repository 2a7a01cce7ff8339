/**
 * In the worker and its helpers: an image's way from pixels to features, on several cores.
 *
 * Helpers are plain workers. Each computes a share of every layer and hands what others need of it
 * straight to them, in buffers that change owners: no memory is shared, so no host needs special
 * headers. Whatever befalls a helper, the worker goes on alone, and its answer is the same to the bit.
 *
 * @typedef {{module: WebAssembly.Module, glue: string, network: Uint8Array}} Kit what a helper starts from
 * @typedef {import('./recasketch.js').Share} Share
 */

import { workerAddress } from './spawn.js';

/** More cores bring little: the last maps are of 14 x 14 places. */
const MOST_WORKERS = 4;

/** Gigabytes of memory up to which a second copy of the network is too much. */
const SMALL_MEMORY = 2;

/** Milliseconds that an image takes alone up to which exchanging costs more than helpers bring. */
const BRIEF = 8;

/** Milliseconds after which a helper that is waited for is given up. */
const PATIENCE = 10_000;

/** How many workers this machine is good for. */
export function workersHere() {
  const isSmall = (navigator.deviceMemory ?? Infinity) <= SMALL_MEMORY;
  return isSmall ? 1 : Math.min(navigator.hardwareConcurrency ?? 1, MOST_WORKERS);
}

/** A helper was lost, and with it what was begun together. */
class Lost extends Error {
  name = 'Lost';
}

/** The worker and its helpers, if it has any. */
export class Crew {
  #helpers = [];
  #peers = [];
  #ready = 0;
  #share = null;
  #sharing = 0;

  /**
   * Starts helpers; images are embedded alone until all of them are ready.
   * @param {number} workers this one included
   * @param {Kit} kit
   */
  constructor(workers, kit) {
    if (workers < 2) return;
    try {
      this.#hire(workers, kit);
    } catch (error) {
      this.dismiss(error); // a browser without workers in workers
    }
  }

  /** How many workers embed the next image. */
  get workers() {
    return this.#ready > 0 && this.#ready === this.#helpers.length ? this.#ready + 1 : 1;
  }

  /**
   * Pixels -> features.
   * @param {import('./recasketch.js').Recommender} recommender
   * @param {import('./recasketch.js').Pixels} pixels
   * @param {(layer: number, layers: number) => void} [onLayer] hears of each layer once it is computed, from 1 on
   * @returns {Promise<import('./recasketch.js').Features>}
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
      return new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    });
    return (await Promise.all(asked)).reduce((sum, bytes) => sum + bytes, 0);
  }

  async #walk(recommender, pixels, onLayer) {
    const { workers } = this;
    if (this.#sharing !== workers) {
      this.#share?.free();
      this.#share = recommender.share(workers);
      this.#sharing = workers;
    }
    const start = performance.now();
    this.#share.begin(pixels);
    await walk(this.#share, workers > 1 ? this.#peers : [], onLayer);
    const features = this.#share.features();
    if (workers === 1 && performance.now() - start < BRIEF) this.dismiss();
    return features;
  }

  #hire(workers, kit) {
    const ports = pairs(workers);
    this.#peers = peersOf(ports[0], PATIENCE);
    for (let worker = 1; worker < workers; worker += 1) {
      const helper = new Worker(workerAddress(new URL('helper.js', import.meta.url)), { type: 'module' });
      this.#helpers.push(helper);
      helper.onmessage = ({ data }) => (data.isReady ? (this.#ready += 1) : this.dismiss(new Lost(data.message)));
      helper.onmessageerror = () => this.dismiss(new Lost('a message that cannot be read'));
      helper.onerror = (event) => {
        event.preventDefault();
        this.dismiss(new Lost(event.message));
      };
      helper.postMessage({ ...kit, worker, workers, ports: ports[worker] }, ports[worker].filter(Boolean));
    }
  }

  /** Ends the helpers; the worker goes on alone. */
  dismiss(error = null) {
    if (error) console.error(error);
    for (const helper of this.#helpers) helper.terminate();
    for (const peer of this.#peers) peer.lose(error);
    this.#helpers = [];
    this.#ready = 0;
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

/**
 * The ways to all other workers.
 * @param {(MessagePort | null)[]} ports by worker
 * @param {number} patience milliseconds after which one that is waited for is given up; 0 for never
 */
export function peersOf(ports, patience = 0) {
  return ports.flatMap((port, worker) => (port ? [new Peer(worker, port, patience)] : []));
}

/**
 * All layers, in step with the other workers.
 * @param {Share} share
 * @param {Peer[]} peers
 * @param {(layer: number, layers: number) => void} [onLayer]
 */
export async function walk(share, peers, onLayer = () => {}) {
  for (let layer = 1; ; layer += 1) {
    for (const peer of peers) peer.send(share);
    for (const peer of peers) await peer.receive(share);
    if (!share.step()) return;
    onLayer(layer, share.layers);
  }
}

/** The way to another worker. Buffers go to and fro, as fresh ones cost more than what they carry. */
class Peer {
  #worker;
  #port;
  #patience;
  #spare = [];
  #came = [];
  #waiting = null;
  #error = null;

  constructor(worker, port, patience) {
    this.#worker = worker;
    this.#port = port;
    this.#patience = patience;
    port.onmessage = ({ data }) => {
      this.#came.push(data);
      this.#waiting?.resolve();
    };
  }

  /** @param {Share} share */
  send(share) {
    const buffer = this.#spare.pop() ?? new Float32Array(share.most(this.#worker));
    if (share.outgoing(this.#worker, buffer) === 0) this.#spare.push(buffer);
    else this.#port.postMessage(buffer, [buffer.buffer]);
  }

  /** @param {Share} share */
  async receive(share) {
    if (!share.expects(this.#worker)) return;
    if (this.#came.length === 0) await this.#arrival();
    const buffer = this.#came.shift();
    share.incoming(this.#worker, buffer);
    this.#spare.push(buffer);
  }

  /** Whoever waits for the worker, or will, hears that it is lost. */
  lose(error) {
    this.#error = error;
    this.#waiting?.reject(error);
  }

  async #arrival() {
    if (this.#error) throw this.#error;
    const giveUp = () => this.lose(new Lost('no word for too long'));
    const timer = this.#patience > 0 ? setTimeout(giveUp, this.#patience) : null;
    try {
      await new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }
}
