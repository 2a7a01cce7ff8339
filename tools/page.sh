# The page's folder, the program, and sites. Sourced.

build_program() {
    build_page
    say "building the program, with the page in it"
    cargo build --locked --release
}

build_page() {
    install_rust_parts
    build_glue
    make_page
}

# Two modules of one text: one for every browser, one for those with relaxed lanes.
make_page() {
    rm -rf "$page"
    mkdir -p "$page" "$relaxed" "$types"
    cp_page
    build_module "$page"
    build_module "$relaxed" -C target-feature=+relaxed-simd
    cmp -s {"$page","$relaxed"}/recasketch.js || fail "the two modules need JavaScript of their own"
    cp "$relaxed/recasketch_bg.wasm" "$page/recasketch_relaxed_bg.wasm"
    join_scripts
    list_page
    pack_page
}

# Scripts that stay files: the program writes the settings, `fetch-image.js` is a worker, and a page loads one language.
scripts_apart="page/settings.js page/fetch-image.js strings/formats.js
    strings/en.js strings/es.js strings/de.js strings/zh.js strings/ar.js"

# Stylesheets that the element asks for by their addresses, and the one that the program writes.
styles_apart="styles/base.css styles/card.css styles/element.css styles/settings.css"

# The page's sources that are published as they are; what else may lie in www/ is not published.
cp_page() {
    local file
    (cd www && find . -maxdepth 1 -type f ! -name '.*' \( -name '*.html' -o -name '*.svg' -o -name '*.png' \
        -o -name '*.webmanifest' -o -name '*.d.ts' \)
        printf '%s\n' service-worker.js $scripts_apart $styles_apart) | while read -r file; do
        mkdir -p "$page/$(dirname "$file")"
        cp "www/$file" "$page/$file"
    done
}

# The scripts of a window share modules; a worker has its own. Each stylesheet of the page follows the one before.
join_scripts() {
    "$glue" join www "$page" begin.js app.js element.js api.js --apart $scripts_apart
    "$glue" join www "$page" worker.js --apart modules.js
    "$glue" join www "$page" helper.js
    sed -n 's/^@import "\(.*\)";$/\1/p' www/page.css | (cd www && xargs cat) >"$page/page.css"
}

# What the page consists of, by content: the page loads its own modules, and `embed --page` publishes nothing else.
list_page() {
    local file version separator=
    cat >"$page/modules.js" <<END
/** The module's two forms. */
export const modules = {
  plain: $(described "$page/recasketch_bg.wasm"),
  relaxed: $(described "$page/recasketch_relaxed_bg.wasm"),
};
END
    version=$(sed -n 's/^export const VERSION = \(.*\);$/\1/p' www/engine/site.js)
    {
        printf '{ "site_version": %s, "files": [' "$version"
        files_of_page | while read -r file; do
            printf '%s\n  %s' "$separator" "$(described "$file")"
            separator=,
        done
        printf '\n] }\n'
    } >"$relaxed/page.json"
    mv "$relaxed/page.json" "$page"
}

files_of_page() {
    find "$page" -type f ! -name page.json | LC_ALL=C sort
}

# The page as one file for the program: the list, and the files that it names, in its order, compressed.
pack_page() {
    files_of_page | { cat "$page/page.json" && xargs cat; } |
        "$glue" compress >"$relaxed/$packed"
    if [ ! -e "$packed" ]; then touch tools/page.sh; fi # build.rs says why
    # The program is built again only for another page.
    cmp -s "$relaxed/$packed" "$packed" || mv "$relaxed/$packed" "$packed"
}

described() { # FILE
    printf '{ "file": "%s", "bytes": %d, "sha256": "%s" }' "${1#"$page/"}" "$(wc -c <"$1")" "$(sha256 "$1")"
}

build_module() { # FOLDER [RUSTC-OPTIONS...]
    local folder=$1
    shift
    say "building the page's module $*"
    # Only the module is a dynamic library: natively it would be one more to link, and Windows cannot export its symbols.
    # What is published names nobody's folders.
    local home=${CARGO_HOME:-$HOME/.cargo}
    cargo rustc --locked --profile web --lib --crate-type rlib,cdylib --no-default-features --target "$wasm_target" \
        --config "target.$wasm_target.rustflags = ['--remap-path-prefix=$home=cargo', '--remap-path-prefix=$PWD=.']" -- "$@"
    "$glue" page "target/$wasm_target/web/recasketch.wasm" "$folder"
    # Only the tests read the types of the module; tests/browser/types says where.
    rm -f "$folder/recasketch_bg.wasm.d.ts"
    mv "$folder/recasketch.d.ts" "$types"
}

build_site() { # [CATALOGUE THUMBNAILS]
    local more=()
    if [ $# -eq 0 ]; then
        say "drawing the demo catalogue"
        "$program" demo --out target/demo
        set -- target/demo/catalogue.csv target/demo/thumbnails
        more=(--samples target/demo/samples --store target/demo.embeddings --relearn)
        # The program may compute and learn otherwise than when it made the last one.
        rm -f target/demo.embeddings
    fi
    [ $# -eq 2 ] || fail "takes a catalogue and a folder of thumbnails, or nothing"
    say "embedding into dist/"
    "$program" embed --network "$network" --catalogue "$1" --thumbnails "$2" ${more[@]+"${more[@]}"} --out dist
}
