#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A campaign that is killed again and again, at random moments with all its workers, and resumed each
# time, must leave the store of one that was left alone: compared byte for byte by every table that
# has no times in it. KILLS=1000 of them; a run that comes to its end is compared and begun anew.
# Usage: [KILLS=1000] [BUILD=build] tests/kills.sh                                  (make kills)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=tests/progress.sh
. tests/progress.sh
program=${EVIDENT:-${BUILD:-build}/evident} wanted=${KILLS:-1000}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
RANDOM=20261125

cat >"$place/kills.suite" <<'SUITE'
--engine clock-host --round-delays --every 4
random-recurrent 1 30
random-feedforward 1 40
degenerate-simultaneous 1 20
closed-quadratic 1 60
closed-chain 1 50
closed-output 1 40
SUITE
tables() { # store, folder
    local table
    mkdir -p "$2"
    for table in cases comparisons engines ladders; do
        "$program" export latest --store "$1" --format tsv --table $table >"$2/$table" || return 1
    done
    "$program" store --check --store "$1" >"$2/check"
}
same() { # folders
    local table
    for table in cases comparisons engines ladders check; do
        cmp <(sed "s|^.*: whole|whole|" "$1/$table") <(sed "s|^.*: whole|whole|" "$2/$table") ||
            return 1
    done
}

start=$SECONDS
# shellcheck disable=SC2317 # progress calls it
doing() { cat "$place/far"; }
echo 'the run that is left alone' >"$place/far"
[ -t 2 ] || progress doing
"$program" verify "$place/kills.suite" --quiet --store "$place/whole" >"$place/said" || exit 2
tables "$place/whole" "$place/want" || exit 2
kills=0 ends=0 wrong=0
while [ $kills -lt "$wanted" ] || [ $ends = 0 ]; do
    setsid "$program" verify "$place/kills.suite" --quiet --resume --store "$place/killed" \
        >"$place/said" 2>&1 &
    child=$!
    sleep "0.$(printf '%03d' $((RANDOM % 900)))"
    if [ $kills -lt "$wanted" ] && kill -9 -- -$child 2>/dev/null; then
        kills=$((kills + 1))
        wait $child 2>/dev/null
        echo "$kills of $wanted kills, $ends runs ended" >"$place/far"
        [ -t 2 ] && printf '\rkills: %s ' "$(cat "$place/far")" >&2
        continue
    fi
    if ! wait $child; then
        echo 'a resumed run failed:' && tail -3 "$place/said" && exit 1
    fi
    ends=$((ends + 1))
    tables "$place/killed" "$place/got" && same "$place/want" "$place/got" || wrong=$((wrong + 1))
    rm -rf "$place/killed"* "$place/got"
done
progress_end
[ -t 2 ] && printf '\r\033[K' >&2
echo "kills: $kills kills, $ends runs came to their end, $wrong of them other than the one left" \
    "alone, $((SECONDS - start)) s"
[ $wrong = 0 ]
