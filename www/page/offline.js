/** The page's next visit without the network: asks for the service worker, and says what came of it. */

import { SITE } from '../engine/site.js';
import { scriptAddress } from '../engine/trusted.js';
import { offline as words } from '../strings/strings.js';

/** @param {import('../engine/protocol.js').Keeping} outcome */
const show = (outcome) => (document.getElementById('offline').textContent = words[outcome]);

/**
 * Keeps the page's files, once its data is.
 * @param {import('../engine/protocol.js').Keeping} data
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
    registration.addEventListener('updatefound', () => follow(registration));
    follow(registration);
    if (registration.waiting) show('renewed');
    else if (registration.active) show('kept');
  } catch {
    show('refused');
  }
}

/**
 * The list of what works without the network, by which its version is known: the site's, not that of the service worker,
 * which may be older. Nothing without the network, where the version that is kept stays.
 */
async function newestList() {
  const manifest = await fetch(new URL('manifest.json?newest', SITE), { cache: 'no-cache' }).catch(() => null);
  return manifest?.ok ? (await manifest.json()).offline[0].file : null;
}

/** A version that is being installed is the first, or waits for the tabs of the one before. */
function follow({ installing }) {
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed' && navigator.serviceWorker.controller) show('renewed');
    if (installing.state === 'activated') show('kept');
  });
}
