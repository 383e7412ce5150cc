# SPDX-License-Identifier: MIT
"""One call: is this function's gradient right? The function is asked in this process, the judge
(`evident serve`) in one that is kept running."""
import copy
import os
import traceback
from typing import Any, Callable, Dict, Iterable, List, Optional, Union

from .case import Case
from .conventions import Conventions
from .errors import EvidentError, one_line
from .judge import words_of
from .read import read_case_text
from .result import Result
from .serve import Function, answer_to, text_of
from .service import Service, shared
from .verdict import CaseVerdict, Verdict

_HALVES = 8  # answers of a program with a grid: at the step of the case, half of it, ...


_VARY = {"all": "like", "weights": "like-weights"}


def addresses(like: str, count: int, seed: int, vary: str = "all") -> List[str]:
    """Cases of a family, by its name, or cases like one that an address or a file names, of which
    all numbers vary, or weights, input spikes and targets alone."""
    if count < 1:
        raise EvidentError(f"count: found {count}, wanted at least 1")
    if vary not in _VARY:
        raise EvidentError(f"vary: found {one_line(vary, 40)}, wanted {' or '.join(_VARY)}")
    family = ":" not in like and not os.path.exists(like)
    head = like if family else f"{_VARY[vary]}:{like}"
    return [f"{head}:{seed}:{k}" for k in range(count)]


def _where(error: BaseException) -> str:
    """The line of the function that raised: the innermost that is not of this package."""
    own = os.path.dirname(os.path.abspath(__file__))
    frames = [f for f in traceback.extract_tb(error.__traceback__)
              if os.path.dirname(os.path.abspath(f.filename)) != own]
    return f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""


def _ask(function: Function, case: Case, engine: str) -> Dict[str, Any]:
    """The answer of a function to a case, and the exception it ended with, if any."""
    caught: List[BaseException] = []

    def watched(asked: Case) -> Result:
        try:
            return function(asked)
        except Exception as error:
            caught.append(error)
            raise

    answer = answer_to(copy.deepcopy(case), watched, engine)
    if caught and "error" in answer:
        answer["error"] = one_line(answer["error"] + _where(caught[0]))
        answer["exception"] = caught[0]
    return answer


def judge_case(function: Function, name: str, engine: str = "",
               conventions: Optional[Conventions] = None,
               service: Optional[Service] = None) -> CaseVerdict:
    """The verdict on one case, an address or a file."""
    service = service or shared()
    engine = engine or getattr(function, "__name__", type(function).__name__)
    case = read_case_text(service.case(name), name)
    answers = [_ask(function, case, engine)]
    exception = answers[0].pop("exception", None)
    grid = conventions is not None and conventions.time == "grid" and case.step
    while grid and len(answers) < _HALVES and "loss" in answers[-1]:
        case.step /= 2
        answers.append(_ask(function, case, engine))
        exception = answers[-1].pop("exception", exception)
    line = {"case": name, "answer": answers}
    if conventions is not None:
        line["conventions"] = conventions.document()
    return CaseVerdict(name, service.ask(text_of(line)), answers[0], exception,
                       f"evident_snn.gradcheck({engine}, cases=[{name!r}])")


def gradcheck(function: Function, like: str = "random-feedforward", count: int = 20,
              seed: int = 1, vary: str = "all", cases: Union[str, Iterable[str], None] = None,
              engine: str = "", conventions: Optional[Conventions] = None,
              tell: Optional[Callable[[CaseVerdict], None]] = None) -> Verdict:
    """Has a function from a Case to a Result judged.

    like: the name of a family, or a case (an address or a file): then cases with its network, loss
    and features and other numbers; vary="weights" leaves its time constants, thresholds, delays and
    so on. cases: these and no others, addresses (FAMILY:SEED:FIRST-LAST, too), files or folders.
    engine: its name; conventions: how it counts, if it is not exact and in double precision. tell is
    called with every verdict as it comes.

    What the function cannot express it refuses with NotRun; another exception is an error of that
    case, which the verdict has as `exception`.
    """
    if not callable(function):
        raise TypeError(f"gradcheck: found {type(function).__name__}, wanted a function of a Case")
    if cases is None:
        names = addresses(like, count, seed, vary)
    else:
        names = [one for word in ([cases] if isinstance(cases, str) else cases)
                 for one in words_of(word)]
    engine = engine or getattr(function, "__name__", type(function).__name__)
    got = Verdict(engine)
    for name in names:
        got.cases.append(judge_case(function, name, engine, conventions))
        if tell is not None:
            tell(got.cases[-1])
    return got
