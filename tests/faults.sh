#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Judges the judge: plants every fault of tests/faults.tsv in turn (tests/faults.edits says what text
# becomes what), builds what is made of its files, and asks every kind of check about it:
# the kinds of comparison of `evident verify`, verdicts that refuse, the unit tests of the module
# and, for faults of the judge and of readers and writers, tests/judge_the_judge.sh. A fault is
# caught if two different kinds fail; those named in its row must be among them. Faults of the CUDA
# text alone (gpu/cuda*) are counted as not run where there is no nvcc.
# Writes reports/out/kills.tsv (failing comparisons, fault by kind) and draws kills.svg beside it.
# Goes on where it stopped: what is known of a fault for these very sources is not run again.
# Exit 0 if all were caught, 1 if not, 2 if one could not be planted or the checks fail without one.
# Usage: [JOBS=2] tests/faults.sh [--only N]...                                    (make faults)
# shellcheck disable=SC2317 # functions are called by other processes, by name
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
export MAKE=${MAKE:-make} BUILD=${BUILD:-build} OMP_NUM_THREADS=1
# shellcheck source=tests/progress.sh
. tests/progress.sh
nvcc=$(command -v "${NVCC:-nvcc}" || :)
export nvcc
out=reports/out kinds=
# Faults that tests/judge_the_judge.sh plants in what the judge is to see through.
export planted='12 31 48 49 50 53 54 58 60 63 90 137 197'

wanted=() only=' '
while [ $# -gt 0 ]; do
    case $1 in
    --only) only+="${2:?--only wants a number} " && shift ;;
    --only=*) only+="${1#*=} " ;;
    *) echo "faults.sh: $1: only --only N is known" >&2 && exit 2 ;;
    esac
    shift
done
while IFS=$'\t' read -r kind _; do kinds+="$kind "; done < <(tail -n +2 tests/kinds.tsv)
export kinds
mkdir -p "$BUILD/faults" "$out"
empty=$BUILD/faults/no-programs # a path without gnuplot: tables only
export empty
mkdir -p "$empty"

# Failing rows of checks.tsv by kind. `weights` of the reference is a coordinate, of an engine
# rounding: the last column says whose.
by_kind() { # folder
    awk -F'\t' '
        BEGIN {
            split("spikes spikes loss losses sample_loss losses recorded adjoints " \
                  "margin_grazing promises margin_slope promises margin_coincidence promises " \
                  "margin_end promises direction directions boundary directions " \
                  "adjoint_V adjoints adjoint_I adjoints loss_digits promises " \
                  "gradient_digits promises status promises decisions decisions bits bits", k, " ")
            for (i = 1; i in k; i += 2) kind[k[i]] = k[i + 1]
            n = split("again threads poison shape permuted batch_of_1 batch_of_512 zero_weights " \
                      "silent_neurons times voltages late_spikes negated split_weights " \
                      "duplicated_samples reversed_neurons", k, " ")
            for (i = 1; i <= n; i++) kind[k[i]] = "invariances"
        }
        FNR > 1 && $13 == "fail" {
            q = $3
            if ($14 ~ /^exec:/)
                what = "answers"
            else if ($14 != "reference" && !(q in kind && q != "loss" && q != "sample_loss"))
                what = q ~ /^ladder_/ ? "ladders" : "rounding"
            else
                what = q ~ /^known_/ ? "known" : q in kind ? kind[q] : "coordinates"
            count[what]++
        }
        END { for (what in count) print what, count[what] }' "$1/checks.tsv"
}
export -f by_kind

# Cases without a verdict on their numbers, and a program that refuses, crashes or says no totals.
refusals() { # log
    local line
    line=$(grep -E '^cases: [0-9]+, ' "$1" | tail -1)
    if [ -z "$line" ]; then
        echo verdicts 1
    else
        awk -F'[ ,]+' -v want="$2" '{ n = $2 != want
                       for (k = 3; k < NF; k += 2) if ($(k + 1) !~ /^(pass|fail)$/) n += $k
                       if (n) print "verdicts", n }' <<<"$line"
    fi
}
export -f refusals

verify() { # program, folder, cases expected, arguments of evident verify
    local program=$1 folder=$2 expected=$3
    shift 3
    rm -rf "$folder"
    PATH=$empty /usr/bin/timeout 300 "$program" verify "$@" --round-delays --jobs 1 \
        --digits 30 --cap 2048 --directions 2 --every 2 --time-limit 10 \
        --report "$folder" >"$folder.log" 2>&1 </dev/null
    # Without gnuplot it ends with 2 after its tables; codes are for judge_the_judge.sh.
    [ ! -f "$folder/checks.tsv" ] || by_kind "$folder"
    refusals "$folder.log" "$expected"
}
export -f verify

# Unit tests that are a kind of their own: they owe nothing to numbers written by hand.
own_kind() { # name of a test program
    case $1 in
    enclosure) echo enclosures ;;
    training_bits) echo trainings ;;
    oracle | ptx) echo "$1" ;;
    *) echo tests ;;
    esac
}
export -f own_kind

units() { # fault or empty, kind, names of test programs: failed checks
    local unit_kind=$2 where=$BUILD/tests name programs=()
    [ -z "$1" ] || where=$BUILD/fault-$1/tests
    for name in "${@:3}"; do programs+=("$where/t_$name"); done
    EVIDENT=${where%/tests}/evident JOBS=1 RUNNER='timeout 300' tests/run.sh "${programs[@]}" |
        awk -v kind="$unit_kind" '/^[0-9]+ passed, [0-9]+ failed$/ && $3 > 0 { print kind, $3 }'
}
export -f units

# Where a fault is, which cases and which unit tests look at it; one row of faults.tsv.
field() { # fault, number of the column
    awk -F'\t' -v n="$1" -v column="$2" '$1 == n { print $column }' tests/faults.tsv
}
export -f field

checks() { # fault or 0, its program, a place for its files, suite, unit tests: lines KIND COUNT
    local program=$2 place=$3 suite=$4 names=$5 name kind lists=()
    local -A asked=()
    for name in $names; do [ "$name" = self ] || asked[$name]=1; done
    # shellcheck disable=SC2086 # suites, files and addresses
    verify "$program" "$place.suite" "$(count_of $suite)" $suite --engine clock-host
    if [[ $1 = 0 || $(field "$1" 3) == gpu/* ]]; then
        # shellcheck disable=SC2086
        verify "$program" "$place.bits" 7 $bits_cases --engine clock-host \
            --engine clock-emulated --no-witness --every 1000000 | grep -E '^(bits|verdicts) '
    fi
    # The driver itself, on the stand-in of a device: streams in an order that is far from that of
    # their issue, and then code for sm_80 where no network fits into shared memory.
    if [ "$nvcc" ] && [[ $1 = 0 || $(field "$1" 3) == gpu/cuda* ]]; then
        STANDIN_ORDER=random on_standin "$program" "$place"
        STANDIN_CODE=80 STANDIN_SHARED=1024 on_standin "$program" "$place"
    fi
    # The program without a fault before the judge with one.
    # shellcheck disable=SC2086
    verify "$program" "$place.answers" 5 $answered --no-witness --every 1000000 \
        --engine "exec:PATH=/usr/bin:/bin tests/answers.sh $BUILD/evident" | grep -E '^(answers|verdicts) '
    for kind in tests enclosures trainings oracle ptx; do
        lists=()
        for name in "${!asked[@]}"; do [ "$(own_kind "$name")" != $kind ] || lists+=("$name"); done
        [ ${#lists[@]} = 0 ] || units "${1#0}" $kind "${lists[@]}"
    done
    if [[ " $names " == *' self '* ]]; then
        FAULT=$1 tests/judge_the_judge.sh "$program" >"$place.self" 2>&1 ||
            awk '/^no: / { n++ } END { print "self", (n > 0 ? n : 1) }' "$place.self"
    fi
}
on_standin() { # program, a place for its files
    # shellcheck disable=SC2086
    verify "${1%/*}/ptx/evident" "$2.ptx" 7 $bits_cases --engine clock-host --engine clock-cuda \
        --no-witness --every 1000000 | grep -E '^(bits|verdicts) '
}
export -f on_standin
export answered='random-batch:1:0 random-feedforward:1:2 closed-chain:1:0 random-delays:1:1
    closed-output:1:1'
export bits_cases='random-recurrent:1:0 random-delays:1:1 closed-output:1:0 closed-output:1:1
    random-feedforward:1:0 degenerate-end:1:0 cases/examples/long-silence.json'
count_of() { # suites, files and addresses: how many cases they are
    local word n=0
    for word; do
        [ "${word%.suite}" = "$word" ] && n=$((n + 1)) && continue
        n=$((n + $(awk '!/^#/ && NF == 3 { n += $3 } $1 == "file" { n++ } END { print n + 0 }' \
            "$word")))
    done
    echo "$n"
}
export -f checks count_of

one() { # fault: leaves a line in $BUILD/faults/N.tsv: hash, state, KIND COUNT...
    local n=$1 file=$BUILD/faults/$1.tsv names programs=() name lines
    [ "$(cut -f1 "$file" 2>/dev/null)" != "$tree" ] || return 0
    names=$(field "$n" 5)
    for name in $names; do
        [ "$name" = self ] || programs+=("$BUILD/fault-$n/tests/t_$name")
    done
    rm -rf "$BUILD/fault-$n"
    if [[ -z $nvcc && $(field "$n" 3) == gpu/cuda* ]]; then
        printf '%s\tneeds nvcc\n' "$tree" >"$file"
    elif ! tests/plant.py "$n" "$BUILD/fault-$n/src" >"$BUILD/faults/$n.log" 2>&1; then
        printf '%s\tno site\n' "$tree" >"$file"
    elif ! $MAKE --no-print-directory -j1 FAULT="$n" BUILD="$BUILD" \
        "$BUILD/fault-$n/evident" "${programs[@]}" >"$BUILD/faults/$n.log" 2>&1; then
        printf '%s\tno build\n' "$tree" >"$file"
    else
        lines=$(checks "$n" "$BUILD/fault-$n/evident" "$BUILD/faults/$n" "$(field "$n" 4)" \
            "$names" | awk '{ sum[$1] += $2 } END { for (k in sum) print k, sum[k] }' | sort)
        printf '%s\tran\t%s\n' "$tree" "${lines//$'\n'/, }" >"$file"
    fi
    case " $planted " in *" $n "*) ;; *) rm -rf "$BUILD/fault-$n" ;; esac
    rm -rf "$BUILD/faults/$n."{suite,bits,ptx,answers}
    printf '%6s  %s\n' "$n" "$(cut -f2- "$file" | tr '\t' ' ')"
}
export -f one

tree=$({ git rev-parse HEAD 2>/dev/null
    find cases ref gpu verify tests Makefile -type f ! -name '*.pyc' | LC_ALL=C sort | xargs cat
    $MAKE -s --no-print-directory BUILD="$BUILD" flags 2>/dev/null; } | sha256sum | cut -c1-16)
export tree
mapfile -t numbers < <(tail -n +2 tests/faults.tsv | cut -f1)
if [ "$only" != ' ' ]; then
    for n in "${numbers[@]}"; do [[ $only == *" $n "* ]] && wanted+=("$n"); done
else
    wanted=("${numbers[@]}")
fi

# ---- the parts that all faults share, and the proof that nothing fails without one ----

mapfile -t tests < <(tail -n +2 tests/faults.tsv | cut -f5 | tr ' ' '\n' | grep -vx 'self\|' | sort -u)
build() { # make's arguments
    $MAKE --no-print-directory BUILD="$BUILD" "$@" >"$BUILD/faults/0.log" 2>&1 && return
    tail -5 "$BUILD/faults/0.log" >&2
    exit 2
}
known() { [ "$(cut -f1 "$BUILD/faults/$1.tsv" 2>/dev/null)" = "$tree" ]; } # fault or 0
doing() {
    local n count=0 first=
    for n in "${wanted[@]}"; do ! known "$n" || count=$((count + 1)); done
    known 0 || first=', first what fails without any'
    echo "$count of ${#wanted[@]} faults known$first"
}
progress doing
programs=("${tests[@]/#/$BUILD/tests/t_}")
build all "${programs[@]}"
[ -z "$nvcc" ] || build "$BUILD/ptx/evident"
build "${programs[@]/%/.o}"
for n in $planted; do build FAULT="$n" "$BUILD/fault-$n/evident"; done
if [ "$(cat "$BUILD/faults/0.tsv" 2>/dev/null)" != "$tree" ]; then
    suites=$(tail -n +2 tests/faults.tsv | cut -f4 | tr ' ' '\n' | sort -u)
    sound=$(checks 0 "$BUILD/evident" "$BUILD/faults/0" "$suites" "${tests[*]} self")
    if [ -n "$sound" ]; then
        printf 'faults.sh: without any fault, these fail:\n%s\n' "$sound" >&2
        exit 2
    fi
    echo "$tree" >"$BUILD/faults/0.tsv"
fi

printf '%s\n' "${wanted[@]}" | xargs -r -P "${JOBS:-1}" -I{} bash -c 'one {}'
progress_end

# ---- the matrix ----

for n in "${wanted[@]}"; do
    printf '%s\t%s\t%s\t%s\t%s\n' "$n" "$(field "$n" 2)" "$(field "$n" 3)" "$(field "$n" 6)" \
        "$(cut -f2,3 "$BUILD/faults/$n.tsv" 2>/dev/null || echo 'not run')"
done | tests/kills.awk -v kinds="$kinds" >"$BUILD/faults/kills.tsv"
status=$?
cp "$BUILD/faults/kills.tsv" "$out/kills.tsv"
[ "$only" != ' ' ] || ! command -v gnuplot >/dev/null ||
    gnuplot -c reports/kills.gp "$out" || status=2
exit $status
