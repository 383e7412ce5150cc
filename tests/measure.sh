#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures the clock engine on this machine and writes reports/measured/host.txt: the table of
# `make bench`, and instruction counts by callgrind, which do not depend on what else runs here.
# Takes minutes; wants a quiet machine.                                              (make measured)
# With the word silence: what silent steps cost, with the flush that ends a step and without it for
# currents (planted fault 330), in turns, to reports/measured/silence.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
BUILD=${BUILD:-build}
out=reports/measured/host.txt
mkdir -p reports/measured
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "${1:-}" = silence ]; then
    without=$BUILD/fault-330/bench
    ${MAKE:-make} -s FAULT=330 BUILD="$BUILD" "$without" >&2
    {
        echo "Silent steps on the host: trials of 1,000 steps with input, batch 32, 256 hidden, and"
        echo "steps without input after them; time of the processor. Written by tests/measure.sh."
        echo
        echo "processor  $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
        echo "compiler   $(${CC:-cc} --version | head -1)"
        for round in 1 2; do
            printf '\n%s. currents below 2^-100 end a step as 0\n' $round
            "$BUILD/bench" silence
            printf '\n%s. currents stay at subnormal numbers (planted fault 330)\n' $round
            "$without" silence
        done
    } >"$work/table"
    mv "$work/table" reports/measured/silence.txt
    exit 0
fi
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
    # One core, as the first row; PYTHON may name one that has PyTorch.
    OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 "${PYTHON:-python3}" gpu/tools/bench_torch.py cpu 256 32
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
            function tell(name) { # the first line of a function has all that it calls
                gsub(",", "", $1)
                if (!seen[name]++)
                    printf "  %-10s %12.0f\n", name, $1 / n
            }
            /:clock_forward_single /     { tell("forward") }
            /:clock_adjoint_single /     { tell("adjoint") }
            /:clock_gather_single /      { tell("gradient") }
            /:clock_gather_sort_single / { tell("lists") }' | sort
    } >>"$work/table"
else
    printf '\nnot run: instruction counts: no valgrind\n' >>"$work/table"
fi
mv "$work/table" "$out"
echo "measured: $out"
