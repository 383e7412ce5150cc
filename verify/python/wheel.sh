#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Puts the program, what comes with it and all libraries but the C library's into a wheel.
# Usage: verify/python/wheel.sh FOLDER SHARE: FOLDER/evident is the program, SHARE what make install
# puts into share/evident. The last line is the file, in FOLDER.
set -euo pipefail
folder=$1 share=$2
python=${PYTHON:-python3}
stage=$folder/stage
bin=$stage/evident_snn/bin
rm -rf "$stage" "$folder"/*.whl
mkdir -p "$bin/lib" "$bin/licenses"
cp -r verify/python/{pyproject.toml,setup.py,README.md,evident_snn,scripts} LICENSE "$stage"
find "$stage" -name __pycache__ -prune -exec rm -r {} +
install -s "$folder/evident" "$bin/evident"
cp -r "$share" "$bin/share"

# The C library is the system's, as manylinux has it; all others come along, with their licences.
ldd "$folder/evident" | awk '$2 == "=>" { print $1, $3 }' |
    grep -vE '^(lib(c|m|dl|rt|pthread|resolv|util)\.so\.|ld-linux)' >"$folder/libraries"
if grep -w not "$folder/libraries" >&2; then
    echo "wheel: a library was not found" >&2
    exit 2
fi
while read -r name path; do
    cp -L "$path" "$bin/lib/$name"
    package=$({ dpkg-query -S "$(readlink -f "$path")" || dpkg-query -S "*/$name"; } 2>/dev/null |
        head -1 | cut -d: -f1)
    [ ! -f "/usr/share/doc/$package/copyright" ] ||
        cp -L "/usr/share/doc/$package/copyright" "$bin/licenses/$package"
done <"$folder/libraries"

"$python" -m pip wheel --quiet --no-deps --wheel-dir "$folder" "$stage" >&2
ls "$folder"/*.whl
