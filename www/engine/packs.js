/**
 * In the window: thumbnails in packs. A large catalogue has files of some tens of thumbnails, because hosts limit the
 * number of files. The catalogue names the place of a thumbnail in its pack as `packs/NAME.bin#OFFSET+LENGTH`.
 *
 * A thumbnail is fetched as a range of its pack. A host that knows no ranges sends the whole pack, from which all
 * thumbnails are taken that are wanted at that moment.
 *
 * @typedef {object} Place a thumbnail that is wanted
 * @property {number} start its first byte in the pack
 * @property {number} length in bytes
 * @property {(image: Blob) => void} resolve
 * @property {(error: unknown) => void} reject
 */

const PLACE = /^([^#]+\.bin)#(\d+)\+(\d+)$/;

/** The number of thumbnails that stay in memory: those that were wanted last. Together they take some megabytes. */
const KEPT = 500;

/** The thumbnails by address, in the order of their last use. @type {Map<string, Promise<Blob>>} */
const kept = new Map();

/** The places that are wanted since the last requests were sent, by pack. @type {Map<string, Place[]>} */
let wanted = new Map();

/** Returns whether an address is that of a thumbnail in a pack. @param {string} address */
export const isInPack = (address) => PLACE.test(address);

/**
 * Returns a thumbnail in a pack.
 * @param {string} address the absolute address of the pack, with the place of the thumbnail
 * @returns {Promise<Blob>} rejects if there is no such pack or place
 */
export function fromPack(address) {
  const image = kept.get(address) ?? want(address);
  kept.delete(address);
  kept.set(address, image);
  if (kept.size > KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
  image.catch(() => kept.delete(address)); // it may come the next time
  return image;
}

/** @param {string} address @returns {Promise<Blob>} */
function want(address) {
  const [, pack, start, length] = /** @type {RegExpExecArray} */ (PLACE.exec(address));
  if (wanted.size === 0) queueMicrotask(send);
  return new Promise((resolve, reject) => {
    const place = { start: Number(start), length: Number(length), resolve, reject };
    wanted.set(pack, [...(wanted.get(pack) ?? []), place]);
  });
}

function send() {
  const packs = wanted;
  wanted = new Map();
  for (const [pack, places] of packs) takeAll(pack, places);
}

/**
 * Fetches the wanted thumbnails of a pack. The first request shows whether the host knows ranges.
 * @param {string} pack
 * @param {Place[]} places
 */
async function takeAll(pack, [first, ...others]) {
  const whole = await take(pack, first);
  for (const place of others) {
    if (whole) settle(place, whole, place.start);
    else take(pack, place);
  }
}

/**
 * Fetches a thumbnail. Returns the whole pack if the host sent it, or null.
 * @param {string} pack
 * @param {Place} place
 */
async function take(pack, place) {
  const { start, length } = place;
  try {
    const response = await fetchRange(pack, `bytes=${start}-${start + length - 1}`);
    if (!response.ok) throw new TypeError(`${pack} came with status ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const isWhole = response.status !== 206;
    settle(place, bytes, isWhole ? start : 0);
    return isWhole ? bytes : null;
  } catch (error) {
    place.reject(error);
    return null;
  }
}

/** @param {string} pack @param {string} range */
async function fetchRange(pack, range) {
  try {
    return await fetch(pack, { headers: { Range: range }, credentials: 'same-origin' });
  } catch (error) {
    // A browser may ask a host of another origin whether a range is allowed, which hosts of plain files do not answer.
    if (new URL(pack).origin === self.origin) throw error;
    return fetch(pack, { credentials: 'same-origin' });
  }
}

/**
 * Takes a thumbnail out of bytes. An answer that is no pack, such as a web page, is too short.
 * @param {Place} place
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} start
 */
function settle({ length, resolve, reject }, bytes, start) {
  const image = bytes.slice(start, start + length);
  if (image.length !== length) return reject(new TypeError(`${image.length} of ${length} bytes came`));
  const isJpeg = image[0] === 0xff && image[1] === 0xd8;
  return resolve(new Blob([image], { type: isJpeg ? 'image/jpeg' : '' })); // browsers recognise the others
}
