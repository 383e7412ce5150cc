"""A result: what an engine says of a case. What it does not provide is None, never zero.

Numbers are written by repr, so that they read back to the same bits; NaN and infinities, which
JSON does not have, as the strings "nan", "inf" and "-inf". Shapes are checked against the case.
"""
import json
import math
from dataclasses import dataclass, field
from typing import Any, Dict, List, NoReturn, Optional, Sequence

import numpy as np

from .case import SPIKE_SOURCE, Case
from .errors import ResultError, one_line

FORMAT = "evident-result-1"
MATRICES, ROWS = ("weights", "delays"), ("tau_mem", "tau_syn", "threshold", "bias")
QUANTITIES = MATRICES + ROWS + ("spike_times",)

Trains = Dict[str, List[np.ndarray]]  # by population: a list of numbers a neuron


@dataclass
class Gradients:
    """Derivatives of the loss (the mean over samples). None: not provided."""

    weights: Optional[List[np.ndarray]] = None  # a projection: [pre][post]
    delays: Optional[List[np.ndarray]] = None  # a projection: [pre][post], 1/ms
    tau_mem: Optional[Dict[str, np.ndarray]] = None  # every lif, li population: [size], 1/ms
    tau_syn: Optional[Dict[str, np.ndarray]] = None  # likewise
    threshold: Optional[Dict[str, np.ndarray]] = None  # every lif population: [size]
    bias: Optional[Dict[str, np.ndarray]] = None  # every lif, li population: [size]
    spike_times: Optional[List[Trains]] = None  # a sample: every spike-source, 1/ms


@dataclass
class Result:
    """Loss, spikes and gradients of one case."""

    loss: Optional[float] = None  # mean over samples
    sample_losses: Optional[Sequence[float]] = None  # [samples]
    spikes: Optional[List[Trains]] = None  # a sample: every lif population, times in ms
    gradients: Gradients = field(default_factory=Gradients)
    engine: str = ""
    status: str = "ok"  # or "undecided", of the reference
    reason: str = ""


def populations_of(quantity: str, case: Case) -> List[Any]:
    """The populations that a gradient by population names, in the order of the case."""
    if quantity == "spike_times":
        return [p for p in case.populations if p.model == SPIKE_SOURCE]
    return case.lif() if quantity in ("threshold", "spikes") else case.neurons()


def _refuse(place: str, found: object, wanted: str) -> NoReturn:
    raise ResultError(one_line(f"{place}: found {found}, wanted {wanted}"))


def _put(place: str, value: Any, shape: Sequence[int]) -> List[Any]:
    """Numbers of one shape as nested lists of floats; float32 keeps its bits as a double."""
    try:
        got = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        _refuse(place, type(value).__name__, f"numbers of shape {list(shape)}")
    if list(got.shape) != list(shape):
        _refuse(place, f"shape {list(got.shape)}", f"shape {list(shape)}")
    return got.tolist() if np.isfinite(got).all() else plain(got.tolist())


def plain(value: Any) -> Any:
    """A JSON value with "nan", "inf" and "-inf" for the numbers that JSON does not have."""
    words = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}
    return json.loads(json.dumps(value), parse_constant=words.__getitem__)


def _put_trains(place: str, trains: Any, quantity: str, case: Case,
                counts: Optional[Trains]) -> Dict[str, Any]:
    got = {}
    for p in populations_of(quantity, case):
        here = f"{place}.{p.name}"
        if not isinstance(trains, dict) or p.name not in trains or len(trains[p.name]) != p.size:
            _refuse(here, "something else", f"a list of {p.size} lists")
        rows = []
        for n, train in enumerate(trains[p.name]):
            size = len(train) if counts is None else len(counts[p.name][n])
            rows.append(_put(f"{here}[{n}]", train if len(train) else np.zeros(0), [size]))
        got[p.name] = rows
    return got


def _put_gradients(gradients: Gradients, case: Case) -> Dict[str, Any]:
    got: Dict[str, Any] = {}
    for name in QUANTITIES:
        value, here = getattr(gradients, name), f"gradients.{name}"
        if value is None:
            continue
        if name in ROWS:
            missing = [p.name for p in populations_of(name, case) if p.name not in value]
            if missing:
                _refuse(here, "no such key", f"the key {missing[0]!r}")
            got[name] = {p.name: _put(f"{here}.{p.name}", value[p.name], [p.size])
                         for p in populations_of(name, case)}
            continue
        count = len(case.projections) if name in MATRICES else len(case.samples)
        if len(value) != count:
            _refuse(here, f"a list of {len(value)}", f"a list of {count}")
        if name in MATRICES:
            got[name] = [_put(f"{here}[{k}]", one, case.projections[k].weights.shape)
                         for k, one in enumerate(value)]
        else:
            got[name] = [_put_trains(f"{here}[{s}]", one, name, case, case.samples[s].spikes)
                         for s, one in enumerate(value)]
    return got


def result_document(result: Result, case: Case) -> Dict[str, Any]:
    """The JSON document of a result; ResultError where its shape is not that of the case."""
    got: Dict[str, Any] = {"format": FORMAT, "case": case.name, "engine": result.engine}
    if result.loss is not None:
        got["loss"] = _put("loss", result.loss, [])
    if result.sample_losses is not None or result.spikes is not None:
        got["samples"] = [{} for _ in case.samples]
    if result.sample_losses is not None:
        losses = _put("sample_losses", result.sample_losses, [len(case.samples)])
        for one, loss in zip(got["samples"], losses):
            one["loss"] = loss
    if result.spikes is not None:
        if len(result.spikes) != len(case.samples):
            _refuse("spikes", f"a list of {len(result.spikes)}", f"a list of {len(case.samples)}")
        for s, one in enumerate(got["samples"]):
            one["spikes"] = _put_trains(f"spikes[{s}]", result.spikes[s], "spikes", case, None)
    if result.gradients is not None and not isinstance(result.gradients, Gradients):
        _refuse("gradients", type(result.gradients).__name__, "evident_snn.Gradients")
    gradients = _put_gradients(result.gradients or Gradients(), case)
    if gradients:
        got["gradients"] = gradients
    return got


def _take(value: Any, shape: Optional[Sequence[int]], place: str) -> np.ndarray:
    """Numbers or strings that hold them, as the nearest doubles; null is NaN, and so is what has
    no derivative: {"none": why}."""
    def one(x: Any) -> float:
        return math.nan if x is None or isinstance(x, dict) and "none" in x else float(x)
    try:
        got = np.array([one(x) for x in value], dtype=float)
    except (TypeError, ValueError):
        _refuse(place, "something else", "a list of numbers")
    if shape is not None and list(got.shape) != list(shape):
        _refuse(place, f"shape {list(got.shape)}", f"shape {list(shape)}")
    return got


def _take_trains(value: Any, quantity: str, case: Case, place: str) -> Trains:
    got = {}
    for p in populations_of(quantity, case):
        rows = value.get(p.name) if isinstance(value, dict) else None
        if not isinstance(rows, list) or len(rows) != p.size:
            _refuse(f"{place}.{p.name}", "something else", f"a list of {p.size} lists")
        got[p.name] = [_take(row, None, f"{place}.{p.name}[{n}]") for n, row in enumerate(rows)]
    return got


def _take_gradients(document: Any, case: Case) -> Gradients:
    if not isinstance(document, dict) or any(key not in QUANTITIES for key in document):
        _refuse("gradients", "something else", f"an object: {', '.join(QUANTITIES)}")
    got = Gradients()
    for name, value in document.items():
        here = f"gradients.{name}"
        count = len(case.samples) if name == "spike_times" else len(case.projections)
        if name not in ROWS and (not isinstance(value, list) or len(value) != count):
            _refuse(here, "something else", f"a list of {count}")
        if name in ROWS:
            if not isinstance(value, dict):
                _refuse(here, "something else", "an object by population")
            setattr(got, name, {p.name: _take(value.get(p.name), [p.size], f"{here}.{p.name}")
                                for p in populations_of(name, case)})
        elif name in MATRICES:
            matrices = []
            for k, (rows, projection) in enumerate(zip(value, case.projections)):
                pre, post = projection.weights.shape
                if not isinstance(rows, list) or len(rows) != pre:
                    _refuse(f"{here}[{k}]", "something else", f"a list of {pre} rows")
                matrices.append(np.array([_take(row, [post], f"{here}[{k}][{i}]")
                                          for i, row in enumerate(rows)]))
            setattr(got, name, matrices)
        else:
            got.spike_times = [_take_trains(one, name, case, f"{here}[{s}]")
                               for s, one in enumerate(value)]
    return got


def read_result(document: Any, case: Case) -> Result:
    """Reads an evident-result-1 document (not one that says not-run or error)."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        _refuse("format", "something else", f'"{FORMAT}"')
    if document.get("case", case.name) != case.name:
        _refuse("case", repr(document["case"]), repr(case.name))
    got = Result(engine=str(document.get("engine", "")), status=document.get("status", "ok"),
                 reason=one_line(document.get("reason", "")))
    if "loss" in document:
        got.loss = float(_take([document["loss"]], [1], "loss")[0])
    samples = document.get("samples")
    if samples is not None:
        if not isinstance(samples, list) or len(samples) != len(case.samples) \
                or not all(isinstance(one, dict) for one in samples):
            _refuse("samples", "something else", f"a list of {len(case.samples)} objects")
        if all("loss" in one for one in samples):
            got.sample_losses = _take([one["loss"] for one in samples], None, "samples").tolist()
        if all("spikes" in one for one in samples):
            got.spikes = [_take_trains(one["spikes"], "spikes", case, f"samples[{s}].spikes")
                          for s, one in enumerate(samples)]
    if "gradients" in document:
        got.gradients = _take_gradients(document["gradients"], case)
    return got
