/** In the worker: one file of the site -> its bytes, counted as they come and held against the manifest. */

import { Failure } from './failure.js';
import { keep, kept } from './keep.js';
import { SITE } from './site.js';

/**
 * @typedef {{file: string, bytes: number, sha256: string, kept?: string}} Named A part of a file, as the manifest names it, and what it
 *   is called where it is kept, if that is another name.
 */

/** A failure that a fresh copy may heal: the server's answer, or a cache's, is not the file. */
class WrongAnswer extends Failure {}

/**
 * Fetches a file of this site; every failure has a code.
 * @param {string} file relative to the site's folder
 * @param {RequestCache} cache
 */
export async function fetchFile(file, cache) {
  const address = new URL(file, SITE);
  if (address.origin !== SITE.origin) throw new Failure('files.foreign', file);
  const response = await fetch(address, { cache, credentials: 'same-origin' }).catch(() => {
    throw new Failure(navigator.onLine === false ? 'files.offline' : 'files.unreachable', file);
  });
  if (response.status === 404 || response.status === 410) throw new WrongAnswer('files.missing', file);
  if (!response.ok) throw new WrongAnswer('files.refused', file, response.status);
  return response;
}

/**
 * The whole of a small file whose length the manifest does not say.
 * @param {string} file
 * @param {RequestCache} cache
 * @returns {Promise<Uint8Array>}
 */
export async function fetchSmall(file, cache = 'default') {
  const response = await fetchFile(file, cache);
  const bytes = await response.arrayBuffer().catch(() => {
    throw new Failure('files.unreachable', file);
  });
  return new Uint8Array(bytes);
}

/**
 * A JSON file.
 * @param {string} file
 * @param {Uint8Array} bytes
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
 * A file that the manifest names, put together from its parts.
 * @param {Named[]} parts
 * @param {(loaded: number, bytes: Uint8Array) => void} progress how many bytes have come, and those before the first that is missing
 * @param {((bytes: Uint8Array) => Promise<string>) | null} digest null to leave the content to the caller
 * @returns {Promise<Uint8Array>}
 */
export async function download(parts, progress, digest) {
  const whole = new Uint8Array(length(parts));
  const loaded = parts.map(() => 0);
  const load = async (part, index) => {
    const count = (bytes) => {
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

/** How many bytes have come before the first that is missing. */
function unbroken(parts, loaded) {
  const first = parts.findIndex((part, index) => loaded[index] < part.bytes);
  return first < 0 ? length(parts) : length(parts.slice(0, first)) + loaded[first];
}

/**
 * How long a file is.
 * @param {Named[]} parts
 */
export function length(parts) {
  return parts.reduce((sum, part) => sum + part.bytes, 0);
}

/** The place of a part within the file. */
function partOf(whole, parts, index) {
  const start = length(parts.slice(0, index));
  return whole.subarray(start, start + parts[index].bytes);
}

/**
 * A part is named by its content, so any cached copy will do; but a cache may keep what a server once
 * sent by mistake, be it a 404, so that is asked for anew, once.
 */
async function downloadPart(part, bytes, progress, digest) {
  const address = new URL(part.kept ?? part.file, SITE);
  if (await restore(part, bytes, await kept(address), digest)) return progress(bytes.length);
  await fetchPart(part, bytes, progress, digest);
  return keep(address, bytes);
}

/** Whether what was kept of a part is the part; it is then in its place. */
async function restore(part, bytes, copy, digest) {
  if (copy?.length !== bytes.length || !digest || (await digest(copy)) !== part.sha256) return false;
  bytes.set(copy);
  return true;
}

async function fetchPart(part, bytes, progress, digest) {
  try {
    await attempt(part, bytes, 'force-cache', progress, digest);
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
    await attempt(part, bytes, 'reload', progress, digest);
  }
}

async function attempt(part, bytes, cache, progress, digest) {
  progress(0);
  await read(part, bytes, await fetchFile(part.file, cache), progress);
  if (digest) await comparePart(part, bytes, digest);
}

/**
 * Throws where the content of a file is not what the manifest names.
 * @param {Named[]} parts
 * @param {Uint8Array} bytes
 * @param {(bytes: Uint8Array) => Promise<string>} digest
 */
export async function compare(parts, bytes, digest) {
  for (const [index, part] of parts.entries()) await comparePart(part, partOf(bytes, parts, index), digest);
}

async function comparePart(part, bytes, digest) {
  if ((await digest(bytes)) === part.sha256) return;
  throw new WrongAnswer(isHtml(bytes) ? 'files.html' : 'files.digest', part.file);
}

/** Reads a body into its place, whose length the manifest tells; hosts that compress do not tell it. */
async function read(part, bytes, response, progress) {
  const reader = response.body.getReader();
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
 * Whether bytes begin as a web page does; no file of the site's data begins so.
 * @param {Uint8Array} bytes
 */
export function isHtml(bytes) {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html') || start.startsWith('<!--');
}
