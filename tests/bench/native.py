"""Times recasketch and its peers natively, in turns, and writes FOLDER/native.json.

    python3 tests/bench/native.py FOLDER PROGRAM

FOLDER holds what build.sh, network.py and int8.py put there; PROGRAM is recasketch. A round asks every engine once, the next round again; an engine's figure of a round is the median
of its runs after one that does not count. An engine that cannot be had, or whose features are not ours, is
named and left out.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import sleep

import numpy as np

ROUNDS = 7
RUNS = 5
# An engine's threads may wait for more work in a loop before they sleep.
PAUSE_SECONDS = 0.1

FLOAT, REDUCED = 0.9999, 0.99
PEERS = [
    ("ncnn", "ncnn, float", FLOAT),
    ("openvino", "OpenVINO, float", FLOAT),
    ("onnxruntime", "onnxruntime, float", FLOAT),
    ("pytorch", "PyTorch, float", FLOAT),
    ("tract", "tract alone, float", FLOAT),
    ("openvino-default", "OpenVINO, its default precision", REDUCED),
    ("openvino-int8", "OpenVINO, int8 (static QDQ)", REDUCED),
    ("onnxruntime-int8", "onnxruntime, int8 (static QDQ)", REDUCED),
]


class LeftOut(Exception):
    """Why an engine has no row."""


class Peer:
    """An engine in a process of its own."""

    def __init__(self, folder, engine, threads):
        self.features = folder / "features" / f"{engine}-{threads}.f32"
        self.features.parent.mkdir(exist_ok=True)
        if engine == "tract":
            tract = folder / "tract/release/tract-alone"
            if not tract.exists():
                raise LeftOut("it was not built")
            command = [tract, folder / "vgg16.onnx", folder / "image.planes", self.features, str(threads)]
        else:
            script = Path(__file__).with_name("engines.py")
            command = [sys.executable, script, engine, str(threads), folder, self.features]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            said = self.process.communicate()[1].strip().splitlines()
            raise LeftOut(said[-1] if said else f"it ended with {self.process.returncode}")

    def milliseconds(self):
        return median([self.run() for _ in range(1 + RUNS)][1:])

    def run(self):
        try:
            print(file=self.process.stdin, flush=True)
            return float(self.process.stdout.readline())
        except (BrokenPipeError, ValueError):
            raise LeftOut(f"it ended with {self.process.wait()}") from None

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def cosine(left, right):
    left, right = left.astype(np.float64).ravel(), right.astype(np.float64).ravel()
    return float(left @ right / np.sqrt((left @ left) * (right @ right)))


def ours(program, folder, threads):
    """Each piece of work with its median milliseconds, and the kernels' name."""
    command = [program, "bench", "--site", folder / "site", "--json"]
    environment = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
    report = json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    return {timing["work"]: timing["median_ms"] for timing in report["timings"]}, report["kernel"]


def start(folder, threads):
    """The peers that run and agree with us, each with its row."""
    expected = np.fromfile(folder / "image.features", "<f4").reshape(7, 7, 512)
    peers = []
    for engine, name, least in PEERS:
        for count in threads:
            title = f"{name}, {count} thread{'s' * (count > 1)}"
            try:
                peer = Peer(folder, engine, count)
                features = np.fromfile(peer.features, "<f4").reshape(512, 7, 7).transpose(1, 2, 0)
                agreement = cosine(features, expected)
                print(f"    {title}: cosine to ours {agreement:.7f}", flush=True)
                if not agreement >= least:
                    peer.end()
                    raise LeftOut(f"its features have a cosine of {agreement} to ours, not {least}")
                peers.append((peer, row(name, count, agreement, title)))
            except LeftOut as reason:
                print(f"    {title}, is left out: {reason}", flush=True)
    return peers


def row(engine, threads, agreement, title):
    return {"engine": engine, "threads": threads, "cosine": agreement, "title": title, "milliseconds": []}


def main():
    folder, program = Path(sys.argv[1]), sys.argv[2]
    threads = [1, 2][:os.cpu_count()]
    peers = start(folder, threads)
    our_rows = [row("recasketch, float", count, 1.0, "recasketch") for count in threads]
    for round in range(ROUNDS):
        print(f"    round {round + 1} of {ROUNDS}", flush=True)
        timings, kernel = ours(program, folder, max(threads))
        for our_row, suffix in zip(our_rows, ["", ", 2 threads"]):
            our_row["milliseconds"].append(timings["pixels -> feature map" + suffix])
        for peer, peer_row in list(peers):
            sleep(PAUSE_SECONDS)
            try:
                peer_row["milliseconds"].append(peer.milliseconds())
            except LeftOut as reason:
                print(f"    {peer_row['title']}, is left out: {reason}", flush=True)
                peers.remove((peer, peer_row))
    for peer, _ in peers:
        peer.end()
    report = {"kernel": kernel, "rows": our_rows + [peer_row for _, peer_row in peers]}
    (folder / "native.json").write_text(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
