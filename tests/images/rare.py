"""Made the images of this folder whose names begin with `rare-`, `refused-` or `icc-`, with Pillow 13 and libjpeg's cjpeg:

    python3 tests/images/rare.py

Forms that cameras, phones and editors write and few decoders were tried with. They are committed; what is right of
each, `./build.sh conformance tests/images` says.
"""

import struct
import subprocess
import tempfile
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms

here = Path(__file__).parent
picture = Image.open(here / "png-640x360.png").convert("RGB").resize((96, 64), Image.LANCZOS)

# Colorants in the profiles' D50, as their makers publish them, and curves.
P3 = [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]
ADOBE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def srgb_curve():
    return b"para\0\0\0\0\0\3\0\0" + b"".join(map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))


def profile(space, connected, kind, tags):
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78 + 8),
            b"cprt": b"text\0\0\0\0CC0\0", b"wtpt": xyz((0.9642, 1.0, 0.8249)), **tags}
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value
    length = 128 + len(table) + len(body)
    header = struct.pack(">I4sI4s4s4s", length, b"\0" * 4, 0x02400000, kind, space, connected)
    header += bytes(12) + b"acsp" + bytes(28) + b"".join(map(fixed, (0.9642, 1.0, 0.8249)))
    return header + bytes(128 - len(header)) + table + body


def of_primaries(primaries, curve):
    names = [b"rXYZ", b"gXYZ", b"bXYZ"]
    tags = {name: xyz(values) for name, values in zip(names, primaries)}
    return profile(b"RGB ", b"XYZ ", b"mntr", tags | {name: curve for name in (b"rTRC", b"gTRC", b"bTRC")})


def lab(colour):
    """CIELAB under D50, each in a byte as `lut8Type` has it, of linear red, green and blue of sRGB."""
    rows = [(0.4360747, 0.3850649, 0.1430804), (0.2225045, 0.7168786, 0.0606169), (0.0139322, 0.0971045, 0.7141733)]
    white = (0.9642, 1.0, 0.8249)
    parts = [sum(a * b for a, b in zip(row, colour)) / whole for row, whole in zip(rows, white)]
    x, y, z = [part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in parts]
    return [round((116 * y - 16) * 2.55), round(500 * (x - y)) + 128, round(200 * (y - z)) + 128]


def of_inks():
    """A table of two nodes an ink: paper, the inks, and their mixtures, of no press."""
    nodes = []
    for node in range(16):
        c, m, y, k = [node >> shift & 1 for shift in (3, 2, 1, 0)]
        nodes += lab([0.95 * (1 - 0.85 * ink) * (1 - 0.95 * k) for ink in (c, m, y)])
    identity = bytes(range(256))
    unity = b"".join(fixed(float(row == column)) for row in range(3) for column in range(3))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + unity + identity * 4 + bytes(nodes) + identity * 3
    return profile(b"CMYK", b"Lab ", b"prtr", {b"A2B0": table})


def converted(image, to):
    srgb = ImageCms.createProfile("sRGB")
    target = ImageCms.ImageCmsProfile(BytesIO(to))
    return ImageCms.profileToProfile(image, srgb, target, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC)


def save(name, image, **options):
    image.save(here / name, **options)


def cjpeg(name, *options, scans=""):
    with tempfile.TemporaryDirectory() as folder:
        picture.save(f"{folder}/picture.ppm")
        Path(f"{folder}/scans").write_text(scans)
        more = ["-scans", f"{folder}/scans"] if scans else []
        command = ["cjpeg", "-quality", "85", *options, *more, "-outfile", str(here / name), f"{folder}/picture.ppm"]
        subprocess.run(command, check=True)


save("rare-right.png", picture)
cjpeg("rare-scans-420.jpg", "-baseline", "-sample", "2x2", scans="0;\n1;\n2;\n")
cjpeg("rare-scans-444.jpg", "-baseline", "-sample", "1x1", scans="0 1;\n2;\n")
cjpeg("rare-scans-chroma-finer.jpg", "-baseline", "-sample", "1x1,2x2,1x1", scans="0;\n1;\n2;\n")
cjpeg("refused-three-samplings.jpg", "-baseline", "-sample", "4x2,2x1,1x1", scans="0;\n1;\n2;\n")
cjpeg("rare-chroma-finer.jpg", "-baseline", "-sample", "1x1,2x2,2x2")
cjpeg("rare-440.jpg", "-baseline", "-sample", "1x2")
cjpeg("rare-411.jpg", "-baseline", "-sample", "4x1")
cjpeg("rare-rgb.jpg", "-baseline", "-rgb")
cjpeg("refused-arithmetic.jpg", "-arithmetic")
cjpeg("rare-restarts.jpg", "-baseline", "-restart", "2B")

exif = Image.Exif()
exif[0x0112] = 6
turned = picture.transpose(Image.ROTATE_90)
save("rare-exif.webp", turned, quality=90, exif=exif)
plain = (here / "rare-exif.webp").read_bytes()
at = plain.index(b"EXIF")
(length,) = struct.unpack("<I", plain[at + 4 : at + 8])
chunk = b"EXIF" + struct.pack("<I", length + 6) + b"Exif\0\0" + plain[at + 8 : at + 8 + length]
body = plain[8:at] + chunk + bytes(len(chunk) % 2)
(here / "rare-exif-prefixed.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)

# A frame of 96 x 64 on a screen of 40 x 30: old animation programs left it so.
save("rare-frame-beyond-screen.gif", picture.quantize(64))
gif = bytearray((here / "rare-frame-beyond-screen.gif").read_bytes())
gif[6:10] = struct.pack("<HH", 40, 30)
(here / "rare-frame-beyond-screen.gif").write_bytes(gif)

p3, adobe = of_primaries(P3, srgb_curve()), of_primaries(ADOBE, gamma(563 / 256))
save("icc-p3.png", converted(picture, p3), icc_profile=p3)
save("icc-p3.jpg", converted(picture, p3), icc_profile=p3, quality=95, subsampling=0)
save("icc-adobe-rgb.jpg", converted(picture, adobe), icc_profile=adobe, quality=95, subsampling=0)
save("icc-p3-alpha.webp", converted(picture, p3).convert("RGBA"), icc_profile=p3, lossless=True)
grey = profile(b"GRAY", b"XYZ ", b"mntr", {b"kTRC": gamma(1.4)})
save("icc-grey.jpg", picture.convert("L"), icc_profile=grey, quality=95)
inks = of_inks()
save("icc-cmyk.jpg", picture.convert("CMYK"), icc_profile=inks, quality=95)
save("icc-of-other-colours.jpg", picture, icc_profile=grey, quality=95, subsampling=0)
save("icc-broken.jpg", picture, icc_profile=p3[:200] + b"\xff" * 100, quality=95, subsampling=0)

# 64 MiB of zeros, as a profile or a comment may unpack to.
(here / "zeros-64-mib.zlib").write_bytes(zlib.compress(bytes(64 << 20), 9))
