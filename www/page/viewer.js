/**
 * A model in Sketchfab's 3D viewer. The viewer is loaded only when the visitor asks for it, because loading it tells
 * Sketchfab who looks at which model.
 *
 * @import { Model } from '../engine/protocol.js'
 */

import { viewer as words } from '../strings/strings.js';
import { uidOfLink } from './addresses.js';
import { element } from './dom.js';

const VIEWER = 'https://sketchfab.com';

/** Returns the uid by which Sketchfab's viewer shows a model, or null. @param {Model} model */
export function viewable({ url }) {
  const uid = /^https:\/\/(\w+\.)?sketchfab\.com\//.test(url) ? uidOfLink(url) : null;
  return uid && /^[0-9a-f]{32}$/.test(uid) ? uid : null;
}

/**
 * Makes the frame of the viewer. The browser loads it once the frame is in the document.
 * @param {Model} model one that is `viewable`
 * @param {string} name
 */
export function frameOf(model, name) {
  const frame = element('iframe');
  const theme = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  // `dnt` switches tracking off. The sandbox prevents the viewer from leading this page to another address.
  Object.assign(frame, {
    title: words.title(name),
    allow: 'autoplay; fullscreen; xr-spatial-tracking',
    referrerPolicy: 'no-referrer',
  });
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms',
  );
  frame.src = `${VIEWER}/models/${viewable(model)}/embed?autostart=1&dnt=1&ui_theme=${theme}`;
  return frame;
}
