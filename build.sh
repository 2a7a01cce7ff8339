#!/usr/bin/env bash
# Everything that this project makes is made here: `./build.sh` says how.
cd "$(dirname "${BASH_SOURCE[0]}")"
. tools/common.sh
. tools/install.sh
. tools/page.sh
. tools/test.sh

usage() {
    cat <<'END'
./build.sh demo     from nothing to the demo page on http://127.0.0.1:8080, with a sample answer
./build.sh program  the native program with the page beside it, in target/release/
./build.sh site [CATALOGUE.csv THUMBNAILS/]
                    make dist/, which any static host can serve; without arguments, the demo's
./build.sh package  target/package/recasketch-VERSION.tgz, for npm: the search for pages and programs of others

./build.sh test     everything that a change must pass: lint, unit, wasm, browser
./build.sh lint     formatting, lints, dependencies, documentation
./build.sh unit [FAMILY]
                    the tests natively, or one family of them, such as site for tests/site
./build.sh wasm [FAMILY]
                    the same tests in wasm
./build.sh browser [FILE...]
                    the tests of the page in Chromium, or some files of them

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

run_demo() {
    build_program
    build_site
    say "the models most like target/demo/samples/chair.jpg"
    "$program" search target/demo/samples/chair.jpg --site dist
    say "the page"
    exec "$program" serve dist
}

run_test() {
    run_lint
    run_unit
    run_wasm
    run_browser
    say "all tests passed"
}

verb=${1:-}
[ $# -gt 0 ] && shift
case "$verb" in
    demo) run_demo ;;
    program) build_program ;;
    site)
        build_program
        build_site "$@"
        ;;
    package)
        build_program
        make_package
        ;;
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
