#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The CUDA driver without a GPU: gpu/cuda/cuda.cu, its PTX and a stand-in of the runtime (tests/ptx/) give
# the bits of clock-host: three cases of every family and all edge sizes, streams in four orders. A
# line a part, then
#     ptx: N passed, N failed
# Exit 0: all passed, 1: some did not, 2: not run (no nvcc).
# Usage: [BUILD=build] [JOBS=2] tests/ptx.sh                                           (make ptx)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
BUILD=${BUILD:-build}
export BUILD OMP_NUM_THREADS=1
if ! [ -x "$BUILD/ptx/edges" ]; then
    echo 'not run: ptx: built without CUDA: there was no nvcc, or no Python' >&2
    exit 2
fi
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
export logs

one() { # units, or an order of the streams: its log, a line for people, a line in the results
    local start=$SECONDS status=0 says
    if [ "$1" = families ]; then
        PTX_ALL=1 EVIDENT=$BUILD/evident tests/run.sh "$BUILD/tests/t_ptx" >"$logs/$1" 2>&1 || status=$?
    else
        STANDIN_ORDER=$1 "$BUILD/ptx/edges" cuda few >"$logs/$1" 2>&1 || status=$?
    fi
    says=$(tail -1 "$logs/$1")
    [ $status = 0 ] || head -20 "$logs/$1" | sed 's/^/    /'
    printf '%-10s %5d s  exit %d, %s\n' "$1" $((SECONDS - start)) $status "$says"
    echo $status >>"$logs/results"
}
export -f one
printf '%s\n' families issue first last random | xargs -P "${JOBS:-1}" -I{} bash -c 'one {}'
passed=$(grep -cx 0 "$logs/results")
echo "ptx: $passed passed, $((5 - passed)) failed"
[ "$passed" = 5 ]
