/**
 * The neighbours of an answer as a grid of cards, on the page and in the element.
 *
 * @import { Neighbour } from '../engine/protocol.js'
 * @import { Look } from './card.js'
 */

import { closenessOf } from '../engine/closeness.js';
import { cardOf, emptyCard, resultId } from './card.js';

export class Grid {
  #list;
  /** The content of each card, in the words of `#words`. @type {WeakMap<Element, string>} */
  #contents = new WeakMap();
  /** @type {Look['words'] | null} */
  #words = null;

  /** @param {HTMLElement} list an empty list in the document or in a shadow */
  constructor(list) {
    this.#list = list;
  }

  get isEmpty() {
    return this.#list.childElementCount === 0;
  }

  /** Shows that an answer is awaited: empty cards, or dimmed the cards that are there. @param {number} count */
  wait(count) {
    this.#list.setAttribute('aria-busy', 'true');
    if (this.isEmpty) this.#list.replaceChildren(...Array.from({ length: count }, emptyCard));
  }

  /**
   * Shows neighbours. A card with the same content stays, and keeps the keyboard focus and its loaded thumbnail.
   * @param {Neighbour[]} neighbours
   * @param {Look} look
   */
  show(neighbours, look) {
    if (this.#words !== look.words) [this.#words, this.#contents] = [look.words, new WeakMap()];
    this.#list.removeAttribute('aria-busy');
    for (const [index, neighbour] of neighbours.entries()) {
      const content = JSON.stringify([neighbour, look.answer && closenessOf(neighbour, look.answer)]);
      const shown = this.#list.children[index];
      if (shown && this.#contents.get(shown) === content) continue;
      const item = cardOf(neighbour, look);
      this.#contents.set(item, content);
      if (shown) shown.replaceWith(item);
      else this.#list.append(item);
    }
    while (this.#list.childElementCount > neighbours.length) this.#list.lastElementChild?.remove();
  }

  clear() {
    this.#list.removeAttribute('aria-busy');
    this.#list.replaceChildren();
  }

  /** Moves the keyboard focus to the first button of a model's card. @param {string | undefined} uid */
  focus(uid) {
    if (uid === undefined) return;
    const card = this.#list.querySelector(`#${CSS.escape(resultId(uid))}`)?.closest('.card');
    const first = /** @type {HTMLElement | null | undefined} */ (card?.querySelector('button'));
    first?.focus();
  }
}
