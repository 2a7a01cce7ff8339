"""Writes the EfficientNet-Lites, whose last maps are held against VGG16's in models/README.md, as the page's peer runs them.

    python3 tests/bench/lites.py OUT

OUT/lite0.onnx and OUT/lite1.onnx: float32, pixels [1, 3, 224, 224], RGB 0..255, to features [1, 1280, 7, 7].
"""

import sys
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parents[2] / "models/train"))
from teacher import SIDE, VERSIONS, Classifier


class Features(torch.nn.Module):
    def __init__(self, version):
        super().__init__()
        self.network = Classifier(version)

    def forward(self, pixels):
        return self.network(pixels)[0]


def main():
    [out] = map(Path, sys.argv[1:])
    for version in VERSIONS:
        torch.onnx.export(
            Features(version).eval(),
            (torch.zeros(1, 3, SIDE, SIDE),),
            out / f"lite{version}.onnx",
            input_names=["pixels"],
            output_names=["features"],
            dynamo=False,
        )


if __name__ == "__main__":
    main()
