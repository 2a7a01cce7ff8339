"""Writes the weights that every engine of the bench gets: full-width VGG16, drawn from a seed.

    python3 tests/bench/network.py OUT

OUT/vgg16.npz is for `recasketch network import`, which makes the ONNX file of it. OUT/vgg16.weights is for
tfjs: each layer's kernel [3, 3, in, out] and bias [out], f32, little endian. OUT/vgg16.ncnn.param and
OUT/vgg16.ncnn.bin are ncnn's form of the same.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[2] / "models"))
from seeded import WIDTHS, seeded

BLOCKS = [2, 2, 3, 3, 3]


def ncnn(layers):
    """ncnn's graph as text, and its weights; a convolution has its ReLU inside (9=1)."""
    graph = [("Input", "pixels", "0=224 1=224 2=3")]
    weights = bytearray()
    for name, kernel, bias in layers:
        options = f"0={bias.size} 1=3 4=1 5=1 6={kernel.size} 9=1"
        graph.append(("Convolution", name, options))
        # 0: the weights that follow are plain floats.
        weights += np.uint32(0).tobytes() + kernel.transpose(3, 2, 0, 1).tobytes() + bias.tobytes()
        if name in POOLED:
            graph.append(("Pooling", f"{name}_pool", "0=0 1=2 2=2"))
    lines, before = ["7767517", f"{len(graph)} {len(graph)}"], None
    for operator, name, options in graph:
        inputs = f"1 1 {before}" if before else "0 1"
        lines.append(f"{operator} {name} {inputs} {name} {options}")
        before = name
    return "\n".join(lines) + "\n", bytes(weights)


NAMES = [f"block{block + 1}_conv{at + 1}" for block, count in enumerate(BLOCKS) for at in range(count)]
POOLED = [f"block{block + 1}_conv{count}" for block, count in enumerate(BLOCKS)]


def main():
    [out] = map(Path, sys.argv[1:])
    layers = [(name, *arrays) for name, arrays in zip(NAMES, seeded(WIDTHS), strict=True)]
    np.savez(out / "vgg16.npz", **{
        f"{name}/{part}": array
        for name, kernel, bias in layers
        for part, array in (("kernel", kernel), ("bias", bias))
    })
    (out / "vgg16.weights").write_bytes(b"".join(kernel.tobytes() + bias.tobytes() for _, kernel, bias in layers))
    param, weights = ncnn(layers)
    (out / "vgg16.ncnn.param").write_text(param)
    (out / "vgg16.ncnn.bin").write_bytes(weights)


if __name__ == "__main__":
    main()
