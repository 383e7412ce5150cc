#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tests of the Python package in verify/python. The last line is
#     python: N passed, N failed, N not run
# Without Python or NumPy all of them are not run, and that is no failure.
# Usage: [PYTHON=python3] [EVIDENT=build/evident] tests/python.sh
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
here=verify/python/tests
python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
    echo "not run: there is no $python here"
    echo "python: 0 passed, 0 failed, $(cat $here/test_*.py |
        grep -c "^    def test_") not run"
    exit 0
fi
if [ -z "${EVIDENT:-}" ] && [ -x build/evident ]; then
    export EVIDENT=$PWD/build/evident
fi
exec "$python" $here/counts.py
