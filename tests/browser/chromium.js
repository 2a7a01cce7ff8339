/**
 * One Chromium for all files of tests: `node chromium.js COMMAND...` starts it, runs the command with its address in
 * CHROMIUM_AT, and ends it. Each file would else start its own.
 */

import { spawn } from 'node:child_process';
import { chromium } from 'playwright-core';

import { ARGUMENTS, CHROMIUM } from './site.js';

const server = await chromium.launchServer({
  executablePath: CHROMIUM,
  headless: true,
  args: ARGUMENTS,
  ignoreDefaultArgs: ['--headless'],
});
const [command, ...words] = process.argv.slice(2);
const child = spawn(command, words, { stdio: 'inherit', env: { ...process.env, CHROMIUM_AT: server.wsEndpoint() } });
child.once('close', async (code) => {
  await server.close();
  process.exitCode = code ?? 1;
});
