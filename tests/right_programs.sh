#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Programs that are known to be right must not fail: the textbook EventProp of verify/python in
# double precision, and the same with every operation in single precision, over unseen cases. What
# is beyond their precision is set apart and counted. Without Python or NumPy both are not run, and
# that is no failure. Over 10,000 cases a pass takes hours of one core; `smoke` takes a minute.
# Usage: [PYTHON=python3] [EVIDENT=build/evident] tests/right_programs.sh [smoke --seed 100]...
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
# shellcheck source=tests/progress.sh
. tests/progress.sh
python=${PYTHON:-python3} evident=${EVIDENT:-build/evident} failed=0
[ $# -gt 0 ] || set -- smoke --seed 100
export PYTHONPATH=$PWD/verify/python PYTHONWARNINGS=ignore OPENBLAS_NUM_THREADS=1
if ! "$python" -c 'import numpy' 2>/dev/null; then
    echo "right programs: 2 not run: $python has no NumPy"
    exit 0
fi
# shellcheck disable=SC2317 # progress calls it
doing() { echo "programs that are right, on $*"; }
progress doing "$@"
for program in '-m evident_snn.adapters numpy_eventprop' tests/single_precision.py; do
    said=$("$evident" verify "$@" --no-witness --engine "exec:$python $program" 2>&1)
    grep -E '^(FAIL|ERROR|UNDECIDED) ' <<<"$said"
    totals=$(grep '^cases: ' <<<"$said")
    echo "$program: ${totals:-no totals}"
    grep -qE ', [1-9][0-9]* pass(, [0-9]+ not-run)?$' <<<"$totals" || failed=1
done
progress_end
exit $failed
