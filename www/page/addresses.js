/** Recognises links in texts that were pasted, dropped or typed. */

/**
 * Returns the uid of the model that a link names, or null. The link is one of this page or one of Sketchfab.
 * @param {string} text
 * @param {string} own the address of the page
 * @returns {string | null}
 */
export function uidOfLink(text, own = location.href) {
  /** @type {URL} */
  let link;
  try {
    link = new URL(text.trim());
  } catch {
    return null;
  }
  const { origin, pathname } = new URL(own);
  if (link.origin === origin && link.pathname === pathname) {
    return new URLSearchParams(link.hash.slice(1)).get('model');
  }
  const [, kind, name] = link.pathname.split('/');
  const isModel = /(^|\.)sketchfab\.com$/.test(link.hostname) && ['3d-models', 'models'].includes(kind) && name;
  return isModel ? (/[0-9a-f]{32}$/.exec(name)?.[0] ?? name) : null;
}

/**
 * Returns a link that this page may fetch, or null. A page on https may not fetch from http.
 * @param {string} text
 * @returns {URL | null}
 */
export function webLink(text) {
  try {
    const link = new URL(text.trim());
    const isWeb = link.protocol === 'https:' || (link.protocol === 'http:' && location.protocol === 'http:');
    return isWeb && !/\s/.test(text.trim()) ? link : null;
  } catch {
    return null;
  }
}
