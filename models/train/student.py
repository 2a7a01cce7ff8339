"""VGG16's convolutions at any width, in PyTorch: read from a network of this project, trained, written back."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

DEPTHS = (2, 2, 3, 3, 3)
MEANS = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)


def pixels(images):
    """[n, 3, side, side], RGB 0..255 -> what the network expects: BGR minus its means."""
    return (images.flip(1) - MEANS).contiguous(memory_format=torch.channels_last)


def convolutions(path):
    """Kernels [out, in, 3, 3] and biases [out] of a network in ONNX with quantised kernels."""
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    names = [name.removesuffix("_bias") for name in constants if name.endswith("_bias")]
    for name in names:
        kernel = constants[f"{name}_kernel_q"] * constants[f"{name}_scale"][:, None, None, None]
        yield torch.from_numpy(kernel.astype(np.float32)), torch.from_numpy(constants[f"{name}_bias"].copy())


def stacked(layers):
    """Convolutions, each followed by its normalisation, if any, and ReLU; with the poolings between blocks."""
    layers, modules = iter(layers), []
    for depth in DEPTHS:
        for _ in range(depth):
            modules += [*next(layers), nn.ReLU(inplace=True)]
        modules.append(nn.MaxPool2d(2))
    return nn.Sequential(*modules).to(memory_format=torch.channels_last)


def convolution(kernel, bias):
    layer = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1, bias=bias is not None)
    with torch.no_grad():
        layer.weight.copy_(kernel)
        if bias is not None:
            layer.bias.copy_(bias)
    return layer


@torch.no_grad()
def normalised(path, images):
    """A network from a file, with a normalisation of these images' activations behind each convolution that
    changes nothing yet: its factor and offset are the deviation and mean that it takes out."""
    layers, activations, depths = [], pixels(images), iter(np.cumsum(DEPTHS))
    end = next(depths)
    for number, (kernel, bias) in enumerate(convolutions(path), 1):
        layer, normalisation = convolution(kernel, None), nn.BatchNorm2d(len(bias), momentum=0.02)
        sums = layer(activations)
        mean, variance = sums.mean((0, 2, 3)), sums.var((0, 2, 3))
        normalisation.running_mean.copy_(mean)
        normalisation.running_var.copy_(variance)
        normalisation.weight.copy_((variance + normalisation.eps).sqrt())
        normalisation.bias.copy_(mean + bias)
        activations = torch.relu(sums + bias.view(1, -1, 1, 1))
        if number == end:
            activations, end = nn.functional.max_pool2d(activations, 2), next(depths, None)
        layers.append((layer, normalisation))
    return stacked(layers)


def fresh(widths):
    """A network of random weights, normalised throughout."""
    layers, before = [], 3
    for depth, width in zip(DEPTHS, widths):
        for _ in range(depth):
            layers.append((nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)))
            before = width
    return stacked(layers)


@torch.no_grad()
def folded(network):
    """The same network with its normalisations in the convolutions."""
    layers, modules = [], list(network)
    for layer, normalisation in zip(modules, modules[1:]):
        if isinstance(normalisation, nn.BatchNorm2d):
            factor = normalisation.weight / (normalisation.running_var + normalisation.eps).sqrt()
            bias = normalisation.bias - normalisation.running_mean * factor
            layers.append((convolution(layer.weight * factor[:, None, None, None], bias),))
    return stacked(layers)


@torch.no_grad()
def between(path, network, share):
    """The network whose weights lie so far, as a share, on the way from those in a file to these."""
    parts = iter(part for layer in convolutions(path) for part in layer)
    for parameter in network.parameters():
        parameter.copy_(torch.lerp(next(parts), parameter, share))
    return network


def write(network, path):
    """Writes a folded network as ONNX, opset 13: 8-bit kernels with a scale for each channel."""
    nodes, constants, value, block, place = [], [], "pixels", 1, 1
    convolved = [module for module in network if isinstance(module, nn.Conv2d)]
    for module in network:
        if isinstance(module, nn.MaxPool2d):
            pooled = "features" if block == len(DEPTHS) else f"block{block}_pool"
            nodes.append(helper.make_node("MaxPool", [value], [pooled], f"block{block}_pool", kernel_shape=[2, 2], strides=[2, 2]))
            value, block, place = pooled, block + 1, 1
        elif isinstance(module, nn.Conv2d):
            name = f"block{block}_conv{place}"
            value, place = quantised(module, name, value, nodes, constants), place + 1
    shape = [1, convolved[-1].out_channels, 7, 7]
    ends = [helper.make_tensor_value_info(*end) for end in (("pixels", TensorProto.FLOAT, [1, 3, 224, 224]), ("features", TensorProto.FLOAT, shape))]
    graph = helper.make_graph(nodes, "vgg16", ends[:1], ends[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="recasketch")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


def quantised(module, name, value, nodes, constants):
    """Adds a convolution with its kernel in 8 bits and its ReLU; gives the name of what comes out."""
    kernel, bias = (tensor.detach().numpy() for tensor in (module.weight, module.bias))
    scale = np.maximum(np.abs(kernel).reshape(len(kernel), -1).max(1) / 127, 1e-8).astype(np.float32)
    rounded = np.clip(np.round(kernel / scale[:, None, None, None]), -127, 127).astype(np.int8)
    tensors = {"kernel_q": rounded, "scale": scale, "zero": np.zeros(len(kernel), np.int8), "bias": bias}
    constants += [numpy_helper.from_array(tensor, f"{name}_{part}") for part, tensor in tensors.items()]
    nodes += [
        helper.make_node("DequantizeLinear", [f"{name}_{part}" for part in ("kernel_q", "scale", "zero")], [f"{name}_kernel"], f"{name}_dequantize", axis=0),
        helper.make_node("Conv", [value, f"{name}_kernel", f"{name}_bias"], [name], name, kernel_shape=[3, 3], pads=[1] * 4, strides=[1, 1]),
        helper.make_node("Relu", [name], [f"{name}_relu"], f"{name}_relu"),
    ]
    return f"{name}_relu"
