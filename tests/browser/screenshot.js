/**
 * Takes pictures of the page: `node screenshot.js FOLDER [SAMPLE [LANGUAGE]]` writes every state of it, as a phone, a
 * tablet and a desktop show it, dark and light. Those of an answer are the README's.
 */

import { join } from 'node:path';

import { fault, serve } from './server.js';
import { launch, manifest, SITE, shownNames } from './site.js';

const SIZES = {
  page: { viewport: { width: 1280, height: 800 } },
  tablet: { viewport: { width: 820, height: 1180 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

/** The states, by the names of their pictures. Each begins with a page that is not loaded yet. */
const STATES = {
  '-start': async ({ page, load }) => {
    await load();
    await ready(page);
  },
  '-loading': async ({ page, server, load }) => {
    const gate = fault.gate();
    server.faults.set(/network-/, gate.hold);
    await load();
    await gate.reached;
    await page.locator('#progress[value]:not([value="0"])').waitFor();
    return gate.open;
  },
  '': ask,
  '-empty': async (how) => {
    await ask(how);
    await how.page.evaluate(() => {
      location.hash += '&tag=nothing';
    });
    await how.page.locator('#none:not(:empty)').waitFor();
  },
  '-details': async (how) => {
    await ask(how);
    await how.page.locator('.card .open').nth(1).click();
    await how.page.locator('dialog').waitFor();
  },
  '-why': async (how) => {
    await ask(how);
    await how.page.locator('.card .open').nth(1).click();
    await how.page.locator('dialog [aria-controls="why"]').click();
    await how.page.locator('dialog .pictures').waitFor();
  },
  '-refused': async (how) => {
    await ask(how);
    await how.page
      .locator('#file')
      .setInputFiles({ name: 'text.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') });
    await how.page.locator('#alert p').waitFor();
  },
  '-stopped': async ({ page, server, load }) => {
    server.faults.set(/network-/, fault.missing);
    await load();
    await page.locator('#alert p').waitFor();
  },
  '-offline': async ({ page, server, load }) => {
    const gate = fault.gate();
    server.faults.set(/^manifest\.json$/, gate.hold);
    await load();
    await gate.reached;
    await page.context().setOffline(true);
    gate.open();
    await page.locator('#alert p').waitFor();
    return () => page.context().setOffline(false);
  },
};

const [out, wanted, locale = 'en'] = process.argv.slice(2);
const { samples } = await manifest();
const index = wanted ? samples.findIndex(({ name }) => name === wanted) : 0;
if (!out || index < 0) {
  console.error(
    `usage: node screenshot.js FOLDER [SAMPLE [LANGUAGE]], where SAMPLE is one of: ${samples.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const server = await serve(SITE);
try {
  for (const [state, come] of Object.entries(STATES)) {
    for (const [name, size] of Object.entries(SIZES)) {
      for (const colorScheme of ['dark', 'light'])
        await take(join(out, `${name}-${colorScheme}${state}.png`), come, {
          ...size,
          colorScheme,
          locale,
          reducedMotion: 'reduce',
        });
    }
  }
} finally {
  await server.close();
}

/** Takes a picture in a browser of its own, which has stored nothing of the site. */
async function take(path, come, options) {
  const { context, close } = await launch(options);
  const page = await context.newPage();
  const end = await come({ page, server, load: () => page.goto(server.address) });
  await page.waitForFunction(() =>
    [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight),
  );
  await page.evaluate(() =>
    Promise.all([...document.images].filter(({ naturalWidth }) => naturalWidth > 0).map((image) => image.decode())),
  );
  await page.screenshot({ path });
  await end?.();
  await close();
  server.faults.clear();
}

/** Asks by a sample. */
async function ask({ page, load }) {
  await load();
  await page.locator('.sample').nth(index).click();
  await page.mouse.move(0, 0); // away from what now lies under it
  await shownNames(page);
  await ready(page);
}

/** Resolves once the engine says that it is ready. The words are folded on a phone. */
function ready(page) {
  return page.locator('#engine[data-state="ready"]').waitFor({ state: 'attached' });
}
