/**
 * What another app shared with the installed page: the service worker takes it, and keeps it until the page has taken
 * it in turn.
 */

/** The name of the cache; service-worker.js writes it. */
const CACHE = 'recasketch shared';

/** What the service worker leads the page to. */
const ARRIVAL = '?shared';

/**
 * Takes what was shared, which is then kept nowhere.
 * @returns {Promise<{files: File[], text: string} | null>} null where nothing was
 */
export async function takeShared() {
  if (location.search !== ARRIVAL) return null;
  history.replaceState(null, '', location.pathname);
  const cache = await caches.open(CACHE);
  const kept = await cache.match(location.pathname);
  await caches.delete(CACHE);
  if (!kept) return null;
  const form = await kept.formData();
  const text =
    ['url', 'text', 'title'].map((name) => form.get(name)).find((value) => typeof value === 'string' && value.trim()) ??
    '';
  return { files: form.getAll('images').filter((file) => file instanceof File && file.size > 0), text };
}
