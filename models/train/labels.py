"""Writes labels that `recasketch eval --labels` takes, from what lies beside the pictures.

    recasketch demo --models 880 --views 4 --seed 99 --out DRAWINGS
    python3 models/train/labels.py drawings DRAWINGS     # DRAWINGS/objects.csv, classes.csv and all.csv
    npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-17.0.0.tgz package/en/data.json
    python3 models/train/labels.py emoji LABELS.csv package/en/data.json OUT.csv

`drawings` keeps the classes that no drawing of the training was of: in objects.csv an answer is right if it
shows the same object from another side, in classes.csv if it is of the same class. all.csv is objects.csv with
every class. `emoji` gives each picture of an emoji, whose id is its code points, Unicode's subgroup.
"""

import csv
import json
import sys
from pathlib import Path

HELD_BACK = {"vase", "rocket", "bottle", "cactus", "die", "burger", "teapot", "crate"}


def write(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "category", "name"])
        writer.writerows(rows)


def picture(row):
    return f"thumbnails/{row['uid']}.jpg"


def drawings(folder):
    with open(folder / "catalogue.csv", newline="") as file:
        rows = [(row, HELD_BACK & set(row["tags"].split("|"))) for row in csv.DictReader(file)]
    write(folder / "all.csv", [(picture(row), row["category"], row["name"]) for row, _ in rows])
    kept = [(row, classes.pop()) for row, classes in rows if classes]
    write(folder / "objects.csv", [(picture(row), row["category"], row["name"]) for row, _ in kept])
    write(folder / "classes.csv", [(picture(row), name, row["name"]) for row, name in kept])


def emoji(labels, data, out):
    with open(data, encoding="utf-8") as file:
        subgroups = {one["hexcode"].lower(): f"{one['group']}.{one['subgroup']}" for one in json.load(file) if "subgroup" in one}
    with open(labels, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("emoji3d/")]
    bare = {code.replace("-fe0f", ""): subgroup for code, subgroup in subgroups.items()}
    write(out, [(row["file"], bare.get(row["id"].replace("-fe0f", ""), ""), row["name"]) for row in rows])


def main():
    match sys.argv[1:]:
        case ["drawings", folder]:
            drawings(Path(folder))
        case ["emoji", labels, data, out]:
            emoji(labels, data, out)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
