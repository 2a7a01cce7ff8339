"""Made the images of this folder, once, with Pillow 13 from the demo's samples:

    ./build.sh site && python3 tests/images/make.py

One image of every form that visitors drop. They are committed, so that every test sees the same bytes.
"""

import sys
from pathlib import Path

from PIL import Image

here = Path(__file__).parent
samples = Path(sys.argv[1] if len(sys.argv) > 1 else "target/demo/samples")


def sample(name, width=320, height=180):
    return Image.open(samples / f"{name}.jpg").convert("RGB").resize((width, height), Image.LANCZOS)


def cut_out(name):
    """The object alone: what differs from a blurred estimate of the background is opaque."""
    image = sample(name)
    edge = image.resize((1, 1)).getpixel((0, 0))
    alpha = [min(255, 3 * max(abs(p - e) for p, e in zip(pixel, edge)))
             for pixel in image.get_flattened_data()]
    image.putalpha(Image.frombytes("L", image.size, bytes(alpha)))
    return image


def save(name, image, **options):
    image.save(here / name, **options)


chair, car, sword, vase = sample("chair"), sample("car"), sample("sword"), sample("vase")

save("jpeg-16x9.jpg", chair, quality=85)
save("jpeg-thumbnail-256x144.jpg", sample("house", 256, 144), quality=85)
save("jpeg-progressive.jpg", car, quality=85, progressive=True)
save("jpeg-444.jpg", sword, quality=90, subsampling=0)
save("jpeg-422.jpg", sword, quality=90, subsampling=1)
save("jpeg-grey.jpg", vase.convert("L"), quality=85)
save("jpeg-cmyk.jpg", car.convert("CMYK"), quality=85)
save("jpeg-portrait.jpg", chair.crop((70, 0, 171, 180)), quality=85)
save("jpeg-odd-sides.jpg", vase.crop((3, 5, 230, 178)), quality=80)
save("jpeg-large-4000x2250.jpg", sample("guitar", 4000, 2250), quality=40)
save("jpeg-224.jpg", sample("conifer", 224, 224), quality=90)

turned = sample("house", 240, 160)
back = [None, Image.FLIP_LEFT_RIGHT, Image.ROTATE_180, Image.FLIP_TOP_BOTTOM, Image.TRANSPOSE,
        Image.ROTATE_90, Image.TRANSVERSE, Image.ROTATE_270]
for orientation, undo in enumerate(back, start=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = turned if undo is None else turned.transpose(undo)
    save(f"exif-{orientation}.jpg", stored, quality=95, subsampling=0, exif=exif)

# Of the network's own size and without loss: models/golden.py holds other runtimes against it.
save("png-224.png", sample("conifer", 224, 224).quantize(24))
# Larger than the network, not square and without loss: models/golden_keras.py has Keras resize it.
save("png-640x360.png", sample("guitar", 640, 360).quantize(24))
save("png-rgb.png", car.resize((160, 90)))
save("png-alpha.png", cut_out("robot").resize((160, 90)))
save("png-grey.png", vase.convert("L").resize((160, 90)))
save("png-grey-alpha.png", cut_out("sword").convert("LA").resize((160, 90)))
save("png-palette-transparent.png", cut_out("chair").resize((160, 90)).quantize(32))
save("png-one-bit.png", vase.convert("1"))
save("png-16-bit.png", Image.frombytes("I;16", (120, 90), b"".join(
    (((x * 65535) // 119 + y * 211) & 0xFFFF).to_bytes(2, "little") for y in range(90) for x in range(120))))
save("png-tiny-1x1.png", Image.new("RGB", (1, 1), (200, 40, 90)))
save("png-narrow-3x200.png", chair.crop((150, 0, 153, 180)).resize((3, 200)))
save("png-wide-1500x6.png", car.resize((1500, 6)))
save("webp-lossy.webp", sword, quality=80)
save("webp-lossless-alpha.webp", cut_out("vase").resize((160, 90)), lossless=True)
save("gif.gif", car.resize((160, 90)).quantize(64))
save("gif-animated.gif", vase.resize((96, 54)).quantize(32), save_all=True,
     append_images=[chair.resize((96, 54)).quantize(32)], duration=100)
save("bmp.bmp", sample("house", 96, 54))
