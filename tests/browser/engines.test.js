/**
 * A visitor's whole way in the three engines: every way of asking, with the program's answers; filters, words, the
 * reasons, a part, several, links, back, without the network; the element and the search for programs.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ENGINES } from './engines.js';
import { serve } from './server.js';
import { drop, native, SITE, STRICT, same, sample } from './site.js';

const [first, second, third] = [await sample(0), await sample(1), await sample(2)];

/** The answer to a query of this name, once it is shown. Its functions run in the page. */
const answered = (page, name) =>
  page.waitFor(async (wanted) => {
    await window.recasketch.refined;
    const isShown = document.getElementById('preview-name').textContent.includes(wanted);
    const answer = window.recasketch.shown();
    if (!isShown || !answer || !document.querySelector('#grid:not([aria-busy]) .card:not(.waiting)')) return null;
    return { neighbours: answer.neighbours.map(({ uid, score }) => ({ uid, score })), code: answer.code };
  }, name);

/** Pastes a sample. Not every engine makes an event with files for a program, so they are given to it afterwards. */
const paste = (page, pasted) =>
  page.evaluate(async (file) => {
    const data = new DataTransfer();
    data.items.add(new File([await (await fetch(file)).blob()], 'image.png', { type: 'image/png' }));
    const event = new Event('paste', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'clipboardData', { value: data });
    document.dispatchEvent(event);
  }, pasted);

const click = (page, selector) =>
  page.waitFor((wanted) => {
    const element = document.querySelector(wanted);
    element?.click();
    return Boolean(element);
  }, selector);

const STEPS = {
  'a drop, a paste and a sample are answered as the program answers them': async ({ page }) => {
    await drop(page, [first]);
    same((await answered(page, first.name)).neighbours, await native(first.path));
    await paste(page, second.file);
    same((await answered(page, 'Pasted image')).neighbours, await native(second.path));
    await page.evaluate((at) => document.querySelectorAll('#sample-list button')[at].click(), 2);
    same((await answered(page, third.shown)).neighbours, await native(third.path));
  },

  'a filter leaves models of one category alone': async ({ page }) => {
    await click(page, '.facet summary');
    const value = await page.waitFor(() => document.querySelector('.facet[open] li bdi')?.textContent);
    await click(page, '.facet[open] li input');
    await page.waitFor((category) => {
      const { neighbours } = window.recasketch.shown();
      return (
        location.hash.includes('&category=') && neighbours.every(({ model }) => model.categories.includes(category))
      );
    }, value);
    await page.evaluate(() => history.back());
    await page.waitFor(() => !location.hash.includes('&category='));
  },

  'words find models while they are typed, and all of them with Enter': async ({ page }) => {
    await page.evaluate(() => {
      const field = document.getElementById('names');
      field.focus();
      field.value = 'chair';
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
    await page.waitFor(() => Boolean(document.querySelector('[role="option"]')));
    await page.evaluate(() => {
      const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
      document.getElementById('names').dispatchEvent(enter);
    });
    const names = await page.waitFor(() => {
      const answer = window.recasketch.shown();
      return answer?.words === 'chair' && answer.neighbours.map(({ model }) => `${model.name} ${model.tags}`);
    });
    assert.ok(
      names.every((name) => /chair/i.test(name)),
      names.join(),
    );
    // Words stay beside the pictures that follow.
    await page.evaluate(() => history.back());
    await page.waitFor(() => window.recasketch.shown().words === '');
  },

  'the reasons of an answer are shown over both pictures': async ({ page }) => {
    await drop(page, [first]);
    await answered(page, first.name);
    await click(page, '.card .ask-why');
    await page.waitFor(() => document.querySelectorAll('.why figure .contributions span').length === 2 * 49);
    await page.evaluate(() => history.back());
    await page.waitFor(() => !document.querySelector('dialog[open]'));
  },

  'a part is searched, and the whole again': async ({ page }) => {
    await drop(page, [first]);
    const whole = await answered(page, first.name);
    await click(page, '#crop');
    await page.waitFor(() => window.recasketch.shown().part);
    await click(page, '#crop');
    await page.waitFor(() => window.recasketch.shown().part === null);
    assert.deepEqual((await answered(page, first.name)).neighbours, whole.neighbours);
  },

  'several images are one query, and back leads to the one before': async ({ page }) => {
    await drop(page, [first]);
    const before = await answered(page, first.name);
    await drop(page, [second, third]);
    await page.waitFor(() => document.querySelectorAll('.member').length === 2);
    await page.evaluate(() => history.back());
    assert.deepEqual((await answered(page, first.name)).neighbours, before.neighbours);
  },

  'a link finds the models without the image': async ({ page, address }) => {
    await drop(page, [first]);
    const { neighbours, code } = await answered(page, first.name);
    await page.goto('about:blank');
    await page.goto(`${address}#like=${code}`);
    const shared = await answered(page, 'An image that somebody shared');
    assert.deepEqual(
      shared.neighbours.slice(0, 3).map(({ uid }) => uid),
      neighbours.slice(0, 3).map(({ uid }) => uid),
    );
  },

  'the element answers in a page with a strict policy': async ({ page, address }) => {
    await page.goto(`${address}element-host.html`);
    await page.waitFor(async () => {
      await customElements.whenDefined('rec-a-sketch');
      return document.querySelector('rec-a-sketch').ready.then(() => true);
    });
    await page.evaluate(async (file) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([await (await fetch(file)).blob()], 'a.jpg', { type: 'image/jpeg' }));
      const input = document.querySelector('rec-a-sketch').shadowRoot.querySelector('input[type="file"]');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, first.file);
    const expected = await native(first.path);
    // A first answer may come before the one that counts.
    const answer = await page.waitFor(
      (whole) => {
        const neighbours = document.querySelector('rec-a-sketch').answer?.neighbours ?? [];
        const isWhole = whole.every(({ score }, at) => Math.abs(neighbours[at]?.score - score) < 1e-4);
        return isWhole && { neighbours: neighbours.map(({ uid, score }) => ({ uid, score })) };
      },
      expected.map(({ score }) => ({ score })),
    );
    same(answer.neighbours, expected);
  },

  'a program answers by the API': async ({ page }) => {
    const answer = await page.evaluate(async (file) => {
      const { load } = await import('/api.js');
      const site = await load();
      const { neighbours } = await site.search(await (await fetch(file)).blob());
      site.close();
      return { neighbours: neighbours.map(({ uid, score }) => ({ uid, score })) };
    }, first.file);
    same(answer.neighbours, await native(first.path));
  },

  'without the network it answers as before': async ({ page, server, address }) => {
    await page.goto(address);
    await page.waitFor(() => /now works without the network/.test(document.getElementById('offline').textContent));
    await page.reload();
    await page.waitFor(async () => window.recasketch.refined.then(() => true));
    // The sample goes into the page while there is a network.
    await page.evaluate(async (file) => {
      const blob = await (await fetch(file)).blob();
      sessionStorage.sample = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(blob);
      });
    }, first.file);
    await server.close();
    await page.reload();
    await page.waitFor(async () => window.recasketch.refined.then(() => true));
    await page.evaluate(() => {
      const [head, base64] = sessionStorage.sample.split(',');
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return window.recasketch.ask(new File([bytes], 'offline.jpg', { type: head.slice(5, -7) })).then(() => true);
    });
    same((await answered(page, 'offline.jpg')).neighbours, await native(first.path));
  },
};

for (const [name, engine] of Object.entries(ENGINES)) {
  const reason = await engine.whyNone();
  test(`a visitor's whole way in ${name}`, { skip: reason ?? false }, async (t) => {
    const server = await serve(SITE);
    const html =
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title><body><script type="module" src="element.js"></script><rec-a-sketch></rec-a-sketch></body></html>';
    const headers = { 'Content-Type': 'text/html', 'Content-Security-Policy': STRICT };
    server.faults.set(/^element-host\.html$/, () => ({ status: 200, headers, body: Buffer.from(html) }));
    const { page, close } = await engine.launch();
    t.after(close);
    t.after(() => server.close());
    await page.goto(server.address);
    await page.waitFor(() => window.recasketch?.ready.then(() => true));
    for (const [step, go] of Object.entries(STEPS)) {
      await t.test(step, () => go({ page, server, address: server.address }));
    }
  });
}
