#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Opens pages in a real browser, headless: nothing may complain in its console, nothing may be loaded
# from elsewhere, every link has its place, a screen of a phone (390 pixels) holds the page without
# scrolling sideways. Leaves screenshots, light, dark and on a phone, and a print beside the page.
# Without a browser it says so and exits 77.
# Usage: tests/browser.sh [PAGE]...      (make browser; without PAGE: three runs of its own)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
program=${EVIDENT:-${BUILD:-build}/evident} wrong=0
for browser in chromium chromium-browser google-chrome chrome none; do
    command -v "$browser" >/dev/null && break
done
if [ "$browser" = none ]; then
    echo 'browser: not run: no chromium or chrome found (apt-get install chromium)' >&2
    exit 77
fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

see() { # arguments of the browser
    timeout 90 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
        --user-data-dir="$place/profile" --disable-background-networking "$@" 2>"$place/log"
}
no() {
    echo "browser: $page: $1"
    wrong=$((wrong + 1))
}
look() { # page
    page=$1
    local folder address copy=$place/copy.html dom=$place/dom ids links link width
    folder=$(cd "$(dirname "$page")" && pwd) && address=file://$folder/$(basename "$page")
    # The copy says of itself how wide it is within 390 pixels.
    sed 's|</body>|<script>document.documentElement.style.width = "390px";\
document.body.dataset.wide = document.body.scrollWidth;</script></body>|' "$page" >"$copy"
    see --enable-logging=stderr --v=0 --dump-dom "$address" >"$dom"
    [ "$(grep -c '</html>' "$dom")" = 1 ] || no 'does not open'
    grep -E 'CONSOLE|ERR_' "$place/log" && no 'complains in the console'
    grep -nE '(src|href)="(https?:)?//|@import|url\(["'"'"']?https?:' "$page" &&
        no 'loads something from elsewhere'
    ids=$(grep -oE ' id="[^"]+"' "$dom" | sort)
    [ -z "$(uniq -d <<<"$ids")" ] || no "says an id twice:$(uniq -d <<<"$ids" | head -3)"
    links=$(grep -oE 'href="#[^"]+"' "$dom" | sort -u | cut -d'#' -f2)
    [ -n "$links" ] || no 'has no links'
    for link in $links; do grep -qF " id=\"$link" <<<"$ids" || no "a link leads nowhere: #$link"; done
    see --dump-dom "file://$copy" >"$dom"
    width=$(grep -oE 'data-wide="[0-9]+"' "$dom" | tr -dc 0-9)
    [ "${width:-9999}" -le 390 ] || no "is ${width:-of unknown} pixels wide on a phone of 390"
    see --window-size=1000,3000 --screenshot="$folder/light.png" "$address" >/dev/null
    see --window-size=1000,3000 --blink-settings=preferredColorScheme=0 \
        --screenshot="$folder/dark.png" "$address" >/dev/null
    see --window-size=500,3000 --screenshot="$folder/phone.png" "file://$copy" >/dev/null
    see --print-to-pdf="$folder/print.pdf" --no-pdf-header-footer "$address" >/dev/null
    for link in light.png dark.png phone.png print.pdf; do
        [ -s "$folder/$link" ] || no "could not be shown: $link"
    done
    cmp -s "$folder/light.png" "$folder/dark.png" && no 'is the same in light and dark'
    echo "browser: looked at $page ($(wc -c <"$page") bytes, $(wc -w <<<"$links") links)"
}

if [ $# = 0 ]; then # all passes, some fail, a single case
    out=reports/out/browser
    mkdir -p $out
    "$program" verify smoke --quiet --store "$place/s" --report $out/pass >"$place/said"
    "$program" verify smoke --quiet --defect 4 --store "$place/s" --report $out/fail >"$place/said"
    "$program" verify closed-chain:1:0 --quiet --report $out/one >"$place/said"
    set -- $out/pass/index.html $out/fail/index.html $out/one/index.html
fi
for page; do
    if [ -r "$page" ]; then look "$page"; else no 'cannot be read'; fi
done
[ $wrong = 0 ]
