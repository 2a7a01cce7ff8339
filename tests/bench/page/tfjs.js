/** tfjs-wasm: `{threads}`. The graph as its converter makes it: bias and ReLU inside the convolutions. */

importScripts(
  '/modules/@tensorflow/tfjs-core/dist/tf-core.min.js',
  '/modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
);

const BLOCKS = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

const engine = import('./engine.mjs');
// Whatever comes before the engine has been imported is kept and given to it.
const early = [];
self.onmessage = (event) => early.push(event);
engine.then(({ bytes, serve }) => {
  serve((options) => load(options, bytes));
  for (const event of early) self.onmessage(event);
});

async function load({ threads }, bytes) {
  tf.wasm.setWasmPaths('/modules/@tensorflow/tfjs-backend-wasm/dist/');
  tf.wasm.setThreadsCount(threads);
  // It takes half of what the browser calls cores at most, and so one of two; here it may have what it is given.
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads });
  if (!(await tf.setBackend('wasm'))) throw new Error('its wasm backend did not start');
  const layers = readLayers(await bytes('/files/vgg16.weights'));
  const planes = tf.tensor(new Float32Array(await bytes('/files/image.planes')), [3, 224, 224]);
  const pixels = tf.tidy(() => tf.expandDims(tf.transpose(planes, [1, 2, 0])));
  const embed = () =>
    layers.reduce((map, { filter, bias, isPooled }) => {
      const convolved = tf.fused.conv2d({ x: map, filter, strides: 1, pad: 'same', bias, activation: 'relu' });
      return isPooled ? tf.maxPool(convolved, 2, 2, 'valid') : convolved;
    }, pixels);
  if (tf.wasm.getThreadsCount() !== threads) throw new Error(`it runs ${tf.wasm.getThreadsCount()} threads`);
  return {
    async run() {
      const features = tf.tidy(embed);
      const values = await features.data();
      features.dispose();
      return values;
    },
  };
}

/** The weights in the order of network.py. */
function readLayers(file) {
  let [at, inputs] = [0, 3];
  const take = (shape) => {
    const length = shape.reduce((product, side) => product * side);
    const values = new Float32Array(file, at, length);
    at += length * Float32Array.BYTES_PER_ELEMENT;
    return tf.tensor(values, shape);
  };
  return BLOCKS.flatMap((widths) =>
    widths.map((outputs, index) => {
      const layer = {
        filter: take([3, 3, inputs, outputs]),
        bias: take([outputs]),
        isPooled: index + 1 === widths.length,
      };
      inputs = outputs;
      return layer;
    }),
  );
}
