/** The first of the page's scripts: has the site's worker loading while the modules of the page itself still come. */

import { join } from './engine/client.js';
import { SITE } from './engine/site.js';
import { whyNot } from './engine/support.js';
import { settings } from './page/settings.js';
import { speak, words } from './strings/strings.js';

/** Resolves once the page's words are the visitor's. */
export const speaking = speak(settings.language ? [settings.language] : navigator.languages);

/** The code of what this browser lacks for the search, or null. */
export const lacking = whyNot();

/** The session that keeps the worker until the engine has a session of its own, which hears of what stops this one. */
export const firstSession = lacking ? null : join(SITE, words, { stopped() {} });
