#!/usr/bin/env bash
# Every JPEG, PNG, WebP, GIF and BMP of a folder beside what Pillow shows of it, as a table.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/common.sh
. tools/install.sh

[ -d "${1:-}" ] || fail "conformance takes a folder of images"
install_rust_parts
say "building what decodes"
cargo build --locked --release --example decode
work=target/conformance
virtual_environment "$work"
say "installing Pillow into $work"
"$work/venv/bin/python" -m pip install --quiet pillow==13.0.0 numpy
say "every image of $1"
"$work/venv/bin/python" tests/conformance/conformance.py target/release/examples/decode "$1"
