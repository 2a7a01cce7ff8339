"""Writes .golden files: what Keras itself makes of one image with a VGG16 without its top.

    pip install keras==3.15.1 jax==0.10.2 h5py==3.16.0 pillow==13.0.0 numpy==2.4.6
    python3 models/golden_keras.py                        # models/vgg16-seeded.golden
    python3 models/golden_keras.py --weights imagenet --out models/vgg16-imagenet.golden

With `imagenet` Keras downloads its own weights; a file of them, such as `recasketch network fetch` leaves,
does as well. Network, image loading (stretched to the network's size by nearest neighbour, as the post had
it) and preprocessing are Keras's own.

The weights of vgg16-seeded.golden come from a seed (seeded.py; tests/support/seeded.rs draws the same floats
to the last bit), because ImageNet's are 59 MB that do not belong in a repository.
tests/fixtures/weights/keras.golden is of a narrow network and of an image that must be resized:

    python3 models/golden_keras.py --model tests/fixtures/weights/keras.h5 --image tests/fixtures/images/png-640x360.png \\
        --every 1 --out tests/fixtures/weights/keras.golden
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from golden_format import write
from keras.applications.vgg16 import VGG16, preprocess_input
from seeded import WIDTHS, seeded

root = Path(__file__).parent.parent


def build(arguments):
    """Keras's network with the weights that were asked for."""
    if arguments.model:
        return keras.models.load_model(arguments.model, compile=False)
    if arguments.weights != "seeded":
        return VGG16(weights=arguments.weights, include_top=False, input_shape=(224, 224, 3))
    model = VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    model.set_weights([array for layer in seeded(WIDTHS) for array in layer])
    return model


def convolutions(model):
    """Their weights, kernels turned to [out, in, 3, 3]."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            yield kernel.transpose(3, 2, 0, 1), bias


def main():
    parser = argparse.ArgumentParser(description="Writes what Keras makes of one image as a .golden file.")
    parser.add_argument("--weights", default="seeded", help="seeded, imagenet, or a file of VGG16's weights")
    parser.add_argument("--model", help="a whole truncated VGG16 that Keras saved, instead of --weights")
    parser.add_argument("--image", default=root / "tests/fixtures/images/png-224.png", type=Path)
    parser.add_argument("--every", default=16, type=int, help="keep every so many-th feature")
    parser.add_argument("--out", default=root / "models/vgg16-seeded.golden", type=Path)
    arguments = parser.parse_args()
    model = build(arguments)
    loaded = keras.utils.load_img(arguments.image, target_size=model.input_shape[1:3])
    batch = preprocess_input(keras.utils.img_to_array(loaded)[None])
    [features] = np.asarray(model.predict(batch, verbose=0))
    made_by = f"Keras {keras.__version__} on {keras.backend.backend()}"
    write(arguments.out, made_by, convolutions(model), arguments.image, np.asarray(loaded), features,
          arguments.every)


if __name__ == "__main__":
    main()
