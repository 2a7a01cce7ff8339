"""Teaches a classifier: which of 512 classes the mean of a network's last map speaks of.

    python classes.py --images PICTURES --drawings DEMO --network vgg16.onnx --out vgg16-classes.safetensors

PICTURES has photographs in folders called photos, icons as SVG in folders called icons, and all else elsewhere; DEMO is what `recasketch demo --views` wrote, of
which some classes are left out. Views of them are shown to the teachers and to the network; the classifier is fitted to what
the teachers say, and the network stays as it is. No labels are read. What is fitted to is kept in --work, so that a second run
goes on where the first one stopped.

ImageNet's 1,000 classes tell 118 dogs apart and few chairs. Those that the teachers' last layers take for the most alike are
joined until 512 are left, and a joined class is as likely as its members together.
"""

import argparse
import csv
import io
import json
import re
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import openvino
import resvg_py
import torch
import torch.nn.functional as F
from fontTools.ttLib import TTFont
from PIL import Image
from safetensors.numpy import save_file

from labels import HELD_BACK
from teacher import BATCH, VERSIONS, Classifier, compiled
from views import uniform, views

CLASSES, SQUARE, VIEW, SEED = 512, 256, 224, 7
# Of all views.
SHARES = {"photographs": 0.4, "pictures": 0.28, "icons": 0.2, "drawings": 0.12}
# Of views of a kind, those whose flat things are made to look thick.
THICK = {"pictures": 0.3, "icons": 0.6}
# Smaller ones are marks on a page, and longer ones are borders. Drawings are of 256 x 144 pixels.
LEAST, LONGEST = {"photographs": 150, "pictures": 60, "icons": 60, "drawings": 144}, 6
# Views are cut, blended and discoloured, so the teachers are less sure of them than of whole images.
SURER = 1.6
MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)[:, None, None]
CHUNK = 3200


def report(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


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
    """The drawings of classes that others are not judged by."""
    with open(folder / "catalogue.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not HELD_BACK & set(row["tags"].split("|"))]
    return [folder / "thumbnails" / f"{row['uid']}.jpg" for row in rows]


def pictures(arguments):
    """All squares, and of which kind each is."""
    extracted = arguments.work / "glyphs"
    extracted.mkdir(parents=True, exist_ok=True)
    for font in (font for folder in arguments.images for font in folder.rglob("*.ttf")):
        for name, data in glyphs(font):
            (extracted / f"{name}.png").write_bytes(data)
    suffixes = {".jpg", ".jpeg", ".png", ".webp"}
    found = [path for folder in (*arguments.images, extracted) for path in sorted(folder.rglob("*"))]
    files = [(path, "photographs" if "photos" in path.parts else "pictures") for path in found if path.suffix.lower() in suffixes]
    sets = [path for path in found if path.suffix in (".svg", ".json") and "icons" in path.parts]
    files += [(icon, "icons") for path in sets for icon in icons(path)]
    files += [(path, "drawings") for path in drawn(arguments.drawings)]
    with ProcessPoolExecutor() as pool:
        squares = list(pool.map(read, files, chunksize=32))
    kept = [at for at, one in enumerate(squares) if one is not None]
    return np.stack([squares[at] for at in kept]), np.array([files[at][1] for at in kept])


def blurred(planes, width):
    """[n, 1, side, side] f32, by a Gaussian of a width."""
    steps = torch.arange(-3 * width, 3 * width + 1)
    weights = torch.exp(-(steps**2) / (2 * width**2)).view(1, 1, 1, -1)
    for weights in (weights / weights.sum(), (weights / weights.sum()).transpose(2, 3)):
        high, wide = (side // 2 for side in weights.shape[2:])
        planes = F.conv2d(F.pad(planes, (wide, wide, high, high), mode="replicate"), weights)
    return planes


def thick(generator, squares):
    """[n, side, side, 4] u8, of flat things, as of things that bulge, shine and lie in the light."""
    channels = squares.permute(0, 3, 1, 2).float() / 255
    alpha, colours = channels[:, 3:], channels[:, :3]

    def some(low, high):
        return uniform(generator, low, high, len(squares), 1, 1, 1)

    bulge = sum(blurred(alpha, width) * width * share for width, share in ((3, 0.8), (8, 0.8), (20, 0.7)))
    height = bulge * some(0.6, 1.4) + blurred((colours * alpha).mean(1, keepdim=True), 2) * some(-4, 6)
    right = F.pad(height[..., 2:] - height[..., :-2], (1, 1, 0, 0)) / 2
    down = F.pad(height[..., 2:, :] - height[..., :-2, :], (0, 0, 1, 1)) / 2
    facing = (1 + right**2 + down**2).rsqrt()
    # From above, from any side but below.
    angle = some(-2.6, -0.5)
    light = (facing * (0.8 - 0.6 * (right * angle.cos() + down * angle.sin()))).clamp(min=0)
    shine = (2 * facing * light - 0.8).clamp(min=0) ** some(8, 30) * some(0, 0.5)
    shade = some(0.35, 0.6)
    colours = colours * (shade + (1.15 - shade) * light / 0.8) + shine
    return (torch.cat([colours.clamp(0, 1), alpha], 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1)


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
        squares, kinds = pictures(arguments)
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
            batch = squares[chosen]
            is_thick = random.random(BATCH) < [THICK.get(kind, 0) for kind in kinds[chosen]]
            batch[is_thick] = thick(generator, batch[is_thick])
            batch = views(generator, batch, photographs, torch.zeros(BATCH, dtype=torch.bool), VIEW).float().numpy()
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
