#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Branch mutation of ref/: every condition of an if, a loop or a ?: is forced true, then false, one
at a time, in a copy; does any check notice? (make mutate; Python's standard library only.)

First the checks run once with conditions that note what they were. A mutant is tried by the checks
in which its condition was the other way too; where there is none it was "never driven" there. It is
killed if it does not compile, crashes, hangs, or fails a unit test of its module or the suite
`mutants`. One that survives left every digest of the suite as it was ("same numbers") or did not
("other numbers": within the proofs). Survivors of tests/survivors.tsv are explained there, by file,
condition and state. What is known of a mutant stays in BUILD/mutants/known.tsv, by the text of its
file, so that a run goes on where it stopped. Exit status 1 if a survivor is not explained.

Usage: tests/mutate.py [--every K] [--offset I] [--jobs N] [--minutes M] [--list] [FILE...]
"""
import argparse
import concurrent.futures
import csv
import fnmatch
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

from mutants import SEEN, Mutant, conditions_of, observed

BUILD = os.environ.get("BUILD", "build")
MAKE = os.environ.get("MAKE", "make")
SUITE = "verify/suites/mutants.suite"
PLACE = pathlib.Path(BUILD, "mutants")
UNDRIVEN, SAME, OTHER = "never driven", "same numbers", "other numbers"


class Check:
    """A program of objects that must exit with 0; its output is the same for the same numbers."""

    def __init__(self, name, thing, words=(), seconds=20, link=()):
        self.name, self.thing, self.words, self.seconds = name, thing, list(words), seconds
        self.link = list(link)  # words that only this program is linked with
        self.output, self.seen = None, None

    def run(self, program, place):
        environment = dict(os.environ, OMP_NUM_THREADS="1", EVIDENT=f"{place}/evident",
                           CK_FORK="no",  # a test of its own process group would outlive it
                           EVIDENT_SEEN=f"{place}/seen-{self.name}")
        with subprocess.Popen([program, *self.words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              start_new_session=True, env=environment) as process:
            try:
                output, _ = process.communicate(timeout=self.seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # with what it has forked
                return None
        return output if process.returncode == 0 else None


def unit(name, words):
    return Check(name, f"{BUILD}/tests/t_{name}.o", link=words)


def suite(name, *words):
    return Check(name, f"{BUILD}/verify/main.o",
                 ["verify", SUITE, "--jobs", "1", "--time-limit", "10", "--directions", "2",
                  "--every", "1000", *words], 120)


UNITS = {
    "witness": sorted(p.stem[2:] for p in pathlib.Path("tests").glob("t_witness_*.c")),
    "grid": sorted(p.stem[2:] for p in pathlib.Path("tests").glob("t_ref_grid*.c")),
    "": ["lif_golden", "reference", "metamorphic", "sabotage", "golden", "precision", "margin",
         "flow"],
}


def commands_of(*targets):
    """What make would run for them, a line a command."""
    text = subprocess.run([MAKE, "-n", "-B", "V=1", "--no-print-directory", f"BUILD={BUILD}",
                           *targets], capture_output=True, text=True, check=True).stdout
    return text.replace("\\\n", " ").splitlines()


def linker_words(tests):
    """What each test is linked with for itself, such as --wrap, by its name."""
    programs = [f"{BUILD}/tests/t_{name}" for name in tests]
    lines = [line + " " for line in commands_of(*programs)]
    found = {name: next(line for line in lines if f"-o {program} " in line)
             for name, program in zip(tests, programs)}
    return {name: [word for word in shlex.split(line) if word.startswith("-Wl,")]
            for name, line in found.items()}


def checks():
    """The fast ones first, by kind of file."""
    exact = suite("exact")
    engine = suite("engine", "--no-witness", "--round-delays", "--engine", "clock-host")
    suites = {"witness": [exact], "grid": [engine], "": [exact]}
    words = linker_words(sorted({n for names in UNITS.values() for n in names} | {"memory"}))
    return {kind: [unit(n, words[n]) for n in names + ["memory"]] + suites[kind]
            for kind, names in UNITS.items()}


def kind_of(path):
    name = pathlib.Path(path).name
    return next(kind for kind in UNITS if name.startswith(kind))


def tools():
    """How make compiles an object of ref/ and links a program, as lists of words."""
    compile_, link = None, None
    for line in commands_of(f"{BUILD}/ref/reference/loss.o", f"{BUILD}/evident"):
        if " -c -o " in line and line.rstrip().endswith(" ref/reference/loss.c"):
            compile_ = shlex.split(line)
        elif f"-o {BUILD}/evident " in line:
            link = shlex.split(line)
    compile_ = [w for w in compile_[:compile_.index("-o")] if w not in ("-MMD", "-MP", "-g", "-O2")]
    libraries = [w for w in link if w.startswith(("-l", "-L", "-fopenmp"))]
    check = subprocess.run(["pkg-config", "--libs", "check"], capture_output=True, text=True)
    return compile_ + ["-O1", "-w"], [link[0]], libraries + shlex.split(check.stdout)


def quietly(words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=300).returncode == 0


def compiled(text, name, thing, compile_):
    source = thing.with_name(name)
    source.write_text(text)
    return quietly(compile_ + ["-Iref", "-o", str(thing), str(source)])


def linked(check, things, place, link, libraries):
    """Every check of main.o is one program."""
    program = f"{place}/evident" if check.thing.endswith("main.o") else f"{place}/test"
    objects = [check.thing, *map(str, things), f"{BUILD}/libevident.a"]
    words = link + ["-o", program, *objects] + check.link + libraries
    return program if quietly(words) else None


def observe(conditions, files, kinds, compile_, link, libraries):
    """Runs every check once with conditions that note what they were, and keeps its output."""
    place = PLACE / "observed"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    things = [place / "seen.o"]
    if not compiled(SEEN % len(conditions), "seen.c", things[0], compile_):
        sys.exit("mutate.py: what notes conditions does not compile")
    for path in files:
        things.append(place / (pathlib.Path(path).stem + ".o"))
        text = observed([c for c in conditions if c.path == path])
        if not compiled(text, pathlib.Path(path).name, things[-1], compile_):
            sys.exit(f"mutate.py: {path}: does not compile with conditions that note what they were")
    for check in (c for checks_ in kinds.values() for c in checks_):
        if check.seen is None:
            program = linked(check, things, place, link, libraries)
            check.output = check.run(program, place) if program else None
            if check.output is None:
                sys.exit(f"mutate.py: {check.name} fails with nothing mutated")
            check.seen = (place / f"seen-{check.name}").read_bytes()
    subprocess.run(["rm", "-f", *map(str, things)], check=True)


def outcome_of(mutant, kinds, compile_, link, libraries):
    """The name of what notices, or one of UNDRIVEN, SAME, OTHER."""
    at = 2 * mutant.condition.number + (not mutant.truth)
    driven = [c for c in kinds[kind_of(mutant.path)] if c.seen[at]]
    if not driven:
        return UNDRIVEN
    place = PLACE / mutant.key
    place.mkdir(parents=True, exist_ok=True)
    try:
        thing = place / "mutant.o"
        if not compiled(mutant.text(), pathlib.Path(mutant.path).name, thing, compile_):
            return "compiler"
        same = True
        for check in driven:
            program = linked(check, [thing], place, link, libraries)
            if not program:
                return "linker"
            output = check.run(program, place)
            if output is None:
                return check.name
            same = same and (output == check.output or not check.words)
        return SAME if same else OTHER
    finally:
        shutil.rmtree(place)


def explained():
    """Patterns of file, condition, what it is forced to and state, and why nothing can notice."""
    with open("tests/survivors.tsv", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def reason_of(mutant, state, rows):
    for row in rows:
        forced = row["forced"] in ("*", "true" if mutant.truth else "false")
        if forced and row["state"] in ("*", state) and \
                fnmatch.fnmatchcase(mutant.path, row["file"]) and \
                fnmatch.fnmatchcase(mutant.what, row["condition"].replace("[", "[[]")):
            row["used"] = True
            return row["why"]
    return None


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="every K-th mutant only")
    parser.add_argument("--offset", type=int, default=0, help="from this one on")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="starts none after so long")
    parser.add_argument("--list", action="store_true", help="only count them")
    parser.add_argument("files", nargs="*")
    return parser.parse_args()


def main():
    options = parse()
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    files = sorted(str(p) for p in pathlib.Path("ref").rglob("*.c"))
    conditions = conditions_of(files)
    everything = [Mutant(c, truth) for c in conditions for truth in (True, False)
                  if not options.files or c.path in options.files]
    mutants = everything[options.offset::options.every]
    if options.list:
        print(f"{len(everything)} mutants, {len(mutants)} of them chosen")
        return 0
    PLACE.mkdir(parents=True, exist_ok=True)
    known_path = PLACE / "known.tsv"
    known = {}
    if known_path.exists():
        known = dict(line.split("\t")[:2] for line in known_path.read_text().splitlines())
    kinds = checks()
    objects = sorted({c.thing for checks_ in kinds.values() for c in checks_})
    subprocess.run([MAKE, "-s", "--no-print-directory", f"BUILD={BUILD}", *objects], check=True)
    def say_how_far():
        while True:
            time.sleep(30)
            tried = sum(mutant.key in known for mutant in mutants)
            print(f"mutate.py: {tried} of {len(mutants)} mutants tried, "
                  f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)

    started = time.monotonic()
    threading.Thread(target=say_how_far, daemon=True).start()
    words, stop = tools(), time.monotonic() + 60 * options.minutes
    observe(conditions, files, kinds, *words)

    def look(mutant):
        if mutant.key not in known and time.monotonic() < stop:
            known[mutant.key] = outcome_of(mutant, kinds, *words)
            with known_path.open("a") as out:
                out.write(f"{mutant.key}\t{known[mutant.key]}\t{mutant.name()}\n")

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(look, mutants))
    return tell(mutants, known, len(everything))


def tell(mutants, known, number):
    rows, left, tried, states, by = explained(), 0, 0, {UNDRIVEN: 0, SAME: 0, OTHER: 0}, {}
    for mutant in mutants:
        state = known.get(mutant.key)
        tried += state is not None
        if state in states:
            states[state] += 1
            why = reason_of(mutant, state, rows)
            left += why is None
            print(f"survives: {mutant.name()}: {state}: {why or 'NOT EXPLAINED'}")
        elif state:
            by[state] = by.get(state, 0) + 1
    if tried == number:
        for row in rows:
            if "used" not in row:
                print(f"explains nothing: {row['file']}: {row['condition']}")
                left += 1
    print(", ".join(f"{killer} {count}" for killer, count in sorted(by.items())))
    print(", ".join(f"{state} {count}" for state, count in states.items()))
    print(f"{number} mutants, {tried} tried, {sum(by.values())} killed, "
          f"{sum(states.values())} survive, {left} not explained")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
