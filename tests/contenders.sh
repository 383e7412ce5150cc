#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Contenders from the package index, for real: makes a virtual environment outside the repository,
# installs torch, snntorch, norse and eventax with pip, and has them judged on generated cases.
# Outside `make check`: the packages are large (some 3 GB on x86-64) and not ours.
# Usage: [PYTHON=python3] [EVIDENT=build/evident] [VENV=DIR] tests/contenders.sh [--publish] [CASE...]
#     the table of these cases (default: ten of nine families); --publish: into reports/measured/
#     league.md. Engines with a grid are asked at ever smaller steps: minutes an adapter.
# Exit status 1 if an adapter answers an error: that is a fault of ours.
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

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
out=$folder/league.md
if [ "${1:-}" = --publish ]; then
    out=reports/measured/league.md
    shift
fi
if [ $# = 0 ]; then
    set -- closed-{chain:1:9,output:1:5} random-{feedforward:1:0-1,recurrent:1:2,batch:1:1,delays:1:0} \
        degenerate-{bursting:1:1,inhibition:1:0,taus:1:0}
fi
code=0
"$venv/bin/python" -m evident_snn league --cases "$@" --seconds 300 --out "$out" \
    --store "$folder/league.sqlite" || code=$?
[ "$code" -gt 1 ] || cat "$out"
exit $code
