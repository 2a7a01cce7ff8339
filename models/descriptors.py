"""Compares what can be made of feature maps, by how well labelled images find their own category.

    pip install onnxruntime==1.32.0 onnx==1.23.2 pillow==13.0.0 numpy==2.4.6
    recasketch demo --models 1500 --out demo
    python3 models/descriptors.py --labels demo/catalogue.csv --images demo/thumbnails

The experiment behind the default descriptor; `recasketch eval --labels` judges those that the program
knows, by the program's own pixels. Labels are CSV with the columns `category` and `file` (or `uid`, for
UID.jpg). Every image whose category another one shares is a query and is left out of its own answers.
Prints mean average precision, precision@1, precision@10, nDCG@10, and the first minus that of the post's map, with
the 95% interval of a paired bootstrap over queries.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from judging import cosines, labelled, measures, square, unit

DRAWS = 2000
OUTPUTS = ["block3_pool", "block4_pool", "features"]


def pixels(path):
    bgr = square(path)[:, :, ::-1]
    return (bgr - np.float32([103.939, 116.779, 123.68])).transpose(2, 0, 1)[None]


def feature_maps(network, paths):
    """[block 3 averaged, block 4's map, block 5's map, that of the mirror image], channels first."""
    model = onnx.load(network)
    for name in OUTPUTS[:-1]:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    rows = []
    for path in paths:
        image = pixels(path)
        block3, block4, block5 = session.run(OUTPUTS, {"pixels": image})
        [mirrored] = session.run(OUTPUTS[-1:], {"pixels": np.ascontiguousarray(image[..., ::-1])})
        rows.append((block3[0].mean((1, 2)), block4[0], block5[0], mirrored[0]))
    return [np.stack(column) for column in zip(*rows)]


def flat(maps):
    return unit(maps.reshape(len(maps), -1))


def average(maps):
    return maps.mean((2, 3))


def maximum(maps):
    return maps.max((2, 3))


def gem(maps, p=3):
    return (np.maximum(maps, 1e-6) ** p).mean((2, 3)) ** (1 / p)


def centre(maps):
    side = maps.shape[2]
    away = (np.arange(side) - (side - 1) / 2) / (side / 3)
    weights = np.exp(-(away[:, None] ** 2 + away[None] ** 2) / 2)
    return (maps * weights.astype(np.float32)).sum((2, 3))


def rmac(maps):
    side, total = maps.shape[2], unit(maximum(maps))
    for scale in (2, 3):
        width = 2 * side // (scale + 1)
        starts = [(side - width) * at // (scale - 1) for at in range(scale)]
        for top in starts:
            for left in starts:
                total = total + unit(maximum(maps[:, :, top : top + width, left : left + width]))
    return total


def principal(rows, count, centred=True):
    """The first principal directions [dimensions, count] of more dimensions than rows, and their variances."""
    rows = rows - rows.mean(0) if centred else rows
    values, vectors = np.linalg.eigh(rows @ rows.T)
    values, vectors = values[::-1][:count], vectors[:, ::-1][:, :count]
    kept = values > values[0] * 1e-6
    return (rows.T @ vectors[:, kept]) / np.sqrt(values[kept]), values[kept] / len(rows)


def whitened(rows, power, count=None):
    """Centred, rotated onto the principal directions, divided by the deviations to a power."""
    rows = unit(rows)
    directions, variances = principal(rows, count or min(rows.shape))
    return (rows - rows.mean(0)) @ directions * variances ** (-power / 2)


def expanded(rows, count):
    """Each query joined with its nearest, weighed by the cube of their cosine."""
    rows = unit(rows)
    scores = rows @ rows.T
    np.fill_diagonal(scores, -1)
    nearest = np.argsort(-scores, 1)[:, :count]
    weights = np.maximum(np.take_along_axis(scores, nearest, 1), 0) ** 3
    return rows + (weights[:, :, None] * rows[nearest]).sum(1)


def symmetric(maps, count):
    """Scores that count the better of a map and its flipped self, of `count` coefficients: those of the
    even part of the maps, half of their mean taken away, and the size of those of the odd part."""
    unit_maps = flat(maps).reshape(maps.shape)
    mirrored = unit_maps[..., ::-1]
    even, odd = ((unit_maps + sign * mirrored).reshape(len(maps), -1) / 2 for sign in (1, -1))
    (evens, even_variances), (odds, odd_variances) = principal(even, count), principal(odd, count, False)
    least = np.sort(np.concatenate([even_variances, odd_variances]))[-count:][0]
    even = (even - even.mean(0) / 2) @ evens[:, even_variances >= least]
    odd = odd @ odds[:, odd_variances >= least]
    norms = np.sqrt((even**2).sum(1) + (odd**2).sum(1))
    return (even @ even.T + np.abs(odd @ odd.T)) / norms[:, None] / norms[None]


def ways(block3, block4, maps, mirrored):
    """Every way to compare, with the scores of all pairs."""
    post, rooted = flat(maps), flat(np.sqrt(maps))
    flipped = flat(np.sqrt(maps[..., ::-1]))
    yield "map (the post)", cosines(post)
    yield "map, square root", cosines(rooted)
    better = np.maximum(cosines(rooted), cosines(rooted, flipped))
    yield "map, square root, better of it and its flipped map", better
    half_the_mean = (rooted.mean(0) + flipped.mean(0)) / 2 / 2  # of the even part: the odd one counts by its size
    yield "the same, of the query less half the set's mean", better - rooted @ half_the_mean
    of_mirror = flat(np.sqrt(mirrored))
    yield "map, square root, better of the image and its mirror", np.maximum(cosines(rooted), cosines(rooted, of_mirror))
    yield "map, query averaged with its mirror", cosines(post, post + flat(mirrored))
    yield "map, square root, query averaged with its mirror", cosines(rooted, rooted + of_mirror)
    yield "map, square root, minus its mean", cosines(rooted - rooted.mean(0))
    yield "map, square root, minus half its mean", cosines(rooted - rooted.mean(0) / 2)
    blocks = np.concatenate([unit(average(block4)), unit(average(maps))], 1)
    yield "map, square root, joined with blocks 4 and 5 averaged", cosines(np.concatenate([rooted, unit(blocks)], 1))
    pooled = [
        ("average", average(maps)),
        ("maximum", maximum(maps)),
        ("GeM, p = 3", gem(maps)),
        ("sum with centre prior", centre(maps)),
        ("R-MAC", rmac(maps)),
        ("average of square roots", average(np.sqrt(maps))),
        ("blocks 4 and 5 averaged", blocks),
        ("blocks 3, 4 and 5 averaged", np.concatenate([unit(block3), blocks], 1)),
    ]
    for name, rows in pooled:
        yield name, cosines(rows)
        yield f"{name}, half whitened", cosines(whitened(rows, 0.5))
        yield f"{name}, whitened", cosines(whitened(rows, 1))
    for count in (64, 128, 256, 512):
        yield f"map, PCA {count}", cosines(whitened(post, 0, count))
        yield f"map, square root, PCA {count}", cosines(whitened(rooted, 0, count))
        yield f"map, square root, either side, PCA {count}", symmetric(np.sqrt(maps), count)
    yield "map, square root, PCA 128, half whitened", cosines(whitened(rooted, 0.5, 128))
    yield "map, square root, PCA 128, whitened", cosines(whitened(rooted, 1, 128))
    yield "map, query expanded by the top 3", cosines(post, expanded(post, 3))
    yield "map, square root, query expanded by the top 3", cosines(rooted, expanded(rooted, 3))


def interval(differences):
    draws = np.random.default_rng(1979).integers(0, len(differences), (DRAWS, len(differences)))
    return np.percentile(differences[draws].mean(1), [2.5, 97.5])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--labels", type=Path, required=True)
    arguments.add_argument("--images", type=Path, help="the folder of the files; by default that of the labels")
    arguments.add_argument("--only", default="", help="only files whose path begins so")
    arguments.add_argument("--network", type=Path, default=Path(__file__).parent / "vgg16-quarter.onnx")
    given = arguments.parse_args()
    paths, labels = labelled(given.labels, given.images, given.only)
    post = None
    print("| descriptor | mAP | precision@1 | precision@10 | nDCG@10 | mAP minus the post's |\n|" + " --- |" * 6)
    for name, scores in ways(*feature_maps(given.network, paths)):
        measured = measures(scores, labels)
        post = measured if post is None else post
        difference = measured[0] - post[0]
        low, high = interval(difference)
        means = " | ".join(f"{mean:.3f}" for mean in measured.mean(1))
        print(f"| {name} | {means} | {difference.mean():+.4f} ({low:+.4f} to {high:+.4f}) |", flush=True)


if __name__ == "__main__":
    main()
