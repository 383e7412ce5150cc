#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Is a wrong gradient of a program with a fixed step told from a right one? The clock engine as a
# program of its own (tests/hostile.c) answers all cases of a suite: as it is, in binary64 and in
# binary32, which must never fail; and with gradients that are wrong, which must never pass, but
# where all that it provides are zero in the reference, and so are they, which is right. A row an
# answerer; exit status 1 if not so.
# Usage: [BUILD=build] [JOBS=2] tests/hostile.sh [SUITE|CASE...]                   (make hostile)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=tests/progress.sh
. tests/progress.sh
BUILD=${BUILD:-build} wrong=0
[ $# -gt 0 ] || set -- smoke
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

row() { # right or wrong, options of hostile
    local folder=$place/$RANDOM$RANDOM cases bad
    echo "answers of a program that is $1${2:+, $2}" >"$place/row"
    PATH=/usr/bin:/bin "$BUILD/evident" verify "${@:3}" --no-witness --round-delays --quiet \
        --jobs "${JOBS:-1}" --report "$folder" --all-checks \
        --engine "exec:$BUILD/tests/hostile $2" >"$folder.log" 2>&1
    cases=$(awk -F'\t' '
        FNR == 1 { file++ }
        file == 1 && FNR > 1 { verdict[$2] = $3 }
        # Gradients that the reference has, too, to the last bit: all are zero.
        file == 2 && $3 ~ /^ladder_(weights|delays|tau)/ && $11 != "error 0" { differs[$2] = 1 }
        file == 2 && FNR > 1 && $3 ~ /^ladder_/ && $13 == "pass" && $12 + 0 > worst { worst = $12 }
        END {
            for (c in verdict) {
                n[verdict[c]]++
                if (verdict[c] == "pass" && !(c in differs)) nothing++
            }
            printf "%d %d %d %d %d %d %.3g\n", n["pass"], nothing, n["fail"], n["undecided"],
                n["not-run"], n["error"], worst
        }' "$folder/cases.tsv" "$folder/checks.tsv")
    # shellcheck disable=SC2086 # seven numbers
    printf '%-28s %5d pass (%d of them: no gradient), %3d fail, %3d undecided, %3d not-run, %d error' \
        "${2:-as it is, binary32}" $(cut -d' ' -f1-6 <<<"$cases")
    [ "$1" = wrong ] || printf ', largest ratio of a pass %s' "$(cut -d' ' -f7 <<<"$cases")"
    echo
    bad=$(awk -v kind="$1" '{ print kind == "right" ? $3 + $6 + ($1 == 0) : $1 - $2 + $6 }' <<<"$cases")
    if [ "$bad" != 0 ]; then
        echo "no: $1 gradients, and $bad cases are judged otherwise"
        wrong=1
    fi
    grep '^UNDECIDED' "$folder.log" | sed 's/ | evident.*//; s/^/    /' >>"$place/undecided-$1"
}

# shellcheck disable=SC2317 # progress calls it
doing() { cat "$place/row"; }
progress doing
row right '' "$@"
row right '--double' "$@"
for how in '--times -1' '--times 0.05' '--times 0' '--random'; do
    row wrong "$how" "$@"
done
progress_end
echo 'undecided of right programs:'
cat "$place/undecided-right" 2>/dev/null
exit $wrong
