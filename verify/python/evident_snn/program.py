"""The program `evident`, which makes cases and judges: found as $EVIDENT, in PATH, or built in a
checkout nearby."""
import os
import re
import shutil
import subprocess
import tempfile
from typing import Iterator, List

from .case import Case
from .errors import EvidentError, one_line
from .read import read_case

_RANGE = re.compile(r"([a-z0-9-]+):([0-9]+):([0-9]+)(?:-([0-9]+))?")


def find_evident() -> str:
    """Path of the program `evident`; EvidentError if there is none."""
    named = os.environ.get("EVIDENT")
    if named:
        found = shutil.which(named)
        if not found:
            raise EvidentError(f"EVIDENT: found {one_line(named, 80)}, wanted a program")
        return found
    found = shutil.which("evident")
    if found:
        return found
    folder = os.getcwd()
    while True:
        built = os.path.join(folder, "build", "evident")
        if os.access(built, os.X_OK) and os.path.isfile(built):
            return built
        if folder == os.path.dirname(folder):
            break
        folder = os.path.dirname(folder)
    raise EvidentError("no program `evident` in $EVIDENT, PATH or build/; build it with `make`")


def words_of(word: str) -> List[str]:
    """A word of the command line as words that `evident verify` takes: a folder is its *.json in
    the order of their names, FAMILY:SEED:FIRST-LAST its addresses, anything else itself."""
    if os.path.isdir(word):
        names = sorted(name for name in os.listdir(word) if name.endswith(".json"))
        if not names:
            raise EvidentError(f"{word}: found no *.json, wanted cases")
        return [os.path.join(word, name) for name in names]
    match = _RANGE.fullmatch(word)
    if not match or not match.group(4) or os.path.exists(word):
        return [word]
    family, seed, first, last = match.groups()
    if int(last) < int(first):
        raise EvidentError(f"{word}: found no case, wanted FIRST-LAST")
    return [f"{family}:{seed}:{k}" for k in range(int(first), int(last) + 1)]


def _generate(family: str, seed: str, k: str) -> Case:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([find_evident(), "generate", family, "--seed", seed, "--first", k,
                               "--count", "1", "--out", folder], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
        if done.returncode != 0:
            raise EvidentError(one_line(done.stderr or "evident generate: failed"))
        return read_case(os.path.join(folder, f"{family}-{seed}-{k}.json"))


def cases_of(text: str) -> Iterator[Case]:
    """The cases that a word on the command line names: a file, "-", a folder of *.json, an address
    FAMILY:SEED:K, or addresses FAMILY:SEED:FIRST-LAST."""
    for word in words_of(text):
        match = _RANGE.fullmatch(word)
        if match and not os.path.exists(word):
            yield _generate(*match.group(1, 2, 3))
        else:
            yield read_case(word)
