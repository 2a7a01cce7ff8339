"""Writes models/vgg16-quarter.golden: what onnxruntime, another engine, makes of one image.

    pip install onnxruntime==1.32.0 pillow==13.0.0 numpy && python3 models/golden.py

The image is tests/images/png-224.png, of the network's size and without loss, so that neither decoding
nor resizing can differ. 6,272 floats, little endian, [7, 7, 128], as tests/network.rs reads them.
"""

from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

root = Path(__file__).parent.parent
rgb = np.asarray(Image.open(root / "tests/images/png-224.png").convert("RGB"), dtype=np.float32)
bgr = rgb[:, :, ::-1] - np.float32([103.939, 116.779, 123.68])
session = onnxruntime.InferenceSession(root / "models/vgg16-quarter.onnx", providers=["CPUExecutionProvider"])
[features] = session.run(None, {"pixels": bgr.transpose(2, 0, 1)[None]})
(root / "models/vgg16-quarter.golden").write_bytes(features[0].transpose(1, 2, 0).astype("<f4").tobytes())
