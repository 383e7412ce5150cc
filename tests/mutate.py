#!/usr/bin/env python3
"""Branch mutation of ref/: every condition of an if, a loop or a ?: is forced true, then false, one
at a time, in a copy; does any check notice? (make mutate; Python's standard library only.)

A mutant is killed if it does not compile, crashes, hangs, or fails a unit test of its module or the
suite `faults`. Survivors are listed; those of tests/survivors.tsv are explained there. What is known
of a mutant stays in BUILD/mutants/known.tsv, by the text of its file, so that a run goes on where it
stopped. Exit status 1 if a survivor is not explained.

Usage: tests/mutate.py [--every K] [--offset I] [--jobs N] [--minutes M] [FILE...]
"""
import argparse
import concurrent.futures
import csv
import fnmatch
import hashlib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

BUILD = os.environ.get("BUILD", "build")
MAKE = os.environ.get("MAKE", "make")
SUITE = "verify/suites/faults.suite"
OPENERS, CLOSERS = "([{", ")]}"


def without_faults(text):
    """Lines that only a planted fault compiles, as blanks."""
    lines, hidden = text.split("\n"), False
    for number, line in enumerate(lines):
        if re.match(r"#if FAULT ==", line):
            hidden = True
        elif re.match(r"#if FAULT !=", line):
            hidden = False
        elif line.startswith("#else"):
            hidden = not hidden
        elif line.startswith("#endif"):
            hidden = False
        if hidden:
            lines[number] = " " * len(line)
    return "\n".join(lines)


def masked(text):
    """The text with comments, strings and lines of the preprocessor as blanks of the same length."""
    text = without_faults(text)
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*'
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S | re.M)


def closing(text, at):
    depth = 0
    for place in range(at, len(text)):
        if text[place] in OPENERS:
            depth += 1
        elif text[place] in CLOSERS:
            depth -= 1
            if depth == 0:
                return place
    raise ValueError("unbalanced")


def for_condition(text, first, last):
    """Between the two semicolons of for (...); None where nothing stands there."""
    depth, stops = 0, []
    for place in range(first, last):
        depth += (text[place] in OPENERS) - (text[place] in CLOSERS)
        if text[place] == ";" and depth == 0:
            stops.append(place)
    begin, end = stops[0] + 1, stops[1]
    return (begin, end) if text[begin:end].strip() else None


def before_question(text, question):
    """Where the condition of a ?: starts: after whatever binds more loosely than ||."""
    depth = 0
    for place in range(question - 1, -1, -1):
        c = text[place]
        if c in CLOSERS:
            depth += 1
        elif c in OPENERS:
            if depth == 0:
                return place + 1
            depth -= 1
        elif depth == 0:
            if c in ",;?:}":
                return place + 1
            if c == "=" and text[place - 1] not in "=!<>" and text[place + 1] != "=":
                return place + 1
            if text.startswith("return", place) and not (text[place - 1].isalnum()):
                return place + len("return")
    return 0


def conditions(text):
    """(begin, end) of every condition, in the order of the text."""
    plain, found = masked(text), set()
    for match in re.finditer(r"\b(if|while|for)\s*\(", plain):
        first = match.end() - 1
        last = closing(plain, first)
        span = (first + 1, last)
        if match.group(1) == "for":
            span = for_condition(plain, first + 1, last)
        if span:
            found.add(span)
    for match in re.finditer(r"\?", plain):
        found.add((before_question(plain, match.start()), match.start()))
    return sorted(found)


class Mutant:
    def __init__(self, path, text, span, truth):
        begin, end = span
        condition = text[begin:end]
        lead = len(condition) - len(condition.lstrip())
        tail = len(condition.rstrip())
        self.path, self.truth = path, truth
        self.line = text.count("\n", 0, begin + lead) + 1
        self.what = " ".join(condition.split())
        forced = f"(({condition[lead:tail]}) {'|| 1' if truth else '&& 0'})"
        self.text = text[:begin + lead] + forced + text[begin + tail:]
        key = f"{text}\0{begin}\0{truth}"
        self.key = hashlib.sha256(key.encode()).hexdigest()[:16]

    def name(self):
        return f"{self.path}:{self.line}: ({self.what}) forced {'true' if self.truth else 'false'}"


def commands():
    """How make compiles an object of ref/ and links a program, as lists of words."""
    text = subprocess.run([MAKE, "-n", "-B", "V=1", "--no-print-directory", f"BUILD={BUILD}",
                           f"{BUILD}/ref/loss.o", f"{BUILD}/evident"],
                          capture_output=True, text=True, check=True).stdout
    compile_, link = None, None
    for line in text.replace("\\\n", " ").splitlines():
        if " -c -o " in line and line.rstrip().endswith(" ref/loss.c"):
            compile_ = shlex.split(line)
        elif f"-o {BUILD}/evident " in line:
            link = shlex.split(line)
    compile_ = [w for w in compile_[:compile_.index("-o")] if w not in ("-MMD", "-MP", "-g", "-O2")]
    libraries = [w for w in link if w.startswith(("-l", "-L", "-fopenmp"))]
    check = subprocess.run(["pkg-config", "--libs", "check"], capture_output=True, text=True)
    return compile_ + ["-O1", "-w"], [link[0]], libraries + shlex.split(check.stdout)


def unit_tests(path):
    name = pathlib.Path(path).name
    if name.startswith("witness"):
        wanted = "witness_*"
    elif name.startswith("grid"):
        wanted = "ref_grid*"
    else:
        return ["lif_golden", "golden", "precision", "family_known"]
    return sorted(p.stem[2:] for p in pathlib.Path("tests").glob(f"t_{wanted}.c"))


def passes(words, seconds, environment):
    try:
        return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=seconds,
                              env=environment).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def killed_by(mutant, compile_, link, libraries):
    """The name of what notices, or None."""
    place = pathlib.Path(BUILD, "mutants", mutant.key)
    place.mkdir(parents=True, exist_ok=True)
    source, thing = place / pathlib.Path(mutant.path).name, str(place / "mutant.o")
    source.write_text(mutant.text)
    environment = dict(os.environ, OMP_NUM_THREADS="1", EVIDENT=str(place / "evident"))
    try:
        if not passes(compile_ + ["-Iref", "-o", thing, str(source)], 120, environment):
            return "compiler"
        names = ["verify/main.o"] + [f"tests/t_{t}.o" for t in unit_tests(mutant.path)]
        grid = pathlib.Path(mutant.path).name.startswith("grid")
        for name in names[1:] + names[:1]:
            program = str(place / "evident") if name == "verify/main.o" else str(place / "test")
            if not passes(link + ["-o", program, f"{BUILD}/{name}", thing,
                                  f"{BUILD}/libevident.a"] + libraries, 120, environment):
                return "linker"
            if name == "verify/main.o":
                words = [program, "verify", SUITE, "--jobs", "1", "--quiet", "--time-limit", "10",
                         "--directions", "2", "--round-delays", "--engine", "clock-host"]
                words += ["--no-witness"] if grid else []
                if not passes(words, 120, environment):
                    return "suite"
            elif not passes([program], 60, environment):
                return name[8:-2]
        return None
    finally:
        for left in place.iterdir():
            left.unlink()
        place.rmdir()


def all_mutants(files):
    for path in files:
        text = pathlib.Path(path).read_text()
        for span in conditions(text):
            for truth in (True, False):
                yield Mutant(path, text, span, truth)


def explained():
    """Patterns of file, condition and what it is forced to, and why nothing can notice."""
    with open("tests/survivors.tsv", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def reason_of(mutant, rows):
    for row in rows:
        forced = row["forced"] in ("*", "true" if mutant.truth else "false")
        if forced and fnmatch.fnmatchcase(mutant.path, row["file"]) and \
                fnmatch.fnmatchcase(mutant.what, row["condition"].replace("[", "[[]")):
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
    files = options.files or sorted(str(p) for p in pathlib.Path("ref").glob("*.c"))
    everything = list(all_mutants(files))
    mutants = everything[options.offset::options.every]
    if options.list:
        print(f"{len(everything)} mutants, {len(mutants)} of them chosen")
        return 0
    known_path = pathlib.Path(BUILD, "mutants", "known.tsv")
    known_path.parent.mkdir(parents=True, exist_ok=True)
    known = {}
    if known_path.exists():
        known = dict(line.split("\t")[:2] for line in known_path.read_text().splitlines())
    objects = sorted({f"{BUILD}/tests/t_{t}.o" for m in mutants for t in unit_tests(m.path)})
    subprocess.run([MAKE, "-s", "--no-print-directory", f"BUILD={BUILD}", *objects], check=True)
    tools, stop = commands(), time.monotonic() + 60 * options.minutes

    def look(mutant):
        if mutant.key not in known and time.monotonic() < stop:
            known[mutant.key] = killed_by(mutant, *tools) or "-"
            with known_path.open("a") as out:
                out.write(f"{mutant.key}\t{known[mutant.key]}\t{mutant.name()}\n")

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(look, mutants))
    return tell(mutants, known, len(everything))


def tell(mutants, known, number):
    rows, left, tried, by = explained(), 0, 0, {}
    for mutant in mutants:
        killer = known.get(mutant.key)
        tried += killer is not None
        if killer == "-":
            why = reason_of(mutant, rows)
            left += why is None
            print(f"survives: {mutant.name()}: {why or 'NOT EXPLAINED'}")
        elif killer:
            by[killer] = by.get(killer, 0) + 1
    print(", ".join(f"{killer} {count}" for killer, count in sorted(by.items())))
    print(f"{number} mutants, {tried} tried, {sum(by.values())} killed, "
          f"{tried - sum(by.values())} survive, {left} of them not explained")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
