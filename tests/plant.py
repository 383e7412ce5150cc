#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Planted faults: tests/faults.edits says what text of which file becomes what.

    @ NUMBER FILE       one edit; a fault may have several
    -LINE               the text, whole lines, that must be in the file exactly once
    +LINE               what stands in its place

Usage: tests/plant.py NUMBER FOLDER   changed copies under FOLDER, and their names on standard output
       tests/plant.py --check         a line for every text that is not there exactly once, for every
                                      row of tests/faults.tsv without an edit, and for every edit
                                      without a row; exit status 1 if there is any
"""
import pathlib
import sys

EDITS = "tests/faults.edits"


def read_edits():
    """By number of the fault: [line of the table, file, text, what it becomes]."""
    edits, texts = {}, None
    for number, line in enumerate(open(EDITS, encoding="utf-8"), 1):
        if line.startswith("@ "):
            fault, name = line[2:].split()
            texts = {"-": [], "+": []}
            edits.setdefault(fault, []).append([number, name, texts["-"], texts["+"]])
        elif texts is None or line[0] not in texts:
            sys.exit(f"{EDITS}:{number}: found {line.strip()!r}, wanted a line with @, - or +")
        else:
            texts[line[0]].append(line[1:])
    return edits


def times(source, old):
    """How often whole lines occur."""
    return ("\n" + source).count("\n" + "".join(old)) if old else 0


def plant(fault, folder):
    """Copies of the files of a fault, changed; written only where they differ from what is there."""
    sources = {}
    for number, name, old, new in read_edits().get(fault, []):
        source = sources.get(name) or pathlib.Path(name).read_text(encoding="utf-8")
        if times(source, old) != 1:
            sys.exit(f"{EDITS}:{number}: found this text {times(source, old)} times in {name}, wanted 1")
        at = ("\n" + source).index("\n" + "".join(old))
        sources[name] = source[:at] + "".join(new) + source[at + len("".join(old)):]
    for name, source in sources.items():
        copy = pathlib.Path(folder, name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists() or copy.read_text(encoding="utf-8") != source:
            copy.write_text(source, encoding="utf-8")
        print(name)
    if not sources:
        sys.exit(f"{EDITS}: found no edit of fault {fault}")


def check():
    """Findings, in the form of the lint."""
    edits, found = read_edits(), []
    rows = [line.split("\t")[0] for line in open("tests/faults.tsv", encoding="utf-8")][1:]
    for fault in sorted(set(rows) ^ set(edits), key=int):
        where = EDITS if fault in edits else "tests/faults.tsv"
        found.append(f"{where}:1: fault {fault} is not in the other table")
    for fault in edits:
        for number, name, old, _ in edits[fault]:
            path = pathlib.Path(name)
            count = times(path.read_text(encoding="utf-8"), old) if path.exists() else 0
            if count != 1:
                found.append(f"{EDITS}:{number}: fault {fault}: this text is {count} times in {name}")
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(check())
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    plant(*sys.argv[1:])
