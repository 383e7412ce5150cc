#!/usr/bin/env bash
# Measures the clock engine on this machine and writes reports/measured/host.txt: the table of
# `make bench`, and instruction counts by callgrind, which do not depend on what else runs here.
# Takes minutes; wants a quiet machine.                                              (make measured)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
BUILD=${BUILD:-build}
out=reports/measured/host.txt
mkdir -p reports/measured
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

commit=$(git rev-parse --short=12 HEAD)
[ -z "$(git status --porcelain -- gpu cases Makefile)" ] || commit="$commit with changes"
{
    echo "The clock engine on the host: 700 inputs, recurrent hidden layer, 20 outputs, published"
    echo "initial weights; forward, adjoint and gradient of a batch. Written by tests/measure.sh."
    echo
    echo "commit     $commit"
    echo "processor  $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores"
    echo "compiler   $(${CC:-cc} --version | head -1)"
    echo
    "$BUILD/bench"
    echo
    echo "a trial, a step: total / batch, total / steps. spikes/s: input and hidden, in 2^20. floor:"
    echo "total over the time that adding up the same number of rows takes, in the same run."
} >"$work/table"
if command -v valgrind >/dev/null; then
    # The widest vectors that valgrind knows are 32 bytes; one warm-up and one counted run.
    trials=4 runs=2
    valgrind --tool=callgrind --callgrind-out-file="$work/counts" \
        "$BUILD/bench" 256 $trials 1000 1 1 >/dev/null 2>&1
    {
        echo
        echo "Instructions a trial (callgrind, 256 hidden, vectors of 32 bytes):"
        callgrind_annotate --inclusive=yes --threshold=100 "$work/counts" | awk -v n=$((trials * runs)) '
            function count() { gsub(",", "", $1); return $1 / n }
            /:clock_forward_single /     { printf "  forward   %12.0f\n", count() }
            /:clock_adjoint_single /     { printf "  adjoint   %12.0f\n", count() }
            /:clock_gather_single /      { printf "  gradient  %12.0f\n", count() }
            /:clock_gather_sort_single / { printf "  lists     %12.0f\n", count() }' | sort
    } >>"$work/table"
else
    printf '\nnot run: instruction counts: no valgrind\n' >>"$work/table"
fi
mv "$work/table" "$out"
echo "measured: $out"
