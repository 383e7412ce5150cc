#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs test programs, JOBS at a time. A line a program, what failed below it, and at the end
#     N passed, N failed
# before it, of lines "not run: WHAT: WHY" that programs print, every one and
#     N not run
# A program that ends without Check's summary, or whose exit status contradicts it, has failed once.
# Usage: [RUNNER='valgrind ...'] [JOBS=2] tests/run.sh PROGRAM...
set -uo pipefail
# shellcheck source=tests/progress.sh
. "$(dirname "${BASH_SOURCE[0]}")/progress.sh"
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

one() { # program: leaves its output, exit status and time in $logs
    local name start end status=0
    name=$(basename "$1")
    start=$(date +%s%N)
    # shellcheck disable=SC2086 # RUNNER is a command with its arguments
    $RUNNER "$1" >"$logs/$name.out" 2>&1 </dev/null || status=$?
    end=$(date +%s%N)
    echo "$status $(((end - start) / 1000000))" >"$logs/$name.status"
}
export -f one
export logs RUNNER="${RUNNER:-}"
far() { # what a line of progress says
    local name left=()
    for name; do [ -e "$logs/$(basename "$name").status" ] || left+=("${name##*/t_}"); done
    echo "$(($# - ${#left[@]})) of $# programs ended, next: ${left[*]:0:${JOBS:-1}}"
}
progress far "$@"
printf '%s\n' "$@" | xargs -r -P "${JOBS:-1}" -I{} bash -c 'one {}'
progress_end

passed=0 failed=0
for program in "$@"; do
    name=$(basename "$program")
    read -r status milliseconds <"$logs/$name.status"
    # "100%: Checks: 12, Failures: 0, Errors: 0", once a suite
    read -r checks bad <<<"$(awk '
        /^[0-9]+%: Checks: / { gsub(/,/, ""); checks += $3; bad += $5 + $7 }
        END { print checks + 0, bad + 0 }' "$logs/$name.out")"
    note=
    skipped=$(grep -c '^not run: ' "$logs/$name.out")
    if [ "$checks" = 0 ] && [ "$skipped" != 0 ] && [ "$status" = 0 ]; then
        note=", not run"
    elif [ "$checks" = 0 ]; then
        checks=1 bad=1 note=", no summary (exit $status)"
    elif [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        checks=$((checks + 1)) bad=1 note=", exit $status"
    fi
    printf '%-24s %4d passed %3d failed %7d ms%s\n' "${name#t_}" $((checks - bad)) "$bad" \
        "$milliseconds" "$note"
    if [ "$bad" != 0 ]; then
        grep -vE '^Running suite|^[0-9]+%: Checks' "$logs/$name.out" | tail -40 | sed 's/^/    /'
    fi
    passed=$((passed + checks - bad)) failed=$((failed + bad))
done
if grep -h '^not run: ' "$logs"/*.out; then
    echo "$(cat "$logs"/*.out | grep -c '^not run: ') not run"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
