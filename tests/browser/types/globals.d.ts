/** What the page gives tests and the curious; see app.js. */

import type { Answer } from '../../../www/engine/protocol.js';

declare global {
  interface Window {
    recasketch: {
      readonly ready: Promise<number>;
      readonly refined: Promise<void>;
      ask(blob: Blob & { name?: string }): Promise<Answer>;
      similar(uid: string): Promise<Answer>;
      shown(): Answer | null;
      inspect(blob: Blob): Promise<unknown>;
    };
  }
}
