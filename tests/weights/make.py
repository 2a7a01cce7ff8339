"""Made the files of this folder: narrow VGG16s of the same seeded weights, as other tools write them.

    pip install keras==3.15.1 jax==0.10.2 h5py==3.16.0 numpy==2.4.6 safetensors==0.8.0 onnx==1.23.2 pillow==13.0.0
    KERAS_BACKEND=jax python3 tests/weights/make.py

tf2onnx.onnx needs TensorFlow and is made apart by tf2onnx_make.py. Every file holds the floats of
`seeded(WIDTHS)` in models/golden_keras.py, which tests/support/seeded.rs draws again.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
here = Path(__file__).parent
sys.path.insert(0, str(here.parent.parent / "models"))

import h5py
import keras
import numpy as np
import onnx
from golden_keras import seeded, uniform
from keras import layers
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

# The first kernel is [3, 3, 3, 3], whose order its shape does not tell.
BLOCKS = [(3, 4), (4, 5), (5, 5, 5), (6, 6, 6), (6, 7, 7)]
WIDTHS = [width for block in BLOCKS for width in block]
NAMES = [f"block{b + 1}_conv{c + 1}" for b, block in enumerate(BLOCKS) for c in range(len(block))]
TORCHVISION = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
TOP = [("fc1", 6), ("fc2", 5), ("predictions", 4)]
weights = list(seeded(WIDTHS))


def keras_model(include_top):
    """As keras.applications.VGG16 is built, with narrower layers."""
    inputs = value = layers.Input((224, 224, 3))
    at = 0
    for block, widths in enumerate(BLOCKS):
        for width in widths:
            value = layers.Conv2D(width, (3, 3), activation="relu", padding="same", name=NAMES[at])(value)
            at += 1
        value = layers.MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block + 1}_pool")(value)
    if include_top:
        value = layers.Flatten(name="flatten")(value)
        for name, width in TOP:
            value = layers.Dense(width, name=name)(value)
    model = keras.Model(inputs, value, name="vgg16")
    values = [array for layer in weights for array in layer]
    for seed, array in enumerate(model.get_weights()[len(values):]):
        values.append(uniform(3000 + seed, array.size).reshape(array.shape) / 8)
    model.set_weights(values)
    return model


def keras_named():
    for name, (kernel, bias) in zip(NAMES, weights):
        yield f"{name}/kernel", kernel
        yield f"{name}/bias", bias


def torchvision_named():
    """With the top, as torchvision's own files have it."""
    for at, (kernel, bias) in zip(TORCHVISION, weights):
        yield f"features.{at}.weight", np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        yield f"features.{at}.bias", bias
    inputs = 7 * 7 * 7
    for at, (_, width) in zip([0, 3, 6], TOP):
        yield f"classifier.{at}.weight", uniform(3000 + at, inputs * width).reshape(width, inputs) / 8
        yield f"classifier.{at}.bias", uniform(3001 + at, width)
        inputs = width


def write_keras():
    keras_model(False).save(here / "keras.h5")
    keras_model(True).save_weights(here / "keras3.weights.h5")
    # The form of vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5, which Keras still loads.
    with h5py.File(here / "keras1-names.h5", "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in NAMES]
        for name, (kernel, bias) in zip(NAMES, weights):
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}_W_1:0".encode(), f"{name}_b_1:0".encode()]
            group.create_dataset(f"{name}_W_1:0", data=kernel)
            group.create_dataset(f"{name}_b_1:0", data=bias)
    # Keras 2's names; here in HDF5 1.10's groups, compressed chunks and half precision.
    with h5py.File(here / "keras2-f16.h5", "w", libver=("v110", "v110")) as file:
        for name, (kernel, bias) in zip(NAMES, weights):
            group = file.create_group(f"{name}/{name}")
            group.create_dataset("kernel:0", data=kernel.astype("<f2"), compression="gzip", shuffle=True)
            group.create_dataset("bias:0", data=bias.astype("<f2"))


def write_flat():
    save_file(dict(keras_named()), here / "keras.safetensors")
    np.savez(here / "keras.npz", **dict(keras_named()))
    save_file(dict(torchvision_named()), here / "torchvision.safetensors")
    # Under a wrapper's prefix, in double precision, Fortran's order and deflated.
    wide = {f"module.{name}": np.asfortranarray(array.astype("<f8")) for name, array in torchvision_named()
            if not name.startswith("classifier")}
    np.savez_compressed(here / "torchvision.npz", **wide)


def write_torchvision_onnx():
    """The nodes that torch.onnx.export makes of torchvision's VGG16, top included."""
    nodes, value, convolutions, at = [], "input", iter(TORCHVISION), 0
    for block in BLOCKS:
        for _ in block:
            index = next(convolutions)
            inputs = [value, f"features.{index}.weight", f"features.{index}.bias"]
            nodes.append(helper.make_node(
                "Conv", inputs, [f"/features/{index}/Conv"], dilations=[1, 1], group=1,
                kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]))
            value = f"/features/{index}/Relu"
            nodes.append(helper.make_node("Relu", [nodes[-1].output[0]], [value]))
        nodes.append(helper.make_node("MaxPool", [value], [f"/pool{at}"], ceil_mode=0,
                                      kernel_shape=[2, 2], pads=[0, 0, 0, 0], strides=[2, 2]))
        value, at = f"/pool{at}", at + 1
    nodes.append(helper.make_node("Flatten", [value], ["/Flatten"], axis=1))
    value = "/Flatten"
    for index in [0, 3, 6]:
        inputs = [value, f"classifier.{index}.weight", f"classifier.{index}.bias"]
        value = f"/classifier/{index}/Gemm"
        nodes.append(helper.make_node("Gemm", inputs, [value], transB=1))
    graph = helper.make_graph(
        nodes, "main_graph",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, 224, 224])],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", TOP[-1][1]])],
        [numpy_helper.from_array(array, name) for name, array in torchvision_named()])
    model = helper.make_model(graph, producer_name="pytorch", ir_version=8,
                              opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, here / "torchvision.onnx")


if __name__ == "__main__":
    write_keras()
    write_flat()
    write_torchvision_onnx()
