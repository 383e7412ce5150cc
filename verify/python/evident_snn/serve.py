"""The adapter's side of the protocol: one case a line in, one answer a line out.

The loop outlives everything but the end of its input: a line that is no case, a function that
raises, a result of the wrong shape are each answered by one line. What a function prints goes to
standard error, so that it cannot end up between the answers.
"""
import json
import os
import shlex
import sys
from typing import IO, Any, Callable, Dict, Optional, Sequence, Union

from .case import Case
from .conventions import Conventions
from .errors import EvidentError, NotRun, one_line
from .read import read_case_text
from .result import FORMAT, Result, plain, result_document

Function = Callable[[Case], Union[Result, Dict[str, Any]]]


def _name_in(line: bytes) -> Optional[str]:
    """The name of a case that could not be read, so that the answer can say which one it was."""
    try:
        name = json.loads(line.decode("utf-8"))["name"]
        return name if isinstance(name, str) else None
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def with_step(case: Case) -> Case:
    """EVIDENT_STEP, in ms, stands in for the step of the case."""
    step = os.environ.get("EVIDENT_STEP")
    if step:
        try:
            case.step = float(step)
        except ValueError:
            raise NotRun(f"EVIDENT_STEP: found {one_line(step, 40)}, wanted a step in ms")
        if not 0 < case.step < float("inf"):
            raise NotRun(f"EVIDENT_STEP: found {one_line(step, 40)}, wanted a step > 0 in ms")
    return case


def answer(line: bytes, function: Function, engine: str) -> Dict[str, Any]:
    """The answer to one request. Never raises but for KeyboardInterrupt and SystemExit."""
    name: Optional[str] = None
    head: Dict[str, Any] = {"format": FORMAT}
    try:
        case = read_case_text(line, "request")
        name = case.name
        result = function(with_step(case))
        if isinstance(result, Result):
            result.engine = result.engine or engine
            return result_document(result, case)
        if isinstance(result, dict) and result.get("format") == FORMAT:
            return plain(result)
        raise EvidentError(f"the function gave {type(result).__name__}, wanted evident_snn.Result")
    except NotRun as reason:
        head["not-run"] = one_line(reason) or "no reason given"
    except EvidentError as error:
        head["error"] = one_line(error)
    except RecursionError:
        head["error"] = "RecursionError: too deep"
    except MemoryError:
        head["error"] = "MemoryError: memory is short"
    except Exception as error:  # whatever it is, the next case may be well
        head["error"] = one_line(f"{type(error).__name__}: {error}")
    name = name if name is not None else _name_in(line)
    if name is not None:
        head["case"] = name
    head["engine"] = engine
    return head


def _keep_stdout() -> IO[bytes]:
    """Standard output for the answers alone; everything else that is printed goes to stderr."""
    sys.stdout.flush()
    kept = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return kept


def serve(function: Function, engine: str = "", conventions: Optional[Conventions] = None,
          arguments: Optional[Sequence[str]] = None) -> None:
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
    arguments = sys.argv[1:] if arguments is None else arguments
    if "--conventions" in arguments:
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
            document = answer(line, function, engine)
            out.write(json.dumps(document).encode("utf-8") + b"\n")
            out.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        try:
            out.close()
        except BrokenPipeError:
            pass
