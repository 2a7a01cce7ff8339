/** A plain static server on loopback that can be told to misbehave, and remembers what was asked of it. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/**
 * @typedef {object} Asked
 * @property {string} method
 * @property {string} url as it was asked, the query too
 * @property {string} file within the site; a file of the page by its name alone, whichever version that is of
 * @property {number} received bytes of the request's body
 * @property {number} sent bytes of the answer's body before compression
 * @property {boolean} left whether the browser went before it had all
 *
 * @typedef {{status: number, headers: Record<string, string>, body: Buffer, isCut?: boolean, isWhole?: boolean}} Reply
 * @typedef {(reply: Reply) => Reply | null | Promise<Reply | null>} Fault null breaks the connection
 */

/**
 * Serves a folder.
 * @param {string} folder
 * @param {string} path the sub-path that the site lives at, with slashes around
 */
export async function serve(folder, path = '/') {
  /** @type {Asked[]} */
  const asked = [];
  /** @type {Map<RegExp, Fault>} */
  const faults = new Map();
  const server = createServer((request, response) => answer(request, response, { folder, path, asked, faults }));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    address: `http://127.0.0.1:${port}${path}`,
    port,
    asked,
    faults,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response, { folder, path, asked, faults }) {
  const url = new URL(request.url, 'http://site');
  const file = url.pathname.startsWith(path)
    ? decodeURIComponent(url.pathname.slice(path.length)) || 'index.html'
    : null;
  const record = {
    method: request.method,
    url: request.url,
    file: named(file ?? url.pathname),
    received: 0,
    sent: 0,
    left: false,
  };
  asked.push(record);
  response.once('close', () => (record.left = !response.writableFinished));
  request.on('data', (chunk) => (record.received += chunk.length));
  let reply = await read(folder, file);
  for (const [pattern, fault] of faults) {
    if (reply && pattern.test(record.file)) reply = await fault(reply);
  }
  if (!reply) return request.socket.destroy();
  reply = ranged(reply, request.headers.range);
  record.sent = reply.body.length;
  response.writeHead(reply.status, { 'Cache-Control': 'no-cache', ...reply.headers });
  if (!reply.isCut) return response.end(reply.body);
  return response.write(reply.body.subarray(0, reply.body.length >> 1), () => request.socket.destroy());
}

/** The range of a reply that was asked for, as most hosts answer it. @param {Reply} reply @param {string} [range] */
function ranged(reply, range) {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (first === undefined || reply.status !== 200 || reply.isWhole) return reply;
  const body = reply.body.subarray(Number(first), Number(last) + 1);
  const place = `bytes ${first}-${Number(first) + body.length - 1}/${reply.body.length}`;
  return { ...reply, status: 206, headers: { ...reply.headers, 'Content-Range': place }, body };
}

/** The page's files lie in a folder that is named by their content. */
const named = (file) => file.replace(/^page-[0-9a-f]{16}\//, '');

/** @returns {Promise<Reply>} */
async function read(folder, file) {
  const missing = { status: 404, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from('not found') };
  if (file === null || normalize(file).startsWith('..')) return missing;
  try {
    const body = await readFile(join(folder, normalize(file)));
    return { status: 200, headers: { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }, body };
  } catch {
    return missing;
  }
}

/**
 * A fault of one module of the page, in each script that build.sh joins it into.
 * @param {string} module its path in www/
 * @param {Fault} does is given the module's own lines
 * @returns {[RegExp, Fault]}
 */
export const inModule = (module, does) => [
  /\.js$/,
  async (reply) => {
    const text = reply.body.toString();
    const start = text.indexOf(`\n// ${module}\n`);
    if (start < 0) return reply;
    const end = text.indexOf('\n})();\n', start);
    const { body } = await does({ ...reply, body: Buffer.from(text.slice(start, end)) });
    return { ...reply, body: Buffer.from(text.slice(0, start) + body + text.slice(end)) };
  },
];

/** What a host does wrong, or does otherwise. */
export const fault = {
  /** @type {Fault} */
  missing: () => ({ status: 404, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from('not found') }),

  /** Many hosts answer so for any path that they do not know. @type {Fault} */
  webPage: () => ({
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: Buffer.from('<!DOCTYPE html>\n<title>Not found</title><h1>404</h1>'),
  }),

  /** One bit is turned in the middle. @type {Fault} */
  corrupt: (reply) => {
    const body = Buffer.from(reply.body);
    body[body.length >> 1] ^= 1;
    return { ...reply, body };
  },

  /** @type {Fault} */
  truncated: (reply) => ({ ...reply, body: reply.body.subarray(0, reply.body.length >> 1) }),

  /** Without a length, as hosts that compress as they go send it. @type {Fault} */
  gzip: (reply) => ({
    ...reply,
    headers: { ...reply.headers, 'Content-Encoding': 'gzip' },
    body: gzipSync(reply.body, { level: 1 }),
  }),

  /** Compressed by a host that does not say so. @type {Fault} */
  packed: (reply) => ({ ...reply, body: gzipSync(reply.body) }),

  /** A host that knows no ranges sends the whole file. @type {Fault} */
  rangeless: (reply) => ({ ...reply, isWhole: true }),

  /** @type {Fault} */
  broken: () => null,

  /** The connection breaks in the middle of the body. @type {Fault} */
  cut: (reply) => ({
    ...reply,
    headers: { ...reply.headers, 'Content-Length': String(reply.body.length) },
    isCut: true,
  }),

  /** Another content. @type {(body: Buffer | string) => Fault} */
  instead: (body) => (reply) => ({ ...reply, status: 200, body: Buffer.from(body) }),

  /** JSON that is changed. @type {(change: (value: any) => any) => Fault} */
  edited: (change) => (reply) => ({ ...reply, body: Buffer.from(JSON.stringify(change(JSON.parse(reply.body)))) }),

  /** Text that is changed. @type {(change: (text: string) => string) => Fault} */
  patched: (change) => (reply) => {
    const text = reply.body.toString();
    const changed = change(text);
    if (changed === text) throw new Error('a patch that changes nothing');
    return { ...reply, body: Buffer.from(changed) };
  },

  /** All answers come over one link, one after another. @type {(bitsPerSecond: number) => Fault} */
  link: (bitsPerSecond) => {
    let free = 0;
    return async (reply) => {
      free = Math.max(free, performance.now()) + (8000 * reply.body.length) / bitsPerSecond;
      await setTimeout(free - performance.now());
      return reply;
    };
  },

  /** Held until `open` is called; `reached` once the file is asked for. @returns {{hold: Fault, open: () => void, reached: Promise<void>}} */
  gate: () => {
    let [open, reach] = [];
    const opened = new Promise((resolve) => (open = resolve));
    const reached = new Promise((resolve) => (reach = resolve));
    const hold = (reply) => {
      reach();
      return opened.then(() => reply);
    };
    return { hold, open, reached };
  },
};
