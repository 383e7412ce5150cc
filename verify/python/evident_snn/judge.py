# SPDX-License-Identifier: MIT
"""Hands a program to the program `evident`, the one judge. There is no tolerance here."""
import os
import re
import shlex
import shutil
import sys
from typing import Dict, List, NoReturn

from .adapters import NAMES
from .errors import EvidentError, one_line

_RANGE = re.compile(r"([a-z0-9-]+:[0-9]+):([0-9]+)-([0-9]+)")


# The program that came in a wheel (`make wheel`).
BUNDLED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "evident")


def find_evident() -> str:
    """Path of the program `evident`: $EVIDENT, in this package, in PATH, or built in a checkout
    nearby."""
    named = os.environ.get("EVIDENT")
    found = shutil.which(named) if named else shutil.which(BUNDLED) or shutil.which("evident")
    if found:
        return found
    if named:
        raise EvidentError(f"EVIDENT: found {one_line(named, 80)}, wanted a program")
    folder = os.getcwd()
    while True:
        built = shutil.which(os.path.join(folder, "build", "evident"))
        if built:
            return built
        if folder == os.path.dirname(folder):
            raise EvidentError("no program `evident` in $EVIDENT, PATH or build/; build it with "
                               "`make`")
        folder = os.path.dirname(folder)


def words_of(word: str) -> List[str]:
    """A word of the command line as words that `evident verify` takes: a folder is its *.json in
    the order of their names, FAMILY:SEED:FIRST-LAST its addresses, anything else itself."""
    if os.path.isdir(word):
        names = sorted(name for name in os.listdir(word) if name.endswith(".json"))
        if not names:
            raise EvidentError(f"{word}: found no *.json, wanted cases")
        return [os.path.join(word, name) for name in names]
    match = _RANGE.fullmatch(word)
    if not match or os.path.exists(word):
        return [word]
    family, first, last = match[1], int(match[2]), int(match[3])
    if last < first:
        raise EvidentError(f"{word}: found no case, wanted FIRST-LAST")
    return [f"{family}:{k}" for k in range(first, last + 1)]


def command_of(text: str) -> str:
    """What the shell runs: a ready adapter by its name, a Python file, or any command. A single
    word that is nothing of them is refused, before hours are spent on others."""
    if text in NAMES:
        return shlex.join([sys.executable, "-m", "evident_snn.adapters", text])
    if text.endswith(".py") and os.path.isfile(text):
        return shlex.join([sys.executable, text])
    if not text.strip() or (re.fullmatch(r"[\w./-]+", text) and shutil.which(text) is None):
        raise EvidentError(f"adapter: found {one_line(text, 60) or 'nothing'}, wanted a ready one "
                           f"({', '.join(NAMES)}), a Python file or a command")
    return text


def environment() -> Dict[str, str]:
    """So that an adapter finds this package from any directory, installed or not."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [home] + [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def verify_command(adapter: str, words: List[str]) -> List[str]:
    """The command line that judges an adapter. `words`: cases or suites, then options of `evident
    verify`; of the cases, folders and FIRST-LAST are written out."""
    cases = next((k for k, word in enumerate(words) if word.startswith("--")), len(words))
    if cases == 0:
        raise EvidentError("judge: found no case, wanted cases or a suite before the options")
    engine = f"exec:{command_of(adapter)}"
    return [find_evident(), "verify", "--no-witness", "--engine", engine,
            *(one for word in words[:cases] for one in words_of(word)), *words[cases:]]


def judge(adapter: str, words: List[str]) -> NoReturn:
    """Becomes `evident verify`: its output and its exit code are those of this program."""
    command = verify_command(adapter, words)
    try:
        os.execve(command[0], command, environment())
    except OSError as error:
        raise EvidentError(f"{command[0]}: {error.strerror}")
