"""Writes the image as every engine takes it, and the network in 8 bits.

    python3 tests/bench/int8.py FOLDER

FOLDER/image.pixels `[224, 224, 3] u8` RGB, as `recasketch inspect` writes them, become FOLDER/image.planes
`[3, 224, 224] f32`, little endian: blue, green, red, each minus its mean. FOLDER/vgg16.onnx becomes
FOLDER/vgg16-int8.onnx by onnxruntime's static quantisation, calibrated on FOLDER/calibration/*.pixels; where
onnxruntime is missing, it does not.
"""

import sys
from pathlib import Path

import numpy as np

MEAN_BGR = np.float32([103.939, 116.779, 123.68])


def planes(file):
    """`[1, 3, 224, 224] f32`"""
    pixels = np.fromfile(file, np.uint8).reshape(224, 224, 3)
    return (pixels[..., ::-1] - MEAN_BGR).transpose(2, 0, 1)[None].copy()


def quantise(folder):
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Images(CalibrationDataReader):
        def __init__(self):
            self.files = iter(sorted((folder / "calibration").glob("*.pixels")))

        def get_next(self):
            file = next(self.files, None)
            return file and {"pixels": planes(file)}

    quantize_static(
        folder / "vgg16.onnx",
        folder / "vgg16-int8.onnx",
        Images(),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )


def main():
    folder = Path(sys.argv[1])
    (folder / "image.planes").write_bytes(planes(folder / "image.pixels").tobytes())
    quantise(folder)


if __name__ == "__main__":
    main()
