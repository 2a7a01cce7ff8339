#!/usr/bin/env bash
# Endurance: 500 queries in one page, 100,000 thumbnails in one run; memory must not grow by more than 5%.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/common.sh
. tools/install.sh
. tools/page.sh

network=small # what grows does not depend on the network
build_program
build_site
find_browser
say "500 queries in one page, and 100,000 thumbnails in one run (leave the machine alone)"
SOAK=target/soak THUMBNAILS=target/demo/thumbnails node tests/browser/soak.js
