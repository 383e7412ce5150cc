# SPDX-License-Identifier: MIT
"""The adapter's side of the protocol: one case a line in, one answer a line out.

The loop outlives everything but the end of its input: a line that is no case, a function that
raises, a result of the wrong shape are each answered by one line. What a function prints goes to
standard error, so that it cannot end up between the answers.
"""
import json
import os
import shlex
import sys
from typing import IO, Any, Callable, Dict, Optional, Union

from .case import Case
from .conventions import Conventions
from .errors import EvidentError, NotRun, one_line
from .read import read_case_text
from .result import FORMAT, Result, result_document

Function = Callable[[Case], Result]


def _with_step(case: Case) -> Case:
    """EVIDENT_STEP, in ms, stands in for the step of the case."""
    step = os.environ.get("EVIDENT_STEP")
    if step:
        try:
            case.step = float(step)
        except ValueError:
            case.step = 0.0
        if not 0 < case.step < float("inf"):
            raise NotRun(f"EVIDENT_STEP: found {one_line(step, 40)}, wanted a step > 0 in ms")
    return case


def answer_to(request: Union[bytes, Case], function: Function, engine: str) -> Dict[str, Any]:
    """The answer to one request. Never raises but for KeyboardInterrupt and SystemExit."""
    head: Dict[str, Any] = {"format": FORMAT, "engine": engine}
    try:
        asked = isinstance(request, Case)
        case = request if asked else read_case_text(request, "request")
        head["case"] = case.name
        result = function(case if asked else _with_step(case))
        if not isinstance(result, Result):
            raise EvidentError(f"the function gave {type(result).__name__}, wanted "
                               "evident_snn.Result")
        result.engine = result.engine or engine
        return result_document(result, head["case"])
    except NotRun as reason:
        head["not-run"] = one_line(reason) or "no reason given"
    except EvidentError as error:
        head["error"] = one_line(error)
    except Exception as error:  # whatever it is, the next case may be well
        head["error"] = one_line(f"{type(error).__name__}: {error}")
    return head


def text_of(document: Dict[str, Any]) -> str:
    """One line of JSON, with "nan", "inf" and "-inf" for the numbers that JSON does not have."""
    try:
        return json.dumps(document, allow_nan=False)
    except ValueError:
        words = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}
        return json.dumps(json.loads(json.dumps(document), parse_constant=words.__getitem__))


def _keep_stdout() -> IO[bytes]:
    """Standard output for the answers alone; everything else that is printed goes to stderr."""
    sys.stdout.flush()
    kept = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return kept


def serve(function: Function, engine: str = "",
          conventions: Optional[Conventions] = None) -> None:
    """Answers requests until the input ends. With `--conventions` as an argument of the program,
    prints its card instead and returns. TypeError where an argument stands in the place of
    another."""
    for name, value, good in (("function", function, callable(function)),
                              ("engine", engine, isinstance(engine, str)),
                              ("conventions", conventions, conventions is None
                               or isinstance(conventions, Conventions))):
        if not good:
            raise TypeError(f"serve(function, engine, conventions): found {type(value).__name__} "
                            f"for {name}")
    engine = engine or (conventions.engine if conventions else "")
    engine = engine or getattr(function, "__name__", "unnamed")
    if "--conventions" in sys.argv[1:]:
        card = conventions or Conventions(engine, note="the adapter declares nothing else")
        print(json.dumps(card.document()))
        return
    if sys.stdin.isatty():
        print(f"{engine} reads cases from standard input, a line each; to have it judged: "
              f"python -m evident_snn judge {shlex.quote(sys.argv[0])} CASE...", file=sys.stderr)
    out = _keep_stdout()
    try:
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            out.write(text_of(answer_to(line, function, engine)).encode("utf-8") + b"\n")
            out.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        try:
            out.close()
        except BrokenPipeError:
            pass
