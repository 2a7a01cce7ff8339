/** A link to an image on another host: the visitor says so first, the host is asked once, and every failure is a sentence. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { alertOf, answered, drop, launched, open, refined, sample, shownNames } from './site.js';

const { context } = await launched();

/** A host of images, another one than the site's. */
async function host(t) {
  const image = await sample(1);
  const asked = [];
  const cors = { 'Access-Control-Allow-Origin': '*' };
  const replies = {
    '/chair.jpg': (response) => response.writeHead(200, { ...cors, 'Content-Type': 'image/jpeg' }).end(image.bytes),
    '/untyped': (response) => response.writeHead(200, cors).end(image.bytes),
    '/closed.jpg': (response) => response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(image.bytes),
    '/page': (response) =>
      response.writeHead(200, { ...cors, 'Content-Type': 'text/html' }).end('<title>a page</title>'),
    '/large.jpg': (response) =>
      response.writeHead(200, { ...cors, 'Content-Type': 'image/jpeg', 'Content-Length': 50_000_001 }).write('x'),
    '/endless.jpg': (response) => {
      response.writeHead(200, { ...cors, 'Content-Type': 'image/jpeg' });
      const chunk = Buffer.alloc(1 << 20);
      const more = () =>
        response.destroyed || (response.write(chunk) ? setImmediate(more) : response.once('drain', more));
      more();
    },
    '/slow.jpg': () => {},
    '/broken.jpg': (response) => response.writeHead(200, { ...cors, 'Content-Type': 'image/jpeg' }).end('no image'),
  };
  const server = createServer((request, response) => {
    asked.push({
      url: request.url,
      headers: request.headers,
      closed: new Promise((resolve) => response.once('close', resolve)),
    });
    const reply = replies[request.url];
    if (reply) reply(response);
    else response.writeHead(404, cors).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, asked, nextRequest: () => once(server, 'request') };
}

/** Pastes text as a visitor does where no field has the keyboard. */
const paste = (page, text) =>
  page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, text);

const fetchIt = (page) => page.getByRole('button', { name: 'Fetch the image' });

test('a pasted link asks its host after the visitor has said so, once, and tells it no more than it must', async (t) => {
  const { origin, asked } = await host(t);
  const { page, seen } = await open(t, context);
  await refined(page);
  await paste(page, `${origin}/chair.jpg`);
  assert.match(
    await page.locator('#link p').textContent(),
    /^That image is at ⁨127\.0\.0\.1⁩\. If you fetch it, ⁨127\.0\.0\.1⁩ learns your IP address/,
  );
  assert.equal(await fetchIt(page).evaluate((one) => one === document.activeElement), true);
  await page.evaluate(() => fetch('manifest.json')); // whatever was asked before is asked by now
  assert.deepEqual(asked, []);
  await page.keyboard.press('Enter');
  assert.equal((await answered(page, 'chair.jpg')).length, 12);
  assert.deepEqual(
    asked.map(({ url }) => url),
    ['/chair.jpg'],
  );
  assert.deepEqual([asked[0].headers.cookie, asked[0].headers.referer], [undefined, undefined]);
  assert.equal(await page.locator('#link').isHidden(), true);
  const own = await page.evaluate(() => window.recasketch.shown().neighbours.map(({ uid }) => uid));
  await drop(page, [await sample(1)]);
  await page.waitForFunction(() => document.getElementById('preview-kind').textContent === 'Your image');
  await shownNames(page);
  assert.deepEqual(await page.evaluate(() => window.recasketch.shown().neighbours.map(({ uid }) => uid)), own);
  assert.deepEqual(await page.evaluate(() => window.violations), [], 'the page itself asked its own site alone');
  assert.deepEqual(seen.errors, []);
});

test('the page’s own policy lets it ask no other host', async (t) => {
  const { origin, asked } = await host(t);
  const { page } = await open(t, context);
  const failed = await page.evaluate(
    (address) =>
      fetch(address).then(
        () => false,
        () => true,
      ),
    `${origin}/chair.jpg`,
  );
  assert.equal(failed, true);
  assert.deepEqual(asked, []);
});

test('a link is also dropped, pasted into the field, and entered there', async (t) => {
  const { origin } = await host(t);
  const { page } = await open(t, context);
  await refined(page);
  await drop(page, [], { 'text/uri-list': `${origin}/chair.jpg` });
  await fetchIt(page).click();
  await answered(page, 'chair.jpg');
  await page.locator('#names').fill('');
  await page.locator('#names').pressSequentially(`${origin}/untyped`);
  assert.equal(await fetchIt(page).count(), 0, 'what is typed is not at its end');
  await page.keyboard.press('Enter');
  await fetchIt(page).click();
  await answered(page, 'untyped');
  assert.equal(await page.locator('#names').inputValue(), '');
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(page.url()).origin });
  await page.evaluate((text) => navigator.clipboard.writeText(text), `${origin}/chair.jpg`);
  await page.locator('#names').focus();
  await page.keyboard.press('Control+V');
  await fetchIt(page).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await page.locator('#link').isHidden(), true);
});

test('every way to fail has its sentence, and what was there stays', async (t) => {
  const { origin } = await host(t);
  const { page } = await open(t, context);
  await drop(page, [await sample(0)]);
  const names = await shownNames(page);
  const sentences = {
    '/closed.jpg': /does not let other sites read this image, or could not be reached\. Save the image/,
    '/none.jpg': /did not send this image \(status 404\)/,
    '/page': /does not lead to an image\. It may lead to a page with an image/,
    '/large.jpg': /has more than 50 MB/,
    '/endless.jpg': /has more than 50 MB/,
    '/broken.jpg': /^This image cannot be (read|used)/,
  };
  for (const [path, sentence] of Object.entries(sentences)) {
    await paste(page, `${origin}${path}`);
    await fetchIt(page).click();
    await page.waitForFunction(() => document.querySelector('#alert p'));
    assert.match(await alertOf(page), sentence, path);
    assert.deepEqual(await shownNames(page), names);
    await page.getByRole('button', { name: 'Dismiss this message' }).click();
  }
  await paste(page, 'http://127.0.0.1:9/nobody.jpg');
  await fetchIt(page).click();
  assert.match(await alertOf(page), /could not be reached/);
});

test('a host that takes too long is given up, and cancelling ends the asking', async (t) => {
  const { origin, asked, nextRequest } = await host(t);
  const { page } = await open(t, context, {
    before: (opened) =>
      opened.addInitScript(() => {
        const real = window.setTimeout;
        window.setTimeout = (act, after, ...rest) => {
          if (after === 20_000)
            window.runOut = act; // the test says when the time is over, however slow the machine
          else return real(act, after, ...rest);
        };
      }),
  });
  await refined(page);
  await paste(page, `${origin}/slow.jpg`);
  const first = nextRequest();
  await fetchIt(page).click();
  await first;
  await page.evaluate(() => window.runOut());
  assert.match(await alertOf(page), /took longer than 20 seconds/);
  await asked[0].closed;
  await paste(page, `${origin}/slow.jpg`);
  const second = nextRequest();
  await fetchIt(page).click();
  await second;
  await page.locator('#link p', { hasText: 'Asking' }).waitFor();
  await page.locator('#link').getByRole('button', { name: 'Cancel' }).click();
  await asked[1].closed;
  assert.equal(await page.locator('#link').isHidden(), true);
  assert.equal(await page.locator('html').getAttribute('data-view'), 'start');
});

test('text that is no link is told what would be one', async (t) => {
  const { page } = await open(t, context);
  await refined(page);
  for (const text of ['words', 'javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'https://two words/']) {
    await paste(page, text);
    assert.match(await alertOf(page), /^The clipboard contains text, but no image and no link to an image/, text);
    await page.getByRole('button', { name: 'Dismiss this message' }).click();
  }
});
