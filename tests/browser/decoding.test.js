/**
 * Images that Rust refuses or breaks at: the browser is asked, the sentence is about the image, and the next one is
 * answered. And the preview is the picture that the network saw.
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { fault } from './server.js';
import {
  alertOf,
  answered,
  drop,
  IMAGES,
  launched,
  native,
  open,
  openHost,
  ready,
  refined,
  sample,
  shownNames,
  withWorkers,
} from './site.js';

const browser = await launched();
const { context } = browser;

const fixture = (name) => readFile(join(IMAGES, name));
/** Behind an image's end: by these the glue knows what to break at. */
const marked = (bytes, mark) => Buffer.concat([bytes, Buffer.from(mark)]);

/**
 * Breaks the module's decoding of marked images: by a panic of its own, by the trap that memory leaves that does not
 * grow, by an exhausted stack, and by a trap of another kind.
 */
const BREAKING = [
  /(^|\/)recasketch\.js$/,
  fault.patched((glue) =>
    glue.replace(
      /static read\(image\) \{/,
      `$&
        const end = new TextDecoder().decode(image.slice(-6));
        if (end === '#panic') Picture.ofImageData(new ImageData(1, 1)).upright(65536, 65536);
        if (end === '#memor') throw new WebAssembly.RuntimeError('unreachable');
        if (end === '#stack') throw new RangeError('Maximum call stack size exceeded');
        if (end === '#other') throw new WebAssembly.RuntimeError('memory access out of bounds');`,
    ),
  ),
];

/** What no browser shows either. */
const nothing = Buffer.from('GIF89a but no image');

test('an image that breaks the decoder is asked of the browser, and the worker goes on', async (t) => {
  const { page, server, seen } = await open(t, context, { faults: [withWorkers(2), BREAKING] });
  await refined(page); // the rest of the embeddings comes after it is ready
  const image = await sample(0);
  server.asked.length = 0;
  for (const mark of ['#panic', '#stack', '#other']) {
    const broken = { ...image, name: `${mark.slice(1)}.jpg`, bytes: marked(image.bytes, mark) };
    await drop(page, [broken]);
    const names = await answered(page, broken.name);
    // The browser decodes a JPEG nearly as Rust does.
    assert.equal(names[0], (await native(image.path, 1))[0].name, mark);
    assert.equal(await decoderOf(page, broken.bytes), 'browser');
    assert.equal(await decoderOf(page, image.bytes), 'rust');
  }
  assert.equal(await page.locator('#alert').isHidden(), true);
  assert.deepEqual(
    server.asked.map(({ file }) => file).filter((file) => /\.(bin|wasm)$/.test(file)),
    [],
    'the network and the embeddings stay',
  );
  assert.deepEqual(seen.errors, []);
});

test('what the browser shows neither is refused in a sentence about the image, many in a row, and the next one is answered', async (t) => {
  const { page, seen } = await open(t, context, { faults: [BREAKING] });
  await ready(page);
  const good = await sample(0);
  const sentences = {
    '#panic': /^This image cannot be read: the decoder failed, and the browser cannot show the image either\./,
    '#stack': /^This image cannot be read: the decoder failed/,
    '#memor': /^This image needs more memory than the browser gives\. Make it smaller/,
  };
  for (const [mark, sentence] of [...Object.entries(sentences), ...Object.entries(sentences)]) {
    await drop(page, [{ name: 'broken.gif', bytes: marked(nothing, mark) }]);
    assert.match(await alertOf(page), sentence);
    assert.equal(await page.getByRole('button', { name: 'Start again' }).count(), 0);
    await page.getByRole('button', { name: 'Dismiss this message' }).click();
  }
  await drop(page, [good]);
  assert.equal((await answered(page, good.name)).length, 12);
  assert.equal(await decoderOf(page, good.bytes), 'rust');
  assert.equal(await page.locator('#engine').getAttribute('data-state'), 'ready');
  // Memory is told as memory though the browser might show the image.
  await drop(page, [{ ...good, name: 'large.jpg', bytes: marked(good.bytes, '#memor') }]);
  assert.match(await alertOf(page), /^This image needs more memory/);
  assert.deepEqual(seen.errors, []);
});

test('programs hear of an image that broke the decoder by its name, and ask on', async (t) => {
  const { page } = await openHost(t, context, '', { faults: [withWorkers(1), BREAKING] });
  const outcome = await page.evaluate(
    async ([broken, file]) => {
      const site = await (await import('/api.js')).load();
      const refused = await site.search(Uint8Array.from(broken)).catch(({ name }) => name);
      return [refused, (await site.search(file)).neighbours.length];
    },
    [[...marked(nothing, '#panic')], (await sample(0)).file],
  );
  assert.deepEqual(outcome, ['Panic', 12]);
});

test('what Rust refuses and the browser shows is answered: a drawing, a damaged image', async (t) => {
  const { page, seen } = await open(t, context);
  await ready(page);
  const drawing = (sides) =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" ${sides}><rect width="100" height="100" fill="rgb(200,40,90)"/></svg>`,
    );
  const svg = { name: 'drawing.svg', type: 'image/svg+xml', bytes: drawing('viewBox="0 0 100 100"') };
  await drop(page, [svg]);
  assert.equal((await answered(page, svg.name)).length, 12);
  assert.deepEqual(await seenBy(page, svg.bytes, svg.type), {
    decoder: 'browser',
    middle: [200, 40, 90],
    corner: [200, 40, 90],
  });
  // Half of it is transparent, which shows the background.
  const half = drawing('width="100" height="100" viewBox="0 -50 100 100"');
  assert.deepEqual(await seenBy(page, half, svg.type), {
    decoder: 'browser',
    middle: [200, 40, 90],
    corner: [48, 48, 48],
  });
  const png = await fixture('png-640x360.png');
  const damaged = { name: 'damaged.png', type: 'image/png', bytes: png.subarray(0, Math.round(png.length * 0.9)) };
  await drop(page, [damaged]);
  assert.equal((await answered(page, damaged.name)).length, 12);
  assert.equal(await decoderOf(page, damaged.bytes), 'browser');
  assert.equal(await page.locator('#alert').isHidden(), true);
  assert.deepEqual(seen.errors, []);
});

test('what nobody shows, and what is too large, keeps the sentence that Rust says', async (t) => {
  const { page } = await open(t, context);
  await ready(page);
  const png = await fixture('png-tiny-1x1.png');
  const large = Buffer.from(png);
  large.writeUInt32BE(30_000, 16);
  large.writeInt32BE(crc32(large.subarray(12, 29)), 29);
  const refusals = [
    [
      { name: 'text.jpg', bytes: Buffer.from('no image at all') },
      /^This image cannot be read: expected a JPEG, PNG, WebP, GIF or BMP image/,
    ],
    [{ name: 'empty.jpg', bytes: Buffer.alloc(0) }, /an empty file/],
    [
      {
        name: 'broken.svg',
        type: 'image/svg+xml',
        bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect'),
      },
      /^This image cannot be read/,
    ],
    [{ name: 'head.png', bytes: png.subarray(0, 40) }, /^This image cannot be read: expected a whole, undamaged image/],
    [{ name: 'wide.png', bytes: large }, /sides of 1 to 20000 pixels/],
  ];
  for (const [image, sentence] of refusals) {
    await drop(page, [image]);
    assert.match(await alertOf(page), sentence, image.name);
    await page.getByRole('button', { name: 'Dismiss this message' }).click();
  }
});

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

/** A block of EXIF that says one thing. */
function exif(orientation) {
  const block = Buffer.from('49492a00080000000100120103000100000000000000' + '00000000', 'hex');
  block.writeUInt16LE(orientation, 18);
  return block;
}

const PREFIX = Buffer.from('Exif\0\0');

/** A JPEG with these blocks of EXIF and no other. */
function jpegWith(bytes, ...blocks) {
  let at = 2;
  while (bytes[at + 1] === 0xe1) at += 2 + bytes.readUInt16BE(at + 2);
  const segment = (block) => {
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(2 + PREFIX.length + block.length, 2);
    return Buffer.concat([head, PREFIX, block]);
  };
  return Buffer.concat([bytes.subarray(0, 2), ...blocks.map(segment), bytes.subarray(at)]);
}

/** A WebP of `VP8` with a chunk of EXIF. */
function webpWith(bytes, block) {
  const chunk = (name, content) => {
    const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const [width, height] = [26, 28].map((at) => bytes.readUInt16LE(at) & 0x3fff);
  const extended = Buffer.alloc(10);
  extended[0] = 0x08;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  const content = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', extended),
    bytes.subarray(12),
    chunk('EXIF', block),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

test('the preview is the picture that the network saw, whatever the metadata say and the browser makes of them', async (t) => {
  const [jpeg, webp] = [await fixture('exif-1.jpg'), await fixture('webp-lossy.webp')];
  assert.equal(webp.toString('latin1', 12, 16), 'VP8 ');
  const pictures = {
    'no-exif.jpg': jpegWith(jpeg),
    'first-of-two.jpg': jpegWith(jpeg, exif(6), exif(1)),
    'upright-first.jpg': jpegWith(jpeg, exif(1), exif(6)),
    'upright-then-mirrored.jpg': jpegWith(jpeg, exif(1), exif(2)),
    'no-such-orientation.jpg': jpegWith(jpeg, exif(9)),
    'cut-exif.jpg': jpegWith(jpeg, exif(6).subarray(0, 15)),
    'prefixed.webp': webpWith(webp, Buffer.concat([PREFIX, exif(6)])),
    'plain.webp': webpWith(webp, exif(6)),
    'plain-3.webp': webpWith(webp, exif(3)),
  };
  for (let number = 1; number <= 8; number += 1) pictures[`exif-${number}.jpg`] = await fixture(`exif-${number}.jpg`);
  const { page, seen } = await open(t, context);
  await refined(page);
  for (const [name, bytes] of Object.entries(pictures)) {
    await drop(page, [{ name, bytes, type: name.endsWith('webp') ? 'image/webp' : 'image/jpeg' }]);
    await answered(page, name);
    assert.ok((await difference(page, bytes)) < 6, `${name} differs by ${await difference(page, bytes)}`);
    const { width, height } = await page.evaluate(() => window.recasketch.shown().shown);
    const part = await partOf(page);
    assert.ok(
      Math.abs((part.height * height) / (part.width * width) - 1) < 1e-9,
      `${name}: the box is a square of another picture`,
    );
  }
  assert.deepEqual(seen.errors, []);
});

/** How much the preview, as it is seen and cut as the network's square, differs from what the network saw, in the mean. */
async function difference(page, bytes) {
  await page.locator('#preview-image').evaluate((image) => image.decode());
  const seen = await page.locator('#preview-box').screenshot();
  return page.evaluate(
    async ([picture, base64]) => {
      const blobOf = (text) => new Blob([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))]);
      const small = (image, ...from) => {
        const context = new OffscreenCanvas(56, 56).getContext('2d');
        context.imageSmoothingQuality = 'high';
        context.drawImage(image, ...from, 0, 0, 56, 56);
        return context.getImageData(0, 0, 56, 56).data;
      };
      const { rgb } = await window.recasketch.inspect(blobOf(base64));
      const whole = new ImageData(224, 224);
      for (let at = 0; at < 224 * 224; at += 1) whole.data.set([...rgb.slice(3 * at, 3 * at + 3), 255], 4 * at);
      const expected = small(await createImageBitmap(whole), 0, 0, 224, 224);
      const image = document.getElementById('preview-image');
      const { width, height } = window.recasketch.shown().shown ?? {
        width: image.naturalWidth,
        height: image.naturalHeight,
      };
      const box = await createImageBitmap(blobOf(picture));
      const side = Math.min(width, height) * Math.min(box.width / width, box.height / height);
      const came = small(box, (box.width - side) / 2, (box.height - side) / 2, side, side);
      return came.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / (56 * 56 * 3);
    },
    [seen.toString('base64'), bytes.toString('base64')],
  );
}

/** A part, and the whole again. */
async function partOf(page) {
  await page.getByRole('button', { name: 'Select a part' }).click();
  await page.waitForFunction(() => window.recasketch.shown()?.part);
  const { part } = await page.evaluate(() => window.recasketch.shown());
  await page.getByRole('button', { name: 'Use the whole image' }).click();
  await page.waitForFunction(() => window.recasketch.shown()?.part === null);
  return part;
}

test('a part is cut from the picture as it is seen', async (t) => {
  const { page } = await openHost(t, context, '', { faults: [withWorkers(1)] });
  const files = await Promise.all([1, 6, 3].map((number) => fixture(`exif-${number}.jpg`)));
  const [upright, another, ...turned] = await page.evaluate(
    async ([first, ...others]) => {
      const site = await (await import('/api.js')).load();
      const part = { left: 0, top: 0, width: 0.5, height: 0.4 };
      const asked = [[first, part], [first, { ...part, left: 0.5, top: 0.6 }], ...others.map((bytes) => [bytes, part])];
      return Promise.all(
        asked.map(async ([bytes, one]) => Array.from(await site.embed(Uint8Array.from(bytes), { part: one }))),
      );
    },
    files.map((bytes) => [...bytes]),
  );
  // JPEG's loss differs a little between the turned copies.
  for (const one of turned) assert.ok(cosine(upright, one) > 0.96, `${cosine(upright, one)}`);
  assert.ok(cosine(upright, another) < 0.9, `${cosine(upright, another)}`);
});

function cosine(left, right) {
  const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

const SHARED = join(import.meta.dirname, '../../../shared/cases');

for (const name of [
  'jpeg-444-422-444-three-scans.jpg',
  'jpg_arith.jpg',
  'short-app14.jpg',
  'plain.webp',
  'prefixed.webp',
]) {
  test(`${name}, which a real person brought, is answered, or refused by name`, async (t) => {
    const bytes = await readFile(join(SHARED, name)).catch(() => null);
    if (!bytes) return t.skip(`no ${SHARED}`);
    const { page, seen } = await open(t, context);
    await ready(page);
    await drop(page, [{ name, bytes, type: name.endsWith('webp') ? 'image/webp' : 'image/jpeg' }]);
    assert.equal((await shownNames(page)).length, 12);
    assert.ok((await difference(page, bytes)) < 8, `${await difference(page, bytes)}`);
    return assert.deepEqual(seen.errors, []);
  });
}

const blobOf = (bytes) => bytes.toString('base64');

function decoderOf(page, bytes) {
  return page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
    return (await window.recasketch.inspect(blob)).decoder;
  }, blobOf(bytes));
}

/** What the network sees of an image: its decoder, the colour in the middle, and that at the first place. */
function seenBy(page, bytes, type) {
  return page.evaluate(
    async ([base64, kind]) => {
      const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: kind });
      const { decoder, rgb } = await window.recasketch.inspect(blob);
      const at = (row, column) => Array.from(rgb.slice(3 * (row * 224 + column), 3 * (row * 224 + column) + 3));
      return { decoder, middle: at(150, 112), corner: at(0, 0) };
    },
    [blobOf(bytes), type],
  );
}
