/** The first script of the page. It starts the worker while the browser still loads the other modules of the page. */

import { join } from './engine/client.js';
import { SITE } from './engine/site.js';
import { whyNot } from './engine/support.js';
import { settings } from './page/settings.js';
import { speak, words } from './strings/strings.js';

/** Resolves once the words of the visitor's language are loaded. */
export const speaking = speak(settings.language ? [settings.language] : navigator.languages);

/** The code of the feature that this browser lacks for the search, or null. */
const lacking = whyNot();

/** Keeps the worker until the search session of the page has joined it. That session also shows why a worker stops. */
export const firstSession = lacking ? null : join(SITE, words, { stopped() {} });
