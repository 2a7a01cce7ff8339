"""Prints the digests in tests/pixels.rs of what Pillow makes of images by its NEAREST.

    pip install pillow==13.0.0 && python3 tests/images/nearest.py

`img.resize((224, 224), Image.NEAREST)` is what Keras's load_img calls for target_size=(224, 224). The
images are those without loss and transparency, which every decoder reads alike.
"""

from hashlib import sha256
from pathlib import Path

from PIL import Image

here = Path(__file__).parent
NAMES = ["bmp.bmp", "gif.gif", "png-224.png", "png-640x360.png", "png-grey.png", "png-narrow-3x200.png",
         "png-one-bit.png", "png-rgb.png", "png-tiny-1x1.png", "png-wide-1500x6.png"]


def numbered(width):
    """A row of pixels that hold their own number, so that the answer tells which were taken."""
    return Image.frombytes("RGB", (width, 1), b"".join(bytes([at & 255, at >> 8, 0]) for at in range(width)))


for name in NAMES:
    image = Image.open(here / name).convert("RGB").resize((224, 224), Image.NEAREST)
    print(f'    "{name}" "{sha256(image.tobytes()).hexdigest()[:16]}",')

widths = sha256()
for width in [*range(1, 1500), 4000, 19_999, 20_000]:
    widths.update(numbered(width).resize((224, 1), Image.NEAREST).tobytes())
print("every width", widths.hexdigest()[:16])
