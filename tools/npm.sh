# The packages for npm: the search for pages of others, and the program for `npx recasketch`. Sourced.

# npm's name of a system, and Rust's target. The programs for Linux need nothing of the system, so one serves all.
npm_systems="linux-x64:x86_64-unknown-linux-musl linux-arm64:aarch64-unknown-linux-musl
    darwin-x64:x86_64-apple-darwin darwin-arm64:aarch64-apple-darwin win32-x64:x86_64-pc-windows-msvc"

# The page's folder as a package: modules to import, types, and what starts the program. Beside it a package for each
# system whose program `release` packed.
make_packages() {
    need npm "$node_advice"
    say "packing the page for npm"
    local folder=$package/npm pair system archive
    rm -rf "$folder"
    mkdir -p "$folder/page/bin"
    cp -r "$page" "$folder/page/page"
    cp README.md LICENSE-APACHE LICENSE-MIT "$folder/page"
    cp tools/npx.js "$folder/page/bin/recasketch.js"
    cat >"$folder/page/package.json" <<END
{
  "name": "recasketch",
  $(npm_fields),
  "description": "$(cargo_field description)",
  "type": "module",
  "bin": { "recasketch": "bin/recasketch.js" },
  "exports": {
    ".": { "types": "./page/api.d.ts", "default": "./page/api.js" },
    "./element": { "types": "./page/element.d.ts", "default": "./page/element.js" },
    "./package.json": "./package.json"
  },
  "files": ["bin", "page", "LICENSE-APACHE", "LICENSE-MIT"],
  "optionalDependencies": {
    $(for pair in $npm_systems; do printf '"@recasketch/%s": "%s", ' "${pair%%:*}" "$(cargo_field version)"; done | sed 's/, $//')
  },
  "sideEffects": ["./page/element.js", "./page/begin.js", "./page/app.js", "./page/worker.js", "./page/helper.js", "./page/service-worker.js"]
}
END
    npm pack "./$folder/page" --pack-destination "$package" --silent
    for pair in $npm_systems; do
        system=${pair%%:*}
        archive=$package/recasketch-$(cargo_field version)-${pair#*:}.tar.gz
        [ ! -e "$archive" ] || make_program_package "$system" "$archive"
    done
    wc -c "$package"/*recasketch*.tgz
}

make_program_package() { # SYSTEM ARCHIVE
    say "packing the program for npm: $1"
    local folder=$package/npm/$1
    mkdir -p "$folder"
    tar -xzf "$2" -C "$folder" --strip-components 1
    rm -rf "$folder/man" "$folder/completions"
    cat >"$folder/package.json" <<END
{
  "name": "@recasketch/$1",
  $(npm_fields),
  "description": "The program recasketch for $1; install the package recasketch",
  "os": ["${1%-*}"],
  "cpu": ["${1#*-}"],
  "preferUnplugged": true
}
END
    npm pack "$(cd "$folder" && pwd)" --pack-destination "$package" --silent
}

npm_fields() {
    printf '"version": "%s",\n  "license": "%s",\n  "repository": "%s"' \
        "$(cargo_field version)" "$(cargo_field license)" "$(cargo_field repository)"
}
