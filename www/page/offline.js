/**
 * Lets the page work without the network: registers the service worker, and shows the outcome.
 *
 * @import { Keeping } from '../engine/protocol.js'
 */

import { SITE } from '../engine/site.js';
import { scriptAddress } from '../engine/trusted.js';
import { offline as words } from '../strings/strings.js';
import { byId } from './dom.js';

/** @param {Keeping | 'renewed'} outcome */
function show(outcome) {
  byId('offline').textContent = words[outcome];
}

/**
 * Keeps the files of the page, if the data of the site are kept.
 * @param {Keeping} data the outcome for the data
 */
export async function keepPage(data) {
  if (data !== 'kept') return show(data);
  try {
    const workers = navigator.serviceWorker;
    workers.addEventListener('message', ({ data: outcome }) => show(outcome));
    const list = await newestList();
    const script = scriptAddress(new URL(`service-worker.js?list=${list}`, SITE));
    const registration = await (list
      ? workers.register(script, { updateViaCache: 'none' })
      : workers.getRegistration());
    if (!registration) return show('refused');
    registration.addEventListener('updatefound', () => follow(registration));
    follow(registration);
    if (registration.waiting) show('renewed');
    else if (registration.active) show('kept');
  } catch {
    show('refused');
  }
}

/**
 * Returns the name of the newest list of files to keep, or null without the network. The name changes with each version
 * of the page. It comes from the site, because the service worker may know only an older one.
 * @returns {Promise<string | null>}
 */
async function newestList() {
  const manifest = await fetch(new URL('manifest.json?newest', SITE), { cache: 'no-cache' }).catch(() => null);
  return manifest?.ok ? (await manifest.json()).offline[0].file : null;
}

/**
 * Shows when a version of the page has been installed. A second version waits until all tabs of the first are closed.
 * @param {ServiceWorkerRegistration} registration
 */
function follow({ installing }) {
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed' && navigator.serviceWorker.controller) show('renewed');
    if (installing.state === 'activated') show('kept');
  });
}
