"""Images of several kinds -> squares with an alpha channel, which views are made of.

Photographs lie in folders called photos, icons as SVG in folders called icons, all else is pictures; drawings are what
`recasketch demo --views` wrote.
"""

import csv
import io
import json
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import resvg_py
from fontTools.ttLib import TTFont
from PIL import Image

from labels import HELD_BACK

SQUARE = 256
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
# Smaller ones are marks on a page, and longer ones are borders. Drawings are of 256 x 144 pixels.
LEAST, LONGEST = {"photographs": 150, "pictures": 60, "icons": 60, "drawings": 144}, 6


def square(image, kind):
    """[SQUARE, SQUARE, 4] u8, RGBA: the middle of an image, but of pictures and icons all that is not clear; none of what
    is too small or too long."""
    width, height = image.size
    if min(width, height) < LEAST[kind] or max(width, height) > LONGEST * min(width, height):
        return None
    image = image.convert("RGBA")
    if kind in ("photographs", "drawings"):
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    else:
        box = image.getchannel("A").getbbox()
        if box is None:
            return None
        image = image.crop(box)
        side = int(max(image.size) * 1.08) + 1
        ground = Image.new("RGBA", (side, side))
        ground.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
        image = ground
    return np.asarray(image.resize((SQUARE, SQUARE), Image.BICUBIC))


def read(file):
    """The square of a path of a kind, or of an SVG; none where it cannot be read."""
    what, kind = file
    try:
        if kind == "icons":
            what = io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=what, width=SQUARE)))
        return square(Image.open(what), kind)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def glyphs(path):
    """An emoji font's pictures, one of each sign: those of several signs are the same in other skins."""
    font = TTFont(path)
    pictures = font["CBDT"].strikeData[0] if "CBDT" in font else {}
    for name, glyph in sorted(pictures.items()):
        if re.fullmatch("u[0-9A-F]+", name):
            yield name, glyph.imageData


def icons(path):
    """The SVGs of a file, which may be a set of Iconify's; flags, and the same in other skins, are left out."""
    if path.suffix == ".svg":
        yield path.read_text()
        return
    icons = json.loads(path.read_text())
    for name, icon in sorted(icons["icons"].items()):
        if re.search("skin|^flag|flag-for|^regional|-(medium|light|dark)(-|$)", name):
            continue
        width, height = (icon.get(side, icons.get(side, 16)) for side in ("width", "height"))
        box = f'{icon.get("left", 0)} {icon.get("top", 0)} {width} {height}'
        links = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        yield f'<svg {links} viewBox="{box}" width="{width}" height="{height}">{icon["body"]}</svg>'


def drawn(folder):
    """The drawings of classes that others are not judged by, and of each the object and the class that it shows."""
    with open(folder / "catalogue.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not HELD_BACK & set(row["tags"].split("|"))]
    # Of an object's tags the first is its class.
    return [(folder / "thumbnails" / f"{row['uid']}.jpg", row["category"], row["tags"].split("|")[0]) for row in rows]


def gathered(folders, drawings, work):
    """All squares [n, SQUARE, SQUARE, 4] u8, of which kind each is, and numbers of the object and of the class that it
    shows, -1 but of drawings. Pictures out of fonts are written into `work`."""
    extracted = work / "glyphs"
    extracted.mkdir(parents=True, exist_ok=True)
    for font in (font for folder in folders for font in folder.rglob("*.ttf")):
        for name, data in glyphs(font):
            (extracted / f"{name}.png").write_bytes(data)
    found = [path for folder in (*folders, extracted) for path in sorted(folder.rglob("*"))]
    files = [(path, "photographs" if "photos" in path.parts else "pictures") for path in found if path.suffix.lower() in SUFFIXES]
    sets = [path for path in found if path.suffix in (".svg", ".json") and "icons" in path.parts]
    files += [(icon, "icons") for path in sets for icon in icons(path)]
    of_drawings = drawn(drawings)
    shown = [(None, None)] * len(files) + [(name, of) for _, name, of in of_drawings]
    files += [(path, "drawings") for path, _, _ in of_drawings]
    with ProcessPoolExecutor() as pool:
        squares = list(pool.map(read, files, chunksize=32))
    kept = [at for at, one in enumerate(squares) if one is not None]
    names, classes = zip(*(shown[at] for at in kept))
    return np.stack([squares[at] for at in kept]), np.array([files[at][1] for at in kept]), numbered(names), numbered(classes)


def numbered(names):
    """Each name's number, in the order in which they come; of none -1."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(filter(None, names)))}
    return np.array([numbers.get(name, -1) for name in names])
