/** The page's module in two forms: with relaxed lanes where the browser has them, plain everywhere. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fault } from './server.js';
import { images, launched, MODULES, open, ready, sample, WITHOUT_RELAXED } from './site.js';

const { context } = await launched();

const { plain, relaxed } = MODULES;

/** Opens the page and tells which modules it asked for. */
async function opened(t, faults) {
  const { page, server } = await open(t, context, { faults, scripted: true });
  await ready(page);
  const asked = server.asked.map(({ file }) => file).filter((file) => file.endsWith('.wasm'));
  return { page, asked };
}

test('each browser downloads the one module that suits it', async (t) => {
  const { page, asked } = await opened(t, []);
  assert.deepEqual(asked, [relaxed.name]);
  assert.equal((await inspected(page, await sample(0))).kernel, 'relaxed-simd');
  const { page: other, asked: ofOther } = await opened(t, [WITHOUT_RELAXED]);
  assert.deepEqual(ofOther, [plain.name]);
  assert.equal((await inspected(other, await sample(0))).kernel, 'simd128');
});

test('both modules see and answer the same', async (t) => {
  const pages = [(await opened(t, [])).page, (await opened(t, [WITHOUT_RELAXED])).page];
  for (const image of (await images()).filter((_, index) => index % 5 === 0)) {
    const [ours, theirs] = await Promise.all(pages.map((page) => inspected(page, image)));
    assert.ok(cosine(ours.features, theirs.features) >= 0.99999, image.name);
    for (const [rank, { row, score }] of ours.neighbours.entries()) {
      assert.equal(row, theirs.neighbours[rank].row, image.name);
      assert.ok(Math.abs(score - theirs.neighbours[rank].score) < 1e-4, image.name);
    }
  }
});

for (const [name, wrong] of [
  ['missing', fault.missing],
  ['damaged', fault.corrupt],
  ['a web page', fault.webPage],
]) {
  test(`where the relaxed module is ${name}, the plain one answers`, async (t) => {
    const { page } = await opened(t, [[new RegExp(relaxed.name), wrong]]);
    assert.equal((await inspected(page, await sample(1))).kernel, 'simd128');
  });
}

test('a relaxed module that computes wrongly fails its self-test, and the plain one answers', async (t) => {
  const lie = (glue) =>
    glue.replace(
      'selfTest(features, uid) {',
      "$& if (this.kernel === 'relaxed-simd') { const error = new Error('wrong'); error.name = 'Mismatch'; throw error; }",
    );
  const { page } = await opened(t, [[/^recasketch\.js$/, fault.patched(lie)]]);
  assert.equal((await inspected(page, await sample(1))).kernel, 'simd128');
});

/** What the page sees of an image and answers to it. */
function inspected(page, { bytes }) {
  return page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
    const { features, kernel } = await window.recasketch.inspect(blob);
    await window.recasketch.refined; // else one may answer by the first level alone
    const { neighbours } = await window.recasketch.ask(blob);
    return { features: Array.from(features), kernel, neighbours };
  }, bytes.toString('base64'));
}

function cosine(left, right) {
  const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}
