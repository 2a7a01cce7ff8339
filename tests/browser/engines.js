/**
 * The three engines. Each says why it is not here, or launches a browser with one page. The pages have only these in
 * common: `goto`, `reload`, `evaluate` and `waitFor`.
 */

import * as firefox from './firefox.js';
import { waited } from './polling.js';
import { launch as launchChromium } from './site.js';
import * as webkit from './webkit.js';

const chromium = {
  whyNone: async () => null,
  async launch() {
    const { context, close } = await launchChromium();
    const inner = await context.newPage();
    const page = {
      goto: (url) => inner.goto(url),
      reload: () => inner.reload(),
      evaluate: (act, argument) => inner.evaluate(act, argument),
      waitFor: (act, argument) => waited(inner, act, argument),
    };
    return { page, close };
  },
};

export const ENGINES = { Chromium: chromium, Firefox: firefox, WebKit: webkit };
