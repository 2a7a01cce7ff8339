"""Every JPEG, PNG, WebP, GIF and BMP of a folder: what this crate shows of it, beside what Pillow shows.

    conformance.py PROGRAM FOLDER     PROGRAM is examples/decode.rs

An image is right where its pixels are within a mean difference of 6 of Pillow's, or where it is refused by name. Both
show the first frame, upright, in sRGB by the image's profile, laid on the background; at the image's own size, or at 4
megapixels where it is larger, so that no resize hides a fault. A table tells what came of them, then each file that is
not right, and the exit status is 1 where there is one.
"""

import struct
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageFile

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP"]
BACKGROUND = (48, 48, 48)  # of src/pixels.rs
LIMIT = 6.0
MOST_PIXELS = 4_000_000
SRGB = ImageCms.createProfile("sRGB")

# A cut image is compared too, where this crate shows it.
ImageFile.LOAD_TRUNCATED_IMAGES = True
# Pillow refuses twice as many; this crate refuses 64 megapixels.
Image.MAX_IMAGE_PIXELS = 33_600_000


def read(path):
    """What Pillow makes of a file, `[rows, columns, 3] u8`, and its format; None for another format."""
    with Image.open(path, formats=FORMATS) as image:
        kind = "JPEG" if image.format == "MPO" else image.format
        image.load()
        if "transparency" in image.info and image.mode == "L":
            # As it stands in the file, which Pillow compares with what it has widened to eight bits.
            image.info["transparency"] = image.info["transparency"] * 255 // grey_levels(path)
        profile = image.info.get("icc_profile")
        exif = image.info.get("exif")
        image = in_srgb(in_eight_bits(image), profile)
        # By EXIF, and not by what else Pillow looks at and browsers do not: XMP, and texts of ImageMagick's.
        image = turned(image, exif)
        if image.mode == "RGBA":
            ground = Image.new("RGBA", image.size, BACKGROUND + (255,))
            image = Image.alpha_composite(ground, image)
        return numpy.asarray(smaller(image.convert("RGB"))), kind


def grey_levels(path):
    """The whitest grey of a PNG, or 255."""
    header = Path(path).read_bytes()[:26]
    return (1 << min(header[24], 8)) - 1 if header.startswith(b"\x89PNG") else 255


def in_eight_bits(image):
    """In a mode that colours are converted in: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        values = numpy.asarray(image).astype("uint32")
        opaque = values != image.info.get("transparency", -1)
        grey, alpha = [Image.fromarray(one.astype("uint8")) for one in (values >> 8, opaque * 255)]
        return Image.merge("RGBA", (grey, grey, grey, alpha)) if not opaque.all() else grey
    if image.mode in ("RGB", "RGBA", "L", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return image.convert("L")
    has_alpha = image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if has_alpha or image.mode == "RGBA" else "RGB")


def in_srgb(image, profile):
    """By the profile, where it is one of this image's colours."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    opaque = image.convert("RGB") if alpha else image
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            space = source.profile.xcolor_space.strip()
            if space == {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}[opaque.mode]:
                opaque = ImageCms.profileToProfile(opaque, source, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile is ignored
    opaque = opaque.convert("RGB")
    if alpha:
        opaque = opaque.copy()
        opaque.putalpha(alpha)
    return opaque


def turned(image, exif):
    tags = Image.Exif()
    try:
        tags.load(exif or b"")
    except (SyntaxError, struct.error):
        pass  # what cannot be read turns nothing
    turns = Image.Transpose
    ways = [None, turns.FLIP_LEFT_RIGHT, turns.ROTATE_180, turns.FLIP_TOP_BOTTOM, turns.TRANSPOSE, turns.ROTATE_270]
    ways += [turns.TRANSVERSE, turns.ROTATE_90]
    turn = tags.get(0x0112, 1)
    way = ways[turn - 1] if turn in range(1, 9) else None
    return image.transpose(way) if way is not None else image


def smaller(image):
    columns, rows = image.size
    scale = min(1.0, (MOST_PIXELS / max(1, columns * rows)) ** 0.5)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)


class Decoder:
    """examples/decode.rs, begun again where an image ends it."""

    def __init__(self, program):
        self.program, self.folder, self.process = program, tempfile.TemporaryDirectory(), None

    def pixels(self, path, rows, columns):
        """`[rows, columns, 3] u8`; a sentence where the image is refused; None where it broke the program."""
        if self.process is None:
            command = [self.program, self.folder.name]
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        try:
            self.process.stdin.write(f"{rows}\t{columns}\t{path}\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.process = None
            return None
        if line.startswith("refused"):
            return line.strip()
        file = Path(line.strip())
        values = numpy.frombuffer(file.read_bytes(), "uint8").reshape(rows, columns, 3)
        file.unlink()
        return values


def judge(decoder, path):
    """The format, what came of it, and why: `right`, `refused`, `other` (Pillow reads none), `WRONG`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs, kind = read(path)
    except Exception as error:  # whatever Pillow says of a damaged file
        came = decoder.pixels(path, 64, 64)
        return None, "WRONG" if came is None else "other", f"Pillow: {error}"
    ours = decoder.pixels(path, *theirs.shape[:2])
    if ours is None:
        return kind, "WRONG", "the program broke"
    if isinstance(ours, str):
        return kind, "refused", ours
    difference = numpy.abs(ours.astype("int16") - theirs.astype("int16")).mean()
    return kind, "right" if difference <= LIMIT else "WRONG", f"{difference:.2f}"


def main(program, folder):
    endings = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp"}
    files = [path for path in Path(folder).rglob("*") if path.suffix.lower() in endings]
    decoder, counts, worst = Decoder(program), defaultdict(lambda: defaultdict(int)), defaultdict(float)
    wrong, refused = [], []
    for path in sorted(path for path in files if path.is_file()):
        kind, came, reason = judge(decoder, path)
        kind = kind or "of no format that Pillow reads"
        counts[kind][came] += 1
        if came == "right":
            worst[kind] = max(worst[kind], float(reason))
        if came == "WRONG":
            wrong.append(f"{path}: {reason}")
        if came == "refused":
            refused.append(f"{path}: {reason}")
    print(f"{'format':<32}{'files':>7}{'right':>7}{'refused':>9}{'wrong':>7}{'worst that is right':>21}")
    for kind, came in sorted(counts.items()):
        row = [sum(came.values()), came["right"], came["refused"], came["WRONG"]]
        print(f"{kind:<32}{row[0]:>7}{row[1]:>7}{row[2]:>9}{row[3]:>7}{worst[kind]:>21.2f}")
    print("\n".join(refused))
    print("\n".join(f"WRONG {line}" for line in wrong))
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
