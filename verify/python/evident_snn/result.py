# SPDX-License-Identifier: MIT
"""A result: what an engine says of a case. What it does not provide is None, never zero.

Its shapes are those of its case; the judge refuses others, and says where. Numbers are written by
repr, so that they read back to the same bits.
"""
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

from .errors import EvidentError, one_line

FORMAT = "evident-result-1"

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


def trains_of(given: Any, samples: int,
              numbers: Callable[[Any], np.ndarray] = np.asarray) -> Optional[List[Trains]]:
    """Spikes as a function returns them: None, a list of one a sample, or of one sample itself."""
    if given is None:
        return None
    each = [given] if isinstance(given, dict) and samples == 1 else given
    if not isinstance(each, (list, tuple)) or not all(isinstance(one, dict) for one in each):
        raise EvidentError('spikes: wanted a sample {"hid": [times of a neuron, ...], ...}, a list '
                           "of them where there are several")
    return [{name: [numbers(train) for train in trains] for name, trains in one.items()}
            for one in each]


def _plain(place: str, value: Any) -> Any:
    """Arrays, in lists and by population, as lists of floats; float32 keeps its bits."""
    if isinstance(value, dict):
        return {str(key): _plain(f"{place}.{key}", one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(f"{place}[{n}]", one) for n, one in enumerate(value)]
    try:
        return np.asarray(value, dtype=float).tolist()
    except (TypeError, ValueError):
        raise EvidentError(one_line(f"{place}: found {type(value).__name__}, wanted numbers"))


def _given(place: str, parts: Dict[str, Any]) -> Dict[str, Any]:
    return {key: _plain(place + key, value) for key, value in parts.items() if value is not None}


def result_document(result: Result, case: str) -> Dict[str, Any]:
    """The JSON document of a result of the case of that name, but for NaN and infinities."""
    gradients = result.gradients if result.gradients is not None else Gradients()
    if not isinstance(gradients, Gradients):
        raise EvidentError(f"gradients: found {type(gradients).__name__}, wanted "
                           "evident_snn.Gradients")
    got: Dict[str, Any] = {"format": FORMAT, "case": case, "engine": result.engine,
                           **_given("", {"loss": result.loss})}
    samples = _given("samples: ", {"loss": result.sample_losses, "spikes": result.spikes})
    if samples:
        got["samples"] = [dict(zip(samples, one)) for one in zip_longest(*samples.values())]
    slopes = _given("gradients.", vars(gradients))
    return {**got, "gradients": slopes} if slopes else got
