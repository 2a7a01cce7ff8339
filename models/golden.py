"""Writes golden features, and how likely each class is: what onnxruntime, another engine, makes of one image.

    pip install onnxruntime==1.32.0 onnx==1.23.2 pillow==13.0.0 numpy==2.4.6
    python3 models/golden.py models/vgg16-quarter.onnx models/vgg16-quarter.golden

The network is ONNX, with kernels in codes or in floats. The image is tests/fixtures/images/png-224.png, of the
network's size and without loss, so that neither decoding nor resizing can differ.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from golden_format import write
from onnx import numpy_helper
from PIL import Image

if len(sys.argv) != 3:
    sys.exit(__doc__)
network, golden = map(Path, sys.argv[1:])
# Of a network of any width so many features are kept.
KEPT = 1568
image = Path(__file__).parent.parent / "tests/fixtures/images/png-224.png"


def layers():
    """The weights as floats: codes less zero points, times the scales of output channels."""
    graph = onnx.load(network).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    expanded = {node.output[0]: node.input for node in graph.node if node.op_type == "DequantizeLinear"}
    for node in graph.node:
        if node.op_type == "Conv":
            yield kernel(node.input[1], stored, expanded), stored[node.input[2]]


def kernel(name, stored, expanded):
    if name not in expanded:
        return stored[name]
    codes, scale, *zero = (stored[part].astype(np.float32).reshape(-1, 1, 1, 1) for part in expanded[name])
    codes = codes.reshape(stored[expanded[name][0]].shape)
    return (codes - zero[0] if zero else codes) * scale


rgb = np.asarray(Image.open(image).convert("RGB"))
bgr = rgb[:, :, ::-1].astype(np.float32) - np.float32([103.939, 116.779, 123.68])
session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
features, *classes = session.run(None, {"pixels": bgr.transpose(2, 0, 1)[None]})
write(golden, f"onnxruntime {onnxruntime.__version__}", layers(), image, rgb,
      features[0].transpose(1, 2, 0), every=features.size // KEPT, classes=[one.ravel() for one in classes])
