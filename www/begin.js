/** The first of the page's scripts: has the site's worker loading while the modules of the page itself still come. */

import { join } from './engine/client.js';
import { SITE } from './engine/site.js';
import { whyNot } from './engine/support.js';
import { settings } from './page/settings.js';
import { speak, words } from './strings/strings.js';

/** Resolves once the page's words are the visitor's. */
export const speaking = speak(settings.language ? [settings.language] : navigator.languages);

/**
 * Why this browser cannot search, or the session that keeps the worker until the engine has one of its own.
 * @type {Promise<{reason: string | null, session: import('./engine/client.js').Session | null}>}
 */
export const begun = speaking.then(() => {
  const reason = whyNot(words);
  // What stops it here stops the engine's as well, which says so.
  return { reason, session: reason ? null : join(SITE, words, { stopped() {} }) };
});
