# What build.sh and the scripts beside the code begin with: names of places, and how things are said.
# Sourced, from the repository's root.

set -euo pipefail

wasm_target=wasm32-unknown-unknown
tools=target/tools/bin
glue=target/debug/glue
program=target/release/recasketch
page=target/page       # as a folder, for `--page`
packed=page.packed     # as one file, which the program holds
relaxed=target/relaxed # the page's module once more, with relaxed lanes
types=target/types     # of the module, for the tests
package=target/package
network=vgg16 # of the sites that are made here
browser_files_at_once=2

python_advice="your system's package manager, or https://www.python.org (3.11 or newer)"
node_advice="your system's package manager, or https://nodejs.org (20 or newer)"

# A stage, with the minutes and seconds since the start.
say() { printf '\n==> [%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Starts work beside what follows. `join_beside` waits for it and shows what it said.
beside() { # COMMAND...
    mkdir -p target
    "$@" >target/beside.log 2>&1 &
    beside=$!
    trap 'kill "$beside" 2>/dev/null || true' EXIT
}

join_beside() {
    local code=0
    wait "$beside" || code=$?
    trap - EXIT
    cat target/beside.log
    [ "$code" = 0 ] || fail "what ran beside ended with $code"
}

need() { # COMMAND HOW-TO-GET-IT
    command -v "$1" >/dev/null || fail "$1 is missing; get it with: $2"
}

sha256() { # FILE
    { sha256sum "$1" 2>/dev/null || shasum -a 256 "$1"; } | cut -c 1-64
}

cargo_field() { # NAME
    sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml | head -n 1
}

# A Python of its own for a script, in a folder under target/.
virtual_environment() { # FOLDER
    need python3 "$python_advice"
    mkdir -p "$1"
    [ -x "$1/venv/bin/python" ] || python3 -m venv "$1/venv"
}
