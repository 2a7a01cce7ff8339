/**
 * In the worker and its helpers: what they hand each other of every layer.
 *
 * A helper is one file: build.sh puts this file and the module's JavaScript before helper.js. So nothing here is
 * imported, and names of the top level are apart from theirs.
 *
 * @typedef {import('../recasketch.js').Partition} Partition
 */

/** A helper was lost, and with it what was begun together. */
export class Lost extends Error {
  name = 'Lost';
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
 * @param {Partition} partition
 * @param {Peer[]} peers
 * @param {(layer: number, layers: number) => void} [onLayer]
 */
export async function walk(partition, peers, onLayer = () => {}) {
  for (let layer = 1; ; layer += 1) {
    for (const peer of peers) peer.send(partition);
    for (const peer of peers) await peer.receive(partition);
    if (!partition.step()) return;
    onLayer(layer, partition.layers);
  }
}

/**
 * The way to another worker. Buffers go to and fro, as fresh ones cost more than what they carry. One is kept: some
 * layers only receive, and would pile them up.
 */
class Peer {
  #worker;
  #port;
  #patience;
  #spare = null;
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

  /** @param {Partition} partition */
  send(partition) {
    const buffer = this.#spare ?? new Float32Array(partition.most(this.#worker));
    const isEmpty = partition.outgoing(this.#worker, buffer) === 0;
    this.#spare = isEmpty ? buffer : null;
    if (!isEmpty) this.#port.postMessage(buffer, [buffer.buffer]);
  }

  /** @param {Partition} partition */
  async receive(partition) {
    if (!partition.expects(this.#worker)) return;
    if (this.#came.length === 0) await this.#arrival();
    const buffer = this.#came.shift();
    partition.incoming(this.#worker, buffer);
    this.#spare ??= buffer;
  }

  /** Rejects what waits for the worker now and later: it is lost. */
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
