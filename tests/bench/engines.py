"""One engine with one network and one image, in a process of its own.

    python3 tests/bench/engines.py ENGINE THREADS FOLDER FEATURES

Writes the features [512, 7, 7] f32 to FEATURES and prints `ready`; then each line that comes in is answered
with the milliseconds of one more run. FOLDER is what network.py and int8.py filled.
"""

import sys
from pathlib import Path
from time import perf_counter

import numpy as np


def ncnn(folder, image, threads):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_vulkan_compute = False
    net.load_param(str(folder / "vgg16.ncnn.param"))
    net.load_model(str(folder / "vgg16.ncnn.bin"))

    def run():
        extractor = net.create_extractor()
        extractor.input("pixels", ncnn.Mat(image[0]))
        return np.array(extractor.extract("block5_conv3_pool")[1])

    return run


def onnxruntime(file):
    def engine(folder, image, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(folder / file, options, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, {"pixels": image})[0]

    return engine


def openvino(file, **precision):
    def engine(folder, image, threads):
        import openvino

        settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", **precision}
        request = openvino.Core().compile_model(folder / file, "CPU", settings).create_infer_request()
        return lambda: request.infer({"pixels": image})[0]

    return engine


def pytorch(folder, image, threads):
    import torch

    torch.set_num_threads(threads)
    stored = np.load(folder / "vgg16.npz")
    names = sorted({name.split("/")[0] for name in stored.files})
    layers = []
    for name, following in zip(names, [*names[1:], ""]):
        kernel, bias = stored[f"{name}/kernel"], stored[f"{name}/bias"]
        layer = torch.nn.Conv2d(kernel.shape[2], bias.size, 3, padding=1)
        layer.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
        layer.bias.data = torch.from_numpy(bias)
        layers += [layer, torch.nn.ReLU(inplace=True)]
        if following[:6] != name[:6]:
            layers.append(torch.nn.MaxPool2d(2))
    # Its quickest way without a compiler: maps and kernels with their channels last, and a frozen graph.
    model = torch.nn.Sequential(*layers).eval().to(memory_format=torch.channels_last)
    pixels = torch.from_numpy(image).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        frozen = torch.jit.freeze(torch.jit.trace(model, pixels))

    def run():
        with torch.inference_mode():
            return frozen(pixels).numpy()

    return run


ENGINES = {
    "ncnn": ncnn,
    "onnxruntime": onnxruntime("vgg16.onnx"),
    "onnxruntime-int8": onnxruntime("vgg16-int8.onnx"),
    "openvino": openvino("vgg16.onnx", INFERENCE_PRECISION_HINT="f32"),
    "openvino-default": openvino("vgg16.onnx"),
    "openvino-int8": openvino("vgg16-int8.onnx"),
    "pytorch": pytorch,
}


def main():
    engine, threads, folder, features = sys.argv[1:]
    image = np.fromfile(Path(folder) / "image.planes", "<f4").reshape(1, 3, 224, 224)
    run = ENGINES[engine](Path(folder), image, int(threads))
    Path(features).write_bytes(np.ascontiguousarray(run(), "<f4").tobytes())
    print("ready", flush=True)
    for _ in sys.stdin:
        start = perf_counter()
        run()
        print((perf_counter() - start) * 1e3, flush=True)


if __name__ == "__main__":
    main()
