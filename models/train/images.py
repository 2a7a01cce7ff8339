"""Images of several kinds -> squares with an alpha channel, which views are made of."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 200
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def square(path, whole):
    """[SIDE, SIDE, 4] u8, RGBA: the middle of an image, or the whole of it on nothing."""
    image = Image.open(path).convert("RGBA")
    width, height = image.size
    if whole:
        image.thumbnail((SIDE, SIDE), Image.BICUBIC)
        ground = Image.new("RGBA", (SIDE, SIDE))
        ground.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2))
        return np.asarray(ground)
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.BICUBIC))


def folder(path):
    """The images under a folder, in the order of their names, those called photos cropped to squares."""
    files = sorted(file for file in Path(path).rglob("*") if file.suffix.lower() in SUFFIXES)
    photos = np.array(["photos" in file.parts for file in files])
    return np.stack([square(file, not photo) for file, photo in zip(files, photos)]), photos


def drawings(path, left_out):
    """The pictures that `recasketch demo --views` drew, and of each the number of the object and of the class that
    it shows, without the classes that are left out to be judged by."""
    with open(Path(path) / "catalogue.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not left_out & set(row["tags"].split("|"))]
    pictures = [square(Path(path) / "thumbnails" / f"{row['uid']}.jpg", False) for row in rows]
    # Of an object's tags the first is its class.
    shown = [row["category"] for row in rows], [row["tags"].split("|")[0] for row in rows]
    return np.stack(pictures), *(numbered(names) for names in shown)


def numbered(names):
    """Each name's number, in the order in which they come."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names])
