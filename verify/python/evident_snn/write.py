"""Writes evident-case-1: numbers by repr, so that they read back to the same bits."""
import json
from typing import Any, Dict, List

import numpy as np

from .case import FIRST_SPIKE_LOSSES, LIF, SPIKE_SOURCE, Case, Loss, Population, Sample


def _one_or_all(values: np.ndarray) -> Any:
    """One number where it stands for all."""
    flat = np.asarray(values, dtype=float).ravel()
    same = flat.size > 0 and (flat == flat[0]).all() and not np.signbit(flat).any()
    return float(flat[0]) if same else np.asarray(values, dtype=float).tolist()


def _population(p: Population) -> Dict[str, Any]:
    got: Dict[str, Any] = {"name": p.name, "size": p.size, "model": p.model}
    if p.model != SPIKE_SOURCE:
        keys = ["tau_mem", "tau_syn", *(("threshold", "reset") if p.model == LIF else ()), "bias"]
        for key in keys:
            value = _one_or_all(getattr(p, key))
            if value != 0 or key not in ("reset", "bias"):
                got[key] = value
    return got


def _sample(sample: Sample) -> Dict[str, Any]:
    target: Dict[str, Any] = {}
    if sample.label is not None:
        target["label"] = sample.label
    if sample.times is not None:
        target["times"] = sample.times.tolist()
    if sample.voltages is not None:
        target["voltages"] = [float(v[0, 1]) if len(v) == 1 else v.tolist()
                              for v in sample.voltages]
    return {"spikes": {name: [t.tolist() for t in trains]
                       for name, trains in sample.spikes.items()}, "target": target}


def _loss(loss: Loss) -> Dict[str, Any]:
    got: Dict[str, Any] = {"kind": loss.kind, "population": loss.population}
    if loss.weighting is not None:
        got["weighting"] = loss.weighting
    if loss.kind == "first-spike-cross-entropy":
        got["penalty"] = loss.penalty
        got["tau0"] = loss.tau0
        if loss.penalty == "exponential":
            got["tau1"] = loss.tau1
        got["alpha"] = loss.alpha
    if loss.kind == "first-spike-margin":
        got["margin"] = loss.margin
    if loss.kind in FIRST_SPIKE_LOSSES:
        got["silent_after"] = loss.silent_after
    return got


def case_document(case: Case) -> Dict[str, Any]:
    """The JSON document of a case, self-contained: no HDF5 objects. TypeError of anything else."""
    if not isinstance(case, Case):
        raise TypeError(f"found {type(case).__name__} where a case belongs, wanted evident_snn.Case")
    got: Dict[str, Any] = {"format": "evident-case-1", "name": case.name}
    if case.note is not None:
        got["note"] = case.note
    got["time"] = {"end": case.end}
    if case.step is not None:
        got["time"]["step"] = case.step
    got["populations"] = [_population(p) for p in case.populations]
    projections: List[Dict[str, Any]] = []
    for p in case.projections:
        one: Dict[str, Any] = {"source": p.source, "target": p.target}
        delay = _one_or_all(p.delay)
        if delay != 0:
            one["delay"] = delay
        one["weights"] = p.weights.tolist()
        projections.append(one)
    got["projections"] = projections
    got["samples"] = [_sample(sample) for sample in case.samples]
    got["loss"] = _loss(case.loss)
    return got


def case_line(case: Case) -> str:
    """A case as one line, without the newline."""
    return json.dumps(case_document(case), allow_nan=False, separators=(",", ":"))


def write_case(path: str, case: Case) -> None:
    """Writes a case to a file; nothing is written of what is no case."""
    text = json.dumps(case_document(case), allow_nan=False, indent=1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")
