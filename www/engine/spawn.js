/** Workers of a site's scripts, also where the document is of another origin. */

import { scriptAddress } from './trusted.js';

/**
 * The address that makes a worker of a script. Browsers make none of another origin's script, but they do of one of
 * the document's own that imports it, where the host lets the document read it.
 * @param {URL} script
 * @returns {string}
 */
export function workerAddress(script) {
  if (script.origin === self.origin) return scriptAddress(script);
  const importing = new Blob([`import ${JSON.stringify(script.href)};`], { type: 'text/javascript' });
  return scriptAddress(URL.createObjectURL(importing));
}

/**
 * A worker, or null where the browser does not know modules in workers: it then never reads `type`.
 * @param {URL} script
 */
export function moduleWorker(script) {
  let isAsked = false;
  const options = {
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
