# SPDX-License-Identifier: MIT
"""Takes an evident-case-1 document apart into a Case.

What a well-formed case is, the program `evident` says (`evident check CASE`), and the judge sends
no other. Nothing of that is repeated here: what a Case cannot be made of is refused in one line.
"""
import json
import sys
from dataclasses import fields
from typing import Any, Iterator, NoReturn

import numpy as np

from .case import LI, LIF, SPIKE_SOURCE, Case, Loss, Population, Projection, Sample
from .errors import CaseError, one_line

_FORMAT = "evident-case-1"
_VALUES = {SPIKE_SOURCE: (), LIF: ("tau_mem", "tau_syn", "threshold", "reset", "bias"),
           LI: ("tau_mem", "tau_syn", "bias")}
_UNSAID = ("reset", "bias", "delay")  # 0 where a case does not state them


def _float(value: Any) -> Any:
    """Numbers may be strings, also in hexadecimal, which NumPy does not read."""
    if isinstance(value, list):
        return [_float(one) for one in value]
    return float.fromhex(value) if isinstance(value, str) and "x" in value.lower() else float(value)


class _Value:
    """A JSON value and where it stands, such as FILE: $.populations[1].tau_mem."""

    def __init__(self, value: Any, place: str):
        self.value, self.place = value, place

    def refuse(self, wanted: str) -> NoReturn:
        found = one_line(json.dumps(self.value, default=repr), 60)
        raise CaseError(f"{self.place}: found {found}, wanted {wanted}")

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __getitem__(self, key: str) -> "_Value":
        if key not in self:
            self.refuse(f"an object with the key {json.dumps(key)}")
        return _Value(self.value[key], f"{self.place}.{one_line(key, 40)}")

    def __iter__(self) -> Iterator["_Value"]:
        if not isinstance(self.value, list):
            self.refuse("a list")
        return (_Value(one, f"{self.place}[{n}]") for n, one in enumerate(self.value))

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.refuse("a string")
        return self.value

    def numbers(self, *shape: int) -> np.ndarray:
        """Numbers written out in that shape (-1: any count), or one for all of them."""
        try:
            try:
                got = np.array(self.value, dtype=float)
            except ValueError:
                got = np.array(_float(self.value))
            if got.ndim == 0 and -1 not in shape:
                got = np.full(shape, got)
        except (TypeError, ValueError, OverflowError, MemoryError):
            got = np.array(None)
        if got.dtype != float or got.ndim != len(shape) or any(
                n not in (-1, m) for n, m in zip(shape, got.shape)) or np.isnan(got).any():
            self.refuse("numbers written out, of shape "
                        + "".join(f"[{'n' if n < 0 else n}]" for n in shape) if shape
                        else "a number")
        return got

    def number(self) -> float:
        return float(self.numbers())

    def whole(self) -> int:
        got = self.number()
        if not got.is_integer() or got < 0:
            self.refuse("a whole number from 0")
        return int(got)

    def stated(self, key: str, *shape: int) -> np.ndarray:
        """The numbers under a key; 0 where they need not be stated and are not."""
        unsaid = key in _UNSAID and key not in self
        return (_Value(0, self.place) if unsaid else self[key]).numbers(*shape)


def _population(one: _Value) -> Population:
    got = Population(one["name"].text(), one["size"].whole(), one["model"].text())
    if got.model not in _VALUES:
        one["model"].refuse(", ".join(_VALUES))
    for key in _VALUES[got.model]:
        setattr(got, key, one.stated(key, got.size))
    return got


def _projection(one: _Value, case: Case) -> Projection:
    ends = {p.name: p.size for p in case.populations}
    names = [one[key].text() for key in ("source", "target")]
    for key, name in zip(("source", "target"), names):
        if name not in ends:
            one[key].refuse("the name of a population")
    shape = [ends[name] for name in names]
    return Projection(*names, one["weights"].numbers(*shape), one.stated("delay", *shape))


def _steps(one: _Value) -> np.ndarray:
    """A wanted voltage: one for the whole trial, or [time, value] rows."""
    return one.numbers(-1, 2) if isinstance(one.value, list) else np.array([[0.0, one.number()]])


def _sample(one: _Value, case: Case) -> Sample:
    got = Sample({p.name: [train.numbers(-1) for train in one["spikes"][p.name]]
                  for p in case.populations if p.model == SPIKE_SOURCE})
    target = one["target"]
    if "label" in target:
        got.label = target["label"].whole()
    if "times" in target:
        got.times = target["times"].numbers(-1)
    if "voltages" in target:
        got.voltages = [_steps(steps) for steps in target["voltages"]]
    return got


def _loss(one: _Value, case: Case) -> Loss:
    got = Loss(one["kind"].text(), one["population"].text())
    if all(got.population != p.name for p in case.populations):
        one["population"].refuse("the name of a population")
    if got.kind == "first-spike-cross-entropy":
        got.penalty = "exponential"
    for key in (f.name for f in fields(Loss)):
        if key in one:
            words = key in ("kind", "population", "weighting", "penalty")
            setattr(got, key, one[key].text() if words else one[key].number())
    return got


def read_case_text(document: Any, name: str = "case") -> Case:
    """Reads a case from JSON text, or from what json.loads made of it. `name` stands for the file
    in messages."""
    if isinstance(document, (bytes, str)):
        try:
            document = json.loads(document if isinstance(document, str) else document.decode())
        except (ValueError, RecursionError) as error:
            raise CaseError(f"{name}: found no JSON ({one_line(error, 160)}), wanted {_FORMAT}")
    at = _Value(document, f"{name}: $")
    if at["format"].value != _FORMAT:
        at["format"].refuse(_FORMAT)
    time = at["time"]
    got = Case(at["name"].text(), time["end"].number(),
               time["step"].number() if "step" in time else None,
               [_population(one) for one in at["populations"]], [], [], Loss("", ""),
               at["note"].text() if "note" in at else None)
    got.projections = [_projection(one, got) for one in at["projections"]]
    got.loss = _loss(at["loss"], got)
    got.samples = [_sample(one, got) for one in at["samples"]]
    return got


def read_case(path: str) -> Case:
    """Reads a case from a file; "-" is standard input."""
    try:
        if path == "-":
            return read_case_text(sys.stdin.buffer.read(), "standard input")
        with open(path, "rb") as file:
            return read_case_text(file.read(), path)
    except OSError as error:
        raise CaseError(f"{path}: found no readable file ({error.strerror}), wanted a case")
