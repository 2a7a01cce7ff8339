/**
 * In the worker: files that are named by their content, kept by the browser for the next visit.
 *
 * @typedef {'kept' | 'full' | 'refused'} Keeping whether all of them are; or there is no room, or the browser keeps
 *   nothing, as in some private windows and on plain http
 */

import { SITE } from './site.js';

const NAME = 'recasketch data';

/** @type {{state: Keeping}} */
export const keeping = { state: 'kept' };

/**
 * A file's bytes as they are kept, or null.
 * @param {URL} address
 * @returns {Promise<Uint8Array | null>}
 */
export async function kept(address) {
  try {
    const response = await (await caches.open(NAME)).match(address.href);
    return response ? new Uint8Array(await response.arrayBuffer()) : null;
  } catch {
    keeping.state = 'refused';
    return null;
  }
}

/**
 * Keeps a file; where that fails, the file is downloaded the next time as well.
 * @param {URL} address
 * @param {Uint8Array} bytes
 */
export async function keep(address, bytes) {
  if (keeping.state !== 'kept') return;
  try {
    await (await caches.open(NAME)).put(address.href, new Response(bytes));
  } catch (error) {
    keeping.state = error.name === 'QuotaExceededError' ? 'full' : 'refused';
  }
}

/**
 * Removes what this site kept and does not name any more.
 * @param {string[]} files
 */
export async function keepOnly(files) {
  if (keeping.state !== 'kept') return;
  const addresses = new Set(files.map((file) => new URL(file, SITE).href));
  // Another site may lie in a folder of this one.
  const isOurs = ({ url }) => url.startsWith(SITE.href) && /^[^/]+$/.test(url.slice(SITE.href.length));
  const isOld = (request) => isOurs(request) && !addresses.has(request.url);
  try {
    const cache = await caches.open(NAME);
    for (const request of (await cache.keys()).filter(isOld)) await cache.delete(request);
  } catch (error) {
    console.error(error); // what is left over only takes room
  }
}
