/** Firefox by WebDriver BiDi, without a driver of its own, where Firefox is installed. */

import { access } from 'node:fs/promises';
import puppeteer from 'puppeteer-core';

import { waited } from './polling.js';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/** Why there is no Firefox here, or null. */
export async function whyNone() {
  return access(FIREFOX).then(
    () => null,
    () => `no ${FIREFOX}; get it with: sudo apt-get install -y firefox-esr (or set FIREFOX)`,
  );
}

/** Starts a browser with a profile of its own. */
export async function launch() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    defaultViewport: { width: 1280, height: 800 },
    protocolTimeout: 120_000,
    extraPrefsFirefox: { 'intl.accept_languages': 'en-US, en' },
  });
  // The tab that Firefox begins with never has the focus.
  const page = new Page(await browser.newPage());
  return { page, close: () => browser.close() };
}

class Page {
  #inner;

  constructor(inner) {
    this.#inner = inner;
  }

  async goto(url) {
    await this.#inner.goto(url);
  }

  async reload() {
    await this.#inner.reload();
  }

  /** What a function gives in the page. */
  evaluate(act, argument = null) {
    return this.#inner.evaluate(act, argument);
  }

  /** Resolves with what a function gives, once it is true. */
  waitFor(act, argument) {
    return waited(this, act, argument);
  }
}
