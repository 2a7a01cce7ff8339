/** Checks whether this browser can run the search, before anything is downloaded. */

/** The smallest module that uses 128-bit SIMD: `i8x16.popcnt(i8x16.splat(0))`. */
// biome-ignore format: bytes
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

/**
 * Returns the code of the missing feature, or null if the browser has all of them. Module workers are not checked here,
 * because that needs a worker; {@link import('./spawn.js').moduleWorker} does.
 * @returns {string | null}
 */
export function whyNot() {
  if (location.protocol === 'file:') return 'support.file';
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.validate !== 'function') return 'support.noWasm';
  if (!WebAssembly.validate(SIMD)) return 'support.noSimd';
  if (typeof Worker !== 'function') return 'support.noModuleWorker';
  return null;
}
