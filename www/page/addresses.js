/** What a text that was pasted, dropped or typed may be the address of. */

/**
 * The uid that a link names: one of this page's own, or one of Sketchfab's.
 * @param {string} text
 * @param {string} own the page's address
 * @returns {string | null}
 */
export function uidOfLink(text, own = location.href) {
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
 * The address of something on the web that this page may ask for, or null; plain http from a page on plain http alone.
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
