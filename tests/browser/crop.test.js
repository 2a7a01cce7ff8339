/** A part of the query's image is searched as its box moves: by mouse, by touch, by keyboard. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fault, inModule } from './server.js';
import { answered, drop, images, launched, manifest, open, refined, sample, shownNames } from './site.js';

const { context } = await launched({ hasTouch: true });

const { samples } = await manifest();
const indexOf = (word) => samples.findIndex(({ name }) => name.toLowerCase().includes(word));

/** Two samples side by side, as a PNG without loss. */
async function bothOf(page, left, right) {
  const base64 = await page.evaluate(
    async (files) => {
      const bitmaps = await Promise.all(files.map(async (file) => createImageBitmap(await (await fetch(file)).blob())));
      const side = Math.min(...bitmaps.map(({ height }) => height));
      const canvas = new OffscreenCanvas(2 * side, side);
      const context = canvas.getContext('2d');
      for (const [index, bitmap] of bitmaps.entries()) {
        context.drawImage(bitmap, (bitmap.width - side) / 2, 0, side, side, index * side, 0, side, side);
      }
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    },
    [samples[left].file, samples[right].file],
  );
  return { name: 'both.png', type: 'image/png', bytes: Buffer.from(base64, 'base64') };
}

const shown = (page) => page.evaluate(() => window.recasketch.shown());
const box = (page) => page.locator('#crop-box').boundingBox();

/** Resolves once the answer on the page is about a part that a condition holds of. */
async function partThat(page, condition) {
  await page.waitForFunction(condition);
  return (await shown(page)).part;
}

/** How many of the nearest twelve are of a category. */
const count = ({ neighbours }, category) =>
  neighbours.filter(({ model }) => model.categories.includes(category)).length;

async function begun(t) {
  const { page, seen } = await open(t, context);
  await refined(page);
  const image = await bothOf(page, indexOf('chair'), indexOf('sword'));
  await drop(page, [image]);
  await answered(page, image.name);
  await page.getByRole('button', { name: 'Select a part' }).click();
  await partThat(page, () => window.recasketch.shown()?.part);
  return { page, seen };
}

test('by mouse: what is in the box is what is found, and it is found while the box moves', async (t) => {
  const { page, seen } = await begun(t);
  const source = await page.locator('#preview-image').getAttribute('src');
  // The box grows by its corner to the image's whole height, then goes from one half to the other.
  const dragTo = async (from, to, meanwhile) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    for (const share of [0.25, 0.5, 0.75, 1]) {
      await page.mouse.move(from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share);
      await meanwhile?.(share);
    }
    await page.mouse.up();
  };
  const middle = async () => {
    const { x, y, width, height } = await box(page);
    return [x + width / 2, y + height / 2];
  };
  const [x, y] = await middle();
  await dragTo([x, y], [x - 130, y - 100]);
  const { x: left, y: top, width, height } = await box(page);
  await dragTo([left + width, top + height], [left + width + 200, top + height + 200]);
  assert.deepEqual(await partThat(page, () => window.recasketch.shown()?.part?.height === 1), {
    left: 0,
    top: 0,
    width: 0.5,
    height: 1,
  });
  const chairs = await shown(page);
  assert.ok(count(chairs, 'chair') >= 4 && count(chairs, 'sword') === 0, `${count(chairs, 'chair')} chairs`);

  const lefts = [];
  const [across, down] = await middle();
  await dragTo([across, down], [across + 180, down], async (share) => {
    if (share < 1)
      lefts.push((await partThat(page, () => window.recasketch.shown()?.part?.left > (window.before ?? 0))).left);
    await page.evaluate(() => (window.before = window.recasketch.shown().part.left));
  });
  assert.ok(lefts.length === 3 && lefts[0] > 0, `${lefts}`);
  const { left: end } = await partThat(page, () => window.recasketch.shown()?.part?.left === 0.5);
  assert.equal(end, 0.5);
  const swords = await shown(page);
  assert.ok(count(swords, 'sword') >= 4 && count(swords, 'chair') === 0, `${count(swords, 'sword')} swords`);
  assert.equal(await page.locator('#preview-image').getAttribute('src'), source, 'the picture stays');
  assert.deepEqual(seen.errors, []);
});

test('by keyboard: arrows move it, with Shift they change its size, Escape takes the whole', async (t) => {
  const { page, seen } = await begun(t);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'crop-box');
  const first = (await shown(page)).part;
  await page.keyboard.press('ArrowRight');
  const moved = await partThat(page, () => window.recasketch.shown().part.left > 0.351);
  assert.ok(Math.abs(moved.left - first.left - 0.025) < 1e-9, 'a twentieth of the shorter side');
  assert.deepEqual([moved.top, moved.width, moved.height], [first.top, first.width, first.height]);
  await page.keyboard.press('Shift+ArrowUp');
  const grown = await partThat(page, () => window.recasketch.shown().part.height > 0.601);
  assert.ok(Math.abs(grown.height - 0.65) < 1e-9);
  assert.match(
    await page.locator('#status').textContent(),
    /^36% from the left, 18% from the top, 3[23]% wide, 65% high$/,
  );
  assert.match(
    await page.locator('#crop-box').getAttribute('aria-label'),
    /^The selected part\. The arrow keys move it\. .*65% high$/,
  );
  for (let steps = 0; steps < 60; steps += 1) await page.keyboard.press('ArrowLeft');
  assert.equal((await partThat(page, () => window.recasketch.shown().part.left === 0)).left, 0);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => window.recasketch.shown().part === null);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'crop');
  assert.equal(await page.locator('#crop-box').isHidden(), true);
  assert.deepEqual(seen.errors, []);
});

test('by touch: a finger moves the box and not the page', async (t) => {
  const { page } = await begun(t);
  await page.setViewportSize({ width: 390, height: 700 });
  const { x, y, width, height } = await box(page);
  const session = await context.newCDPSession(page);
  const touch = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  const [across, down] = [x + width / 2, y + height / 2];
  await touch('touchStart', [{ x: across, y: down }]);
  for (let step = 1; step <= 10; step += 1) await touch('touchMove', [{ x: across - 12 * step, y: down - 6 * step }]);
  await touch('touchEnd', []);
  const part = await partThat(page, () => window.recasketch.shown().part.left === 0);
  assert.equal(part.top, 0);
  assert.equal(await page.evaluate(() => window.scrollY), 0);
});

test('a part that is the whole of a square image is answered as the whole is', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  const image = await sample(indexOf('chair'));
  await drop(page, [image]);
  await answered(page, image.name);
  const whole = await shown(page);
  await page.getByRole('button', { name: 'Select a part' }).click();
  // Thumbnails keep the square in the middle, which the box becomes.
  for (let steps = 0; steps < 10; steps += 1) await page.keyboard.press('Shift+ArrowRight');
  await partThat(page, () => window.recasketch.shown()?.part?.height === 1);
  const square = await shown(page);
  const { left, width } = square.part;
  assert.ok(Math.abs(left + width / 2 - 0.5) < 1e-9, 'the middle stays the middle');
  assert.deepEqual(
    square.neighbours.slice(0, 5).map(({ uid }) => uid),
    whole.neighbours.slice(0, 5).map(({ uid }) => uid),
  );
  for (const [index, { score }] of square.neighbours.slice(0, 5).entries()) {
    assert.ok(Math.abs(score - whole.neighbours[index].score) < 0.002, `${score} and ${whole.neighbours[index].score}`);
  }
});

test('a hundred moves within a second end with the answer to the last, and with no entry of the history more', async (t) => {
  const { page, seen } = await begun(t);
  const entries = await page.evaluate(() => history.length);
  await page.evaluate(() => {
    const press = (key) =>
      document.getElementById('crop-box').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    for (let step = 0; step < 100; step += 1) press(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowRight'][step % 4]);
  });
  const part = await partThat(
    page,
    () => window.recasketch.shown().part.top === 0 && window.recasketch.shown().part.left > 0.699,
  );
  assert.ok(Math.abs(part.left - 0.7) < 1e-9 && Math.abs(part.width - 0.3) < 1e-9, JSON.stringify(part));
  assert.equal(await page.evaluate(() => history.length), entries);
  assert.equal(await page.locator('#alert').isHidden(), true);
  assert.deepEqual(seen.errors, []);
});

test('a model of the catalogue has no box, and the image has its own again after back', async (t) => {
  const { page } = await begun(t);
  const names = await shownNames(page);
  await page.locator('.card .open').first().tap();
  await page.locator('dialog.details').getByRole('button', { name: 'More like this' }).tap();
  await answered(page, names[0]);
  assert.equal(await page.locator('#crop').isHidden(), true);
  assert.equal(await page.locator('#crop-box').isHidden(), true);
  await page.goBack();
  await answered(page, 'both.png');
  await page.locator('#crop-box').waitFor();
  assert.deepEqual(await shownNames(page), names);
});

/** The small network has no classes and proposes nothing; vgg16.test.js asks the one that does. */
const proposing = (sides) =>
  inModule(
    'engine/answers.js',
    fault.patched((text) => text.replace('recommender.proposals(features, across, down)', JSON.stringify(sides))),
  );
const RIGHT = { left: 0.5, top: 0, width: 0.5, height: 1 };
const LEFT = { left: 0, top: 0, width: 0.5, height: 1 };
const ONE = proposing(Object.values(RIGHT));
const TWO = proposing([RIGHT, LEFT].flatMap(Object.values));

/** The marks of proposals that are seen, or one of them by its place from the left. */
const marks = (page) => page.getByRole('button', { name: /^Search this part only\./ });
const markAt = (page, percent) =>
  page.getByRole('button', {
    name: new RegExp(`^Search this part only\\. ${percent}% from the left, 0% from the top`),
  });

test('a part that is proposed is drawn on the picture, a click takes it, and one leads back', async (t) => {
  const { page, seen } = await open(t, context, { faults: [ONE] });
  await refined(page);
  const image = await bothOf(page, indexOf('chair'), indexOf('sword'));
  await drop(page, [image]);
  const whole = await answered(page, image.name);
  const proposal = markAt(page, 50);
  const [drawn, picture] = [await proposal.boundingBox(), await page.locator('#preview-image').boundingBox()];
  assert.ok(Math.abs(drawn.x + drawn.width / 2 - picture.x - 0.75 * picture.width) < 2, 'over the sword');
  assert.equal(await marks(page).count(), 1);
  assert.equal((await shown(page)).part, null, 'nothing but the whole image is searched before the click');

  await proposal.click();
  assert.deepEqual(await partThat(page, () => window.recasketch.shown()?.part), RIGHT);
  const swords = await shown(page);
  assert.ok(count(swords, 'sword') >= 4 && count(swords, 'chair') === 0, `${count(swords, 'sword')} swords`);
  assert.equal(await marks(page).count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'crop-box');

  await page.getByRole('button', { name: 'Use the whole image' }).click();
  await page.waitForFunction(() => window.recasketch.shown().part === null);
  assert.deepEqual(await shownNames(page), whole);
  await proposal.waitFor();
  await page.getByRole('button', { name: 'Select a part' }).click(); // which begins there too
  assert.deepEqual(await partThat(page, () => window.recasketch.shown()?.part), RIGHT);

  await drop(page, [await sample(0)]);
  await answered(page, (await sample(0)).name);
  await proposal.waitFor();
  await page.evaluate(() => window.recasketch.similar(window.recasketch.shown().neighbours[0].uid));
  assert.equal(await marks(page).count(), 0, 'a model has no parts');
  assert.deepEqual(seen.errors, []);
});

test('two parts that are proposed have a mark and a label each, and the way back shows both again', async (t) => {
  const { page, seen } = await open(t, context, { faults: [TWO] });
  await refined(page);
  const image = await bothOf(page, indexOf('chair'), indexOf('sword'));
  await drop(page, [image]);
  await answered(page, image.name);
  assert.deepEqual((await shown(page)).proposals, [RIGHT, LEFT]);
  assert.equal(await marks(page).count(), 2);
  const picture = await page.locator('#preview-image').boundingBox();
  for (const [percent, middle] of [
    [50, 0.75],
    [0, 0.25],
  ]) {
    const { x, width } = await markAt(page, percent).boundingBox();
    assert.ok(Math.abs(x + width / 2 - picture.x - middle * picture.width) < 2, `${percent}`);
  }

  await markAt(page, 50).click();
  assert.deepEqual(await partThat(page, () => window.recasketch.shown()?.part), RIGHT);
  const swords = await shown(page);
  assert.ok(count(swords, 'sword') >= 4 && count(swords, 'chair') === 0, `${count(swords, 'sword')} swords`);
  assert.equal(await marks(page).count(), 0);
  await page.getByRole('button', { name: 'Use the whole image' }).click();
  await page.waitForFunction(() => window.recasketch.shown().part === null);
  assert.equal(await marks(page).count(), 2);

  // By keyboard: from one mark to the next, and Escape is the way back.
  await markAt(page, 50).focus();
  await page.keyboard.press('Tab');
  assert.match(
    await page.evaluate(() => document.activeElement.ariaLabel),
    /^Search this part only\. 0% from the left/,
  );
  await page.keyboard.press('Enter');
  assert.deepEqual(await partThat(page, () => window.recasketch.shown()?.part), LEFT);
  const chairs = await shown(page);
  assert.ok(count(chairs, 'chair') >= 4 && count(chairs, 'sword') === 0, `${count(chairs, 'chair')} chairs`);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'crop-box');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => window.recasketch.shown().part === null);
  assert.equal(await marks(page).count(), 2);
  assert.deepEqual(seen.errors, []);
});

test('the proposals are there again after a model and back, and go with the image at a reload', async (t) => {
  const { page } = await open(t, context, { faults: [TWO] });
  await refined(page);
  const image = await sample(0);
  await drop(page, [image]);
  const names = await answered(page, image.name);
  assert.equal(await marks(page).count(), 2);
  await page.locator('.card .open').first().tap();
  await page.locator('dialog.details').getByRole('button', { name: 'More like this' }).tap();
  await answered(page, names[0]);
  assert.equal(await marks(page).count(), 0);
  await page.goBack();
  await answered(page, image.name);
  assert.equal(await marks(page).count(), 2);
  await page.reload();
  assert.deepEqual(await answered(page, 'An image that somebody shared'), names);
  assert.equal(await marks(page).count(), 0);
});

test('a photograph that its metadata turn has its proposal too', async (t) => {
  const { page } = await open(t, context, { faults: [ONE] });
  await refined(page);
  const turned = (await images()).find(({ name }) => name === 'exif-6.jpg');
  await drop(page, [{ ...turned, type: 'image/jpeg' }]);
  await answered(page, turned.name);
  await marks(page).waitFor();
});
