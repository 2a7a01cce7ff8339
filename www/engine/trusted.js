/**
 * Addresses of this site's scripts, for hosts whose Content Security Policy requires trusted types. The trusted-types
 * policy is called `recasketch`. It accepts only the addresses of worker scripts.
 */

const SCRIPTS = /\/(worker|helper|fetch-image|service-worker)\.js$/;

/**
 * Returns the address; throws if it is neither a worker script nor a blob that imports one (spawn.js).
 * @param {string} address
 */
function checked(address) {
  const { protocol, pathname } = new URL(address);
  if (protocol === 'blob:' || SCRIPTS.test(pathname)) return address;
  throw new TypeError(`${address} is no script of this site.`);
}

const policy = made();

/**
 * Returns the policy, or null if the browser has none. If the host's Content Security Policy does not list ours, the
 * browser refuses the script later, and the caller reports that.
 */
function made() {
  try {
    return globalThis.trustedTypes?.createPolicy('recasketch', { createScriptURL: checked }) ?? null;
  } catch {
    return null;
  }
}

/**
 * Returns the address of a script in the form that the browser requires.
 * @param {string | URL} address
 * @returns {string}
 */
export function scriptAddress(address) {
  return policy ? policy.createScriptURL(String(address)) : String(address);
}
