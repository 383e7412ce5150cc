#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The wheel as somebody gets it: installed with pip in a fresh environment, called from an empty
# folder with nothing but that environment in PATH. No compiler is there, and every library that is
# loaded is the wheel's own or the C library's. The README's lines for PyTorch, from nothing to a
# verdict, take less than a minute. The last line is "wheel: N passed, N failed, N not run".
# Usage: [PYTHON=python3] tests/wheel.sh FOLDER, with the wheel in it
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$1" || exit 2
wheel=$(ls "$PWD"/*.whl) || exit 2
passed=0 failed=0 absent=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { # whether, what
    if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "failed: $2"; fi
}
inside() { # environment, command...: with nothing of this one
    local home=$1
    shift
    (cd "$work/empty" && exec env -i PATH="$home/bin" HOME="$work" "$@" 2>"$work/said")
}
gives() { # what, said, environment, command...
    local what=$1 said=$2 printed
    shift 2
    printed=$(inside "$@")
    grep -qE "$said" <<<"$printed"
    say $? "$what: wanted $said, printed $printed $(tail -5 "$work/said")"
}

mkdir "$work/empty"
"${PYTHON:-python3}" -m venv "$work/plain" || exit 2
if ! "$work/plain/bin/pip" install -q "$wheel" >"$work/pip" 2>&1; then
    if grep -qE 'No matching distribution found for numpy|Could not find a version.*numpy' "$work/pip"; then
        echo "not run: NumPy is not to be had here"
        echo "wheel: 0 passed, 0 failed, 13 not run"
        exit 0
    fi
    cat "$work/pip"
    echo "wheel: 0 passed, 1 failed, 12 not run"
    exit 1
fi
plain=$work/plain
gives 'one call' '^run: pass: cases: 3, 3 pass; agrees to 1' "$plain" python -c '
import evident_snn
from evident_snn.adapters.numpy_eventprop import run
print(evident_snn.gradcheck(run, cases=["closed-output:1:5", "random-recurrent:1:2-3"]))'
gives 'the program itself' '"status": "ok"' "$plain" evident run closed-chain:1:0
gives 'a suite that comes along' 'cases: ([0-9]+), \1 pass$' "$plain" evident verify smoke -k closed-chain -q
gives 'judging a program' ', 1 pass' "$plain" evident-snn judge numpy_eventprop closed-chain:1:0
gives 'no compiler' '^none$' "$plain" python -c '
import shutil
print([c for c in ("cc", "gcc", "clang", "ld", "ldd") if shutil.which(c)] or "none")'

# What the loader says that it starts, of a run that records, reads HDF5 and asks an engine.
bin=$(cd "$plain"/lib/python*/site-packages/evident_snn/bin && pwd -P)
inside "$plain" LD_DEBUG=files "$bin/evident" verify real-digits-small:1:0 --store s --no-witness \
    --engine clock-host --round-delays >/dev/null
grep -hoE 'calling init: \S+' "$work/said" | sort -u | sed 's/.*: //' >"$work/loaded"
[ "$(grep -c "^$bin/lib/" "$work/loaded")" -gt 10 ]
say $? "few libraries of the wheel are loaded: $(cat "$work/loaded")"
strange=$(grep -v "^$bin/lib/" "$work/loaded" |
    grep -vE '/(lib(c|m|dl|rt|pthread|resolv|util)\.so\.[0-9]+|ld-linux[^/]*)$')
[ -z "$strange" ]
say $? "libraries of this machine are loaded: $strange"

# The README's lines, with a PyTorch that is there already.
lines=$(awk '/^```python$/ { on = 1; next } /^```$/ { on = 0 } on' "$root/README.md")
torch=
for one in "${PYTHON:-python3}" /usr/bin/python3; do
    [ -n "$torch" ] || ! "$one" -c 'import torch' 2>/dev/null || torch=$one
done
if [ -z "$torch" ]; then
    absent=6
    echo "not run: the README's lines: torch is not installed here"
else
    cp "$root/verify/python/tests/torch_eventprop.py" "$work/empty/mine.py"
    printf '%s\n' "$lines" >"$work/empty/lines.py"
    begun=$(date +%s)
    "$torch" -m venv --system-site-packages "$work/torch"
    "$work/torch/bin/pip" install -q "$wheel" >"$work/pip" 2>&1
    say $? "pip install beside torch: $(cat "$work/pip")"
    gives 'a right function' 'EventProp: pass: cases: 12, 12 pass' "$work/torch" python lines.py
    took=$(($(date +%s) - begun))
    echo "from no environment to a verdict: $took s"
    [ "$took" -lt 60 ]
    say $? "from no environment to a verdict: $took s, wanted less than 60"
    gives 'a factor' '1/tau_mem\?' "$work/torch" FLAW=tau python lines.py
    gives 'a delay' 'delays 1 step long' "$work/torch" FLAW=delay python lines.py
    gives 'a reset term' 'the jump of lambda_V has the sum over arrivals and the loss alone' "$work/torch" FLAW=reset python lines.py
fi
echo "wheel: $passed passed, $failed failed, $absent not run"
[ "$failed" = 0 ]
