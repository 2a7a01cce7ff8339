/** tract without recasketch's operators: `{module}`. */

import { bytes, serve } from './engine.mjs';

const FEATURES = 7 * 7 * 512;

serve(async ({ module }) => {
  const compiled = await WebAssembly.compile(await bytes(module));
  const { exports } = await WebAssembly.instantiate(compiled, absent(compiled));
  for (const [index, file] of ['/files/vgg16.onnx', '/files/image.planes'].entries()) {
    const content = new Uint8Array(await bytes(file));
    const place = exports.room(index, content.length);
    new Uint8Array(exports.memory.buffer, place, content.length).set(content);
  }
  exports.load();
  return { run: async () => new Float32Array(exports.memory.buffer, exports.run(), FEATURES).slice() };
});

/** What the module imports is for random numbers and never called: stand-ins that would tell. */
function absent(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new Error(`tract called ${name}`);
    };
  }
  return imports;
}
