#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The clock engine gives the same bits whoever compiles it, at any level of optimisation, for any
# processor: builds gpu/ by gcc and clang, -O1 and -O3, with and without -march=native, and compares
# the digest of every number that gpu/tools/digest.c computes over cases of all families.
# A compiler that is missing is named as not run.                                       (make bits)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
MAKE=${MAKE:-make}
first= differ=0 same=0 missing=0
for compiler in gcc clang; do
    if ! command -v "$compiler" >/dev/null; then
        echo "not run: $compiler: not installed"
        missing=$((missing + 1))
        continue
    fi
    for level in -O1 -O3; do
        for processor in '' ' -march=native'; do
            build=build/bits$(echo "-$compiler$level$processor" | tr -d ' =')
            log=$build.log
            mkdir -p build
            if ! $MAKE --no-print-directory CC="$compiler" CFLAGS="$processor" ENGINE_LEVEL="$level" \
                BUILD="$build" "$build/digest" >"$log" 2>&1; then
                echo "bits: $compiler $level$processor does not build:" >&2
                tail -5 "$log" >&2
                exit 2
            fi
            digest=$("$build/digest") || exit 2
            printf '%-6s %s%-15s %s\n' "$compiler" "$level" "$processor" "$digest"
            [ -n "$first" ] || first=$digest
            if [ "$digest" = "$first" ]; then same=$((same + 1)); else differ=$((differ + 1)); fi
        done
    done
done
echo "bits: $same builds alike, $differ differ, $missing compilers not run"
[ $differ = 0 ] && [ $same -gt 1 ]
