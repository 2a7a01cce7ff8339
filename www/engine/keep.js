/**
 * In the worker: keeps files in the browser's cache storage for the next visit. The files are named by their content.
 *
 * @import { Bytes } from './protocol.js'
 *
 * @typedef {'kept' | 'full' | 'refused'} Keeping whether all files are kept; or the storage is full, or the browser
 *   keeps nothing, as in some private windows and on plain http
 */

import { nameOf } from './failure.js';
import { SITE } from './site.js';

const NAME = 'recasketch data';

/** @type {{state: Keeping}} */
export const keeping = { state: 'kept' };

/**
 * Returns the kept bytes of a file, or null.
 * @param {URL} address
 * @returns {Promise<Bytes | null>}
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
 * Keeps a file. If that fails, the next visit downloads it again.
 * @param {URL} address
 * @param {Bytes} bytes
 */
export async function keep(address, bytes) {
  if (keeping.state !== 'kept') return;
  try {
    await (await caches.open(NAME)).put(address.href, new Response(bytes));
  } catch (error) {
    keeping.state = nameOf(error) === 'QuotaExceededError' ? 'full' : 'refused';
  }
}

/**
 * Removes all kept files of this site except these and their ranges.
 * @param {string[]} files
 */
export async function keepOnly(files) {
  if (keeping.state !== 'kept') return;
  const addresses = new Set(files.map((file) => new URL(file, SITE).href));
  // Files in subfolders may belong to another site.
  const isOurs = (/** @type {string} */ url) =>
    url.startsWith(SITE.href) && /^[^/]+$/.test(url.slice(SITE.href.length));
  const isOld = (/** @type {Request} */ { url }) => isOurs(url) && !addresses.has(url.replace(/\?[\d-]+$/, ''));
  try {
    const cache = await caches.open(NAME);
    for (const request of (await cache.keys()).filter(isOld)) await cache.delete(request);
  } catch (error) {
    console.error(error); // old files only take space
  }
}
