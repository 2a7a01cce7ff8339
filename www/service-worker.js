/**
 * Keeps one version of the site's page, whole, so that it works without the network.
 *
 * The manifest names the list of what works offline, which is another one where anything of the site is; all files in the
 * list are named by their content. A version is installed when each of its files is there and is the one that is named,
 * and the manifest with them; it takes over once no tab has the version before, so a page and what it loads later are
 * always of one version. The page asks for a new version by the name of its list (offline.js): this script's address
 * carries it, and its own bytes seldom change. Files of data are kept by the page's worker (keep.js).
 */

const SCOPE = self.registration.scope;
const PREFIX = `recasketch ${SCOPE} `;
const MANIFEST = 'manifest.json';
/** The list that was asked for. A page of the time before there were lists asks for none, and nothing is kept for it. */
const LIST = new URL(self.location.href).searchParams.get('list');
const NAME = PREFIX + LIST;

/** What may be kept, beside the page itself. */
const KEPT = /^(manifest\.json$|index-|page-|samples\/|thumbnails\/)/;

self.addEventListener('activate', (event) => event.waitUntil(removeOthers()));
if (LIST) self.addEventListener('install', (event) => event.waitUntil(install()));
if (LIST) {
  self.addEventListener('fetch', (event) => {
    const file = fileOf(event.request);
    if (isShared(event.request)) event.respondWith(take(event.request));
    else if (file !== null && (isPage(file) || KEPT.test(file))) event.respondWith(answer(event.request, file));
  });
}

async function install() {
  const isNew = !(await caches.has(NAME));
  try {
    const manifest = await ownManifest();
    const list = await fresh((await manifest.clone().json()).offline[0]);
    const { files } = await list.clone().json();
    const cache = await caches.open(NAME);
    await Promise.all(files.map(async (named) => cache.put(address(named.file), await fresh(named))));
    await cache.put(address(LIST), list);
    await cache.put(address(MANIFEST), manifest);
  } catch (error) {
    if (isNew) await caches.delete(NAME);
    if (error.name === 'QuotaExceededError') await tell('full');
    throw error;
  }
}

async function removeOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
}

/** The digests of the files of this version. @type {Promise<Map<string, string>> | null} */
let digests = null;

function digestsOfFiles() {
  digests ??= match(LIST).then(
    async (list) => new Map((await list.json()).files.map(({ file, sha256 }) => [file, sha256])),
  );
  return digests;
}

/** What another app shares with the installed page comes as a form; see site.webmanifest. */
function isShared({ url, method }) {
  return method === 'POST' && url === address('share-target');
}

/** Keeps what is shared on this machine until the page takes it, and leads to the page; shared.js is its other half. */
async function take(request) {
  const cache = await caches.open('recasketch shared');
  const body = await request.blob();
  await cache.put(
    new URL(SCOPE).pathname,
    new Response(body, { headers: { 'Content-Type': request.headers.get('Content-Type') } }),
  );
  return Response.redirect(address('?shared'), 303);
}

/** The path of a request within the site, or null. The page asks for the newest manifest by another address. */
function fileOf({ url, method }) {
  if (method !== 'GET' || !url.startsWith(SCOPE) || url === address(`${MANIFEST}?newest`)) return null;
  const path = new URL(url).pathname.slice(new URL(SCOPE).pathname.length);
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

const isPage = (file) => file === '' || file === 'index.html';

/** A file of this version: never another version's, not even where the browser lost it and the site is newer. */
async function answer(request, file) {
  const files = await digestsOfFiles().catch(() => null);
  if (!files) return fetch(request); // the browser lost all of it
  if (file === MANIFEST) return (await match(file)) ?? ownManifest().catch(() => Response.error());
  const named = isPage(file) ? [...files.keys()].find((name) => name.startsWith('index-')) : file;
  if (files.has(named))
    return (await match(named)) ?? fresh({ file: named, sha256: files.get(named) }).catch(() => Response.error());
  return named.startsWith('thumbnails/') ? thumbnail(request) : fetch(request);
}

const match = (file) => caches.match(address(file), { cacheName: NAME });

const address = (file) => new URL(file, SCOPE).href;

/** The site's manifest, if it is this version's. */
async function ownManifest() {
  const response = await fetch(address(MANIFEST), { cache: 'no-cache' });
  const { offline } = await response.clone().json();
  if (offline[0].file !== LIST) throw new TypeError(`${LIST} is not the newest version`);
  return response;
}

/** A file from the network, held against its digest. */
async function fresh({ file, sha256 }) {
  const response = await fetch(address(file), { cache: 'no-cache' });
  const bytes = await response.arrayBuffer();
  if (!response.ok || (await digest(bytes)) !== sha256) throw new TypeError(`${file} is not of this version`);
  return new Response(bytes, { headers: { 'Content-Type': response.headers.get('Content-Type') } });
}

/** A thumbnail that was seen is kept with its version, where there is room. */
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
