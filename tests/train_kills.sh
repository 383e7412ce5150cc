#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A training that is killed again and again at random moments, and resumed each time, must end in the
# bits of one that was left alone: every dataset of its checkpoint but seconds (tests/same_training.c),
# with nothing else in its folder. KILLS=100 of them; a run that comes to its end is compared and begun
# anew. Usage: [KILLS=100] [BUILD=build] tests/train_kills.sh                       (make train-kills)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=tests/progress.sh
. tests/progress.sh
build=${BUILD:-build} wanted=${KILLS:-100}
program=${EVIDENT:-$build/evident}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
RANDOM=20261130

# Short epochs, so that many kills fall between two; every rule, so that all state matters. 120
# samples of 4 classes, 12 spikes each.
awk 'BEGIN { for (s = 0; s < 120; s++) {
    printf "{\"label\": %d, \"spikes\": [", s % 4
    for (k = 0; k < 12; k++) printf "%s[%d, %d]", k ? ", " : "", 7 * k + s * (k + 3) % 7,
        (5 * (s % 4) + (s * s + k) % 7) % 20
    print "]}" } }' >"$place/kills.jsonl"
cat >"$place/kills.json" <<'JSON'
{"name": "kills", "train": "kills.jsonl", "validate": 20, "select": "validation", "end": 100,
 "step": 1, "hidden": "24", "recurrent": true, "heterogeneous": true, "train_taus": true,
 "batch": 10, "input_mean": 1, "input_deviation": 1, "output_deviation": 0.5, "shift": 1,
 "dropout": 0.1, "blend": true, "lift": 0.1, "rate": 0.01, "strength": 1e-4, "decay": 0.98,
 "schedule": "plateau", "plateau_epochs": 3, "epochs": 40}
JSON
train=("$program" train "$place/kills.json" --jobs 1 --out)
part() { stat -c '%i %z' "$place/killed/checkpoint.h5.part" 2>/dev/null; }

start=$SECONDS
# shellcheck disable=SC2317 # progress calls it
doing() { cat "$place/far"; }
echo 'the training that is left alone' >"$place/far"
[ -t 2 ] || progress doing
"${train[@]}" "$place/whole" >"$place/said" 2>&1 || { tail -3 "$place/said" && exit 2; }
kills=0 ends=0 wrong=0 reading=0 learning=0 writing=0
while [ $kills -lt "$wanted" ] || [ $ends = 0 ]; do
    before=$(part)
    "${train[@]}" "$place/killed" --resume >"$place/said" 2>"$place/errors" &
    child=$!
    sleep "$((RANDOM % 2)).$(printf '%03d' $((RANDOM % 1000)))"
    if [ $kills -lt "$wanted" ] && kill -9 $child 2>/dev/null; then
        kills=$((kills + 1))
        wait $child 2>/dev/null
        # Without its heading it was reading data or checkpoint; a new file beside: writing.
        if ! grep -q '^epoch' "$place/said"; then
            reading=$((reading + 1))
        elif [ "$(part)" != "$before" ] && [ "$(part)" ]; then
            writing=$((writing + 1))
        else
            learning=$((learning + 1))
        fi
        echo "$kills of $wanted kills, $ends trainings ended" >"$place/far"
        [ -t 2 ] && printf '\rkills: %s ' "$(cat "$place/far")" >&2
        continue
    fi
    if ! wait $child; then
        echo 'a resumed training failed:' && tail -3 "$place/errors" && exit 1
    fi
    ends=$((ends + 1))
    "$build/tests/same_training" "$place/whole/checkpoint.h5" "$place/killed/checkpoint.h5" &&
        [ "$(ls -A "$place/killed")" = checkpoint.h5 ] || wrong=$((wrong + 1))
    rm -rf "$place/killed"
done
progress_end
[ -t 2 ] && printf '\r\033[K' >&2
echo "kills: $kills kills of a training, $learning in an epoch, $((reading + writing)) between" \
    "($writing while a checkpoint was written); $ends trainings came to their end, $wrong of them" \
    "other than the one left alone, $((SECONDS - start)) s"
[ $wrong = 0 ]
