"""Writes .golden files, for golden.py and golden_keras.py; src/weights/verify/golden.rs says what the fields mean."""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np


def weights_digest(layers):
    """SHA-256 of the weights as floats; `layers` are pairs of a kernel [out, in, 3, 3] and a bias [out]."""
    digest = hashlib.sha256()
    for kernel, bias in layers:
        digest.update(struct.pack("<II", *kernel.shape[:2]))
        digest.update(np.ascontiguousarray(kernel, dtype="<f4").tobytes())
        digest.update(np.ascontiguousarray(bias, dtype="<f4").tobytes())
    return digest.hexdigest()


def write(out, made_by, layers, image, pixels, features, every, classes=()):
    """`image` is the file's path, `pixels` [height, width, 3] u8 what was loaded of it, `features`
    [height, width, channels] f32 what the network made of them. Every `every`-th is kept. `classes` has what the
    classifier answered, before softmax, where there is one."""
    flat = np.ascontiguousarray(features, dtype=np.float32).reshape(-1)
    double = flat.astype(np.float64)
    fields = {
        "version": 1,
        "made_by": made_by,
        "weights": weights_digest(layers),
        "image": {
            "name": Path(image).name,
            "sha256": hashlib.sha256(Path(image).read_bytes()).hexdigest(),
            "pixels": hashlib.sha256(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes()).hexdigest(),
        },
        "shape": list(features.shape),
        "sum": float(double.sum()),
        "norm": float(np.sqrt((double**2).sum())),
        "largest": shortest(flat.max()),
        "every": every,
    }
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items()]
    kept = [json.dumps(shortest(value)) for value in flat[::every]]
    rows = [", ".join(kept[at:at + 10]) for at in range(0, len(kept), 10)]
    for answers in classes:
        powers = np.exp(answers.astype(np.float64) - answers.max())
        probabilities = [json.dumps(shortest(value)) for value in powers / powers.sum()]
        lines.append(f' "probabilities": [{", ".join(probabilities)}]')
    lines.append(' "values": [\n  ' + ",\n  ".join(rows) + "\n ]")
    Path(out).write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{out}: {len(kept)} of {flat.size} features, sum {double.sum():.3f}, largest {flat.max():.3f}")


def shortest(value):
    """The number with the fewest digits that is this float of 32 bits."""
    return float(str(np.float32(value)))
