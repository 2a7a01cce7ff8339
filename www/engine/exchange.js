/**
 * In the worker and its helpers: the exchange of results after every layer.
 *
 * @typedef {import('../recasketch.js').Partition} Partition
 */

/** A helper stopped, and the image that the workers were computing has to be computed again. */
export class Lost extends Error {
  name = 'Lost';
}

/**
 * Returns the connections to all other workers.
 * @param {(MessagePort | null)[]} ports by worker
 * @param {number} patience milliseconds to wait for a message before the worker counts as lost; 0 to wait for ever
 */
export function peersOf(ports, patience = 0) {
  return ports.flatMap((port, worker) => (port ? [new Peer(worker, port, patience)] : []));
}

/**
 * Computes all layers together with the other workers.
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
 * The connection to another worker. The two transfer the same buffers to and fro, because allocating a buffer costs
 * more than copying the values. At most one unused buffer is kept: in some layers a worker only receives.
 */
class Peer {
  #worker;
  #port;
  #patience;
  /** @type {Float32Array<ArrayBuffer> | null} */
  #spare = null;
  /** The buffers that have arrived. @type {Float32Array<ArrayBuffer>[]} */
  #came = [];
  /** @type {{resolve: (value?: unknown) => void, reject: (error: Error) => void} | null} */
  #waiting = null;
  /** @type {Error | null} */
  #error = null;

  /** @param {number} worker @param {MessagePort} port @param {number} patience */
  constructor(worker, port, patience) {
    this.#worker = worker;
    this.#port = port;
    this.#patience = patience;
    port.onmessage = (/** @type {MessageEvent<Float32Array<ArrayBuffer>>} */ { data }) => {
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
    const buffer = /** @type {Float32Array<ArrayBuffer>} */ (this.#came.shift());
    partition.incoming(this.#worker, buffer);
    this.#spare ??= buffer;
  }

  /** Rejects the present and every later {@link receive}: the worker is lost. @param {Error} error */
  lose(error) {
    this.#error = error;
    this.#waiting?.reject(error);
  }

  async #arrival() {
    if (this.#error) throw this.#error;
    const giveUp = () => this.lose(new Lost('A helper did not answer in time.'));
    const timer = this.#patience > 0 ? setTimeout(giveUp, this.#patience) : undefined;
    try {
      await new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }
}
