"""Reads evident-case-1. Nothing is guessed: what is not understood is refused in one line."""
import json
import os
import sys
from typing import Any, Dict, List, Optional

from . import case as c
from .errors import CaseError, one_line
from .read_sample import read_loss, read_samples
from .read_network import read_populations, read_projections
from .values import Place, keys, name_of, number, rule, text, word

_MOST_BYTES = 1 << 30


def _once(pairs: List[Any]) -> Dict[str, Any]:
    seen: Dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"the key {json.dumps(key)} twice")
        seen[key] = value
    return seen


def _constant(name: str) -> float:
    raise ValueError(f"{name}, which is no JSON")


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("an integer beyond 64 bits; it needs a decimal point")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{digits[:40]}, more than a double can hold")
    return value


def _parse(document: str, name: str) -> Any:
    try:
        return json.loads(document, object_pairs_hook=_once, parse_constant=_constant,
                          parse_int=_integer, parse_float=_real)
    except json.JSONDecodeError as error:
        where = f"{name}:{error.lineno}:{error.colno}"
        raise CaseError(one_line(f"{where}: found no JSON, wanted valid JSON ({error.msg})"))
    except ValueError as error:
        raise CaseError(one_line(f"{name}: found {error}, wanted valid JSON"))
    except RecursionError:
        raise CaseError(f"{name}: found too much depth, wanted less")


def read_case_text(document: Any, name: str = "case", directory: Optional[str] = None) -> c.Case:
    """Reads a case from JSON text, or from what json.loads made of it. `name` stands for the file
    in messages; relative HDF5 paths start at `directory`."""
    if isinstance(document, (bytes, bytearray)):
        try:
            document = bytes(document).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CaseError(f"{name}: found byte {error.object[error.start]:#04x} at offset "
                            f"{error.start}, wanted UTF-8 text")
    value = _parse(document, name) if isinstance(document, str) else document
    at = Place(name)
    if isinstance(value, dict) and "format" in value:
        word(at.key("format"), value["format"], ["evident-case-1"])
    keys(at, value, ["format", "name", "time", "populations", "projections", "samples", "loss"],
         ["note"], "a case")
    title = name_of(at.key("name"), value["name"])
    note = text(at.key("note"), value["note"]) if "note" in value else None
    time = keys(at.key("time"), value["time"], ["end"], ["step"], "the time")
    place = at.key("time").key("end")
    end = rule(place, number(place, time["end"]), "> 0")
    step = None
    if "step" in time:
        place = at.key("time").key("step")
        step = rule(place, number(place, time["step"]), "> 0")
    populations = read_populations(at.key("populations"), value["populations"])
    projections = read_projections(at.key("projections"), value["projections"], populations,
                                   directory)
    loss = read_loss(at.key("loss"), value["loss"], populations)
    samples = read_samples(at.key("samples"), value["samples"], populations, loss, end, directory)
    return c.Case(title, end, step, populations, projections, samples, loss, note)


def read_case(path: str) -> c.Case:
    """Reads a case from a file; "-" is standard input."""
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CaseError(one_line(f"{path}: found no readable file ({error.strerror}), wanted a "
                                 "case"))
    if len(data) > _MOST_BYTES:
        raise CaseError(f"{name}: found a larger file, wanted at most {_MOST_BYTES} bytes")
    return read_case_text(data, name, os.path.dirname(path) or None)
