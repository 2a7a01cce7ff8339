/** The answers as a grid of cards, on the page and in the element; their places are kept before they come. */

import { cardOf, emptyCard, resultId } from './card.js';

export class Grid {
  #list;
  /** What each card shows, in the words of `#words`. @type {WeakMap<Element, string>} */
  #contents = new WeakMap();
  #words = null;

  /** @param {HTMLElement} list an empty list in the document or in a shadow */
  constructor(list) {
    this.#list = list;
  }

  get isEmpty() {
    return this.#list.childElementCount === 0;
  }

  /** Keeps places for answers that have not come; answers that are there stay, dimmed. @param {number} count */
  wait(count) {
    this.#list.setAttribute('aria-busy', 'true');
    if (this.isEmpty) this.#list.replaceChildren(...Array.from({ length: count }, emptyCard));
  }

  /**
   * Shows answers. A card that already shows what it should stays, and with it the keyboard's place and its picture.
   * @param {import('../engine/protocol.js').Neighbour[]} neighbours
   * @param {import('./card.js').Look} look
   */
  show(neighbours, look) {
    if (this.#words !== look.words) [this.#words, this.#contents] = [look.words, new WeakMap()];
    this.#list.removeAttribute('aria-busy');
    for (const [index, neighbour] of neighbours.entries()) {
      const content = JSON.stringify([neighbour, look.isCalibrated]);
      const shown = this.#list.children[index];
      if (shown && this.#contents.get(shown) === content) continue;
      const item = cardOf(neighbour, look);
      this.#contents.set(item, content);
      if (shown) shown.replaceWith(item);
      else this.#list.append(item);
    }
    while (this.#list.childElementCount > neighbours.length) this.#list.lastElementChild.remove();
  }

  clear() {
    this.#list.removeAttribute('aria-busy');
    this.#list.replaceChildren();
  }

  /** The keyboard goes on from an answer. @param {string | undefined} uid */
  focus(uid) {
    if (uid === undefined) return;
    const title = this.#list.querySelector(`#${CSS.escape(resultId(uid))}`);
    title?.closest('.card').querySelector('.more').focus();
  }
}
