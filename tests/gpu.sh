#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Everything that needs an NVIDIA GPU, in one call within one deadline: bits of the host over all
# families and edge sizes, benchmark, compute-sanitizer, exp and log on all 2^32 floats. A part that
# fails or takes too long does not stop the others; it is counted and named. What is most worth
# knowing comes first; after every part the table is written anew to REPORTS/gpu-DEVICE.txt and
# copied to OUT, so that what a machine gives back early is not lost.
#     BUILT=dir       programs that were built elsewhere (make carry): nothing is built here
#     DEADLINE=560    seconds for all of it, from the start
#     OUT=dir         where the table is copied to; REPORTS=reports/measured: where it stays
#     COMMIT=text     what is run, where git does not say
# Exit 0: no part failed, 1: some did, 2: not run.                                      (make gpu)
set -uo pipefail
start=$SECONDS
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
read -ra make <<<"${MAKE:-make}"
NVCC=${NVCC:-nvcc}
BUILD=${BUILD:-build/gpu}
BUILT=${BUILT:-}
DEADLINE=${DEADLINE:-560}
REPORTS=${REPORTS:-reports/measured}
SUITE=${SUITE:-smoke} # of the bits over all families
OWN=5                 # seconds of the deadline for this script itself

not_run() {
    echo "not run: gpu: $*" >&2
    exit 2
}
ask() { nvidia-smi --query-gpu="$1" --format=csv,noheader 2>/dev/null | head -1; }

[ -n "$BUILT" ] || command -v "$NVCC" >/dev/null || not_run "no $NVCC, and no BUILT"
command -v nvidia-smi >/dev/null || not_run 'no nvidia-smi'
device=$(ask name)
capability=$(ask compute_cap | tr -d '. ')
if [ -z "$device" ] || ! [[ $capability =~ ^[0-9]+$ ]]; then
    not_run 'nvidia-smi knows no device'
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
: >"$logs/table"
parts=0 failed=() skipped=() ran=()
table=$REPORTS/gpu-$(tr -cs 'A-Za-z0-9' '-' <<<"$device" | sed 's/^-//; s/-$//').txt
commit=${COMMIT:-$(git rev-parse HEAD 2>/dev/null || echo unknown)$(
    [ -z "$(git status --porcelain 2>/dev/null)" ] || echo ', with changes')}
built="code for sm_$capability, here" toolkit=
[ -z "$BUILT" ] || built=$(cat "$BUILT/built" 2>/dev/null || echo "elsewhere, in $BUILT")

write() {
    mkdir -p "$REPORTS"
    {
        echo "device   $device, compute capability $(ask compute_cap)"
        echo "driver   $(ask driver_version)"
        echo "built    $built$toolkit"
        echo "commit   $commit"
        echo
        cat "$logs/table"
        echo "$(ended): $((SECONDS - start)) s of $DEADLINE"
        local name
        for name in "${ran[@]}"; do
            echo
            echo "---- $name"
            tail -40 "$logs/$name"
        done
    } >"$logs/written" && cp "$logs/written" "$table"
    [ -z "${OUT:-}" ] || { mkdir -p "$OUT" && cp "$table" "$OUT/"; }
}
ended() {
    echo "$((parts - ${#failed[@]})) passed, ${#failed[@]} failed, ${#skipped[@]} not run"
}
skip() { # NAME why
    skipped+=("$1")
    printf '%-12s %5s    not run: %s\n' "$1" '' "$2" | tee -a "$logs/table"
    write
}

# part SECONDS NAME COMMAND...: its output to $logs/NAME, a line to the table. REFUSED is the name of
# a function of the log that says why a command that failed did not run at all, or nothing.
part() {
    local limit=$1 name=$2 begun=$SECONDS status=0 verdict=passed why left
    shift 2
    left=$((DEADLINE - OWN - (SECONDS - start)))
    [ "$left" -ge 2 ] || { skip "$name" 'no time is left' && return; }
    [ "$limit" -le "$left" ] || limit=$left
    echo "== $name"
    timeout -k 2 "$limit" "$@" >"$logs/$name" 2>&1 </dev/null || status=$?
    ran+=("$name")
    why=$([ "$status" = 0 ] || "${REFUSED:-:}" "$logs/$name" "$status")
    if [ -n "$why" ]; then
        skip "$name" "$why"
        return
    fi
    parts=$((parts + 1))
    case $status in
    0) ;;
    124 | 137) verdict="took longer than $limit s" ;;
    *) verdict="failed, exit $status" ;;
    esac
    [ "$status" = 0 ] || failed+=("$name")
    printf '%-12s %5d s  %s\n' "$name" $((SECONDS - begun)) "$verdict" | tee -a "$logs/table"
    [ "$status" = 0 ] || tail -20 "$logs/$name" | sed 's/^/    /'
    write
    return "$status"
}

# Some machines do not let it look: then it says nothing of what it found, not even that it is 0.
no_summary() {
    [ "$2" = 124 ] || [ "$2" = 137 ] || grep -q '^=\{5,\} .*SUMMARY' "$1" ||
        echo "compute-sanitizer was refused: $(grep -im1 error "$1" || head -1 "$1")"
}

sanitizer() { # tool [options]
    command -v compute-sanitizer >/dev/null || { skip "$1" 'no compute-sanitizer' && return; }
    REFUSED=no_summary part 90 "$1" compute-sanitizer --tool "$@" --error-exitcode 9 \
        "$BUILT/edges" cuda few
}

if [ -z "$BUILT" ]; then
    # The newest architecture that is not newer than the device.
    arch=$("$NVCC" --list-gpu-arch | sed -n 's/^compute_\([0-9]*\)$/\1/p' | sort -n |
        awk -v most="$capability" '$1 <= most { found = $1 } END { print found }')
    [ -n "$arch" ] || not_run "$NVCC makes no code for sm_$capability"
    built="code for sm_$arch, here"
    toolkit=" by $("$NVCC" --version | grep -o 'release [0-9.]*, V[0-9.]*')"
    BUILT=$BUILD/carry
    part 240 build "${make[@]}" --no-print-directory BUILD="$BUILD" CUDA_ARCH="$arch" \
        NVCC="$NVCC" carry
fi
if [ ${#failed[@]} = 0 ]; then
    part 120 edges "$BUILT/edges" cuda
    part 120 identity "$BUILT/evident" verify "$SUITE" --engine clock-host --engine clock-cuda \
        --round-delays --no-witness --quiet
    part 120 bench "$BUILT/bench" cuda
    sanitizer racecheck
    sanitizer memcheck --leak-check full
    part 90 sweep "$BUILT/sweep_device"
    sanitizer synccheck
    sanitizer initcheck
    if python3 -c 'import torch' 2>/dev/null; then
        part 90 torch python3 gpu/tools/bench_torch.py cuda 256 32 256
    else
        skip torch 'no PyTorch'
    fi
else
    for name in edges identity bench racecheck memcheck sweep synccheck initcheck torch; do
        skip "$name" 'the build failed'
    done
fi

echo "$(ended): $table"
[ ${#failed[@]} = 0 ] || echo "failed: ${failed[*]}"
[ ${#skipped[@]} = 0 ] || echo "not run: ${skipped[*]}"
[ ${#failed[@]} = 0 ] && [ $parts -gt 0 ]
