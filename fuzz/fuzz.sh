#!/usr/bin/env bash
# Every reader of outside bytes for so many seconds (60) against random damage, as a table.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/common.sh
. tools/install.sh

fuzzed() { # LOG STATISTIC
    sed -n "s/^stat::$2: *//p" "$1" | tail -n 1
}

# A target goes on from what it found before, in target/fuzz/corpus; a finding is a file in target/fuzz/findings.
seconds=${1:-60} folder=target/fuzz
[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "fuzz takes a number of seconds, not '$seconds'"
install_rust_parts
need rustup "https://rustup.rs, which can hold Rust's nightly toolchain beside the stable one"
cargo +nightly --version >/dev/null 2>&1 ||
    fail "Rust's nightly toolchain is missing; get it with: rustup toolchain install nightly --profile minimal"
need cargo-fuzz "cargo install cargo-fuzz --locked"
say "building the targets"
cargo +nightly fuzz build --sanitizer none --target-dir "$folder"
table=''
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
