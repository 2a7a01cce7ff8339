/**
 * What page.js calls: engines by name, each in a worker of its own, as a page would have it.
 *
 * A worker is sent `{start: options}` and answers `{features, note}`; then each `{run: true}` is answered
 * with the milliseconds of one run, and `{profile: true}` with what its layers cost. An answer with `reason` says why there will be no more.
 */

const workers = new Map();

window.bench = {
  async start(name, script, options) {
    // tfjs comes as plain scripts, which a module worker cannot import.
    const worker = new Worker(script, { type: script.endsWith('.mjs') ? 'module' : 'classic' });
    workers.set(name, worker);
    return ask(worker, { start: options });
  },

  run: (name) => ask(workers.get(name), { run: true }),

  profile: (name) => ask(workers.get(name), { profile: true }),

  stop(name) {
    workers.get(name)?.terminate();
    workers.delete(name);
  },
};

function ask(worker, question) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => resolve({ reason: event.message ?? 'its worker broke' });
    worker.postMessage(question);
  });
}
