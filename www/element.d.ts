/** `<rec-a-sketch>`: the search on any page. Importing this module defines it. */

import type { Answer, Embedding, Filter, Image, Neighbour } from './api.js';

/**
 * Attributes: `src`, `uid`, `top`, `filter`, `lang`. Slots: `heading`, `empty` (until something is asked), `footer`.
 * Parts: base, zone, button, engine, progress, alert, note, title, none, grid, card, picture, score, name, byline, actions.
 */
export class RecASketchElement extends HTMLElement {
  /** The address of the site's folder; by default the site that this module is a file of. Attribute `src`. */
  src: string;
  /** The model that is asked about at first. Attribute `uid`. */
  uid: string | null;
  /** How many models an answer shows; 12 by default. Attribute `top`. */
  top: number;
  /** What is asked of models besides. Attribute `filter`, such as `category=chairs&licence=CC%20BY`. */
  filter: Filter;
  /** Resolves with the number of models once images are answered. */
  readonly ready: Promise<number>;
  /** What is shown, or null. */
  readonly answer: Answer | null;
  /** Shows what is like an image or an embedding; the latest call wins, an older one is rejected with `Superseded`. */
  search(query: Image | Embedding): Promise<Answer>;
  /** Shows what is like a model. */
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

/** All but `error` bubble; all cross shadow roots. */
export interface RecASketchEvents {
  /** Images are answered from now on. */
  ready: CustomEvent<{ models: number; facets: Record<keyof Filter, string[]> }>;
  /** An answer is shown; once more where a rougher one is replaced, while the site still loads. */
  answer: CustomEvent<Answer>;
  /** There is no answer; the element says why. */
  error: CustomEvent<Error>;
  /** A result was chosen to be the next query; prevent it to do something else. */
  select: CustomEvent<Neighbour>;
  /** A result's link was followed; prevent it to open the model yourself. */
  open: CustomEvent<Neighbour>;
}

type RecASketchEventMap = Omit<HTMLElementEventMap, keyof RecASketchEvents> & RecASketchEvents;

declare global {
  interface HTMLElementTagNameMap {
    'rec-a-sketch': RecASketchElement;
  }
}
