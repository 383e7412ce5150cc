#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the judge cannot see of itself: exit codes, totals and refusals of the program, and whether
# it sees through engines, a witness and a collector that are known to be wrong (planted faults of
# tests/faults.tsv, linked in beside it). A line a demand that is not met, exit status 1.
# Usage: [FAULT=0] [BUILD=build] tests/judge_the_judge.sh [PROGRAM]     (make faults plants the rest)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=tests/progress.sh
. tests/progress.sh
BUILD=${BUILD:-build} FAULT=${FAULT:-0} MAKE=${MAKE:-make} unmet=0
evident=${1:-$BUILD/evident}
here=$BUILD
[ "$FAULT" = 0 ] || here=$BUILD/fault-$FAULT
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
worked=cases/examples/worked.json silence=cases/examples/long-silence.json

run() { # program, arguments: output into $said, exit status into $code
    echo "evident ${*:2}" >"$place/run"
    said=$(timeout 60 "$@" 2>&1 </dev/null)
    code=$?
}
demand() { # what, exit status, extended expression that the output must hold (none: empty)
    if [ "$code" != "$2" ] || ! grep -qE -- "${3:-}" <<<"$said"; then
        echo "no: $1 (exit $code, wanted $2 with '${3:-}')"
        unmet=$((unmet + 1))
    fi
}

# shellcheck disable=SC2317 # progress calls it
doing() { cat "$place/run"; }
progress doing

# ---- exit codes and totals ----

run "$evident" verify $worked --engine clock-host
demand 'an honest case passes' 0 '^cases: 1, 1 pass$'
run "$evident" verify $worked
demand 'every parameter is asked by itself' 0 ' 4 directions, 73 coordinates,'
for defect in 1 4 7; do
    run "$evident" verify $worked --engine clock-host --no-witness --defect $defect
    demand "defect $defect fails" 1 '^cases: 1, 1 fail'
done
said=
mkdir "$place/rows"
for rows in '' --all-checks; do
    PATH=$place/rows "$evident" verify $worked --engine clock-host --no-witness --defect 4 $rows \
        --report "$place/rows" >"$place/log" 2>&1 # no gnuplot there: tables only
    said+="$(cut -f13 "$place/rows/checks.tsv" | grep -c fail) "
done
code=0
demand 'what differs has a row of its own' 0 '^([1-9][0-9]*) \1 $'
sed 's/double at = t + case_delay(c, p, row, n)/double at = t/' verify/exec/examples/eventprop.c |
    ${CC:-cc} -shared -fPIC -I . -x c - -o "$place/late.so" -lm
run "$evident" verify closed-chain:1:0 --engine "so:$place/late.so" \
    --no-witness
demand 'spikes of a shared object are looked at' 1 '^FAIL .* spikes .* got '
run "$evident" verify closed-quadratic:1:0 --cap 64
demand 'an undecided case exits 1' 1 '^cases: 1, 1 undecided$'
: >"$place/empty.suite"
run "$evident" verify "$place/empty.suite"
demand 'an empty suite is refused' 2 'names no case'
printf 'closed-quadratic 1 3\nclosed-chain 1 2 # two\n' >"$place/five.suite"
run "$evident" verify "$place/five.suite"
demand 'every case of a suite is judged' 0 '^cases: 5, 5 pass'
sum=0
for shard in 1 2 3; do
    run "$evident" verify "$place/five.suite" --quiet --shard $shard/3
    sum=$((sum + $(sed -n 's/^cases: \([0-9]*\), .*/\1/p' <<<"$said")))
done
code=$sum
demand 'shards hold every case once' 5 ''
run "$evident" verify "$place/none.suite"
demand 'a missing suite is refused' 2 ''

# ---- reading and writing ----

# Not from the program: tests/oracle.h, a simulator of its own, at 113 bits (t_oracle.c computes it
# again).
run "$evident" run cases/examples/three-layer.json --digits 20
demand 'an example has the loss it always had' 0 '"loss": "0\.64036907911745179757"'
for family in random-heterogeneous closed-chain closed-quadratic closed-output; do
    run "$evident" generate $family --seed 1 --count 1 --first 2 --out "$place/cases"
    run "$evident" run "$family:1:2"
    made=$said
    run "$evident" run "$place/cases/$family-1-2.json"
    [ "$said" = "$made" ] || code=9
    demand "a case that was written reads back as the same case: $family" 0 '"status": "ok"'
done
refused() { # what, edit of the worked example, what was wanted
    sed "$2" $worked >"$place/bad.json"
    run "$evident" check "$place/bad.json"
    demand "$1 is refused" 2 "wanted ${3:-}"
}
refused 'a number that is none' 's/"delay": 1,/"delay": "nan",/' 'a number, or a string'
refused 'an unknown key' 's/"bias": 0}/"bias": 0, "colour": 1}/'
refused 'an unsorted train' 's/\[2.5, 12\]/[12, 2.5]/'
refused 'a label beyond the outputs' 's/"label": 1/"label": 2/'
refused 'a negative time constant' 's/"tau_mem": 20/"tau_mem": -20/'
refused 'a short row' 's/\[3.5, 1.25, 2\]/[3.5, 1.25]/'

# ---- proofs ----

run "$evident" run tests/reported/late-spike.json --digits 5
demand '2^-128 is all that 5 digits ask of an integral: what is smaller is not told from 0' 0 \
    '\["0e-[34][0-9]", "0e-[34][0-9]"\]'
# A peak 1e-23 below the threshold, nearer than epsilon at 192 bits, about 2^29 2^-96 = 1e-20.
run "$evident" run conditioning-peak-below:1:0 --digits 30
demand 'V below the threshold is proven with epsilon to spare only' 0 '"precision": 384'

# ---- other programs ----

answers() { # what, exit status, expression, filter, conventions, case, move
    FILTER=$4 CONVENTIONS=${5:-} MOVE=${7:-} run "$evident" verify "${6:-random-batch:1:0}" \
        --no-witness --engine "exec:tests/answers.sh $BUILD/evident"
    demand "$1" "$2" "$3"
}
card='{"format":"evident-conventions-1"'
answers 'an honest program passes' 0 ', 1 pass$' cat
FILTER=cat CONVENTIONS='' run "$evident" verify random-batch:1:0 --no-witness \
    --engine "exec:tests/answers.sh $evident"
demand 'what it prints is what it judges by' 0 ', 1 pass$'
answers 'a wrong weight is seen' 1 '^FAIL .* weights weights\[0\]' \
    "sed -E 's/(\"weights\": \[ *\[\[\"-?)/\11/'"
answers 'no number is seen' 1 '^FAIL .* weights weights\[0\].* got nan' \
    "sed -E 's/(\"weights\": \[ *\[\[\")[^\"]*/\1nan/'"
answers 'a sign that was declared and is not there is seen' 1 '^FAIL .* weights_sign ' cat \
    "$card,\"sign\":-1}"
answers 'a scale that was declared and is not there is seen' 1 '^FAIL .* weights_scale .* got 0\.5 ' \
    cat "$card,\"scale\":2}"
answers 'an answer to another case is an error' 1 'case: found' \
    "sed -E 's/\"case\": \"[^\"]*\"/\"case\": \"another\"/'"
answers 'the loss of the last sample is looked at' 1 '^FAIL .* sample_loss sample [1-9]' \
    "sed -E 's/(.*\"loss\": \")([0-9.]+\", *\"spikes\")/\11\2/'"
answers 'a lost spike is seen' 1 '^FAIL .* spike_counts first diverging event' \
    "sed -E 's/(\"hid[a-z0-9]*\": \[ *\[)\"[^],\"]*\",? ?/\1/'"
answers 'a program that dies is an error' 1 '1 error' 'kill -9 $$'
answers 'zeros are no evidence for gradients' 0 'the true gradients are all zero' cat '' \
    tests/programs/all-outputs-silent.json
answers 'an ulp of an input passes' 0 '1 pass' cat '' tests/programs/near-rheobase.json \
    's/"threshold": 1,/"threshold": 1.0000000000000002,/'
single=$card,\"precision\":\"float32\"}
answers 'single precision is no licence' 1 '^FAIL .* spikes furthest off.* by 0.0013 ms' \
    'sed s/\"10.58614/\"10.58744/' "$single" $worked
answers 'a missing spike is named before a late one' 1 'spike_counts first .* at 23.* missing' \
    "sed -E 's/\"7\.770/\"7.970/; s/, \"23\.[0-9]*\"//'" '' $worked
answers 'what is beyond double precision is no number' 0 '1 pass' cat '' \
    tests/programs/loss-beyond-double.json
answers 'what is left of terms that cancel is no error' 0 '1 pass' \
    "sed -E 's/\"-?[0-9.]+e-[4-9][0-9]\"/\"1e-18\"/g'" '' closed-output:101:3
sed 's/\[\[1.5, -0.5\].*\]\]/[[-90, 90], [-90, 90], [-90, 90]]/' $worked >"$place/certain.json"
answers 'a softmax that is 1 to the last digit is no error' 0 '1 pass' \
    "sed -E 's/\"-?[0-9.]+e-[2-9][0-9]\"/\"0\"/g'" "$single" "$place/certain.json"
sed 's/"end": 2000/"end": 1000/; s/1.0000000000000002/1.0000000000000053/' \
    tests/programs/drive-at-rheobase.json >"$place/close.json"
answers 'what two inputs decide together is set apart' 2 'beyond its precision: grazing' cat '' \
    "$place/close.json" 's/1\.0000000000000053/1/'

answers 'NaN as Python writes it is a wrong number' 1 '^FAIL .* weights weights\[0\].* got nan' \
    "sed -E 's/(\"weights\": \[ *\[\[)\"[^\"]*\"/\1NaN/'"
answers 'a loss without a gradient is undecided' 1 '1 undecided' \
    "sed -E 's/, *\"gradients\":.*\"margins\"/, \"margins\"/'"
keeps() { # what, expression, mode, arguments
    run "$evident" verify "${@:4}" --no-witness --quiet \
        --engine "exec:tests/state.sh $BUILD/evident $3"
    demand "$1" 1 "$2"
}
keeps 'a second answer that differs is seen' '^FAIL .* again loss ' add random-batch:1:0
keeps 'what is kept of another case is seen' '^FAIL .* again loss ' leak random-batch:1:0
keeps 'a case that is right alone is told so' 'depends on the cases before it \(random-batch:1:0\)' \
    leak random-batch:1:0 closed-chain:1:0 --jobs 1
keeps 'delays that are short are named' 'delays 1 step short' short $worked
run "$evident" verify closed-output:1:0 $worked --engine clock-host --no-witness \
    --require-judged 100%
demand 'a run that judged too little fails' 1 '^FAIL run judged - got 1 want 2'
run "$evident" verify random-batch:1:0 closed-chain:1:0 --no-witness --engine exec:no-such-program
demand 'a command that cannot start ends the run' 2 'cannot be started'
run "$evident" verify $worked --no-witness --engine-time-limit 1 --engine 'exec:sleep 1000'
demand 'a limit before its program is kept' 1 'no answer within 1 seconds'
run "$evident" run $worked --engine clock-host --compat
demand 'published labels are named' 0 '"times": "step-begin"'
sed 's/"reset": 0,/"reset": 0.999,/; s/\[\[3.5, 1.25, 2\]/[[1e9, 1.25, 2]/' $worked \
    >"$place/runaway.json"
run "$evident" run "$place/runaway.json" --spike-limit 2000
demand 'runaway firing is named' 2 'the limit of spikes is reached .* of neuron hid\[0\]'
run "$evident" verify "$place/runaway.json" --time-limit 1
demand 'a case that takes too long is an error' 1 'took more than 1 seconds: time ran out'

# ---- programs with a fixed step, right and wrong on purpose ----

[ -x "$BUILD/tests/hostile" ] ||
    $MAKE --no-print-directory -j1 FAULT=0 BUILD="$BUILD" "$BUILD/tests/hostile" >"$place/log" 2>&1
hostile() { # what, exit status, expression, case, options of tests/hostile.c, of evident verify
    run "$evident" verify "$4" --no-witness --engine "exec:$BUILD/tests/hostile $5" "${@:6}"
    demand "$1" "$2" "$3"
}
hostile 'a right gradient in binary32 passes' 0 ', 1 pass$' closed-output:1:1 ''
hostile 'a sign fails where the ladder is excused' 1 '^FAIL .*want factor 1' random-deep:1:1 '--times -1'
hostile 'a gradient that is not judged is undecided' 1 '^UNDECIDED .* not judged: coincidence' \
    degenerate-end:1:0 ''
hostile 'what is near to nothing does not pass' 1 '^cases: 1, 1 undecided$' \
    conditioning-slope:1:3 '--times -1' --round-delays
hostile 'one projection that is wrong is seen' 1 '^FAIL .* weights\[1\]' $worked \
    '--double --projection 1 0.62'
hostile 'a row that is lost at one step is seen' 1 '^FAIL .* ladder_row .* exactly 0' $worked \
    '--double --row 0 1 --above 0.25'
hostile 'rounded delays reach programs' 0 ', 1 pass$' closed-quadratic:1:0 '' --round-delays
echo "$card,\"time\":\"grid\",\"scale\":{\"max-voltage-cross-entropy\":0.05}}" >"$place/scale.json"
hostile 'a scale is of one kind of loss' 0 ', 1 pass$' closed-output:1:3 \
    '--double --times 0.05' --round-delays --conventions "$place/scale.json"

# ---- known wrong engines, witness and collector must be seen ----

planted() { # what must be seen of which fault, expression, exit status, arguments of evident verify
    local fault=$1 program=$here/evident-$1
    [ "$fault" != "$FAULT" ] || return 0
    [ -d "$BUILD/fault-$fault" ] || return 0
    if [ ! -x "$program" ]; then
        $MAKE --no-print-directory -j1 FAULT="$FAULT" BUILD="$BUILD" "$program" \
            >"$place/log" 2>&1 || cat "$place/log"
    fi
    run "$program" verify "${@:4}"
    demand "fault $fault is seen by $2" "$3" "$2"
}
spiking='random-feedforward:1:0 --directions 2'
# shellcheck disable=SC2086 # several arguments
{
    planted 12 '^FAIL .* loss ' 1 $spiking
    planted 12 '^FAIL .* direction ' 1 $spiking
    planted 31 '^FAIL .* duplicated_samples ' 1 random-batch:1:6
    planted 90 '^FAIL .* adjoint_I ' 1 $spiking
    planted 197 '^FAIL .* spike_times ' 1 cases/regression/arrival-at-the-end.json
    planted 58 '^FAIL .* loss .* want nan ' 1 $spiking
    planted 53 '^FAIL .* decisions ' 1 $worked --engine clock-host --no-witness --step 0.01
    planted 54 '^FAIL .* weights .* got -?nan ' 1 $worked --engine clock-host --no-witness
    planted 48 '^FAIL .* permuted ' 1 random-batch:1:4 random-batch:1:5 random-batch:1:6 \
        --engine clock-host --no-witness --round-delays
    planted 63 '^FAIL .* lambda_[VI] ' 1 $worked --engine clock-host --no-witness
    planted 60 '^FAIL .* ladder_weights ' 1 $worked --engine clock-host
    planted 137 'do not add up' 2 random-feedforward:1:0 random-feedforward:1:1
    planted 50 '^FAIL .* lambda_V .* got 0 ' 1 $silence --engine clock-host --no-witness
    planted 49 '^FAIL .* bits ' 1 $worked --engine clock-host --engine clock-emulated --no-witness
}
progress_end
[ $unmet = 0 ] && echo "the judge is judged: every demand is met" || exit 1
