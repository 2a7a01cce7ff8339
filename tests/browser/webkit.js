/** WebKitGTK by plain WebDriver: Xvfb, WebKitWebDriver and MiniBrowser, where Debian's webkit2gtk-driver and xvfb are. */

import { spawn } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { waited } from './polling.js';

const BROWSER = process.env.MINIBROWSER ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const DRIVER = process.env.WEBKITWEBDRIVER ?? '/usr/bin/WebKitWebDriver';
const SCREEN = '/usr/bin/Xvfb';

/** Why there is no WebKit here, or null. */
export async function whyNone() {
  for (const program of [BROWSER, DRIVER, SCREEN]) {
    if (
      !(await access(program).then(
        () => true,
        () => false,
      ))
    )
      return `no ${program}; get it with: sudo apt-get install -y webkit2gtk-driver xvfb`;
  }
  return null;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A process with its children: a group that ends together. */
function group(command, args, env) {
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  return { child, end: (signal) => process.kill(-child.pid, signal) };
}

/** A screen of nobody's; it tells its number once it is there. */
async function screen() {
  const { child, end } = group(
    SCREEN,
    ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'],
    process.env,
  );
  const number = await new Promise((resolve, reject) => {
    child.stdio[3].once('data', (data) => resolve(String(data).trim()));
    child.once('exit', () => reject(new Error('Xvfb ended at once')));
  });
  return { display: `:${number}`, end };
}

/** Without a bus, a keyring or a graphics card, which the browser would wait for. */
function environment(folder, display) {
  return {
    ...process.env,
    DISPLAY: display,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    NO_AT_BRIDGE: '1',
    GTK_A11Y: 'none',
    GTK_USE_PORTAL: '0',
    GSETTINGS_BACKEND: 'memory',
    LIBGL_ALWAYS_SOFTWARE: '1',
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', // the sandbox does not start as root
    LANGUAGE: 'en',
    LC_ALL: 'C.UTF-8',
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_DATA_HOME: join(folder, 'data'),
  };
}

/** Starts a browser with a profile of its own. */
export async function launch() {
  const folder = await mkdtemp(join(tmpdir(), 'recasketch-webkit-'));
  const { display, end: endScreen } = await screen();
  const port = await freePort();
  const { end: endDriver } = group(DRIVER, [`--port=${port}`], environment(folder, display));
  const ask = (method, path, body) => asked(`http://127.0.0.1:${port}${path}`, method, body);
  for (let tries = 0; tries < 50 && !(await ask('GET', '/status').catch(() => null)); tries += 1) await sleep(100);
  const options = { binary: BROWSER, args: ['--automation'] };
  const { sessionId } = await ask('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  });
  const session = `/session/${sessionId}`;
  await ask('POST', `${session}/timeouts`, { script: 120_000, pageLoad: 60_000 });
  return {
    page: new Page((method, path, body) => ask(method, session + path, body)),
    async close() {
      await ask('DELETE', session).catch(() => {});
      endDriver('SIGKILL');
      endScreen('SIGTERM'); // so that it removes its lock
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function asked(address, method, body) {
  const response = await fetch(address, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const { value } = await response.json();
  if (value?.error) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

class Page {
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  goto(url) {
    return this.#ask('POST', '/url', { url });
  }

  reload() {
    return this.#ask('POST', '/refresh', {});
  }

  /** What a function gives in the page. */
  async evaluate(act, argument = null) {
    const script = `const [given, done] = arguments;
      new Promise((resolve) => resolve((${act})(given))).then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#ask('POST', '/execute/async', { script, args: [argument] });
    if (error) throw new Error(error);
    return value;
  }

  /** Resolves with what a function gives, once it is true: `goto` and `reload` do not wait for modules. */
  waitFor(act, argument) {
    return waited(this, act, argument);
  }
}
