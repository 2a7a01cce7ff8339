"""Every JPEG, PNG, WebP, GIF and BMP of a folder: what this crate shows of it, beside what Pillow shows.

    conformance.py PROGRAM FOLDER     PROGRAM is examples/decode.rs

An image is right where its pixels are within a mean difference of 6 of Pillow's, or where it is refused by name. Both
show the first frame, upright, in sRGB by the image's profile, laid on the background; at the image's own size, or at 4
megapixels where it is larger, so that no resize hides a fault. A table tells what came of them, then each file that is
not right, and the exit status is 1 where there is one.
"""

import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS = {"JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP"}
BACKGROUND = (48, 48, 48)  # of src/pixels.rs
LIMIT = 6.0
MOST_PIXELS = 4_000_000
SRGB = ImageCms.createProfile("sRGB")

# A cut image is compared too, where this crate shows it.
ImageFile.LOAD_TRUNCATED_IMAGES = True
Image.MAX_IMAGE_PIXELS = None


def read(path):
    """What Pillow makes of a file, `[rows, columns, 3] u8`, and its format; None for another format."""
    with Image.open(path, formats=sorted(FORMATS - {"MPO"} | {"MPO"})) as image:
        kind = "JPEG" if image.format == "MPO" else image.format
        image.load()
        profile = image.info.get("icc_profile")
        image = in_srgb(in_eight_bits(image), profile)
        image = ImageOps.exif_transpose(image)
        if image.mode == "RGBA":
            ground = Image.new("RGBA", image.size, BACKGROUND + (255,))
            image = Image.alpha_composite(ground, image)
        return numpy.asarray(smaller(image.convert("RGB"))), kind


def in_eight_bits(image):
    """In a mode that colours are converted in: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        return Image.fromarray((numpy.asarray(image).astype("uint32") >> 8).astype("uint8"), "L")
    if image.mode in ("RGB", "RGBA", "L", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return image.convert("L")
    has_alpha = image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if has_alpha or image.mode == "RGBA" else "RGB")


def in_srgb(image, profile):
    """By the profile, where it is one of this image's colours."""
    exif = image.getexif()
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
    opaque.info.pop("exif", None)
    if 0x0112 in exif:
        opaque.getexif()[0x0112] = exif[0x0112]
    return opaque


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
