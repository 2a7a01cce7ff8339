# Everything that a change is judged by. Sourced.

run_lint() {
    install_rust_parts
    install_node_tools
    say "formatting"
    cargo fmt --all --check
    tests/browser/node_modules/.bin/biome check
    say "lints"
    cargo clippy --locked --workspace --all-targets -- -D warnings
    cargo clippy --locked --all-targets --no-default-features --target "$wasm_target" -- -D warnings
    check_dependencies
    say "documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
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

run_unit() { # [FAMILY]
    say "tests, natively"
    cargo test --locked ${1:+--test "$1"}
    # With the program it would need its libraries with other features, which are compiled apart.
    [ $# -gt 0 ] || cargo test --locked -p glue
}

run_wasm() { # [FAMILY]
    install_rust_parts
    build_glue
    say "the same tests in wasm"
    cargo test --locked --no-default-features --target "$wasm_target" ${1:+--test "$1"}
}

run_browser() { # [FILE...]
    use_browser
    build_page
    browse "$@"
}

# The tests' own program serves the browser too: it checks overflow, and is built already.
# What most tests of the page ask does not depend on the network; vgg16.test.js asks the rest.
use_browser() {
    program=target/debug/recasketch network=small
    find_browser
}

# Expects the page.
browse() { # [FILE...]
    say "building the program, with the page in it"
    cargo build --locked
    build_site
    make_packages
    say "tests in a browser"
    [ $# -gt 0 ] || set -- tests/browser/*.test.js
    node tests/browser/chromium.js node --test --test-concurrency="$browser_files_at_once" "$@"
}
