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


def names(path, only=""):
    """The name and the categories of each file of labels that begins so."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if (row.get("file") or "").startswith(only)]
    return [{row["name"], *row["category"].split("|")} for row in rows]


def wanted(path, images):
    """The files of a table `file,wanted`, and of each the names or categories that are right."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [(row["file"], set(row["wanted"].split("|"))) for row in csv.DictReader(file)]
    return [images / file for file, _ in rows], [right for _, right in rows]


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


def asked(scores, named, right):
    """[precision@12, precision@1, any@12, reciprocal rank within the first 100] of every query: `scores` [queries, models],
    what each model is named, and what is right for each query. Where fewer than 12 are right, so many are all."""
    rows = []
    for score, right in zip(scores, right):
        hits = np.array([bool(right & names) for names in named])
        found = hits[np.argsort(-score, kind="stable")]
        first = np.flatnonzero(found[:100])
        rank = 1 / (first[0] + 1) if len(first) else 0.0
        rows.append([found[:12].sum() / min(12, max(1, hits.sum())), found[0], found[:12].any(), rank])
    return np.array(rows, np.float64)
