"""The truth: the program `evident`, found as $EVIDENT, in PATH, or built in a checkout nearby."""
import json
import math
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from typing import Iterator, List, Optional

import numpy as np

from .case import Case
from .compare import compare
from .errors import EvidentError, one_line
from .read import read_case
from .result import Result, read_result
from .write import case_line

_ADDRESS = re.compile(r"([a-z0-9-]+):([0-9]+):([0-9]+)(?:-([0-9]+))?")


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


def _call(arguments: List[str], text: Optional[str],
          seconds: float) -> "subprocess.CompletedProcess[str]":
    command = [find_evident()] + arguments
    try:
        return subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              encoding="utf-8", errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired:
        raise EvidentError(f"evident {arguments[0]}: no answer within {seconds:g} s")
    except OSError as error:
        raise EvidentError(f"{command[0]}: {error.strerror}")


def truth_of(case: Case, digits: int = 20, seconds: float = 600) -> Result:
    """What the reference proves of a case: to `digits` digits, then rounded to doubles. Its status
    is "undecided" where it cannot decide the case."""
    done = _call(["run", "-", "--digits", str(digits)], case_line(case), seconds)
    if done.returncode not in (0, 1):
        raise EvidentError(one_line(done.stderr or f"evident run: exit status {done.returncode}"))
    try:
        return read_result(json.loads(done.stdout), case)
    except ValueError:
        raise EvidentError("evident run: printed something that is no JSON")


def moved_by_rounding(case: Case, truth: Result) -> float:
    """How far the weights' gradient of the truth moves, relative to its size, when every weight and
    spike time moves by a unit in the last place, up or down: the larger of two draws. Infinite
    where the moved case cannot be decided, or its spikes are others."""
    draws, far = np.random.RandomState(0), 0.0

    def nudged(values: np.ndarray) -> np.ndarray:
        toward = np.where(draws.random_sample(values.shape) < 0.5, -np.inf, np.inf)
        return np.where(values == 0, values, np.nextafter(values, toward))

    for _ in range(2):
        samples = [replace(s, spikes={p: [nudged(t) for t in trains]
                                      for p, trains in s.spikes.items()}) for s in case.samples]
        other = truth_of(replace(case, samples=samples, projections=[
            replace(q, weights=nudged(q.weights)) for q in case.projections]))
        if other.status != "ok":
            return math.inf
        a = compare(case, other, truth).weights
        if a is not None and a.want_norm > 0:
            far = max(far, a.distance)
    return far


def _generate(match: "re.Match[str]") -> Iterator[Case]:
    family, seed, first, last = match.groups()
    count = int(last) - int(first) + 1 if last else 1
    if count < 1:
        raise EvidentError(f"{match.group(0)}: found no case, wanted FIRST-LAST")
    with tempfile.TemporaryDirectory() as folder:
        done = _call(["generate", family, "--seed", seed, "--count", str(count), "--first", first,
                      "--out", folder], None, 600)
        if done.returncode != 0:
            raise EvidentError(one_line(done.stderr or "evident generate: failed"))
        for k in range(int(first), int(first) + count):
            yield read_case(os.path.join(folder, f"{family}-{seed}-{k}.json"))


def cases_of(text: str) -> Iterator[Case]:
    """The cases that a word on the command line names: a file, "-", a folder of *.json, an address
    FAMILY:SEED:K, or addresses FAMILY:SEED:FIRST-LAST."""
    match = _ADDRESS.fullmatch(text)
    if os.path.isdir(text):
        names = sorted(name for name in os.listdir(text) if name.endswith(".json"))
        if not names:
            raise EvidentError(f"{text}: found no *.json, wanted cases")
        for name in names:
            yield read_case(os.path.join(text, name))
    elif match and not os.path.exists(text):
        yield from _generate(match)
    else:
        yield read_case(text)
