/** What is asked again until it is so, in a page of any engine. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with what a function gives in a page, once it is true: pages of some engines come before their modules. */
export async function waited(page, act, argument = null) {
  let last = '';
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const value = await page.evaluate(act, argument).catch((error) => {
      last = error.message;
    });
    if (value) return value;
  }
  throw new Error(`waited for ${act} ${last}`);
}
