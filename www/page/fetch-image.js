/**
 * A worker of its own for an image on another host, which the visitor has said to ask. The page's policy lets the page
 * itself ask nobody but its own site; a worker has the policy that its file came with, so that this one can, and it
 * alone. Ending it ends the download.
 *
 * It is told an address and the most bytes, and says `{blob}` or `{reason, status?}`.
 */

self.onmessage = async ({ data: { address, most } }) => {
  try {
    self.postMessage(await fetched(address, most));
  } catch {
    // A host that forbids reading, a host that is down, a wrong name: browsers report all three alike.
    self.postMessage({ reason: 'unreadable' });
  }
};

async function fetched(address, most) {
  const response = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', mode: 'cors' });
  if (!response.ok) return { reason: 'refused', status: response.status };
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0].trim().toLowerCase();
  if (!/^(image\/.+|application\/octet-stream|)$/.test(type)) return { reason: 'other' };
  if (Number(response.headers.get('Content-Length')) > most) return { reason: 'large' };
  const chunks = [];
  let bytes = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return { blob: new Blob(chunks, { type }) };
    bytes += value.length;
    if (bytes > most) return { reason: 'large' };
    chunks.push(value);
  }
}
