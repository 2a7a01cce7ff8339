"""How well labelled images find their own category by what the network is held against.

    python references.py LABELS.csv [IMAGES] [--only FOLDER]

prints mean average precision, precision@10 and precision@1 by colours on an 8x8 grid, by this topology with
random weights, and by each teacher's map averaged and whole. `recasketch eval` prints the network's own; the
images go through the same steps here, but for the resizing library.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import losses
import student
from teacher import BATCH, Teachers
from train import SEED, WIDTHS

GREY, SIDE = (48, 48, 48, 255), 224


def pixels(path):
    """[3, 224, 224] f32, RGB 0..255: the middle of an image, before grey where it is clear."""
    image = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", image.size, GREY)
    ground.alpha_composite(image)
    side = min(image.size)
    left, top = ((length - side) // 2 for length in image.size)
    square = ground.convert("RGB").crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.BICUBIC)
    return np.asarray(square, np.float32).transpose(2, 0, 1)


def labelled(path, folder, only):
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file) if not only or row["file"].startswith(f"{only}/")]
    images = np.stack([pixels(folder / row["file"]) for row in rows])
    return images, np.array([row["category"].split("|")[0] for row in rows])


def judge(scores, labels):
    """Means over all images that share a category, each left out of its own answers."""
    scores = scores.copy()
    np.fill_diagonal(scores, -np.inf)
    found = []
    for row, label in zip(scores, labels):
        wanted = (labels == label).sum() - 1
        if label and wanted:
            right = labels[np.argsort(-row, kind="stable")[:-1]] == label
            precisions = np.cumsum(right) / np.arange(1, len(labels))
            found.append(((precisions * right).sum() / wanted, right[:10].mean(), right[0]))
    return np.mean(found, 0)


def cosines(rows):
    rows = rows.reshape(len(rows), -1)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows @ rows.T


def batches(images):
    """Batches of the teachers' size, the last filled up with its first image."""
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        yield np.concatenate([batch, np.repeat(batch[:1], BATCH - len(batch), 0)])


def mirrored(roots):
    return losses.scores(torch.from_numpy(roots.astype(np.float32))).numpy()


@torch.no_grad()
def ways(images):
    cells = images.reshape(len(images), 3, 8, SIDE // 8, 8, SIDE // 8).mean((3, 5))
    yield "colours on an 8x8 grid", cosines(cells - cells.mean())
    torch.manual_seed(SEED)
    network = student.fresh(WIDTHS).eval()
    maps = [network(student.pixels(torch.from_numpy(batch))) for batch in batches(images)]
    yield "random weights", mirrored(losses.roots(torch.cat(maps)[: len(images)]).numpy())
    teachers = Teachers()
    answers = [list(teachers.whole(batch)) for batch in batches(images)]
    for version, name in enumerate(teachers.names):
        roots = np.concatenate([answer[version] for answer in answers])[: len(images)]
        yield f"{name}, averaged", cosines((roots.astype(np.float32) ** 2).mean((1, 2)))
        yield f"{name}, map", mirrored(roots)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("images", type=Path, nargs="?", help="the folder of the files; by default that of the labels")
    parser.add_argument("--only", help="files in this folder")
    arguments = parser.parse_args()
    images, labels = labelled(arguments.labels, arguments.images or arguments.labels.parent, arguments.only)
    for name, scores in ways(images):
        precisions = " ".join(f"{figure:.3f}" for figure in judge(scores, labels))
        print(f"{name:32} {precisions}", flush=True)


if __name__ == "__main__":
    main()
