/** modules.js, which build.sh writes: the WebAssembly module with and without relaxed SIMD instructions. */

interface Build {
  file: string;
  bytes: number;
  sha256: string;
}

export const modules: { plain: Build; relaxed?: Build };
