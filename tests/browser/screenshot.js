/**
 * Takes the README's pictures and their like: `node screenshot.js FOLDER [SAMPLE]` writes the page as a desktop and a
 * phone show it, dark and light.
 */

import { join } from 'node:path';

import { serve } from './server.js';
import { launch, manifest, SITE, shownNames } from './site.js';

const SIZES = { page: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

const [out, wanted] = process.argv.slice(2);
const { samples } = await manifest();
const index = wanted ? samples.findIndex(({ name }) => name === wanted) : 0;
if (!out || index < 0) {
  console.error(
    `usage: node screenshot.js FOLDER [SAMPLE], where SAMPLE is one of: ${samples.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const server = await serve(SITE);
const browser = await launch();
try {
  for (const [name, size] of Object.entries(SIZES)) {
    for (const colorScheme of ['dark', 'light']) await take(join(out, `${name}-${colorScheme}.png`), size, colorScheme);
  }
} finally {
  await browser.close();
  await server.close();
}

async function take(path, size, colorScheme) {
  const page = await browser.context.newPage();
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize(size);
  await page.goto(server.address);
  await page.locator('.sample').nth(index).click();
  await shownNames(page);
  await page.locator('#engine[data-state="ready"]').waitFor({ state: 'attached' }); // folded on a phone
  await page.waitForFunction(() =>
    [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight),
  );
  await page.screenshot({ path });
  await page.close();
}
