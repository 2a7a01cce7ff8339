/** The page answers as the owner's program does: the same pixels, the same features, the same models. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import {
  dropPaths,
  IMAGES,
  images,
  launched,
  open,
  RECASKETCH,
  ready,
  refined,
  SITE,
  shownNames,
  temporary,
} from './site.js';

const FEWEST_IMAGES = 24;

const run = promisify(execFile);

const browser = await launched();
const folder = await temporary('recasketch-inspect-');

const fixtures = await images();

test(`there are at least ${FEWEST_IMAGES} images to compare in ${IMAGES}`, () => {
  assert.ok(fixtures.length >= FEWEST_IMAGES, `${fixtures.length} images`);
});

test('every image dropped on the page is answered as the program answers it', async (t) => {
  const { page } = await open(t, browser.context);
  await refined(page);
  for (const image of fixtures) {
    await t.test(image.name, async () => {
      const [native, web] = [await nativeAnswer(image), await webAnswer(page, image)];
      assert.equal(native.length, 12);
      assert.deepEqual(
        web.map(({ uid }) => uid),
        native.map(({ uid }) => uid),
      );
      for (const [index, { score, row }] of web.entries()) {
        assert.equal(row, native[index].row);
        assert.ok(Math.abs(score - native[index].score) < 1e-4, `${score} and ${native[index].score}`);
      }
    });
  }
});

test('every image has the same pixels to the bit and the same features on the page and in the program', async (t) => {
  const { page } = await open(t, browser.context);
  await ready(page);
  for (const image of fixtures) {
    await t.test(image.name, async () => {
      const [native, web] = [await nativeInspection(image), await webInspection(page, image)];
      assert.equal(web.decoder, 'rust');
      assert.ok(web.rgb.length > 0 && web.rgb.equals(native.rgb), 'the pixels differ');
      assert.equal(web.features.length, native.features.length);
      assert.ok(cosine(web.features, native.features) >= 0.99999, `cosine ${cosine(web.features, native.features)}`);
    });
  }
});

async function nativeAnswer(image) {
  const { stdout } = await run(RECASKETCH, ['search', image.path, '--site', SITE, '--top', '12', '--json'], {
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout).neighbours;
}

/** Drops an image as a visitor does, and reads the answer that the page then shows. */
async function webAnswer(page, image) {
  await dropPaths(page, [image.path]);
  await page.locator('#preview-name', { hasText: image.name }).waitFor();
  const names = await shownNames(page);
  assert.equal(names.length, 12);
  const { neighbours } = await page.evaluate(() => window.recasketch.shown());
  assert.deepEqual(
    neighbours.map(({ model }) => model.name),
    names,
  );
  return neighbours;
}

async function nativeInspection(image) {
  const out = join(folder, 'image');
  await run(RECASKETCH, ['inspect', image.path, '--site', SITE, '--out', out]);
  return { rgb: await readFile(`${out}.pixels`), features: floats(await readFile(`${out}.features`)) };
}

async function webInspection(page, image) {
  const base64 = image.bytes.toString('base64');
  const { rgb, features, decoder } = await page.evaluate(inspectInPage, base64);
  return { rgb: Buffer.from(rgb, 'base64'), features: floats(Buffer.from(features, 'base64')), decoder };
}

async function inspectInPage(base64) {
  const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
  const { rgb, features, decoder } = await window.recasketch.inspect(blob);
  const written = async (bytes) => {
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsDataURL(new Blob([bytes]));
    });
    return reader.result.split(',')[1];
  };
  return { rgb: await written(rgb), features: await written(features), decoder };
}

function floats(bytes) {
  const numbers = new Float32Array(bytes.length / 4);
  for (let index = 0; index < numbers.length; index += 1) numbers[index] = bytes.readFloatLE(index * 4);
  return numbers;
}

function cosine(left, right) {
  let [dot, ofLeft, ofRight] = [0, 0, 0];
  for (let index = 0; index < left.length; index += 1) {
    dot += left[index] * right[index];
    ofLeft += left[index] ** 2;
    ofRight += right[index] ** 2;
  }
  return dot / Math.sqrt(ofLeft * ofRight);
}
