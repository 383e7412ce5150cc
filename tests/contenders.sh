#!/usr/bin/env bash
# Contenders from the package index, for real: makes a virtual environment outside the repository,
# installs torch, snntorch, norse and eventax with pip, and has them judged on generated cases.
# Outside `make check`: the packages are large (some 3 GB on x86-64) and not ours.
# Usage: [PYTHON=python3] [EVIDENT=build/evident] [VENV=DIR] tests/contenders.sh [--publish]
#     two cases a family, the table into a temporary folder; --publish: into reports/measured/
#     league.md (engines with a grid are asked at ever smaller steps: expect an hour on two cores)
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
[ "${1:-}" = --publish ] && out=reports/measured/league.md
cases=()
for family in closed-{quadratic,lambert,chain,output} random-{feedforward,deep,recurrent,delays} \
    random-{heterogeneous,batch} degenerate-{simultaneous,bursting,taus,inhibition} \
    conditioning-slope; do
    cases+=("$family:1:0-1")
done
code=0
"$venv/bin/python" -m evident league --cases "${cases[@]}" --seconds 300 --out "$out" \
    --store "$folder/league.sqlite" || code=$?
cat "$out"
exit $code
