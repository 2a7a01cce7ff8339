/**
 * The part of the image that is searched: a square box on the preview, for pointer and keyboard. The input of the
 * network is square, so a square part is neither cropped nor stretched, whatever the preprocessing of the thumbnails.
 *
 * @import { Part, Shown } from '../engine/protocol.js'
 * @import { Query } from '../engine/query.js'
 *
 * @typedef {{left: number, top: number, side: number}} Box in pixels of the image
 */

import { page, crop as words } from '../strings/strings.js';
import { byId } from './dom.js';
import { say } from './messages.js';

/** The first and the smallest side of the box, and its step for a key, as fractions of the image's shorter side. */
const [FIRST, LEAST, STEP] = [0.6, 0.1, 0.05];

/** The ratio of the preview's sides. */
const PREVIEW = 16 / 9;

const state = {
  /** The sides of the image in pixels; 0 until it is loaded. */
  width: 0,
  height: 0,
  /** How to show the image; null until it was answered. @type {Pick<Shown, 'width' | 'height'> | null} */
  shown: null,
  /** @type {Part | null} */
  part: null,
  /** Parts that are worth a search. @type {Part[]} */
  proposals: [],
  /** The same as a box; null also until the image is loaded. @type {Box | null} */
  box: null,
  /** @type {(part: Part | null) => void} */
  onPart() {},
};

/**
 * Listens to the button and the box. Call it once.
 * @param {(part: Part | null) => void} onPart receives each change of the part; null for the whole image
 */
export function listenToCrop(onPart) {
  state.onPart = onPart;
  byId('preview-image').addEventListener('load', measure);
  byId('crop').addEventListener('click', () => (state.box ? change(null) : begin(0)));
  for (const [at, mark] of marks().entries()) mark.addEventListener('click', () => begin(at));
  byId('crop-box').addEventListener('keydown', press);
  byId('crop-box').addEventListener('pointerdown', drag);
}

/** The marks of proposals: the document has one for each that there can be. */
const marks = () => /** @type {HTMLElement[]} */ ([...byId('crop-proposals').children]);

/** Begins with one of the parts that are proposed, or else with the middle. @param {number} at its place among them */
function begin(at) {
  const side = FIRST * Math.min(state.width, state.height);
  const middle = { left: (state.width - side) / 2, top: (state.height - side) / 2, side };
  change(boxOf(state.proposals[at] ?? null) ?? middle);
  byId('crop-box').focus();
}

/** Shows the part of a query. Only a query by one image has parts. @param {Query | null} query */
export function showCrop(query) {
  const image = query?.kind === 'image' ? query : null;
  state.part = image?.part ?? null;
  state.proposals = image?.proposals ?? [];
  state.shown = image?.shown ?? null;
  byId('preview').classList.toggle('whole', !image);
  measure();
}

/** Reads the sides of the image. An image that is not loaded, or that this browser cannot show, has no parts. */
function measure() {
  const { naturalWidth, naturalHeight } = byId('preview-image');
  // Browsers differ in how they turn images. The sides in the answer are those of the upright image.
  const { width, height } = state.shown ?? { width: naturalWidth, height: naturalHeight };
  Object.assign(state, { width, height });
  const isThere = naturalWidth > 0 && !byId('preview').classList.contains('whole');
  state.box = isThere ? boxOf(state.part) : null;
  byId('crop').hidden = !isThere;
  draw();
}

/** Sets the box, moved so that it lies within the image; null for the whole image. @param {Box | null} box */
function change(box) {
  if (box) {
    const side = possible(box.side);
    state.box = { side, left: clamped(box.left, 0, state.width - side), top: clamped(box.top, 0, state.height - side) };
  } else {
    state.box = null;
  }
  state.part = partOf(state.box);
  draw();
  state.onPart(state.part);
}

/** Returns the side that a box can have, as near as possible to a wanted one. @param {number} side */
function possible(side, most = Infinity) {
  const shorter = Math.min(state.width, state.height);
  return clamped(side, LEAST * shorter, Math.min(shorter, most));
}

/** @param {number} value @param {number} least @param {number} most */
const clamped = (value, least, most) => Math.min(Math.max(value, least), most);

/** @param {Part | null} part @returns {Box | null} */
function boxOf(part) {
  const { width, height } = state;
  return part && { left: part.left * width, top: part.top * height, side: part.width * width };
}

/** @param {Box | null} box @returns {Part | null} */
function partOf(box) {
  const { width, height } = state;
  return box && { left: box.left / width, top: box.top / height, width: box.side / width, height: box.side / height };
}

/** Draws the box on the preview, or the proposals of one. */
function draw() {
  const { box, part, proposals } = state;
  byId('crop').textContent = box ? page.cropWhole : page.crop;
  byId('preview').classList.toggle('cropping', Boolean(box));
  byId('crop-box').hidden = !box;
  const isProposing = !box && !byId('crop').hidden; // which is hidden until the image is loaded
  for (const [at, mark] of marks().entries()) {
    mark.hidden = !isProposing || at >= proposals.length;
    if (!mark.hidden) lay(mark, proposals[at], words.proposal);
  }
  if (box && part) lay(byId('crop-box'), part, words.box);
}

/**
 * Lays an element over a part of the image, which is in the middle of the preview, and says which part it is.
 * @param {HTMLElement} element @param {Part} part @param {string} name
 */
function lay(element, { left, top, width, height }, name) {
  const [across, down] = covered();
  /** @param {number} share */
  const percent = (share) => `${100 * share}%`;
  Object.assign(element.style, {
    left: percent((1 - across) / 2 + left * across),
    top: percent((1 - down) / 2 + top * down),
    width: percent(width * across),
    height: percent(height * down),
  });
  element.setAttribute('aria-label', `${name} ${words.place(left, top, width, height)}`);
}

/** Returns the fractions of the preview's sides that the image covers. */
function covered() {
  const ratio = state.width / state.height / PREVIEW;
  return ratio > 1 ? [1, 1 / ratio] : [ratio, 1];
}

/** @param {KeyboardEvent} event */
function press(event) {
  const { box } = state;
  const step = STEP * Math.min(state.width, state.height);
  /** @type {Record<string, number[]>} */
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === 'Escape') {
    change(null);
    byId('crop').focus();
  } else if (box && moves[event.key]) {
    event.preventDefault();
    const [across, down] = moves[event.key].map((direction) => direction * step);
    const { left, top, side } = box;
    // The middle stays in place when the box grows or shrinks.
    const growth = possible(side + across - down) - side;
    if (event.shiftKey) change({ left: left - growth / 2, top: top - growth / 2, side: side + growth });
    else change({ left: left + across, top: top + down, side });
    const { part } = state;
    if (part) say(words.place(part.left, part.top, part.width, part.height));
  }
}

/** Moves the box with the pointer. At its corner, the pointer changes its size. @param {PointerEvent} event */
function drag(event) {
  const { box: from } = state;
  if (event.button !== 0 || !from) return;
  const target = byId('crop-box');
  const { width } = byId('preview-box').getBoundingClientRect();
  const pixels = state.width / (width * covered()[0]);
  const isCorner = event.target === byId('crop-corner');
  const room = Math.min(state.width - from.left, state.height - from.top); // the opposite corner stays in place
  target.setPointerCapture(event.pointerId);
  /** @param {PointerEvent} event */
  const move = ({ clientX, clientY }) => {
    const [across, down] = [(clientX - event.clientX) * pixels, (clientY - event.clientY) * pixels];
    if (isCorner) change({ ...from, side: possible(from.side + Math.max(across, down), room) });
    else change({ ...from, left: from.left + across, top: from.top + down });
  };
  target.addEventListener('pointermove', move);
  target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), { once: true });
}
