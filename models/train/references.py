"""How well labelled images find their own category by what the network is held against.

    python references.py LABELS.csv [IMAGES] [--only FOLDER] [--queries QUERIES.csv PHOTOGRAPHS]

prints mean average precision, precision@1, precision@10 and nDCG@10 by colours on an 8x8 grid, by this topology with
random weights, and by each teacher's map averaged and whole. With --queries, a table `file,wanted`, other images are asked
instead: precision@12, precision@1, any@12 and MRR by the teachers. `recasketch eval` prints the network's own; the images go
through the same steps here, but for the resizing library.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

import losses
import student
from teacher import BATCH, Teachers
from train import SEED, WIDTHS

sys.path.append(str(Path(__file__).parents[1]))
from judging import SIDE, asked, cosines, labelled, measures, names, square, wanted  # noqa: E402


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
    yield "colours on an 8x8 grid", cosines((cells - cells.mean()).reshape(len(cells), -1))
    torch.manual_seed(SEED)
    network = student.fresh(WIDTHS).eval()
    maps = [network(student.pixels(torch.from_numpy(batch))) for batch in batches(images)]
    yield "random weights", mirrored(losses.roots(torch.cat(maps)[: len(images)]).numpy())
    yield from by_teachers(images)


def by_teachers(images):
    teachers = Teachers()
    answers = [list(teachers.whole(batch)) for batch in batches(images)]
    for version, name in enumerate(teachers.names):
        roots = np.concatenate([answer[version] for answer in answers])[: len(images)]
        yield f"{name}, averaged", cosines((roots.astype(np.float32) ** 2).mean((1, 2)))
        yield f"{name}, map", mirrored(roots)


def squares(paths):
    return np.stack([square(path).transpose(2, 0, 1) for path in paths])


def report(name, figures):
    print(f"{name:32} {' '.join(f'{figure:.3f}' for figure in figures)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("images", type=Path, nargs="?", help="the folder of the files; by default that of the labels")
    parser.add_argument("--queries", nargs=2, metavar=("QUERIES", "PHOTOGRAPHS"), help="images to ask instead")
    parser.add_argument("--only", default="", help="only files whose path begins so")
    arguments = parser.parse_args()
    paths, labels = labelled(arguments.labels, arguments.images, arguments.only)
    if arguments.queries:
        queries, right = wanted(*map(Path, arguments.queries))
        named = names(arguments.labels, arguments.only)
        for name, scores in by_teachers(squares([*queries, *paths])):
            report(name, asked(scores[: len(queries), len(queries) :], named, right).mean(0))
        return
    for name, scores in ways(squares(paths)):
        report(name, measures(scores, labels).mean(1))


if __name__ == "__main__":
    main()
