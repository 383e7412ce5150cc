#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Libraries beside programs that are linked to look in $ORIGIN/lib first, the recordings that cases
# are made of, and a line about how they were built: a folder for machines that have a GPU but none of our libraries and no way to install
# them. Those of the C library stay the machine's own; the newest version of it that is needed is
# said. Usage: tests/carry.sh FOLDER PROGRAM...                                        (make carry)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$1
shift
rm -rf "$folder/lib" "$folder/share"
mkdir -p "$folder/lib"

mapfile -t libraries < <(for name; do ldd "$folder/$name"; done | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }
    $3 == "not" { print "carry: " $0 >"/dev/stderr"; exit 1 }' | sort -u |
    grep -vE '^(lib(c|m|dl|rt|pthread|resolv|util)|ld-linux[^ ]*)\.so')
for library in "${libraries[@]}"; do
    cp -L "${library#* }" "$folder/lib/${library%% *}"
done

install -D -m 644 -t "$folder/share/data" cases/data/digits.h5

needed=$(for file in "${@/#/$folder/}" "$folder"/lib/*; do objdump -T "$file"; done 2>/dev/null |
    grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -1)
printf '%s of %s, by %s\n' "code for ${CUDA_ARCH// /, }" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo 'a tree without git')" \
    "$("${NVCC:-nvcc}" --version | grep -o 'release [0-9.]*, V[0-9.]*'), needs ${needed/_/ }" \
    >"$folder/built"
echo "$folder: $(cat "$folder/built"); $(du -sm "$folder" | cut -f1) MB, ${#libraries[@]} libraries"
