#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Registers, shared memory and spills of every kernel, as ptxas reports them, the bounds of
# gpu/tools/roofline.c and the times of tests/ptx/model.py, to reports/measured/kernels.txt. Exit 1 if a
# hot kernel spills, 2 if it cannot run.
# make kernels hands over CUDA_COMPILE, ROOFLINE, the PTX and, where there is Python, TRACED, the bench
# whose kernels are traced, and its PTX. Exit 1 also if that has arithmetic that
# is not that of the host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=reports/measured/kernels.txt
: "${CUDA_COMPILE:?run make kernels}" "${ROOFLINE:?run make kernels}"
read -ra compile <<<"$CUDA_COMPILE"
if ! command -v "${compile[0]}" >/dev/null; then
    echo "not run: kernels: no ${compile[0]}" >&2
    exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every operation rounds by itself, or its bits are not those of the host.
if [ -n "${PTX:-}" ]; then
    # shellcheck disable=SC2086 # several files
    "${PYTHON:-python3}" tests/ptx/translate.py --lint $PTX || exit 1
fi

if ! "${compile[@]}" -Xptxas -v -c -o "$work/cuda.o" gpu/cuda/cuda.cu >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 2
fi
awk '/Compiling entry function/ { gsub(/\047/, ""); kernel = $(NF - 2); arch = $NF }
     /bytes stack frame/ { stack = $1; stores = $5; loads = $9 }
     /Used [0-9]+ registers/ {
         shared = 0
         for (k = 1; k < NF; k++) { if ($k == "Used") registers = $(k + 1)
                                    if ($(k + 2) == "smem" || $(k + 2) == "smem,") shared = $k }
         printf "%-15s %-6s %9d %6d %12d %11d %13d\n", kernel, arch, registers, stack, stores,
             loads, shared }' "$work/log" | sort >"$work/table"
[ -s "$work/table" ] || { echo "kernels.sh: ptxas said nothing that is understood" >&2; exit 2; }

model() { # kernel, blocks on a multiprocessor...: its rows
    TRACE="$1 $work/$1" "$TRACED" cuda 256 1 1000 0
    "${PYTHON:-python3}" -B tests/ptx/model.py "$TRACED_PTX" 1000 "$1" "$work/$1" "${@:2}"
}
if [ -n "${TRACED:-}" ]; then
    model kernel_forward 1 2 >"$work/forward" &
    model kernel_adjoint 1 2 >"$work/adjoint"
    wait $!
fi

mkdir -p "$(dirname "$out")"
{
    echo "Kernels of gpu/cuda/cuda.cu by $("${compile[0]}" --version | grep -o 'release [0-9.]*, V[0-9.]*')."
    echo 'Shared memory is dynamic: bytes a block are below, by the sizes of the network.'
    echo
    printf '%-15s %-6s %9s %6s %12s %11s %13s\n' kernel arch registers stack 'spill stores' \
        'spill loads' 'static shared'
    cat "$work/table"
    echo
    "$ROOFLINE"
    if [ -n "${TRACED:-}" ]; then
        echo
        "${PYTHON:-python3}" -B tests/ptx/model.py --assumed
        cat "$work/forward" "$work/adjoint"
    fi
} >"$work/report"
mv "$work/report" "$out"
cat "$out"

# The canary keeps its operands on the stack on purpose: they are volatile.
spilled=$(awk '$1 ~ /^kernel_(forward|adjoint|gather)(_global)?$/ && $5 + $6 > 0 { print $1 " on " $2 }' \
    "$work/table")
if [ -n "$spilled" ]; then
    echo "kernels.sh: a hot kernel spills: ${spilled//$'\n'/, }" >&2
    exit 1
fi
