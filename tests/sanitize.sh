#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tests under instruments that see what a test cannot: wrong memory, undefined behaviour, leaks,
# and texts that nobody would write. Each instrument builds in its own folder below BUILD=build.
# Usage: tests/sanitize.sh [address] [valgrind] [fuzz]      (make sanitize, valgrind, fuzz)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
MAKE=${MAKE:-make}
BUILD=${BUILD:-build}
JOBS=${JOBS:-$(nproc)}
FUZZ_SECONDS=${FUZZ_SECONDS:-600}
# One thread a program: the instruments know nothing of OpenMP's own synchronisation.
export OMP_NUM_THREADS=1

built() { # folder: its test programs, those of tests/*/t_*.c only
    for source in tests/*/t_*.c; do echo "$1/tests/$(basename "$source" .c)"; done
}

address() {
    local flags='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined'
    $MAKE --no-print-directory BUILD="$BUILD/address" \
        CFLAGS="$flags -fno-sanitize-recover=undefined" all tests
    echo '== address, undefined behaviour, leaks'
    mapfile -t programs < <(built "$BUILD/address")
    # A process that dies by SIGSEGV, as tests of crashes want it, still dies so.
    EVIDENT=$BUILD/address/evident JOBS=$JOBS \
        ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:handle_segv=0 \
        UBSAN_OPTIONS=print_stacktrace=1 tests/run.sh "${programs[@]}"
}

# Valgrind is fifty times slower than the machine, so it sees the modules that handle memory most.
valgrind_some() {
    .ci/setup valgrind
    $MAKE --no-print-directory BUILD="$BUILD" all tests
    echo '== valgrind'
    mapfile -t programs < <(built "$BUILD" | grep -E "_(${VALGRIND_TESTS:-read|read_file|write|parameter|result|report})\$")
    EVIDENT=$BUILD/evident JOBS=$JOBS CK_FORK=no \
        RUNNER='valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite' \
        tests/run.sh "${programs[@]}"
}

# Broken cases for the reader. What is found stays in BUILD/fuzz/found for a regression test.
fuzz() {
    .ci/setup clang
    local seeds=$BUILD/fuzz/corpus packages='mpfr jansson hdf5'
    pkg-config --exists hdf5 || packages='mpfr jansson hdf5-serial'
    mkdir -p "$seeds" "$BUILD/fuzz/found"
    find tests cases -name '*.json' -size -64k -exec cp -t "$seeds" {} +
    # shellcheck disable=SC2046,SC2086 # several words each
    clang -g -O1 -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Wno-unknown-pragmas \
        -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I. \
        $(pkg-config --cflags $packages) -o "$BUILD/fuzz/read" tests/fuzz_read.c cases/*.c cases/families/*.c \
        $(pkg-config --libs $packages) -lm
    "$BUILD/fuzz/read" -max_total_time="$FUZZ_SECONDS" -max_len=65536 -rss_limit_mb=2048 -timeout=20 \
        -print_final_stats=1 -artifact_prefix="$BUILD/fuzz/found/" "$seeds"
}

[ $# -gt 0 ] || set -- address valgrind
for instrument in "$@"; do
    case $instrument in
    address) address ;;
    valgrind) valgrind_some ;;
    fuzz) fuzz ;;
    *) echo "sanitize.sh: $instrument: address, valgrind or fuzz" >&2 && exit 2 ;;
    esac
done
