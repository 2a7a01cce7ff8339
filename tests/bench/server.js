/** Static files on loopback: several folders under one address, with the headers that one asks for. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What a page needs before a browser gives it threads. */
export const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/**
 * @param {Record<string, string>} folders by the first part of the path
 * @param {Record<string, string>} headers of every answer
 */
export async function serve(folders, headers = {}) {
  const server = createServer((request, response) =>
    answer(request, response, folders, headers).catch(() => response.writeHead(404, headers).end()),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response, folders, headers) {
  const [, first, ...rest] = normalize(decodeURIComponent(new URL(request.url, 'http://bench').pathname)).split('/');
  const file = join(folders[first], ...rest);
  const { size } = await stat(file);
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': size });
  createReadStream(file).pipe(response);
}
