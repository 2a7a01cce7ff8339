/** In the worker: one file of the site -> its bytes, counted as they come and held against the manifest. */

import { files } from './strings.js';

/** @typedef {{file: string, bytes: number, sha256: string}} Named A file as the manifest names it. */

/** A failure whose message is a sentence for the visitor. */
export class SiteError extends Error {
  name = 'Site';
}

/** A failure that a fresh copy may heal: the server's answer, or a cache's, is not the file. */
class WrongAnswer extends SiteError {}

/**
 * Fetches a file of this site; every failure is a sentence.
 * @param {string} file relative to this script
 * @param {RequestCache} cache
 */
export async function fetchFile(file, cache) {
  const address = new URL(file, self.location.href);
  if (address.origin !== self.location.origin) throw new SiteError(files.foreign(file));
  const response = await fetch(address, { cache, credentials: 'same-origin' }).catch(() => {
    throw new SiteError(navigator.onLine === false ? files.offline(file) : files.unreachable(file));
  });
  if (response.status === 404 || response.status === 410) throw new WrongAnswer(files.missing(file));
  if (!response.ok) throw new WrongAnswer(files.refused(file, response.status));
  return response;
}

/**
 * The whole of a small file whose length nobody knows beforehand.
 * @param {string} file
 * @param {RequestCache} cache
 * @returns {Promise<Uint8Array>}
 */
export async function fetchSmall(file, cache = 'default') {
  const response = await fetchFile(file, cache);
  const bytes = await response.arrayBuffer().catch(() => {
    throw new SiteError(files.unreachable(file));
  });
  return new Uint8Array(bytes);
}

/**
 * A JSON file.
 * @param {string} file
 * @param {Uint8Array} bytes
 */
export function parse(file, bytes) {
  if (isHtml(bytes)) throw new SiteError(files.html(file));
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new SiteError(files.json(file));
  }
}

/**
 * A file that the manifest names. It is named by its content, so any cached copy will do; but a
 * cache may keep what a server once sent by mistake, be it a 404, so that is asked for anew, once.
 * @param {Named} named
 * @param {(loaded: number) => void} progress this file's bytes so far
 * @param {((bytes: Uint8Array) => Promise<string>) | null} digest null to leave the content to the caller
 * @returns {Promise<Uint8Array>}
 */
export async function download(named, progress, digest) {
  try {
    return await attempt(named, 'force-cache', progress, digest);
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
    return attempt(named, 'reload', progress, digest);
  }
}

async function attempt(named, cache, progress, digest) {
  const bytes = await read(named, await fetchFile(named.file, cache), progress);
  if (digest) await compare(named, bytes, digest);
  return bytes;
}

/**
 * Throws where the content is not what the manifest names.
 * @param {Named} named
 * @param {Uint8Array} bytes
 * @param {(bytes: Uint8Array) => Promise<string>} digest
 */
export async function compare(named, bytes, digest) {
  if ((await digest(bytes)) === named.sha256) return;
  throw new WrongAnswer(isHtml(bytes) ? files.html(named.file) : files.digest(named.file));
}

/** Reads a body into one array of the length that the manifest tells; hosts that compress do not tell it. */
async function read(named, response, progress) {
  const bytes = new Uint8Array(named.bytes);
  const reader = response.body.getReader();
  let [came, start] = [0, new Uint8Array()];
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new SiteError(files.brokeOff(named.file, came, named.bytes));
    });
    if (done) break;
    if (start.length === 0) start = value.slice(0, 256);
    if (came + value.length <= bytes.length) bytes.set(value, came);
    came += value.length;
    progress(Math.min(came, bytes.length));
  }
  if (came === bytes.length) return bytes;
  throw new WrongAnswer(isHtml(start) ? files.html(named.file) : files.length(named.file, named.bytes, came));
}

/**
 * Whether bytes begin as a web page does; no file of the site's data begins so.
 * @param {Uint8Array} bytes
 */
export function isHtml(bytes) {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html') || start.startsWith('<!--');
}
