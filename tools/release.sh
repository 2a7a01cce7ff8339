# The program as people download it, and the crate. Sourced.

# Sets what a system's program is built, tried and named with.
for_target() { # [TARGET]
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    target=${1:-$host}
    built=target/$target/dist/recasketch
    name=recasketch-$(cargo_field version)-$target
    run=()
    case "$target" in
        "$host") ;;
        aarch64-unknown-linux-*)
            local compiler=aarch64-linux-gnu-gcc
            [ "$(uname -m)" != aarch64 ] || compiler=cc
            need "$compiler" "sudo apt-get install -y gcc-aarch64-linux-gnu"
            export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$compiler CC_aarch64_unknown_linux_gnu=$compiler
            export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=$compiler CC_aarch64_unknown_linux_musl=$compiler
            [ "$compiler" = cc ] || run=(qemu-aarch64 -L /usr/aarch64-linux-gnu)
            ;;
        x86_64-unknown-linux-musl) export CC_x86_64_unknown_linux_musl=cc ;;
        *-windows-gnu)
            need x86_64-w64-mingw32-gcc "sudo apt-get install -y gcc-mingw-w64-x86-64"
            run=(wine)
            complete_wine
            ;;
    esac
    case "$target" in *-windows-*) built=$built.exe ;; esac
    [ ${#run[@]} = 0 ] || need "${run[0]}" "sudo apt-get install -y qemu-user wine"
}

# Wine before 9 has no bcryptprimitives.dll, from which Rust's library takes random numbers.
complete_wine() {
    local folder=target/wine
    mkdir -p "$folder"
    x86_64-w64-mingw32-gcc -shared -x c - -o "$folder/bcryptprimitives.dll" -ladvapi32 <<'END'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T length) { return SystemFunction036(to, length); }
END
    export WINEDEBUG=-all WINEPATH="Z:${PWD//\//\\}\\target\\wine"
}

# The program with its manual, completions and licences, as one archive.
build_release() { # [TARGET]
    install_rust_parts
    for_target "$@"
    # A release has one page for all systems, so a machine that makes one is given it. Anywhere else it may be an old one.
    if [ -z "${CI:-}" ] || [ ! -e "$packed" ]; then build_page; fi
    say "building the program for $target"
    [ -d "$(rustc --print target-libdir --target "$target")" ] || rustup target add "$target"
    cargo build --locked --profile dist --target "$target"
    say "packing $name"
    local folder=$package/$name shell
    rm -rf "$folder"
    mkdir -p "$folder/completions" "$folder/man"
    cp "$built" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder"
    cp models/README.md "$folder/NETWORKS.md"
    notices >"$folder/NOTICES.txt"
    ${run[@]+"${run[@]}"} "$built" manual --out "$folder/man"
    for shell in bash zsh fish powershell; do
        ${run[@]+"${run[@]}"} "$built" completions "$shell" >"$folder/completions/recasketch.$shell"
    done
    tar -czf "$folder.tar.gz" -C "$package" "$name"
    rm -r "$folder"
    wc -c "$built" "$folder.tar.gz"
}

# The licences of everything that is in the program.
notices() {
    echo "recasketch contains the work of others, under these licences."
    cargo tree --locked --edges normal --target "$target" --prefix none --format '{p}|{l}' | sed 's/ (\*)$//' |
        grep -v '^recasketch ' | LC_ALL=C sort -u | while IFS='|' read -r crate licence; do
        local crate_name=${crate%% *} version=${crate#* v}
        version=${version%% *}
        printf '\n\n==== %s %s, %s\n' "$crate_name" "$version" "$licence"
        cat /dev/null "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$crate_name-$version"/{LICEN[CS]E*,COPYING*,NOTICE*} 2>/dev/null || true
    done
}

# A packed program does its work alone: in an empty folder, with nothing of this repository.
try_release() { # [TARGET]
    for_target "$@"
    local folder archive=$package/$name.tar.gz
    [ -e "$archive" ] || fail "$archive is missing; get it with: ./build.sh release $target"
    folder=$(mktemp -d)
    tar -xzf "$archive" -C "$folder" --strip-components 1
    use_alone "$folder" ${run[@]+"${run[@]}"} "$folder/$(basename "$built")"
    rm -rf "$folder"
}

use_alone() { # FOLDER PROGRAM...
    local folder=$1
    shift
    say "trying the program in an empty folder"
    (
        cd "$folder"
        "$@" --version
        "$@" demo --models 88 --out demo
        "$@" embed --network small --catalogue demo/catalogue.csv --thumbnails demo/thumbnails \
            --samples demo/samples --out site
        [ -e site/index.html ] || fail "the site has no page"
        "$@" search demo/thumbnails/demo-1-000017.jpg --site site --top 3 | tee answer
        grep -q '  1\.0000  ' answer || fail "a model does not find itself"
    )
}

# The crate, as crates.io gets it. It holds the page, which is built first.
build_crate() {
    build_page
    say "packing the crate"
    # The packed page is no part of the repository, so cargo sees a change that is not committed.
    cargo package --locked --allow-dirty --no-verify
    wc -c "$package"/*.crate
}

# Installs the packed crate into an empty folder, as `cargo install recasketch --locked` does.
try_crate() {
    local folder crate
    crate=recasketch-$(cargo_field version)
    [ -e "$package/$crate.crate" ] || fail "$package/$crate.crate is missing; get it with: ./build.sh crate"
    folder=$(mktemp -d)
    tar -xzf "$package/$crate.crate" -C "$folder"
    say "installing the crate"
    cargo install --locked --path "$folder/$crate" --root "$folder/root" --target-dir target/crate
    use_alone "$folder" "$folder/root/bin/recasketch"
    rm -rf "$folder"
}
