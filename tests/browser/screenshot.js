/** Takes the README's picture: `node screenshot.js OUT.png [SAMPLE] [dark|light]`. */

import { serve } from './server.js';
import { launch, manifest, shownNames, SITE } from './site.js';

const [out, wanted, colorScheme = 'dark'] = process.argv.slice(2);
const { samples } = await manifest();
const index = wanted ? samples.findIndex(({ name }) => name === wanted) : 0;
if (!out || index < 0) {
  console.error(`usage: node screenshot.js OUT.png [SAMPLE] [dark|light], where SAMPLE is one of: ${samples.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const server = await serve(SITE);
const browser = await launch();
try {
  const page = await browser.context.newPage();
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(server.address);
  await page.locator('.sample').nth(index).click();
  await shownNames(page);
  await page.locator('#engine[data-state="ready"]').waitFor();
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await page.screenshot({ path: out });
} finally {
  await browser.close();
  await server.close();
}
