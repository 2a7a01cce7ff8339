/**
 * Why a model is like what was asked: the score's shares, region by region, over the pictures as the network saw them.
 *
 * @typedef {import('../engine/protocol.js').Explanation} Explanation
 * @typedef {{address: string, part: import('../engine/protocol.js').Part | null, isAsStored: boolean} | null} Picture
 */

import { why as words } from '../strings/strings.js';
import { openDialog } from './dialog.js';
import { element } from './dom.js';

/** The shade of a region that adds nothing. */
const SHADE = 0.82;

/** A picture has three rows of three zones; one with less than this of the whole is no place to name. */
const ZONES = 3;
const NAMED = 0.2;

/**
 * Opens the dialog.
 * @param {Explanation} why
 * @param {{query: Picture, model: Picture, queryName: string, name: string}} pictures null for a query that has no picture
 */
export function showWhy(why, { query, model, queryName, name }) {
  const pictures = element('div', 'pictures');
  if (query) pictures.append(figure(why, query, queryName, why.shares));
  pictures.append(figure(why, model, name, why.mirrored ? mirrored(why) : why.shares));
  const line = element('p', 'score-line', words.mostly(why.score, zonesOf(why)));
  const content = [line, pictures, element('p', '', words.how)];
  if (why.mirrored) content.push(element('p', '', words.mirrored));
  openDialog('why', words.title(name), content);
}

/** The shares as they lie on the mirror image. */
function mirrored({ shares, width }) {
  return shares.map((_, at) => shares[at - (at % width) + width - 1 - (at % width)]);
}

/** A picture as the network saw it, a square, under the shares. */
function figure({ height, width, score, fit }, { address, part, isAsStored }, name, shares) {
  const [made, seen, grid, picture] = [
    element('figure'),
    element('div', 'seen'),
    element('div', 'shares'),
    element('img'),
  ];
  seen.dataset.fit = part ? 'part' : fit;
  Object.assign(picture, { alt: words.picture(name, zonesOf({ height, width, shares })), decoding: 'async' });
  picture.classList.toggle('as-stored', isAsStored);
  picture.src = address;
  if (part) place(picture, part);
  grid.style.gridTemplate = `repeat(${height}, 1fr) / repeat(${width}, 1fr)`;
  const most = Math.max(...shares, Number.MIN_VALUE);
  for (const share of shares) {
    const region = element('span');
    region.style.opacity = SHADE * (1 - Math.max(share, 0) / most);
    region.dataset.share = share;
    region.title = words.share(share, score);
    grid.append(region);
  }
  seen.append(picture, grid);
  made.append(seen, element('figcaption', '', name));
  return made;
}

/** A part of an image fills the square, as it did before the network. */
function place(picture, { left, top, width, height }) {
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
 * The zones that add most, the first one first: their place, 0 to 8 row by row, and their share of all that is added.
 * @returns {{zone: number, share: number}[]}
 */
function zonesOf({ height, width, shares }) {
  const sums = Array(ZONES * ZONES).fill(0);
  const zone = (at, count) => Math.min(Math.floor(((at + 0.5) / count) * ZONES), ZONES - 1);
  for (const [at, share] of shares.entries()) {
    sums[ZONES * zone(Math.floor(at / width), height) + zone(at % width, width)] += Math.max(share, 0);
  }
  const whole = sums.reduce((all, one) => all + one, 0) || 1;
  const zones = sums.map((sum, place) => ({ zone: place, share: sum / whole })).sort((a, b) => b.share - a.share);
  return zones.filter(({ share }) => share >= NAMED).slice(0, 2);
}
