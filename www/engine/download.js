/**
 * In the worker: downloads files of the site, reports progress, and compares the bytes with the manifest's digest.
 *
 * @import { Bytes } from './protocol.js'
 *
 * @typedef {object} Named a file, or a part of a large file, as the manifest names it
 * @property {string} file
 * @property {number} bytes its length
 * @property {string} sha256 in hexadecimal, or its first 16 digits
 * @property {string} [kept] the name under which it is kept, if that is not `file`
 *
 * @typedef {(bytes: Bytes) => Promise<string>} Digest the SHA-256 in hexadecimal
 */

import { Failure } from './failure.js';
import { keep, kept } from './keep.js';
import { SITE } from './site.js';

/** The server, or a cache, answered with something other than the file. Downloading it again may help. */
class WrongAnswer extends Failure {}

/**
 * Fetches a file of this site; throws a Failure.
 * @param {string} file relative to the site's folder
 * @param {RequestCache} cache
 * @param {Record<string, string>} [headers]
 */
async function fetchFile(file, cache, headers = {}) {
  const address = new URL(file, SITE);
  if (address.origin !== SITE.origin) throw new Failure('files.foreign', file);
  const response = await fetch(address, { cache, headers, credentials: 'same-origin' }).catch(() => {
    throw new Failure(navigator.onLine === false ? 'files.offline' : 'files.unreachable', file);
  });
  if (response.status === 404 || response.status === 410) throw new WrongAnswer('files.missing', file);
  if (!response.ok) throw new WrongAnswer('files.refused', file, response.status);
  return response;
}

/**
 * Returns the bytes of a small file whose length is not in the manifest.
 * @param {string} file
 * @param {RequestCache} cache
 */
export async function fetchSmall(file, cache = 'default') {
  const response = await fetchFile(file, cache);
  const bytes = await response.arrayBuffer().catch(() => {
    throw new Failure('files.unreachable', file);
  });
  return new Uint8Array(bytes);
}

/**
 * Parses a JSON file.
 * @param {string} file
 * @param {Uint8Array} bytes
 * @returns {unknown}
 */
export function parse(file, bytes) {
  if (isHtml(bytes)) throw new Failure('files.html', file);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Failure('files.json', file);
  }
}

/**
 * Downloads all parts of a file and returns the whole file.
 * @param {Named[]} parts
 * @param {(loaded: number, bytes: Bytes) => void} progress is called with the number of bytes that have arrived, and
 *   with the bytes before the first one that is missing
 * @param {Digest | null} digest null if the caller compares the digests
 */
export async function download(parts, progress, digest) {
  const whole = new Uint8Array(length(parts));
  const loaded = parts.map(() => 0);
  /** @param {Named} part @param {number} index */
  const load = async (part, index) => {
    const count = (/** @type {number} */ bytes) => {
      loaded[index] = bytes;
      progress(
        loaded.reduce((sum, one) => sum + one, 0),
        whole.subarray(0, unbroken(parts, loaded)),
      );
    };
    await downloadPart(part, partOf(whole, parts, index), count, digest);
  };
  await Promise.all(parts.map(load));
  return whole;
}

/**
 * Downloads a range of a file, or takes the kept copy. A host that knows no ranges sends the whole file. The range's place
 * and the file's length are checked; only a whole file has a digest.
 * @param {Named} named
 * @param {number} from the first byte
 * @param {number} to the byte after the last one
 * @param {Digest} digest
 * @returns {Promise<{bytes: Bytes, isWhole: boolean}>}
 */
export async function downloadRange(named, from, to, digest) {
  const { file, bytes: all } = named;
  const address = new URL(`${file}?${from}-${to}`, SITE);
  const copy = await kept(address);
  if (copy?.length === to - from) return { bytes: copy, isWhole: false };
  const response = await fetchFile(file, 'force-cache', { Range: `bytes=${from}-${to - 1}` });
  const bytes = new Uint8Array(await response.arrayBuffer().catch(() => new ArrayBuffer(0)));
  if (response.status === 200) {
    if (bytes.length !== all) throw new Failure(isHtml(bytes) ? 'files.html' : 'files.length', file, all, bytes.length);
    await comparePart(named, bytes, digest);
    return { bytes, isWhole: true };
  }
  const place = response.headers.get('Content-Range');
  if (place !== `bytes ${from}-${to - 1}/${all}`) throw new Failure('files.length', file, all, place);
  if (bytes.length !== to - from) throw new Failure('files.brokeOff', file, bytes.length, to - from);
  await keep(address, bytes);
  return { bytes, isWhole: false };
}

/**
 * Returns the number of bytes before the first one that is missing.
 * @param {Named[]} parts
 * @param {number[]} loaded by part
 */
function unbroken(parts, loaded) {
  const first = parts.findIndex((part, index) => loaded[index] < part.bytes);
  return first < 0 ? length(parts) : length(parts.slice(0, first)) + loaded[first];
}

/** Returns the length of a file. @param {Named[]} parts */
export function length(parts) {
  return parts.reduce((sum, part) => sum + part.bytes, 0);
}

/**
 * Returns the bytes of a part within those of the file.
 * @param {Bytes} whole
 * @param {Named[]} parts
 * @param {number} index
 */
function partOf(whole, parts, index) {
  const start = length(parts.slice(0, index));
  return whole.subarray(start, start + parts[index].bytes);
}

/**
 * Downloads a part, or takes the kept copy.
 * @param {Named} part
 * @param {Bytes} bytes the part's place within the file, which is filled
 * @param {(loaded: number) => void} progress
 * @param {Digest | null} digest
 */
async function downloadPart(part, bytes, progress, digest) {
  const address = new URL(part.kept ?? part.file, SITE);
  if (await restore(part, bytes, await kept(address), digest)) return progress(bytes.length);
  await fetchPart(part, bytes, progress, digest);
  return keep(address, bytes);
}

/**
 * Copies a kept part to its place if its content is right. Returns whether it did.
 * @param {Named} part
 * @param {Bytes} bytes
 * @param {Bytes | null} copy
 * @param {Digest | null} digest
 */
async function restore(part, bytes, copy, digest) {
  if (!copy || copy.length !== bytes.length || !digest || !(await digest(copy)).startsWith(part.sha256)) return false;
  bytes.set(copy);
  return true;
}

/**
 * Fetches a part. It is named by its content, so any cached copy will do. But a cache may hold a wrong answer of the
 * server, such as a 404; then the part is fetched once more, past the cache.
 * @param {Named} part
 * @param {Bytes} bytes
 * @param {(loaded: number) => void} progress
 * @param {Digest | null} digest
 */
async function fetchPart(part, bytes, progress, digest) {
  try {
    await attempt(part, bytes, 'force-cache', progress, digest);
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
    await attempt(part, bytes, 'reload', progress, digest);
  }
}

/**
 * @param {Named} part
 * @param {Bytes} bytes
 * @param {RequestCache} cache
 * @param {(loaded: number) => void} progress
 * @param {Digest | null} digest
 */
async function attempt(part, bytes, cache, progress, digest) {
  progress(0);
  await read(part, bytes, await fetchFile(part.file, cache), progress);
  if (digest) await comparePart(part, bytes, digest);
}

/**
 * Throws if the content of a file differs from the manifest's digests.
 * @param {Named[]} parts
 * @param {Bytes} bytes
 * @param {Digest} digest
 */
export async function compare(parts, bytes, digest) {
  for (const [index, part] of parts.entries()) await comparePart(part, partOf(bytes, parts, index), digest);
}

/** @param {Named} part @param {Bytes} bytes @param {Digest} digest */
async function comparePart(part, bytes, digest) {
  if ((await digest(bytes)).startsWith(part.sha256)) return;
  throw new WrongAnswer(isHtml(bytes) ? 'files.html' : 'files.digest', part.file);
}

/**
 * Reads a response's body into its place. The length is the manifest's: hosts that compress send no usable length.
 * @param {Named} part
 * @param {Bytes} bytes
 * @param {Response} response
 * @param {(loaded: number) => void} progress
 */
async function read(part, bytes, response, progress) {
  const reader = /** @type {ReadableStream<Bytes>} */ (response.body).getReader();
  let [came, start] = [0, new Uint8Array()];
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Failure('files.brokeOff', part.file, came, bytes.length);
    });
    if (done) break;
    if (start.length === 0) start = value.slice(0, 256);
    if (came + value.length <= bytes.length) bytes.set(value, came);
    came += value.length;
    progress(Math.min(came, bytes.length));
  }
  if (came === bytes.length) return;
  if (isHtml(start)) throw new WrongAnswer('files.html', part.file);
  throw new WrongAnswer('files.length', part.file, bytes.length, came);
}

/**
 * Returns whether bytes begin like a web page, which none of the site's data files does.
 * @param {Uint8Array} bytes
 */
export function isHtml(bytes) {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html') || start.startsWith('<!--');
}

/** Returns whether JSON of the site names a file. @param {unknown} value @returns {value is Named} */
export function isNamed(value) {
  const { file, bytes, sha256 } = /** @type {Partial<Named>} */ (value ?? {});
  return typeof file === 'string' && Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(String(sha256));
}
