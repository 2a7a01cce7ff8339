/** Starts workers of a site, also in a document of another origin. */

import { scriptAddress } from './trusted.js';

/**
 * Returns the address from which a worker can be started. Browsers start no worker from another origin's script. They
 * do start one from a script of the document's own origin that imports the other, if the other host allows that (CORS).
 * @param {URL} script
 * @returns {string}
 */
export function workerAddress(script) {
  if (script.origin === self.origin) return scriptAddress(script);
  const importing = new Blob([`import ${JSON.stringify(script.href)};`], { type: 'text/javascript' });
  return scriptAddress(URL.createObjectURL(importing));
}

/**
 * Starts a worker. Returns null if the browser does not support modules in workers: such a browser never reads `type`.
 * @param {URL} script
 */
export function moduleWorker(script) {
  let isAsked = false;
  const options = {
    /** @returns {WorkerType} */
    get type() {
      isAsked = true;
      return 'module';
    },
  };
  const worker = new Worker(workerAddress(script), options);
  if (isAsked) return worker;
  worker.terminate();
  return null;
}
