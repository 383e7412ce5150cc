#!/usr/bin/env bash
# Everything that needs an NVIDIA GPU, in one call under 10 minutes: build for this device, bits of
# the host over all families and edge sizes, compute-sanitizer, exp and log on all 2^32 floats,
# benchmark. A part that fails or takes too long does not stop the others; it is counted and named.
# Writes reports/measured/gpu-DEVICE.txt. Exit 0: all parts passed, 1: some did not, 2: not run.
#                                                                                        (make gpu)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
read -ra make <<<"${MAKE:-make}"
NVCC=${NVCC:-nvcc}
BUILD=${BUILD:-build/gpu}
SUITE=${SUITE:-smoke} # of the bits over all families

not_run() {
    echo "not run: gpu: $*" >&2
    exit 2
}
ask() { nvidia-smi --query-gpu="$1" --format=csv,noheader 2>/dev/null | head -1; }

command -v "$NVCC" >/dev/null || not_run "no $NVCC"
command -v nvidia-smi >/dev/null || not_run 'no nvidia-smi'
device=$(ask name)
arch=$(ask compute_cap | tr -d '. ')
if [ -z "$device" ] || ! [[ $arch =~ ^[0-9]+$ ]]; then
    not_run 'nvidia-smi knows no device'
fi
if ! "$NVCC" --list-gpu-arch | grep -qx "compute_$arch"; then
    # Newer than the toolkit: PTX of the newest architecture there is.
    arch=$("$NVCC" --list-gpu-arch | sed -n 's/^compute_\([0-9]*\)$/\1/p' | sort -n | tail -1)
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
parts=0 failed=() skipped=()

# part SECONDS NAME COMMAND...: its output to $logs/NAME, a line to $logs/table.
part() {
    local limit=$1 name=$2 start status=0 verdict=passed
    shift 2
    echo "== $name"
    start=$(date +%s)
    timeout -k 10 "$limit" "$@" >"$logs/$name" 2>&1 || status=$?
    parts=$((parts + 1))
    case $status in
    0) ;;
    124 | 137) verdict="took longer than $limit s" ;;
    *) verdict="failed, exit $status" ;;
    esac
    [ "$status" = 0 ] || failed+=("$name")
    printf '%-12s %5d s  %s\n' "$name" $(($(date +%s) - start)) "$verdict" | tee -a "$logs/table"
    [ "$status" = 0 ] || tail -20 "$logs/$name" | sed 's/^/    /'
    return "$status"
}
skip() { # NAME why
    skipped+=("$1")
    printf '%-12s %5s    not run: %s\n' "$1" '' "$2" | tee -a "$logs/table"
}

everything=(identity edges memcheck racecheck initcheck synccheck sweep bench torch)
if part 180 build "${make[@]}" --no-print-directory BUILD="$BUILD" CUDA_ARCH="$arch" NVCC="$NVCC" all \
    "$BUILD/tests/edges" "$BUILD/sweep_device" "$BUILD/bench"; then
    part 90 identity "$BUILD/evident" verify "$SUITE" --engine clock-host --engine clock-cuda \
        --round-delays --no-witness --quiet
    part 60 edges "$BUILD/tests/edges" cuda
    for tool in memcheck racecheck initcheck synccheck; do
        more=()
        [ $tool = memcheck ] && more=(--leak-check full)
        if command -v compute-sanitizer >/dev/null; then
            part 50 $tool compute-sanitizer --tool $tool "${more[@]}" --error-exitcode 9 \
                "$BUILD/tests/edges" cuda few
        else
            skip $tool 'no compute-sanitizer'
        fi
    done
    part 60 sweep "$BUILD/sweep_device"
    part 60 bench "$BUILD/bench" cuda
    if python3 -c 'import torch' 2>/dev/null; then
        part 90 torch python3 gpu/bench_torch.py cuda 256 32 256
    else
        skip torch 'no PyTorch'
    fi
else
    for name in "${everything[@]}"; do skip "$name" 'the build failed'; done
fi

mkdir -p reports/measured
out=reports/measured/gpu-$(tr -cs 'A-Za-z0-9' '-' <<<"$device" | sed 's/^-//; s/-$//').txt
{
    echo "device   $device, compute capability $(ask compute_cap), code for sm_$arch"
    echo "driver   $(ask driver_version)"
    echo "toolkit  $("$NVCC" --version | grep -o 'release [0-9.]*, V[0-9.]*')"
    echo "commit   $(git rev-parse HEAD 2>/dev/null || echo unknown)$(
        [ -z "$(git status --porcelain 2>/dev/null)" ] || echo ', with changes')"
    echo
    cat "$logs/table"
    for name in "${everything[@]}"; do
        [ -s "$logs/$name" ] || continue
        echo
        echo "---- $name"
        tail -40 "$logs/$name"
    done
} >"$out"
passed=$((parts - ${#failed[@]}))
echo "$passed passed, ${#failed[@]} failed, ${#skipped[@]} not run: $out"
[ ${#failed[@]} = 0 ] || echo "failed: ${failed[*]}"
[ ${#skipped[@]} = 0 ] || echo "not run: ${skipped[*]}"
[ ${#failed[@]} = 0 ] && [ ${#skipped[@]} = 0 ]
