"""A program under judgement: the command that starts it, its card, its answers.

It is judged by `evident verify --engine 'exec:COMMAND'`, and there only.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from typing import Dict, Iterable, Iterator, Optional

from .adapters import NAMES
from .case import Case
from .conventions import Conventions, read_conventions
from .errors import EvidentError, one_line
from .write import case_line


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


def card_of(command: str, seconds: float) -> Optional[Conventions]:
    """The card that it prints for --conventions; None if it has none."""
    try:
        done = subprocess.run(f"{command} --conventions", shell=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
                              env=environment())
    except subprocess.TimeoutExpired:
        return None
    return read_conventions(done.stdout.decode("utf-8", "replace"))


def answers(command: str, cases: Iterable[Case]) -> Iterator[str]:
    """The lines that it answers, unjudged; EvidentError if it ends early."""
    with subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          encoding="utf-8", env=environment()) as process:
        assert process.stdin is not None and process.stdout is not None
        for case in cases:
            try:
                process.stdin.write(case_line(case) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = ""
                with suppress(BrokenPipeError):  # of what it has not read
                    process.stdin.close()
            if not line:
                raise EvidentError(f"{case.name}: {one_line(command, 80)} ended without an answer")
            yield line.rstrip("\n")
