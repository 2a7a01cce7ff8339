/**
 * Keeps one version of the page's files, whole, so that the page works without the network.
 *
 * `embed` writes service-worker-files.js, which names every file by its content. A version is installed when
 * each of its files is there and is the one that is named; it takes over once no tab has the version before, so a
 * page and what it loads later are always of one version. Files of data are kept by the page's worker (keep.js).
 */

/** For hosts whose policy requires trusted types; see trusted.js, which no service worker of this kind can import. */
const policy = self.trustedTypes?.createPolicy('recasketch', { createScriptURL: (file) => file });
const FILES = 'service-worker-files.js';
importScripts(policy ? policy.createScriptURL(FILES) : FILES);

const { version, files } = self.SITE;
const SCOPE = self.registration.scope;
const PREFIX = `recasketch ${SCOPE} `;
const NAME = PREFIX + version;
const DIGESTS = new Map(files.map(({ file, sha256 }) => [file, sha256]));

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(removeOthers()));
self.addEventListener('fetch', (event) => {
  const file = fileOf(event.request);
  if (isShared(event.request)) event.respondWith(take(event.request));
  else if (DIGESTS.has(file)) event.respondWith(named(file));
  else if (file?.startsWith('thumbnails/')) event.respondWith(thumbnail(event.request));
});

async function install() {
  try {
    const cache = await caches.open(NAME);
    await Promise.all(files.map(async ({ file }) => cache.put(address(file), await fresh(file))));
  } catch (error) {
    await caches.delete(NAME);
    if (error.name === 'QuotaExceededError') await tell('full');
    throw error;
  }
}

async function removeOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
}

/** What another app shares with the installed page comes as a form; see site.webmanifest. */
function isShared({ url, method }) {
  return method === 'POST' && url === address('share-target');
}

/** Keeps what is shared on this machine until the page takes it, and leads to the page; shared.js is its other half. */
async function take(request) {
  const cache = await caches.open('recasketch shared');
  const body = await request.blob();
  await cache.put(new URL(SCOPE).pathname, new Response(body, { headers: { 'Content-Type': request.headers.get('Content-Type') } }));
  return Response.redirect(address('?shared'), 303);
}

/** The path of a request within the site, or null. */
function fileOf({ url, method }) {
  if (method !== 'GET' || !url.startsWith(SCOPE)) return null;
  const { pathname } = new URL(url);
  return decodeURIComponent(pathname.slice(new URL(SCOPE).pathname.length)) || 'index.html';
}

const address = (file) => new URL(file, SCOPE).href;

/** A file of this version: never another version's, not even where the browser lost it and the site is newer. */
async function named(file) {
  const kept = await caches.match(address(file), { cacheName: NAME });
  return kept ?? fresh(file).catch(() => Response.error());
}

/** A file from the network, held against its digest. */
async function fresh(file) {
  const response = await fetch(address(file), { cache: 'no-cache' });
  const bytes = await response.arrayBuffer();
  if (!response.ok || (await digest(bytes)) !== DIGESTS.get(file)) throw new TypeError(`${file} is not of this version`);
  return new Response(bytes, { headers: { 'Content-Type': response.headers.get('Content-Type') } });
}

/** A thumbnail that was seen is kept with its version; whether there is room for it matters to nobody. */
async function thumbnail(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  // Some hosts send a web page for a file that is missing.
  if (response.ok && response.headers.get('Content-Type')?.startsWith('image/')) {
    await cache.put(request.url, response.clone()).catch(() => {});
  }
  return response;
}

async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function tell(message) {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}
