/**
 * The part of the query's image that is searched: a square box on the preview, for pointer and keyboard. It is
 * square because the network is, so that what is in it is what is searched, however thumbnails were framed.
 *
 * @typedef {import('../engine/protocol.js').Part} Part
 */

import { page, crop as words } from '../strings/strings.js';
import { byId } from './dom.js';
import { say } from './messages.js';

/** The box's side at first and at least, as shares of the image's shorter side, and what a key moves it by. */
const [FIRST, LEAST, STEP] = [0.6, 0.1, 0.05];

/**
 * The image's sides in pixels, once it is there, and how to show it, once that is known; the part of it, and the same
 * as a box in pixels; who hears of it.
 */
const state = { width: 0, height: 0, shown: null, part: null, box: null, onPart: () => {} };

/**
 * Listens to the button and the box; once.
 * @param {(part: Part | null) => void} onPart a part, or null for the whole image, as often as it changes
 */
export function listenToCrop(onPart) {
  state.onPart = onPart;
  byId('preview-image').addEventListener('load', measure);
  byId('crop').addEventListener('click', () => {
    const side = FIRST * Math.min(state.width, state.height);
    change(state.box ? null : { left: (state.width - side) / 2, top: (state.height - side) / 2, side });
    if (state.box) byId('crop-box').focus();
  });
  byId('crop-box').addEventListener('keydown', press);
  byId('crop-box').addEventListener('pointerdown', drag);
}

/**
 * Shows the part of a query that was searched; nothing to choose where the query has no image of its own.
 * @param {import('../engine/query.js').Query | null} query
 */
export function showCrop(query) {
  state.part = query?.part ?? null;
  state.shown = query?.shown ?? null;
  byId('preview').classList.toggle('whole', query?.kind !== 'image');
  measure();
}

/** A preview that has not come, or that this browser cannot show, has no sides and no parts. */
function measure() {
  const { naturalWidth, naturalHeight } = byId('preview-image');
  // What the network saw has the upright sides for certain.
  const { width, height } = state.shown ?? { width: naturalWidth, height: naturalHeight };
  Object.assign(state, { width, height });
  const { part } = state;
  const isThere = naturalWidth > 0 && !byId('preview').classList.contains('whole');
  state.box = isThere && part ? { left: part.left * width, top: part.top * height, side: part.width * width } : null;
  byId('crop').hidden = !isThere;
  draw();
}

/** Moves the box to where it still lies within the image. */
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

/** The side nearest to a wished one that a box can have. */
function possible(side, most = Infinity) {
  const shorter = Math.min(state.width, state.height);
  return clamped(side, LEAST * shorter, Math.min(shorter, most));
}

const clamped = (value, least, most) => Math.min(Math.max(value, least), most);

/** @returns {Part | null} */
function partOf(box) {
  const { width, height } = state;
  return box && { left: box.left / width, top: box.top / height, width: box.side / width, height: box.side / height };
}

/** Puts the box on the preview, which holds the whole image in the middle of 16:9. */
function draw() {
  const { box } = state;
  byId('crop').textContent = box ? page.cropWhole : page.crop;
  byId('preview').classList.toggle('cropping', Boolean(box));
  byId('crop-box').hidden = !box;
  if (!box) return;
  const [across, down] = shown();
  const { left, top, width: wide, height: high } = state.part;
  const percent = (share) => `${100 * share}%`;
  Object.assign(byId('crop-box').style, {
    left: percent((1 - across) / 2 + left * across),
    top: percent((1 - down) / 2 + top * down),
    width: percent(wide * across),
    height: percent(high * down),
  });
  byId('crop-box').setAttribute('aria-label', `${words.box} ${words.place(left, top, wide, high)}`);
}

/** The shares of the preview's sides that the image takes. */
function shown() {
  const ratio = state.width / state.height / (16 / 9);
  return ratio > 1 ? [1, 1 / ratio] : [ratio, 1];
}

function press(event) {
  const step = STEP * Math.min(state.width, state.height);
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === 'Escape') {
    change(null);
    byId('crop').focus();
  } else if (moves[event.key]) {
    event.preventDefault();
    const [across, down] = moves[event.key].map((direction) => direction * step);
    const { left, top, side } = state.box;
    // Growing and shrinking keep the middle.
    const growth = possible(side + across - down) - side;
    if (event.shiftKey) change({ left: left - growth / 2, top: top - growth / 2, side: side + growth });
    else change({ left: left + across, top: top + down, side });
    say(words.place(...Object.values(state.part)));
  }
}

/** Drags the box, or by its corner its size, until the pointer lets go. */
function drag(event) {
  if (event.button !== 0) return;
  const target = byId('crop-box');
  const { width } = byId('preview-box').getBoundingClientRect();
  const pixels = state.width / (width * shown()[0]);
  const [from, isCorner] = [{ ...state.box }, event.target.id === 'crop-corner'];
  const room = Math.min(state.width - from.left, state.height - from.top); // the other corner stays
  target.setPointerCapture(event.pointerId);
  const move = ({ clientX, clientY }) => {
    const [across, down] = [(clientX - event.clientX) * pixels, (clientY - event.clientY) * pixels];
    if (isCorner) change({ ...from, side: possible(from.side + Math.max(across, down), room) });
    else change({ ...from, left: from.left + across, top: from.top + down });
  };
  target.addEventListener('pointermove', move);
  target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), { once: true });
}
