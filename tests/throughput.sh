#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Cases a second in one process and in two (and on MPI ranks where the program was built with MPI),
# of a part of the suite ci, interleaved, the best of ROUNDS each; writes
# reports/measured/throughput.txt. Times are those of a machine that has nothing else to do.
# Usage: [ROUNDS=3] [SHARD=1/16] [BUILD=build] tests/throughput.sh             (make throughput)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=tests/progress.sh
. tests/progress.sh
program=${EVIDENT:-${BUILD:-build}/evident} rounds=${ROUNDS:-3} shard=${SHARD:-1/16}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export OMP_NUM_THREADS=1
declare -A best
cases=0

once() { # name, command: keeps the shortest wall time; what was said must be the same
    local name=$1 start end
    shift
    start=$(date +%s.%N)
    "$@" verify ci --quiet --shard "$shard" >"$place/$name.said" 2>&1 || exit 2
    end=$(date +%s.%N)
    cases=$(sed -n 's/^cases: \([0-9]*\), .*/\1/p' "$place/$name.said")
    cmp -s "$place/$name.said" "$place/one.said" || { echo "$name says something else" && exit 1; }
    best[$name]=$(awk -v a="${best[$name]:-1e9}" -v b="$start" -v c="$end" \
        'BEGIN { t = c - b; print t < a ? t : a }')
}
one() { "$program" "$@" --jobs 1; }
two() { "$program" "$@" --jobs 2; }
ranks() { mpirun --allow-run-as-root --oversubscribe -n 2 "$program" "$@"; }
# shellcheck disable=SC2317 # progress calls it
doing() { echo "timing $rounds rounds of the shard $shard"; }
progress doing
for ((r = 0; r < rounds; r++)); do
    once one one
    once two two
    if command -v mpirun >/dev/null && ldd "$program" | grep -q libmpi; then once ranks ranks; fi
done
progress_end
{
    echo "Throughput of evident verify ci --shard $shard: $cases cases, best of $rounds rounds"
    echo "machine: $(getconf _NPROCESSORS_ONLN) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"
    echo "commit: $(git rev-parse --short HEAD 2>/dev/null), $(${CC:-cc} --version | head -1)"
    for name in one two ranks; do
        [ -z "${best[$name]:-}" ] || awk -v name=$name -v t="${best[$name]}" -v n="$cases" \
            -v one="${best[one]}" 'BEGIN {
                what["one"] = "1 process"; what["two"] = "2 processes"; what["ranks"] = "2 MPI ranks"
                printf "%-12s %8.2f s %8.1f cases/s %6.2f times\n", what[name], t, n / t, one / t }'
    done
} | tee "$place/table"
mv "$place/table" reports/measured/throughput.txt
