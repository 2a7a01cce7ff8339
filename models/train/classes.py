"""Teaches a classifier: which of 512 classes the mean of a network's last map speaks of.

    python classes.py --images PICTURES --drawings DEMO --network vgg16.onnx --out vgg16-classes.safetensors

PICTURES and DEMO are as `images.py` says. Views of them are shown to the teachers and to the network; the classifier is fitted
to what the teachers say, and the network stays as it is. No labels are read. What is fitted to is kept in --work, so that a
second run goes on where the first one stopped.

ImageNet's 1,000 classes tell 118 dogs apart and few chairs. Those that the teachers' last layers take for the most alike are
joined until 512 are left, and a joined class is as likely as its members together.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import openvino
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

import images
from teacher import BATCH, VERSIONS, Classifier, compiled
from views import views

CLASSES, VIEW, SEED = 512, 224, 7
# Of all views.
SHARES = {"photographs": 0.4, "pictures": 0.28, "icons": 0.2, "drawings": 0.12}
# Views are cut, blended and discoloured, so the teachers are less sure of them than of whole images.
SURER = 1.6
MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)[:, None, None]
CHUNK = 3200


def report(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def group(weights, count):
    """[1000, count] of 0 and 1: classes joined by the mean cosine of their weights, the most alike first."""
    alike = weights @ weights.T
    np.fill_diagonal(alike, -np.inf)
    sizes, members = np.ones(len(weights)), [[at] for at in range(len(weights))]
    for _ in range(len(weights) - count):
        one, other = sorted(np.unravel_index(alike.argmax(), alike.shape))
        mean = (alike[one] * sizes[one] + alike[other] * sizes[other]) / (sizes[one] + sizes[other])
        alike[one], alike[:, one] = mean, mean
        alike[one, one], alike[other], alike[:, other] = -np.inf, -np.inf, -np.inf
        sizes[one] += sizes[other]
        members[one] += members[other]
        members[other] = []
    joined = np.zeros((len(weights), count), np.float32)
    for at, of in enumerate(filter(None, members)):
        joined[of, at] = 1
    return joined


def last_layers():
    """[1000, 2560]: both teachers' weights of each class, less their mean, each as long as the other."""
    weights = [Classifier(version).network._fc.weight.detach().numpy() for version in VERSIONS]
    weights = [one - one.mean(0) for one in weights]
    return np.concatenate([one / np.linalg.norm(one, axis=1, keepdims=True) for one in weights], 1) / len(weights) ** 0.5


def look(arguments):
    """Shows views to all networks: the network's means [n, channels] and the teachers' logits [2, n, 1000], in chunks."""
    chunks = range(-(-arguments.views // CHUNK))
    missing = [at for at in chunks if not (arguments.work / f"classes-{at}.npz").exists()]
    if missing:
        squares, kinds, *_ = images.gathered(arguments.images, arguments.drawings, arguments.work)
        report(", ".join(f"{(kinds == kind).sum()} {kind}" for kind in SHARES))
        squares, photographs = torch.from_numpy(squares), torch.from_numpy(squares[kinds == "photographs"])
        chances = sum(share * (kinds == kind) / (kinds == kind).sum() for kind, share in SHARES.items())
        network = openvino.Core().read_model(arguments.network)
        network.reshape([BATCH, 3, VIEW, VIEW])
        network = openvino.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"})
        teachers = [compiled(version) for version in VERSIONS]
    for chunk in missing:
        generator, random = torch.Generator().manual_seed(SEED + chunk), np.random.default_rng(SEED + chunk)
        means, logits = [], []
        for _ in range(CHUNK // BATCH):
            chosen = random.choice(len(squares), BATCH, p=chances)
            batch = views(generator, squares[chosen], kinds[chosen], photographs, VIEW).float().numpy()
            means.append(network(batch[:, ::-1] - MEAN_BGR)[0].mean((2, 3)).astype(np.float16))
            logits.append(np.stack([teacher(batch)[1] for teacher in teachers]).astype(np.float16))
        np.savez(arguments.work / f"classes-{chunk}.npz", means=np.concatenate(means), logits=np.concatenate(logits, 1))
        report(f"{(chunk + 1) * CHUNK} views")
    looked = [np.load(arguments.work / f"classes-{at}.npz") for at in chunks]
    means = np.concatenate([chunk["means"] for chunk in looked])
    return means.astype(np.float32), np.concatenate([chunk["logits"] for chunk in looked], 1).astype(np.float32)


def fit(means, wanted, epochs=30, batch=256, rate=1e-2):
    """The weights [classes, channels] and biases [classes] that answer the means with wanted probabilities."""
    torch.manual_seed(SEED)
    centre, spread = means.mean(0), means.std()
    means, wanted = torch.from_numpy((means - centre) / spread), torch.from_numpy(wanted)
    layer = torch.nn.Linear(means.shape[1], wanted.shape[1])
    optimiser = torch.optim.AdamW(layer.parameters(), lr=rate, weight_decay=0.1)
    steps = epochs * len(means) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    for step in range(steps):
        rows = torch.randint(len(means), (batch,))
        loss = -(wanted[rows] * F.log_softmax(layer(means[rows]), 1)).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if (step + 1) % 1000 == 0:
            report(f"step {step + 1} of {steps}: loss {loss.item():.3f}")
    weight, bias = SURER * layer.weight.detach().numpy() / spread, SURER * layer.bias.detach().numpy()
    return weight, bias - weight @ centre


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="pictures, photographs in folders called photos")
    parser.add_argument("--drawings", type=Path, required=True, help="what `recasketch demo --views` wrote")
    parser.add_argument("--network", type=Path, required=True, help="the network, as `recasketch network export` writes it")
    parser.add_argument("--views", type=int, default=64000, help="how many views are looked at")
    parser.add_argument("--work", type=Path, default=Path("work"), help="the folder for what was looked at")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    means, logits = look(arguments)
    joined = group(last_layers(), CLASSES)
    powers = np.exp(logits - logits.max(2, keepdims=True))
    wanted = (powers / powers.sum(2, keepdims=True)).mean(0) @ joined
    weight, bias = fit(means, wanted)
    save_file({"classes.weight": weight.astype(np.float16), "classes.bias": bias.astype(np.float32)}, arguments.out)
    report(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
