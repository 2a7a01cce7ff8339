"""Writes models/vgg16-seeded.golden: what Keras itself makes of one image with a full-width VGG16.

    pip install keras==3.15.1 jax==0.10.2 pillow==13.0.0 numpy==2.4.6
    KERAS_BACKEND=jax python3 models/golden_keras.py

The weights come from a seed (`seeded` below; tests/support/seeded.rs draws the same floats to the last
bit), because ImageNet's are 59 MB that do not belong in a repository. Network, image loading and
preprocessing are Keras's own. The file, little endian: the number of features (u32), their sum and the
square root of the sum of their squares (f64), the largest (f32), then every 16th feature (f32) in
Keras's order.
"""

import os
import struct
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras.applications.vgg16 import VGG16, preprocess_input

root = Path(__file__).parent.parent
WIDTHS = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]


def splitmix64(seed, count):
    """The first `count` outputs of splitmix64."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))


def uniform(seed, count):
    """Floats in -1..1: the upper 24 bits as an integer, which a float holds exactly."""
    bits = (splitmix64(seed, count) >> np.uint64(40)).astype(np.int64)
    return (bits - (1 << 23)).astype(np.float32) / np.float32(1 << 23)


def seeded(widths):
    """For each layer a kernel [3, 3, in, out] scaled as He's initialisation, and a bias in -1..1."""
    inputs = 3
    for layer, outputs in enumerate(widths):
        limit = np.sqrt(np.float32(6) / np.float32(9 * inputs), dtype=np.float32)
        kernel = uniform(1000 + layer, 9 * inputs * outputs) * limit
        yield kernel.reshape(3, 3, inputs, outputs), uniform(2000 + layer, outputs)
        inputs = outputs


def main():
    model = VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    model.set_weights([array for layer in seeded(WIDTHS) for array in layer])
    image = keras.utils.load_img(root / "tests/images/png-224.png", target_size=(224, 224))
    batch = preprocess_input(keras.utils.img_to_array(image)[None])
    features = np.asarray(model.predict(batch, verbose=0))
    assert features.shape == (1, 7, 7, 512)
    flat = features.reshape(-1).astype(np.float32)
    double = flat.astype(np.float64)
    head = struct.pack("<Iddf", flat.size, double.sum(), np.sqrt((double**2).sum()), flat.max())
    (root / "models/vgg16-seeded.golden").write_bytes(head + flat[::16].astype("<f4").tobytes())
    print(f"{flat.size} features, sum {double.sum():.3f}, largest {flat.max():.3f}")


if __name__ == "__main__":
    main()
