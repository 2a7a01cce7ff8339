/** The element `<rec-a-sketch>`, which puts the search on any page. Importing this module defines the element. */

import type { Answer, Embedding, Filter, Image, Neighbour } from './api.js';

/**
 * Attributes: `src`, `uid`, `top`, `filter`, `lang`. Slots: `heading`, `empty` (until the first query), `footer`.
 * Parts: base, zone, button, engine, progress, alert, note, title, none, grid, card, picture, score, name, byline,
 * actions.
 */
export class RecASketchElement extends HTMLElement {
  /** The address of the site's folder. The default is the site that this module belongs to. Attribute `src`. */
  src: string;
  /** The model that is the first query. Attribute `uid`. */
  uid: string | null;
  /** How many models an answer shows. The default is 12. Attribute `top`. */
  top: number;
  /** Conditions on models. Attribute `filter`, such as `category=chairs&licence=CC%20BY`. */
  filter: Filter;
  /** Resolves with the number of models once the element answers queries. */
  readonly ready: Promise<number>;
  /** The answer that is shown, or null. */
  readonly answer: Answer | null;
  /**
   * Shows the models that are nearest to an image or an embedding. The latest call wins: an older one that has no
   * answer yet is rejected with `Superseded`.
   */
  search(query: Image | Embedding): Promise<Answer>;
  /** Shows the models that are nearest to a model. The latest call wins, as for `search`. */
  similar(uid: string): Promise<Answer>;

  addEventListener<Type extends keyof RecASketchEventMap>(
    type: Type,
    listener: (this: RecASketchElement, event: RecASketchEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** All events except `error` bubble. All of them cross shadow roots. */
export interface RecASketchEvents {
  /** From now on the element answers queries. */
  ready: CustomEvent<{ models: number; facets: Record<keyof Filter, string[]> }>;
  /** An answer is shown. While the site still loads, the final answer to the same query may follow a rougher one. */
  answer: CustomEvent<Answer>;
  /** There is no answer. The element shows the reason. */
  error: CustomEvent<Error>;
  /** A result was chosen as the next query. Call `preventDefault()` to do something else with it. */
  select: CustomEvent<Neighbour>;
  /** The visitor followed the link of a result. Call `preventDefault()` to open the model yourself. */
  open: CustomEvent<Neighbour>;
}

type RecASketchEventMap = Omit<HTMLElementEventMap, keyof RecASketchEvents> & RecASketchEvents;

declare global {
  interface HTMLElementTagNameMap {
    'rec-a-sketch': RecASketchElement;
  }
}
