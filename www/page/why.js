/**
 * The explanation of a score: the contribution of each region, over the pictures of the query and of the model as the
 * network saw them.
 *
 * @import { Explanation, Part } from '../engine/protocol.js'
 *
 * @typedef {{address: string, part: Part | null, isAsStored: boolean}} Picture a picture, and the part of it that the
 *   network saw; null for the whole picture
 * @typedef {{sentence: string, content: HTMLElement[]}} Explained `sentence` says which zones contribute most
 */

import { results, why as words } from '../strings/strings.js';
import { showThumbnail } from './card.js';
import { button, element } from './dom.js';

/** The opacity of the shade over a region that contributes nothing. */
const SHADE = 0.82;

/** A picture is divided into three rows of three zones. */
const ZONES = 3;

/** A zone is named if its fraction of all contributions is at least this. */
const NAMED = 0.2;

/**
 * Explains a score.
 * @param {Explanation} why
 * @param {{query: Picture | null, model: Picture, queryName: string, name: string}} pictures `query` is null if the
 *   query has no picture
 * @returns {Explained}
 */
export function explained(why, { query, model, queryName, name }) {
  const pictures = element('div', 'pictures');
  if (query) pictures.append(figure(why, query, queryName, why.contributions));
  pictures.append(figure(why, model, name, why.mirrored ? mirrored(why) : why.contributions));
  const content = [pictures, element('p', '', words.how)];
  if (why.mirrored) content.push(element('p', '', words.mirrored));
  return { sentence: words.mostly(why.score, zonesOf(why)), content };
}

/**
 * Makes the section of an explanation, and the button that shows and hides it. The explanation is asked for when it is
 * shown first, and again after a failure.
 * @param {string} name the name of the model
 * @param {() => Promise<Explained>} explain
 */
export function whySection(name, explain) {
  const [section, line, content] = [element('section', 'why'), element('p'), element('div', 'content')];
  const heading = element('h3', '', words.title(name));
  Object.assign(section, { id: 'why', hidden: true });
  heading.id = 'why-title';
  section.setAttribute('aria-labelledby', heading.id);
  line.setAttribute('role', 'status');
  section.append(heading, line, content);
  const turn = button('tool', results.why, () => {
    show(section.hidden);
    if (!section.hidden && content.childElementCount === 0) fill();
  });
  turn.setAttribute('aria-controls', section.id);
  /** @param {boolean} isShown */
  const show = (isShown) => {
    section.hidden = !isShown;
    turn.setAttribute('aria-expanded', String(isShown));
    if (isShown) section.scrollIntoView({ block: 'nearest' });
  };
  const fill = async () => {
    line.className = 'waiting';
    line.textContent = words.comparing;
    try {
      const { sentence, content: made } = await explain();
      line.className = 'score-line';
      line.textContent = sentence;
      content.replaceChildren(...made);
      section.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      const failure = /** @type {Error} */ (error);
      if (failure.name === 'Superseded') return show(false);
      line.className = 'alert';
      line.textContent = failure.message;
    }
  };
  show(false);
  return { section, button: turn };
}

/** Returns the contributions from left to right in place of right to left. @param {Explanation} why */
function mirrored({ contributions, width }) {
  return contributions.map((_, at) => contributions[at - (at % width) + width - 1 - (at % width)]);
}

/**
 * Makes a square picture, as the network saw it, under a grid of shades. Regions that contribute more are lighter.
 * @param {Explanation} why
 * @param {Picture} picture
 * @param {string} name
 * @param {number[]} contributions the contributions of the regions, row by row
 */
function figure({ height, width, score, fit }, { address, part, isAsStored }, name, contributions) {
  const [made, seen, grid] = [element('figure'), element('div', 'seen'), element('div', 'contributions')];
  const picture = element('img');
  seen.dataset.fit = part ? 'part' : fit;
  Object.assign(picture, { alt: words.picture(name, zonesOf({ height, width, contributions })), decoding: 'async' });
  picture.classList.toggle('as-stored', isAsStored);
  showThumbnail(picture, address, document.baseURI, null);
  if (part) place(picture, part);
  grid.style.gridTemplate = `repeat(${height}, 1fr) / repeat(${width}, 1fr)`;
  const most = Math.max(...contributions, Number.MIN_VALUE);
  for (const contribution of contributions) {
    const region = element('span');
    region.style.opacity = String(SHADE * (1 - Math.max(contribution, 0) / most));
    region.dataset.contribution = String(contribution);
    region.title = words.contribution(contribution, score);
    grid.append(region);
  }
  seen.append(picture, grid);
  made.append(seen, element('figcaption', '', name));
  return made;
}

/** Places a picture so that its part fills the square. @param {HTMLImageElement} picture @param {Part} part */
function place(picture, { left, top, width, height }) {
  /** @param {number} share */
  const percent = (share) => `${100 * share}%`;
  Object.assign(picture.style, {
    inset: 'auto',
    left: percent(-left / width),
    top: percent(-top / height),
    width: percent(1 / width),
    height: percent(1 / height),
  });
}

/**
 * Returns the zones that contribute most, the largest first: at most two, without those below `NAMED`.
 * @param {Pick<Explanation, 'height' | 'width' | 'contributions'>} why
 * @returns {{zone: number, share: number}[]} the place, 0 to 8 row by row, and the fraction of all contributions
 */
function zonesOf({ height, width, contributions }) {
  /** @type {number[]} */
  const sums = Array(ZONES * ZONES).fill(0);
  /** @param {number} at @param {number} count */
  const zone = (at, count) => Math.min(Math.floor(((at + 0.5) / count) * ZONES), ZONES - 1);
  for (const [at, contribution] of contributions.entries()) {
    sums[ZONES * zone(Math.floor(at / width), height) + zone(at % width, width)] += Math.max(contribution, 0);
  }
  const whole = sums.reduce((all, one) => all + one, 0) || 1;
  const zones = sums.map((sum, place) => ({ zone: place, share: sum / whole })).sort((a, b) => b.share - a.share);
  return zones.filter(({ share }) => share >= NAMED).slice(0, 2);
}
