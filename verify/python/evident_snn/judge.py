"""Judges a program: hands it to `evident verify`, the one judge. There is no tolerance here."""
import os
from typing import List, NoReturn

from .contender import command_of, environment
from .errors import EvidentError
from .program import find_evident, words_of


def verify_command(adapter: str, words: List[str]) -> List[str]:
    """The command line that judges an adapter. `words`: cases or suites, then options of `evident
    verify`; of the cases, folders and FIRST-LAST are written out."""
    cases = next((k for k, word in enumerate(words) if word.startswith("--")), len(words))
    if cases == 0:
        raise EvidentError("judge: found no case, wanted cases or a suite before the options")
    return [find_evident(), "verify", "--no-witness", "--engine", f"exec:{command_of(adapter)}",
            *(one for word in words[:cases] for one in words_of(word)), *words[cases:]]


def judge(adapter: str, words: List[str]) -> NoReturn:
    """Becomes `evident verify`: its output and its exit code are those of this program."""
    command = verify_command(adapter, words)
    try:
        os.execve(command[0], command, environment())
    except OSError as error:
        raise EvidentError(f"{command[0]}: {error.strerror}")
