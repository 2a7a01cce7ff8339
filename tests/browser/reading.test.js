/** What the worker reads of a network while it comes (www/engine/reading.js), with a module and helpers that only take notes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkReader } from '../../www/engine/reading.js';

const PIECE = 1 << 18;
const FILE = Uint8Array.from({ length: 3 * PIECE }, (_, at) => (at * 7) % 251);

/** A reader, what its module's readings have read, and what its helpers were told. */
function reader() {
  const [readings, told] = [[], []];
  class Reading {
    read = Buffer.alloc(0);
    isFreed = false;
    constructor(sha256) {
      this.sha256 = sha256;
      readings.push(this);
    }
    push(bytes) {
      this.read = Buffer.concat([this.read, bytes]);
    }
    free() {
      this.isFreed = true;
    }
  }
  const pool = {
    begin: (module) => told.push([module]),
    push: (bytes) => told.at(-1).push(bytes.length),
    start: () => told.push('start'),
  };
  return { network: new NetworkReader(pool), kit: { Reading, module: 'module', sha256: 'abc' }, readings, told };
}

test('what came before the module is read with it, and what comes later at once, in small pieces', () => {
  const { network, kit, readings, told } = reader();
  network.came(FILE.subarray(0, PIECE + 5));
  assert.equal(readings.length, 0);
  network.begin(kit);
  assert.deepEqual(told, [['module', PIECE, 5]]);
  network.came(FILE.subarray(0, PIECE + 6));
  network.came(FILE);
  const reading = network.finish();
  assert.equal(reading, readings[0]);
  assert.equal(reading.sha256, 'abc');
  assert.deepEqual(Uint8Array.from(reading.read), FILE);
  assert.deepEqual(told, [['module', PIECE, 5, 1, PIECE, PIECE - 6], 'start']);
});

test('a download that begins anew is read anew, by the helpers too', () => {
  const { network, kit, readings, told } = reader();
  network.begin(kit);
  network.came(new Uint8Array(1000));
  network.came(FILE.subarray(0, 0));
  network.came(FILE);
  assert.equal(network.finish(), readings[1]);
  assert.ok(readings[0].isFreed && !readings[1].isFreed);
  assert.deepEqual(Uint8Array.from(readings[1].read), FILE);
  assert.deepEqual(
    told.map((one) => (Array.isArray(one) ? one.slice(1) : one)),
    [[1000], [PIECE, PIECE, PIECE], 'start'],
  );
});
