/**
 * Addresses of this site's scripts, for hosts whose policy requires trusted types. The policy here is called
 * `recasketch`, and lets through what workers are made of and nothing else.
 */

const SCRIPTS = /\/(worker|helper|fetch-image|service-worker)\.js$/;

/** @param {string} address of a script, or of one that imports it (spawn.js) */
function checked(address) {
  const { protocol, pathname } = new URL(address);
  if (protocol === 'blob:' || SCRIPTS.test(pathname)) return address;
  throw new TypeError(`${address} is no script of this site.`);
}

const policy = made();

/** Where the host's policy does not list ours, the browser refuses the script, and the caller reports it. */
function made() {
  try {
    return globalThis.trustedTypes?.createPolicy('recasketch', { createScriptURL: checked }) ?? null;
  } catch {
    return null;
  }
}

/**
 * The address of a script as a browser takes it.
 * @param {string | URL} address
 * @returns {string}
 */
export function scriptAddress(address) {
  return policy ? policy.createScriptURL(String(address)) : String(address);
}
