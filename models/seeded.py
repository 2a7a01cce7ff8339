"""VGG16's weights drawn from a seed, for whatever needs full width and cannot have ImageNet's.

tests/support/seeded.rs draws the same floats to the last bit.
"""

import numpy as np

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
