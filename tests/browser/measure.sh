#!/usr/bin/env bash
# The figures of docs/benchmarks.md, on this machine.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/common.sh
. tools/install.sh
. tools/page.sh

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
