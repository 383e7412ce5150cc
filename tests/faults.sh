#!/usr/bin/env bash
# Judges the judge: plants every fault of tests/faults.tsv in turn and demands that `evident verify`
# finds it (exit status 1 and at least one failure line). A fault is a line `#if FAULT == NUMBER`
# beside the right line in ref/. Exit 0 if all were caught, 1 if not, 2 if one could not be planted.
# Usage: tests/faults.sh [NUMBER...]                                               (make faults)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
MAKE=${MAKE:-make}
BUILD=${BUILD:-build}
only=" $* "

judge() { # program, what to verify: output to $log; the program's exit status
    # shellcheck disable=SC2086 # several cases may be named
    OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)} "$1" verify $2 >"$log" 2>&1 </dev/null
}
quantities() { # what the failure lines are about, most frequent first
    awk '/^FAIL .* got / { count[$3]++ }
         END { for (q in count) printf "%d %s\n", count[q], q }' "$log" | sort -k1,1nr -k2 |
        awk '{ printf "%s%s %d", separator, $2, $1; separator = ", " }'
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A fault is caught only if the same cases pass without it.
for cases in $(cut -f4 tests/faults.tsv | tail -n +2 | tr ' ' '+' | sort -u); do
    if ! judge "$BUILD/evident" "${cases//+/ }"; then
        grep -m3 -E '^(FAIL|UNDECIDED|NOT-RUN|ERROR|evident)' "$log"
        echo "faults.sh: without any fault, 'evident verify ${cases//+/ }' does not pass" >&2
        exit 2
    fi
done
caught=0 missed=0 broken=0
printf '%6s  %-44s %-9s %s\n' fault planted caught by
while IFS=$'\t' read -r number name _ cases; do
    [[ $number =~ ^[0-9]+$ ]] || continue # the line of titles
    [ "$only" = '  ' ] || [[ $only == *" $number "* ]] || continue
    program=$BUILD/fault-$number/evident
    if ! grep -qE "FAULT [!=]= $number\b" ref/*.[ch]; then
        verdict='no site' by="no FAULT == $number in ref/" broken=$((broken + 1))
    elif ! $MAKE --no-print-directory FAULT="$number" BUILD="$BUILD" "$program" >"$log" 2>&1; then
        verdict='no build' by=$(grep -m1 error: "$log") broken=$((broken + 1))
    else
        judge "$program" "$cases"
        status=$?
        by=$(quantities)
        if [ $status = 1 ] && [ -n "$by" ]; then
            verdict=yes caught=$((caught + 1))
        else
            verdict=NO by="exit $status${by:+, $by}" missed=$((missed + 1))
        fi
    fi
    printf '%6s  %-44s %-9s %s\n' "$number" "$name" "$verdict" "$by"
done <tests/faults.tsv
echo "$caught caught, $missed missed, $broken not planted"
[ $broken = 0 ] || exit 2
[ $missed = 0 ] && [ $caught -gt 0 ]
