#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rooms: which may ask which, by the includes of the sources and the symbols of the objects; and
whether README's way of a case through the sources is one, in one direction.

usage: tests/rooms.py [BUILD]

A room stands in ROOMS after all that it may ask; main.c alone asks whom it likes. Prints a line a
finding, FILE:LINE: what is wrong, and exits with 1 if there is any. Without objects in BUILD only
the includes are looked at, and one line says so.
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOMS = ["cases", "cases/spikes", "ref/reference", "ref/witness", "ref/grid", "gpu",
         "verify/base", "verify/exec", "verify/judge", "verify/run", "verify/options",
         "verify/store", "verify/diagnose", "verify/report", "verify/study", "verify/shrink", "verify/command"]
# Headers of one project for others: whoever may ask a room behind them may include them.
DOORS = {"ref/ref.h": "ref/reference", "verify/verify.h": "verify/base"}


def room(name):
    """The room of a file; None of main.c."""
    if name in DOORS:
        return DOORS[name]
    for k in (2, 1):
        if "/".join(name.split("/")[:k]) in ROOMS and len(name.split("/")) > k:
            return "/".join(name.split("/")[:k])
    return None


def may_ask(one, other):
    if one is None or other is None or one == other:
        return True
    if one.split("/")[0] == "ref" and other == "gpu" or one == "gpu" and other.startswith("ref"):
        return False
    return ROOMS.index(other) < ROOMS.index(one)


def includes():
    for top in ("cases", "ref", "gpu", "verify"):
        for path in sorted(pathlib.Path(top).rglob("*")):
            if path.suffix not in (".c", ".h", ".cu") or "examples" in path.parts:
                continue
            if room(str(path)) is None and str(path) != "verify/main.c":
                yield f"{path}:1: stands in no room"
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = re.match(r'#include "([^"]+)"', line)
                if found and not may_ask(room(str(path)), room(found[1])):
                    yield f"{path}:{number}: {room(str(path))} asks {room(found[1])}"


def names_twice():
    places = collections.defaultdict(list)
    for top in ("cases", "ref", "gpu", "verify", "tests"):
        for path in sorted(pathlib.Path(top).rglob("*")):
            if path.suffix in (".c", ".h", ".cu"):
                places[path.name].append(path)
    for paths in places.values():
        for path in paths[1:]:
            yield f"{path}:1: a file of that name is in {paths[0].parent}, too"


def symbols(build):
    """Where every symbol is defined, and who wants it."""
    defined, wanted = {}, collections.defaultdict(set)
    for path in sorted(build.rglob("*.o")):
        name = str(path.relative_to(build)).replace(".double.o", ".o")
        source = name[:-2] + (".cu" if pathlib.Path(name[:-2] + ".cu").exists() else ".c")
        if name.split("/")[0] not in ("cases", "ref", "gpu", "verify") or \
                not pathlib.Path(source).exists():
            continue
        for line in subprocess.run(["nm", "-g", path], capture_output=True, text=True,
                                   check=True).stdout.splitlines():
            kind, symbol = line.split()[-2:]
            if kind == "U":
                wanted[symbol].add(source)
            elif kind in "TDBRC":
                defined[symbol] = source
    return defined, wanted


def walk(defined, wanted, most=8):
    """README's list of sources: each is asked by one before it, at once or through a table of the
    commands, and asks none before it."""
    text = pathlib.Path("README.md").read_text(encoding="utf-8")
    first = text[:text.index("## The way of a case")].count("\n") + 1
    part = text.split("## The way of a case", 1)[1].split("\n## ", 1)[0]
    way = re.findall(r"^\d+\. `([^`]+)`", part, re.M)
    asks = {source: {defined[s] for s, by in wanted.items() if source in by and s in defined}
            for source in (*way, "verify/command/command_table.c")}
    if len(way) > most or not way:
        yield f"README.md:{first}: a way of {len(way)} sources, wanted at most {most}"
    for k, source in enumerate(way):
        before = {other for one in way[:k] for other in asks[one]}
        if "verify/command/command_table.c" in before:
            before |= asks["verify/command/command_table.c"]
        if k > 0 and source not in before:
            yield f"README.md:{first}: nothing before {source} asks it"
        for earlier in sorted(asks[source] & set(way[:k])):
            yield f"README.md:{first}: {source} asks {earlier}, which is before it"


def calls(build):
    defined, wanted = symbols(build)
    if not defined:
        print("not run: lint: rooms by symbols: nothing is built", file=sys.stderr)
        return
    yield from walk(defined, wanted)
    for symbol, sources in sorted(wanted.items()):
        for source in sorted(sources):
            other = defined.get(symbol)
            if other and not may_ask(room(source), room(other)):
                yield f"{source}:1: {room(source)} calls {symbol} of {other}"


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    found = [*includes(), *names_twice(), *calls(build)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
