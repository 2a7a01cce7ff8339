/** onnxruntime-web: `{network, threads}`. */

import * as ort from '/modules/onnxruntime-web/dist/ort.wasm.min.mjs';
import { bytes, serve } from './engine.mjs';

serve(async ({ network, threads }) => {
  ort.env.wasm.wasmPaths = '/modules/onnxruntime-web/dist/';
  ort.env.wasm.numThreads = threads;
  const model = new Uint8Array(await bytes(network));
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const pixels = new ort.Tensor('float32', new Float32Array(await bytes('/files/image.planes')), [1, 3, 224, 224]);
  return { run: async () => (await session.run({ pixels })).features.data };
});
