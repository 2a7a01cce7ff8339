#!/usr/bin/env node
/** `npx recasketch`: runs the program for this system, which npm installed beside this package. */

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const system = `${process.platform}-${process.arch}`;
const file = process.platform === 'win32' ? 'recasketch.exe' : 'recasketch';

/** The path of the program, or nothing. */
function find() {
  try {
    return createRequire(import.meta.url).resolve(`@recasketch/${system}/${file}`);
  } catch {
    return undefined;
  }
}

const program = find();
if (program) {
  // Ctrl-C reaches the program too, which says what is kept and ends; this process waits for that.
  process.on('SIGINT', () => {});
  const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
  if (error) console.error(`recasketch: ${error.message}`);
  process.exitCode = signal ? 130 : (status ?? 1);
} else {
  console.error(
    `recasketch: npm has no program for ${system}, or left it out; install without --omit=optional, or with: cargo install recasketch --locked`,
  );
  process.exitCode = 1;
}
