#!/usr/bin/env bash
# Everything that this project makes is made here: `./build.sh` says how.
cd "$(dirname "${BASH_SOURCE[0]}")"
. tools/common.sh
. tools/install.sh
. tools/page.sh
. tools/release.sh
. tools/npm.sh
. tools/test.sh

usage() {
    cat <<'END'
./build.sh demo     builds everything, prints a sample answer, and serves the demo page on http://127.0.0.1:8080
./build.sh program  builds the native program, with the page in it: target/release/recasketch
./build.sh page     builds the page only, as the folder target/page and as the file page.packed
./build.sh site [CATALOGUE.csv THUMBNAILS/]
                    makes dist/, which any static host can serve; without arguments, the site of the demo
./build.sh package  makes the packages for npm in target/package/: the search for pages of others, and `npx recasketch`

./build.sh release [TARGET]
                    packs the program for this system, or for another target of Rust, as people download it
./build.sh try [TARGET]
                    runs a packed program in an empty folder
./build.sh crate    packs the crate, with the page in it
./build.sh try-crate
                    installs the packed crate into an empty folder and runs it

./build.sh test     runs everything that a change must pass: lint, unit, wasm, browser
./build.sh lint     checks formatting, lints, dependencies and documentation
./build.sh unit [FAMILY]
                    runs the tests natively, or one family of them, such as site for tests/site
./build.sh wasm [FAMILY]
                    runs the same tests in wasm
./build.sh browser [FILE...]
                    runs the tests of the page in Chromium, and a visitor's whole way in Firefox and WebKit where
                    they are installed; or some files of the tests

./build.sh measure  measures the figures of docs/benchmarks.md on this machine
./build.sh bench    compares full-width VGG16 here and in other engines, in a browser and natively, in a table
./build.sh conformance FOLDER
                    compares every JPEG, PNG, WebP, GIF and BMP of a folder with what Pillow decodes, in a table
./build.sh soak     sends 500 queries to one page and embeds 100,000 thumbnails; memory must not grow by more than 5%
./build.sh fuzz [SECONDS]
                    damages the input of every reader at random, each for 60 seconds or as long as you say

./build.sh vgg16    makes models/vgg16.packed and its golden features again from ImageNet's weights, to the byte
./build.sh train IMAGES/ [OPTIONS]
                    trains the small network again from these images and from pictures of public packages; takes hours.
                    The options are those of models/train/train.py; the results are in target/train/
./build.sh train-classes IMAGES/ [OPTIONS]
                    trains VGG16's classifier again in the same way. The options are those of models/train/classes.py
END
}

run_demo() {
    build_program
    build_site
    say "the models most like target/demo/samples/chair.jpg"
    "$program" search target/demo/samples/chair.jpg --site dist
    say "the page"
    exec "$program" serve dist --open
}

run_test() {
    # A machine that tests builds everything once: it keeps nothing for the next time, steps through nothing, and makes
    # few copies of what is generic.
    if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_{DEBUG=false,CODEGEN_UNITS=4}; fi
    # The last part of each module is compiled by one core; the lints use the other one.
    install_rust_parts
    build_glue
    beside make_page
    run_lint
    join_beside
    run_unit
    run_wasm
    use_browser
    browse
    say "all tests passed"
}

verb=${1:-}
[ $# -gt 0 ] && shift
case "$verb" in
    demo) run_demo ;;
    program) build_program ;;
    page) build_page ;;
    site)
        build_program
        build_site "$@"
        ;;
    package)
        build_page
        make_packages
        ;;
    release) build_release "$@" ;;
    try) try_release "$@" ;;
    crate) build_crate ;;
    try-crate) try_crate ;;
    test) run_test ;;
    lint) run_lint ;;
    unit) run_unit "$@" ;;
    wasm) run_wasm "$@" ;;
    browser) run_browser "$@" ;;
    measure) exec tests/browser/measure.sh ;;
    bench) exec tests/bench/bench.sh ;;
    conformance) exec tests/conformance/conformance.sh "$@" ;;
    soak) exec tests/browser/soak.sh ;;
    fuzz) exec fuzz/fuzz.sh "$@" ;;
    vgg16) exec models/vgg16.sh ;;
    train) exec models/train/train.sh network "$@" ;;
    train-classes) exec models/train/train.sh classes "$@" ;;
    *) usage && [ -z "$verb" ] ;;
esac
