/** The page's next visit without the network: asks for the service worker, and says what came of it. */

import { offline as words } from './strings.js';
import { scriptAddress } from './trusted.js';

/** @param {import('./keep.js').Keeping} outcome */
const show = (outcome) => (document.getElementById('offline').textContent = words[outcome]);

/**
 * Keeps the page's files, once its data is.
 * @param {import('./keep.js').Keeping} data
 */
export async function keepPage(data) {
  if (data !== 'kept') return show(data);
  try {
    const workers = navigator.serviceWorker;
    workers.addEventListener('message', ({ data: outcome }) => show(outcome));
    const registration = await workers.register(scriptAddress(new URL('service-worker.js', document.baseURI)), { updateViaCache: 'none' });
    registration.addEventListener('updatefound', () => follow(registration));
    follow(registration);
    if (registration.waiting) show('renewed');
    else if (registration.active) show('kept');
  } catch {
    show('refused');
  }
}

/** A version that is being installed is the first, or waits for the tabs of the one before. */
function follow({ installing }) {
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed' && navigator.serviceWorker.controller) show('renewed');
    if (installing.state === 'activated') show('kept');
  });
}
