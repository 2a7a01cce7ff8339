/**
 * Files and text that another app shared with the installed page. The service worker stores them for the page.
 */

/** The name of the cache. service-worker.js has the same name. */
const CACHE = 'recasketch shared';

/** The query string of the address to which the service worker leads the page. */
const ARRIVAL = '?shared';

/**
 * Returns what was shared, and deletes the stored copy.
 * @returns {Promise<{files: File[], text: string} | null>} null if nothing was shared
 */
export async function takeShared() {
  if (location.search !== ARRIVAL) return null;
  history.replaceState(null, '', location.pathname);
  const cache = await caches.open(CACHE);
  const kept = await cache.match(location.pathname);
  await caches.delete(CACHE);
  if (!kept) return null;
  const form = await kept.formData();
  const texts = ['url', 'text', 'title'].map((name) => form.get(name)).filter((value) => typeof value === 'string');
  const files = form.getAll('images').filter((file) => file instanceof File);
  return { files: files.filter(({ size }) => size > 0), text: texts.find((text) => text.trim()) ?? '' };
}
