"""Writes models/vgg16-quarter.golden: what onnxruntime, another engine, makes of one image.

    pip install onnxruntime==1.32.0 onnx==1.23.2 pillow==13.0.0 numpy==2.4.6 && python3 models/golden.py

The image is tests/images/png-224.png, of the network's size and without loss, so that neither decoding
nor resizing can differ.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from golden_format import write
from onnx import numpy_helper
from PIL import Image

root = Path(__file__).parent.parent
network = root / "models/vgg16-quarter.onnx"
image = root / "tests/images/png-224.png"


def layers():
    """The weights as floats: codes less zero points, times the scales of output channels."""
    graph = onnx.load(network).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    expanded = {node.output[0]: node.input for node in graph.node if node.op_type == "DequantizeLinear"}
    for node in graph.node:
        if node.op_type == "Conv":
            codes, scale, zero = (stored[name].astype(np.float32) for name in expanded[node.input[1]])
            by_channel = (-1, 1, 1, 1)
            kernel = (codes - zero.reshape(by_channel)) * scale.reshape(by_channel)
            yield kernel, stored[node.input[2]]


rgb = np.asarray(Image.open(image).convert("RGB"))
bgr = rgb[:, :, ::-1].astype(np.float32) - np.float32([103.939, 116.779, 123.68])
session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
[features] = session.run(None, {"pixels": bgr.transpose(2, 0, 1)[None]})
write(root / "models/vgg16-quarter.golden", f"onnxruntime {onnxruntime.__version__}", layers(), image, rgb,
      features[0].transpose(1, 2, 0), every=4)
