"""How labelled images are read, seen and judged, whatever describes them."""

import csv

import numpy as np
from PIL import Image

TOP, GREY, SIDE = 10, (48, 48, 48, 255), 224


def labelled(path, images=None, only=""):
    """The files of labels and the first category of each, of files that begin so."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [(row.get("file") or f"{row['uid']}.jpg", row["category"]) for row in csv.DictReader(file)]
    rows = [(file, category.split("|")[0]) for file, category in rows if file.startswith(only)]
    folder = images or path.parent
    return [folder / file for file, _ in rows], np.array([category for _, category in rows])


def square(path):
    """[224, 224, 3] f32, RGB 0..255: the middle of an image, before grey where it is clear."""
    image = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", image.size, GREY)
    ground.alpha_composite(image)
    (width, height), side = image.size, min(image.size)
    left, top = (width - side) // 2, (height - side) // 2
    middle = ground.convert("RGB").crop((left, top, left + side, top + side))
    return np.asarray(middle.resize((SIDE, SIDE), Image.BICUBIC), np.float32)


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def cosines(rows, queries=None):
    rows = unit(rows)
    return (rows if queries is None else unit(queries)) @ rows.T


def measures(scores, labels):
    """[average precision, precision@1, precision@10, nDCG@10] of every query."""
    scores = scores.copy()
    np.fill_diagonal(scores, -np.inf)
    members = dict(zip(*np.unique(labels, return_counts=True)))
    queries = [at for at, label in enumerate(labels) if label and members[label] > 1]
    order = np.argsort(-scores[queries], 1, kind="stable")[:, :-1]
    hits = labels[order] == labels[queries][:, None]
    precisions = hits.cumsum(1) / np.arange(1, len(labels))
    discounts = 1 / np.log2(np.arange(2, TOP + 2))
    ideal = discounts.cumsum()[np.minimum(TOP, hits.sum(1)) - 1]
    gain = (hits[:, :TOP] * discounts[: hits.shape[1]]).sum(1) / ideal
    return np.stack([(hits * precisions).sum(1) / hits.sum(1), hits[:, 0], hits[:, :TOP].mean(1), gain])
