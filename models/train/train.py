"""Trains the network that ships. `../../build.sh train IMAGES` prepares everything and runs this.

    python train.py --images PICTURES --drawings DEMO --start NETWORK.onnx --minutes 70 --out NETWORK.onnx

PICTURES and DEMO are as `images.py` says.

It draws views of all squares, asks the teachers about each once, and then trains on them: first with batch
normalisation on small views, then folded at the full 224 x 224. Stopped and begun again with the same --work,
it goes on from its last checkpoint.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import images
import losses
import student
from teacher import BATCH, CELLS, KEPT, SIDE, VERSIONS, Teachers
from views import SIDE as VIEW, views

WIDTHS = (16, 32, 64, 128, 128)
SEED = 6
# Where the processor lacks it, bfloat16 is imitated, at a tenth of float32's speed.
HAS_BFLOAT16 = torch.cpu.get_capabilities().get("avx512_bf16", False)
# What was learnt of drawings costs a little elsewhere; weights between those of before and after keep most of both
# (Wortsman et al. 2022, Robust fine-tuning of zero-shot models).
KEPT_OF_TRAINING = 0.85
# Of a batch: photographs, pictures with icons, and drawings, SAME of each object, of CLASSES classes, so that there
# are others of each object's own class.
SHARES, SAME, CLASSES = {"photographs": 24, "pictures": 24, "drawings": 32}, 4, 4


def report(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Cache:
    """Views, and what the teachers say of them, in files that stay."""

    def __init__(self, folder, count):
        self.folder, self.count = folder, count
        folder.mkdir(parents=True, exist_ok=True)
        shapes = {
            "views": ((count, 3, VIEW, VIEW), np.uint8),
            "roots": ((count, len(VERSIONS), CELLS, CELLS, KEPT), np.float16),
            "logits": ((count, 1000), np.float16),
            "kinds": ((count,), np.int8),
            "objects": ((count,), np.int32),
            "classes": ((count,), np.int32),
        }
        self.is_whole = (folder / "whole").exists()
        mode = "r+" if self.is_whole else "w+"
        for name, (shape, kind) in shapes.items():
            setattr(self, name, np.lib.format.open_memmap(folder / f"{name}.npy", mode, kind, shape))

    def close_with(self, text):
        (self.folder / "whole").write_text(text)

    def rows(self):
        """The rows of each kind."""
        return {kind: np.flatnonzero(self.kinds == number) for number, kind in enumerate(SHARES)}


def fill(cache, arguments):
    """Draws all views and asks the teachers."""
    generator = torch.Generator().manual_seed(SEED)
    squares, kinds, objects, classes = images.gathered(arguments.images, arguments.drawings, arguments.work)
    report(", ".join(f"{(kinds == kind).sum()} {kind}" for kind in np.unique(kinds)) + f" of {objects.max() + 1} objects")
    rows = {"photographs": ["photographs"], "pictures": ["pictures", "icons"], "drawings": ["drawings"]}
    rows = {kind: np.flatnonzero(np.isin(kinds, of)) for kind, of in rows.items()}
    squares, photos = torch.from_numpy(squares), torch.from_numpy(squares[rows["photographs"]])

    def some(turn):
        """A batch of views in the shares of training, and the rows that they are of."""
        chosen = []
        for kind in ("photographs", "pictures"):
            count = BATCH * SHARES[kind] // sum(SHARES.values())
            chosen.append(rows[kind][torch.randint(len(rows[kind]), (count,), generator=generator)])
        count = BATCH - sum(map(len, chosen))
        chosen.append(rows["drawings"][(turn * count + np.arange(count)) % len(rows["drawings"])])
        chosen = np.concatenate(chosen)
        return views(generator, squares[chosen], kinds[chosen], photos), chosen

    def enlarged(batch):
        return F.interpolate(batch.float(), SIDE, mode="bilinear", align_corners=False).numpy()

    teachers = Teachers()
    shares = teachers.learn(enlarged(some(turn)[0]) for turn in range(40))
    report(f"the teachers' maps keep {min(shares):.4f} of their energy")
    for turn in range(cache.count // BATCH):
        place = slice(turn * BATCH, (turn + 1) * BATCH)
        batch, chosen = some(turn)
        for number, of in enumerate(rows.values()):
            cache.kinds[place][np.isin(chosen, of)] = number
        cache.objects[place], cache.classes[place] = objects[chosen], classes[chosen]
        cache.views[place] = batch.numpy()
        cache.roots[place], cache.logits[place] = teachers(enlarged(batch))
        if turn % 200 == 0:
            report(f"{turn * BATCH} views")
    cache.close_with(json.dumps({"views": cache.count}))


def by_class(cache, drawings):
    """For each class of drawings its objects, as rows; objects of which too few views were drawn are left out."""
    objects, classes = (np.asarray(numbers)[drawings] for numbers in (cache.objects, cache.classes))
    order = np.argsort(objects, kind="stable")
    rows = np.split(drawings[order], np.flatnonzero(np.diff(objects[order])) + 1)
    rows = [one for one in rows if len(one) >= SAME]
    return [[one for one in rows if cache.classes[one[0]] == number] for number in np.unique(classes)]


def batch_of(generator, rows, drawn):
    """Rows of a batch; of each drawn object several."""
    chosen = [generator.choice(rows[kind], SHARES[kind]) for kind in ("photographs", "pictures")]
    for number in generator.choice(len(drawn), CLASSES, replace=False):
        for at in generator.choice(len(drawn[number]), SHARES["drawings"] // SAME // CLASSES, replace=False):
            chosen.append(generator.choice(drawn[number][at], SAME, replace=False))
    return np.concatenate(chosen)


class Student(nn.Module):
    """The network, and the heads that only training needs."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        channels = [module for module in network if isinstance(module, nn.Conv2d)][-1].out_channels
        self.places = nn.ModuleList(nn.Linear(channels, KEPT) for _ in VERSIONS)
        self.classes = nn.Linear(channels, 1000)

    def forward(self, pixels):
        return self.network(pixels)


def loss_of(model, cache, rows, side, is_mirrored):
    """The weighted sum, and its parts for the log."""
    batch = F.interpolate(torch.from_numpy(cache.views[rows]).float(), side, mode="bilinear", align_corners=False)
    wanted = torch.from_numpy(cache.roots[rows]).float()
    if is_mirrored:
        batch, wanted = batch.flip(3), wanted.flip(3)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HAS_BFLOAT16):
        maps = model(student.pixels(batch))
    maps = maps.float()
    roots = losses.roots(maps)
    objects, classes = (torch.from_numpy(numbers[rows]) for numbers in (cache.objects, cache.classes))
    drawings = objects >= 0
    found = losses.scores(roots)
    teachers = torch.stack([losses.scores(wanted[:, at]) for at in range(len(VERSIONS))]).mean(0)
    # Within a kind, as in a catalogue, but not the same object: of that the teachers know less. And across kinds, as a
    # photograph is answered: apart, since kinds differ by more than what they show does.
    is_same = (objects[:, None] == objects[None]) & drawings[:, None]
    kinds = torch.from_numpy(cache.kinds[rows])
    is_within = kinds[:, None] == kinds[None]
    within = is_within & ~is_same & ~torch.eye(len(rows), dtype=torch.bool)
    cells = maps.shape[2]
    smaller = [F.adaptive_avg_pool2d(wanted[:, at].permute(0, 3, 1, 2), cells).permute(0, 2, 3, 1) for at in range(len(VERSIONS))]
    instances, families = losses.drawn(found[drawings][:, drawings], objects[drawings], classes[drawings])
    parts = {
        "places": sum(losses.places(head(roots), target) for head, target in zip(model.places, smaller)) / len(VERSIONS),
        "classes": losses.classes(model.classes(roots.mean((1, 2))), torch.from_numpy(cache.logits[rows]).float()),
        "within": losses.order(found, teachers, within),
        "across": losses.order(found, teachers, ~is_within),
        "instances": instances,
        "families": families,
    }
    weights = {"places": 2.0, "classes": 1.0, "within": 2.0, "across": 3.0, "instances": 0.4, "families": 0.3}
    return sum(weights[name] * part for name, part in parts.items()), parts


def processors():
    """Seconds that this process has had of all processors together, whatever else they do."""
    return time.process_time() / torch.get_num_threads()


def rate(stage, step, progress):
    """Warms up, then falls along half a cosine to the stage's last share of it."""
    falling = stage["last"] + (1 - stage["last"]) * (1 + math.cos(math.pi * progress)) / 2
    return stage["rate"] * min(1, (step + 1) / 200) * falling


def train(model, cache, stage, arguments):
    """One stage: its share of the minutes, at its sides, from its rate down."""
    checkpoint = arguments.work / f"{stage['name']}.pt"
    optimiser = torch.optim.AdamW(model.parameters(), lr=stage["rate"], weight_decay=stage["decay"])
    state = {"step": 0, "spent": 0.0}
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        state = saved["state"]
    limit, rows = stage["share"] * arguments.minutes * 60, cache.rows()
    drawn = by_class(cache, rows["drawings"])
    log, began = [], processors() - state["spent"]
    while state["spent"] < limit:
        generator = np.random.default_rng((SEED, len(stage["name"]), state["step"]))
        progress = state["spent"] / limit
        for group in optimiser.param_groups:
            group["lr"] = rate(stage, state["step"], progress)
        side = generator.choice(stage["sides"])
        loss, parts = loss_of(model, cache, batch_of(generator, rows, drawn), int(side), generator.random() < 0.5)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        log.append([part.item() for part in parts.values()])
        state = {"step": state["step"] + 1, "spent": processors() - began}
        if state["step"] % 100 == 0:
            means = " ".join(f"{name} {mean:.4f}" for name, mean in zip(parts, np.mean(log[-100:], 0)))
            report(f"{stage['name']} step {state['step']}, {100 * state['spent'] / limit:.0f}%: {means}")
        if state["step"] % 500 == 0:
            torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "state": state}, checkpoint)
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "state": state}, checkpoint)
    report(f"{stage['name']}: {state['step']} steps of {sum(SHARES.values())} views")


STAGES = [
    {"name": "normalised", "share": 0.5, "sides": [128, 144, 160], "rate": 1e-3, "last": 0.15, "decay": 0.02},
    {"name": "folded", "share": 0.5, "sides": [224], "rate": 1.5e-4, "last": 0.01, "decay": 0.01},
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="pictures, photographs in folders called photos")
    parser.add_argument("--drawings", type=Path, required=True, help="what `recasketch demo --views` wrote")
    parser.add_argument("--start", type=Path, help="a network to go on from; otherwise from random weights")
    parser.add_argument("--views", type=int, default=64000, help="how many views the teachers are asked about")
    parser.add_argument("--minutes", type=float, default=70, help="of all processors, for training; views are not counted")
    parser.add_argument("--work", type=Path, default=Path("work"), help="the folder for views and checkpoints")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    cache = Cache(arguments.work / "cache", arguments.views // BATCH * BATCH)
    if not cache.is_whole:
        fill(cache, arguments)
    first = torch.from_numpy(cache.views[:256]).float()
    network = student.normalised(arguments.start, first) if arguments.start else student.fresh(WIDTHS)
    model = Student(network)
    train(model, cache, STAGES[0], arguments)
    model.network = student.folded(model.network.eval())
    train(model, cache, STAGES[1], arguments)
    if arguments.start:
        model.network = student.between(arguments.start, model.network, KEPT_OF_TRAINING)
    student.write(model.network, arguments.out)
    report(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
