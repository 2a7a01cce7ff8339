/**
 * Makes www/share.png, the picture that other sites show beside a link to the page: `node share-picture.js`. It has the
 * page's own words, sign and styles.
 */

import { join } from 'node:path';

import { serve } from './server.js';
import { launch, SITE } from './site.js';

/** The size that sites ask for. */
const viewport = { width: 1200, height: 630 };

const server = await serve(SITE);
const { context, close } = await launch({ viewport, colorScheme: 'dark', reducedMotion: 'reduce' });
try {
  const page = await context.newPage();
  await page.goto(server.address);
  await page.locator('#engine[data-state="ready"]').waitFor();
  await page.evaluate(compose);
  await page.screenshot({ path: join(import.meta.dirname, '../../www/share.png') });
} finally {
  await close();
  await server.close();
}

/** Runs in the page: leaves the sign, the title and the drop zone, as large as the picture needs them. */
function compose() {
  const of = (selector) => document.querySelector(selector);
  const [brand, title, zone, promise] = ['.brand', 'h1', '.zone', '.promise'].map(of);
  for (const way of zone.querySelectorAll('.ways')) way.remove();
  document.body.replaceChildren(brand, title, zone, promise);
  Object.assign(document.documentElement.style, { fontSize: '32px', scrollbarGutter: 'auto' });
  Object.assign(document.body.style, {
    display: 'grid',
    gridTemplateRows: 'auto auto 1fr auto',
    justifyItems: 'center',
    gap: '32px',
    boxSizing: 'border-box',
    height: '630px',
    padding: '48px 96px',
  });
  Object.assign(brand.style, { fontSize: '40px', gap: '16px' });
  for (const side of ['width', 'height']) {
    brand.querySelector('img')[side] = 64;
    zone.querySelector('svg').setAttribute(side, '96');
    promise.querySelector('svg').setAttribute(side, '24');
  }
  Object.assign(title.style, { margin: '0', fontSize: '64px' });
  Object.assign(zone.style, { width: '100%', alignContent: 'center', padding: '16px' });
  zone.querySelector('.drop').style.fontSize = '32px';
  Object.assign(promise.style, { fontSize: '24px', gap: '12px' });
}
