/**
 * The worker. It loads the site that this file belongs to (site.js), then answers one request at a time.
 *
 * It sends `manifest`, `progress`, `checking` and `ready`, or `failed` with the reason. Later it sends for each request
 * `answer`, or `refused` if it cannot answer this request, or `died` if it cannot answer any more. By `show` it asks
 * the window to decode an image with an `<img>`. It returns each `alive` at once. protocol.d.ts has the types.
 *
 * @import { ToWorker } from './engine/protocol.js'
 */

import { answer } from './engine/answers.js';
import { load } from './engine/loading.js';
import { refusal, told } from './engine/refusal.js';
import { takeShown, tell } from './engine/to-window.js';
import { inTurn } from './engine/turn.js';

const loading = load();

loading.catch((error) => tell({ type: 'failed', failure: told(error) }));

/** @param {MessageEvent<ToWorker>} event */
self.onmessage = async ({ data: request }) => {
  if (request.type === 'alive') return tell(request);
  if (request.type === 'shown') return takeShown(request);
  const engine = await loading;
  try {
    tell({ type: 'answer', id: request.id, answer: await inTurn(() => answer(engine, request)) });
  } catch (error) {
    tell(refusal(request.id, error));
  }
};
