#!/usr/bin/env bash
# Contenders from the package index, for real: makes a virtual environment outside the repository,
# installs torch, snntorch, norse and eventax with pip, and runs the league on generated cases.
# Outside `make check`: the packages are large (some 3 GB on x86-64) and not ours.
# Usage: [PYTHON=python3] [EVIDENT=build/evident] [VENV=DIR] tests/contenders.sh [--full]
#     a few cases, table into a temporary folder; --full: all cases of the published table, into
#     reports/measured/league.tsv and league.md (about forty minutes: eventax compiles every case)
set -euo pipefail
cd "$(dirname "$0")/.."
export EVIDENT=${EVIDENT:-$PWD/build/evident}
venv=${VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/evident-contenders}
if [ ! -x "$EVIDENT" ]; then
    echo "contenders: there is no program $EVIDENT; run make first" >&2
    exit 2
fi
if [ ! -x "$venv/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy torch snntorch norse eventax
export PYTHONPATH=$PWD/verify/python PYTHONDONTWRITEBYTECODE=1

families="closed-quadratic closed-lambert closed-chain closed-output random-feedforward random-deep
    random-recurrent random-delays random-heterogeneous random-batch degenerate-simultaneous
    degenerate-bursting degenerate-taus degenerate-inhibition conditioning-slope"
cases=()
if [ "${1:-}" = --full ]; then
    out=reports/measured/league last=11
    cases+=(real-yin-yang:1:0-1 real-digits-small:1:0-1)
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    out=$folder/league last=1
fi
for family in $families; do
    cases+=("$family:1:0-$last")
done
"$venv/bin/python" -m evident league --cases "${cases[@]}" --refine 1 4 --seconds 300 --out "$out" \
    --title "League table: published implementations against the proven reference"
sed -n '/^## All families/,/^## By family/p' "$out.md" | sed '$d'
# An adapter that raises is a fault of ours: the ninth column counts errors.
awk -F'\t' '$3 == "all" && $9 != 0 { print $1 ": " $9 " errors"; bad = 1 }
    END { exit bad }' "$out.tsv"
