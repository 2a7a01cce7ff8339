/**
 * A model of Sketchfab's in its own viewer, once the visitor asks for it: nothing comes from there before, as it would
 * tell Sketchfab who looks at what.
 */

import { viewer as words } from '../strings/strings.js';
import { uidOfLink } from './addresses.js';
import { openDialog } from './dialog.js';
import { element } from './dom.js';

const VIEWER = 'https://sketchfab.com';

/** The uid of a model that Sketchfab's viewer can show, or null. @param {import('../engine/protocol.js').Model} model */
export function viewable({ url }) {
  const uid = /^https:\/\/(\w+\.)?sketchfab\.com\//.test(url) ? uidOfLink(url) : null;
  return /^[0-9a-f]{32}$/.test(uid) ? uid : null;
}

/**
 * Opens the viewer.
 * @param {import('../engine/protocol.js').Model} model that is viewable
 * @param {string} name
 */
export function showViewer(model, name) {
  const frame = element('iframe');
  const theme = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  // Without tracking (dnt); the sandbox keeps it from leading this page elsewhere.
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
  openDialog('viewer', name, [frame, element('p', '', words.from)]);
}
