/**
 * A worker that fetches an image from another host, after the visitor has agreed. The Content-Security-Policy of the
 * page allows requests only to the page's own site. A worker has the policy that its own file was sent with, so only
 * this worker can reach other hosts. Terminating it ends the download.
 *
 * It receives the address and the maximum number of bytes, and answers with `Fetched` (links.js).
 */

/** @param {MessageEvent<{address: string, most: number}>} event */
self.onmessage = async ({ data: { address, most } }) => {
  try {
    self.postMessage(await fetched(address, most));
  } catch {
    // Browsers report the same error for a host that forbids reading, a host that is down, and a wrong name.
    self.postMessage({ reason: 'unreadable' });
  }
};

/**
 * @param {string} address
 * @param {number} most
 * @returns {Promise<import('./links.js').Fetched>}
 */
async function fetched(address, most) {
  const response = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', mode: 'cors' });
  if (!response.ok) return { reason: 'refused', status: response.status };
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0].trim().toLowerCase();
  if (!/^(image\/.+|application\/octet-stream|)$/.test(type)) return { reason: 'other' };
  if (Number(response.headers.get('Content-Length')) > most) return { reason: 'large' };
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  if (!response.body) return { reason: 'unreadable' };
  let bytes = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return { blob: new Blob(chunks, { type }) };
    bytes += value.length;
    if (bytes > most) return { reason: 'large' };
    chunks.push(value);
  }
}
