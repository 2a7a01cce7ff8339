/** The interface of the page for tests and for the browser's console; app.js implements it. */

import type { Answer, Inspection } from '../../../www/engine/protocol.js';

declare global {
  interface Window {
    recasketch: {
      /** Resolves with the number of models once the page answers queries. */
      readonly ready: Promise<number>;
      /** Resolves once all re-ranking levels are loaded and the shown answer has its final quality. */
      readonly refined: Promise<void>;
      ask(blob: Blob & { name?: string }): Promise<Answer>;
      similar(uid: string): Promise<Answer>;
      /** Returns the answer that is shown, or null. */
      shown(): Answer | null;
      /** Returns the pixels and the features of an image, as the network sees it. */
      inspect(blob: Blob): Promise<Inspection>;
    };
  }
}
