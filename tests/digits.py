#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the digits that `evident run` prints at few digits stand in what it prints at many?

Every number at 20 digits must be that at 60 within one unit in its own last place, and that at 60
likewise that at 200: a printed number differs from the truth by less than one unit of its last
place, so two prints of one truth differ by less than the sum of both units. "0e-81" means less
than 1e-81 in size. Everything that is no number (words, shapes, counts of spikes) must be the same.
The cases are unseen ones of all families. Exit 1 if there is an exception.

Usage: [EVIDENT=build/evident] tests/digits.py [--cases 1000] [--seed 77] [--digits 20,60,200]
                                               [--jobs 2] [ADDRESS...]               (make digits)
"""
import argparse
import concurrent.futures
import decimal
import json
import os
import subprocess
import sys
import threading
import time

EVIDENT = os.environ.get("EVIDENT", "build/evident")
# Networks of 200 neurons take minutes at 200 digits; a few of them are enough.
LARGE = {"real-yin-yang": 2, "real-digits": 0, "real-digits-small": 1, "degenerate-long": 4}
LIMIT_S = 300
decimal.getcontext().prec = 1000


def addresses(count, seed):
    """count cases, families in turn."""
    said = subprocess.run([EVIDENT, "families"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
    made, k = [], 0
    while len(made) < count:
        for name in names:
            if len(made) < count and k < LARGE.get(name, count):
                made.append(f"{name}:{seed}:{k}")
        k += 1
    return made


def number(text):
    """Value and unit in the last place of a printed number; None if it is none."""
    try:
        value = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    return (value, decimal.Decimal(1).scaleb(exponent)) if isinstance(exponent, int) else None


def nested(few, many, place):
    """Compares two results; yields what is not the same. Counts numbers in nested.numbers."""
    if isinstance(few, dict) and isinstance(many, dict):
        if few.keys() != many.keys():
            yield f"{place}: keys {sorted(few)} and {sorted(many)}"
            return
        for key in few:
            if key not in ("digits", "precision"):
                yield from nested(few[key], many[key], f"{place}.{key}")
    elif isinstance(few, list) and isinstance(many, list):
        if len(few) != len(many):
            yield f"{place}: {len(few)} and {len(many)} elements"
            return
        for k, (x, y) in enumerate(zip(few, many)):
            yield from nested(x, y, f"{place}[{k}]")
    else:
        x, y = (number(z) if isinstance(z, str) else None for z in (few, many))
        if x is None or y is None:
            if few != many:
                yield f"{place}: {few!r} and {many!r}"
            return
        nested.numbers += 1
        if not abs(x[0] - y[0]) < x[1] + y[1]:
            yield f"{place}: {few} is not {many}"


def run(address, digits):
    """What evident says, or None if it took too long."""
    try:
        done = subprocess.run([EVIDENT, "run", address, "--digits", str(digits), "--adjoints"],
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout) if done.stdout else {"reason": done.stderr}


def judge(address, ladder):
    """State of one case: nested, undecided or not compared; exceptions; numbers compared."""
    results = [run(address, digits) for digits in ladder]
    if None in results:
        return address, "too-long", [], 0
    if results[0].get("status") != "ok" and all(r.get("status") == results[0].get("status")
                                                for r in results):
        return address, str(results[0].get("status")), [], 0
    nested.numbers = 0
    wrong = []
    for few, many in zip(results, results[1:]):
        wrong += nested(few, many, address)
    return address, "nested" if not wrong else "exception", wrong, nested.numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--digits", default="20,60,200")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("address", nargs="*")
    wish = parser.parse_args()
    ladder = [int(x) for x in wish.digits.split(",")]
    cases = wish.address or addresses(wish.cases, wish.seed)
    count, numbers, started = {}, 0, time.monotonic()

    def say_how_far():
        while True:
            time.sleep(30)
            print(f"digits.py: {sum(count.values())} of {len(cases)} cases, "
                  f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)

    with concurrent.futures.ProcessPoolExecutor(wish.jobs) as pool:
        threading.Thread(target=say_how_far, daemon=True).start()
        for address, state, wrong, compared in pool.map(judge, cases, [ladder] * len(cases)):
            count[state] = count.get(state, 0) + 1
            numbers += compared
            for line in wrong:
                print(f"exception: {line}", flush=True)
            if state not in ("nested", "exception"):
                print(f"{state}: {address}", flush=True)
    states = ", ".join(f"{n} {state}" for state, n in sorted(count.items()))
    print(f"digits {wish.digits}: {len(cases)} cases: {states}; {numbers} numbers compared, "
          f"{count.get('exception', 0)} exceptions")
    sys.exit(1 if count.get("exception") or not count.get("nested") else 0)


if __name__ == "__main__":
    main()
