#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The canary refuses what a compiler was told to break and names it; every other build is accepted
# and gives the same bits. Ends with
#     canary: N builds as wanted, N not
# The program is gpu/tools/sweep.c, which asks the canary first and ends with digests of exp and log.
# Usage: [EVERY=1009] tests/canary.sh      (every EVERY-th float)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
right=0 wrong=0 digest=
base='-std=c11 -D_POSIX_C_SOURCE=200809L -w -fopenmp -I.'
semantics='-fno-fast-math -ffp-contract=off'

built() { # compiler, flags: its output on standard output, its exit status
    # shellcheck disable=SC2046,SC2086 # several words each
    $1 $base $2 $(pkg-config --cflags mpfr) -o "$folder/sweep" gpu/tools/sweep.c gpu/canary.c \
        $(pkg-config --libs mpfr) -lm 2>&1 && "$folder/sweep" --every "${EVERY:-1009}" 2>&1
}

verdict() { # whether, compiler, flags, what came out
    if [ "$1" = 0 ]; then
        right=$((right + 1))
    else
        wrong=$((wrong + 1)) && printf 'NOT AS WANTED: '
    fi
    printf '%s %s: %s\n' "$2" "$3" "$(tail -n 1 <<<"$4")"
}

good() { # compiler, flags
    local text this bad=1
    if text=$(built "$1" "$2 $semantics"); then
        this=$(grep -o 'digest .*' <<<"$text")
        digest=${digest:-$this}
        [ "$(wc -l <<<"$this")" = 2 ] && [ "$this" = "$digest" ] && bad=0
        [ $bad = 0 ] && text="accepted, digests $(tr -d '\n' <<<"${this//digest /}" | fold -w 16 |
            paste -sd ' ')"
    fi
    verdict $bad "$1" "$2" "$text"
}

bad() { # what the canary must say, compiler, flags
    local text status
    text=$(built "$2" "$3")
    status=$?
    [ $status = 2 ] && grep -q "the build is broken: $1" <<<"$text"
    verdict $? "$2" "$3" "$text"
}

fma=
grep -qw fma /proc/cpuinfo 2>/dev/null && fma=yes
for compiler in gcc clang; do
    command -v $compiler >/dev/null || { echo "$compiler: not there, not run" && continue; }
    for level in -O0 -O1 -O2 -O3; do
        good $compiler $level
        good $compiler "$level -march=native"
    done
    bad 'subnormal' $compiler '-O2 -ffast-math'
    bad 'subnormal' $compiler '-Ofast'
    bad 'subnormal' $compiler '-O1 -funsafe-math-optimizations'
    bad 'sums are re' $compiler '-O2 -fassociative-math -fno-signed-zeros -fno-trapping-math'
    bad 'division' $compiler '-O2 -freciprocal-math'
    bad 'NaN' $compiler '-O2 -ffinite-math-only'
    bad 'signs of zero' $compiler '-O2 -fno-signed-zeros'
    [ $fma ] && bad 'a product' $compiler '-O2 -mfma -ffp-contract=fast'
done
case $(uname -m) in
x86_64) command -v gcc >/dev/null && bad 'floating point is eval' gcc '-O2 -mfpmath=387' ;;
esac

# A device has no other instructions than these to compute with; with nvcc's defaults it has.
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null)
cat >"$folder/device.cu" <<'CUDA'
#include "gpu/canary.h"
extern "C" __global__ void device(double *x, const struct gpu_canary_entry *table, uint64_t *bits)
{
    x[threadIdx.x] = gpu_log(gpu_exp(x[threadIdx.x]));
    bits[threadIdx.x] = gpu_canary_bits(&table[threadIdx.x]);
    bits[gridDim.x] = gpu_canary_run(table, 0, gridDim.x);
}
CUDA
device() { # what must be found (all of it), flags
    local text found
    # shellcheck disable=SC2086 # several words
    text=$("$nvcc" $2 -ptx -I. -o "$folder/ptx" "$folder/device.cu" 2>&1)
    found=$({ grep -oE 'fma|approx|ftz|ex2|lg2|rcp' "$folder/ptx" || :; } | sort -u | paste -sd ' ')
    [ -z "$text" ] && grep -q 'mul\..*f64' "$folder/ptx" && [ "$found" = "$1" ]
    verdict $? nvcc "$2" "${text:-${found:-no fma, no approximation, nothing flushed}}"
}
if [ "$nvcc" ]; then
    device '' '-arch=sm_75 -fmad=false'
    device '' '-arch=sm_90 -fmad=false'
    device 'fma' '-arch=sm_90'
    device 'approx fma ftz' '-arch=sm_90 --use_fast_math'
else
    echo 'nvcc: not there, not run'
fi

echo "canary: $right builds as wanted, $wrong not"
[ $wrong = 0 ] && [ $right != 0 ]
