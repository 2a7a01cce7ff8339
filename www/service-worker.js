/**
 * Keeps one complete version of the page, so that it works without a network connection.
 *
 * The manifest names a list of the page's files. Each version of the site has another list, and every file in a list is
 * named by its content. A version is installed once all its files and the manifest are downloaded and their digests are
 * right. It becomes active once no tab uses the old version, so a page never mixes files of two versions. The page
 * requests a version by putting the name of its list into this script's address (offline.js), because the script itself
 * seldom changes. The page's worker keeps the data files (keep.js).
 *
 * @typedef {{file: string, sha256: string}} Named a file as the manifest and the list name it
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const SCOPE = worker.registration.scope;
const PREFIX = `recasketch ${SCOPE} `;
const MANIFEST = 'manifest.json';
/** The name of the requested list. Old pages, from before there were lists, name none; for them nothing is kept. */
const LIST = new URL(worker.location.href).searchParams.get('list') ?? '';
/** The name of this version's cache. */
const NAME = PREFIX + LIST;

/** The files that may be kept besides the page itself. */
const KEPT = /^(manifest\.json$|index-|page-|samples\/|thumbnails\/|packs\/)/;

worker.addEventListener('activate', (event) => event.waitUntil(removeOthers()));
if (LIST) worker.addEventListener('install', (event) => event.waitUntil(install()));
if (LIST) {
  worker.addEventListener('fetch', (event) => {
    const file = fileOf(event.request);
    if (isShared(event.request)) event.respondWith(take(event.request));
    else if (file !== null && (isPage(file) || KEPT.test(file))) event.respondWith(answer(event.request, file));
  });
}

/** Downloads all files of this version into its cache. */
async function install() {
  const isNew = !(await caches.has(NAME));
  try {
    const manifest = await ownManifest();
    const list = await fresh((await manifest.clone().json()).offline[0]);
    const files = await filesIn(list.clone());
    const cache = await caches.open(NAME);
    await Promise.all(files.map(async (named) => cache.put(address(named.file), await fresh(named))));
    await cache.put(address(LIST), list);
    await cache.put(address(MANIFEST), manifest);
  } catch (error) {
    if (isNew) await caches.delete(NAME);
    if (error instanceof Error && error.name === 'QuotaExceededError') await tell('full');
    throw error;
  }
}

/** Removes the caches of other versions. */
async function removeOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
}

/** Returns the files in a list. @param {Response} list @returns {Promise<Named[]>} */
async function filesIn(list) {
  return (await list.json()).files;
}

/** The digests of this version's files, by name. @type {Promise<Map<string, string>> | null} */
let digests = null;

/** Returns the digests. Rejects if the browser has removed the list. */
function digestsOfFiles() {
  digests ??= match(LIST).then(async (list) => {
    if (!list) throw new TypeError(`${LIST} is not kept any more`);
    return new Map((await filesIn(list)).map(({ file, sha256 }) => [file, sha256]));
  });
  return digests;
}

/**
 * Returns whether a request is a form by which another app shares images; see site.webmanifest.
 * @param {Request} request
 */
function isShared({ url, method }) {
  return method === 'POST' && url === address('share-target');
}

/**
 * Stores a shared form on this machine and redirects to the page, where shared.js reads it.
 * @param {Request} request
 */
async function take(request) {
  const cache = await caches.open('recasketch shared');
  const body = await request.blob();
  await cache.put(new URL(SCOPE).pathname, new Response(body, { headers: typeOf(request) }));
  return Response.redirect(address('?shared'), 303);
}

/**
 * Returns the path of a requested file within the site; null for a request that is not answered here. The page requests
 * the newest manifest by another address.
 * @param {Request} request
 */
function fileOf({ url, method }) {
  if (method !== 'GET' || !url.startsWith(SCOPE) || url === address(`${MANIFEST}?newest`)) return null;
  const path = new URL(url).pathname.slice(new URL(SCOPE).pathname.length);
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** @param {string} file */
const isPage = (file) => file === '' || file === 'index.html';

/**
 * Returns a file of this version. If the browser has removed the file and the site has a newer version, the answer is
 * an error: a file of another version would not fit.
 * @param {Request} request
 * @param {string} file
 */
async function answer(request, file) {
  const files = await digestsOfFiles().catch(() => null);
  if (!files) return fetch(request); // the browser has removed the whole version
  if (file === MANIFEST) return (await match(file)) ?? ownManifest().catch(() => Response.error());
  const named = isPage(file) ? ([...files.keys()].find((name) => name.startsWith('index-')) ?? '') : file;
  const sha256 = files.get(named);
  if (sha256) return (await match(named)) ?? fresh({ file: named, sha256 }).catch(() => Response.error());
  if (named.startsWith('packs/')) return partOfPack(request);
  return named.startsWith('thumbnails/') ? thumbnail(request) : fetch(request);
}

/** @param {string} file */
const match = (file) => caches.match(address(file), { cacheName: NAME });

/** @param {string} file */
const address = (file) => new URL(file, SCOPE).href;

/** Returns the content type of a message, as headers. @param {Request | Response} message */
const typeOf = ({ headers }) => ({ 'Content-Type': String(headers.get('Content-Type')) });

/** Downloads the site's manifest; throws if it belongs to another version. */
async function ownManifest() {
  const response = await fetch(address(MANIFEST), { cache: 'no-cache' });
  const { offline } = await response.clone().json();
  if (offline[0].file !== LIST) throw new TypeError(`${LIST} is not the newest version`);
  return response;
}

/** Downloads a file; throws if its digest is wrong also when the browser's cache is passed by. @param {Named} named */
async function fresh({ file, sha256 }) {
  // What the page has just downloaded is not asked again, unless it was wrong.
  for (const cache of /** @type {const} */ (['default', 'reload'])) {
    const response = await fetch(address(file), { cache });
    const bytes = await response.arrayBuffer();
    if (response.ok && (await digest(bytes)) === sha256) return new Response(bytes, { headers: typeOf(response) });
  }
  throw new TypeError(`${file} is not of this version`);
}

/** Returns a thumbnail, and keeps it with this version if there is space. @param {Request} request */
async function thumbnail(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  // Some hosts answer with a web page if a file is missing.
  if (response.ok && response.headers.get('Content-Type')?.startsWith('image/')) {
    await cache.put(request.url, response.clone()).catch(() => {});
  }
  return response;
}

/**
 * Returns the requested range of a pack, and keeps it with this version if there is space. If the host knows no ranges,
 * the whole pack is kept and returned.
 * @param {Request} request
 */
async function partOfPack(request) {
  const cache = await caches.open(NAME);
  const key = `${request.url}?${request.headers.get('Range')}`; // a cache keeps no parts of files
  const [kept, whole] = await Promise.all([cache.match(key), cache.match(request.url)]);
  if (kept) return new Response(await kept.arrayBuffer(), { status: 206 });
  if (whole) return whole;
  const response = await fetch(request);
  if (response.status === 206) {
    const bytes = await response.arrayBuffer();
    await cache.put(key, new Response(bytes)).catch(() => {});
    return new Response(bytes, { status: 206 });
  }
  const isHtml = response.headers.get('Content-Type')?.startsWith('text/html');
  if (response.ok && !isHtml) await cache.put(request.url, response.clone()).catch(() => {});
  return response;
}

/** Returns the SHA-256 in hexadecimal. @param {ArrayBuffer} bytes */
async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sends a message to all pages. @param {string} message */
async function tell(message) {
  for (const client of await worker.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}
