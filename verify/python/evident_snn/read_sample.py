"""Reads the loss and the samples of a case."""
from typing import Any, Dict, List, Optional

import numpy as np

from . import case as c
from .hdf5 import dataset
from .values import Place, array, keys, number, numbers, rule, rule_all, show, whole, word

_ANY_LOSS = ["population", "weighting", "penalty", "tau0", "tau1", "alpha", "margin",
             "silent_after"]
_MOST_TRAINS = 1 << 24


def _loss_keys(value: Dict[str, Any], kind: str, penalty: str) -> List[List[str]]:
    """Required and optional keys of a loss."""
    first = kind in c.FIRST_SPIKE_LOSSES
    required, optional = ["kind", "population"], ["silent_after"] if first else []
    if kind == "voltage-integral-cross-entropy":
        required.append("weighting")
    if kind == "first-spike-cross-entropy":
        required += ["tau0", "alpha"] + (["tau1"] if penalty == "exponential" else [])
        optional.append("penalty")
    if kind == "first-spike-margin":
        required.append("margin")
    return [required, optional]


def read_loss(at: Place, value: Any, populations: List[c.Population]) -> c.Loss:
    """The loss; the population that it looks at has the model that it needs."""
    if not isinstance(value, dict) or "kind" not in value:
        keys(at, value, ["kind"], _ANY_LOSS, "the loss")
    kind = word(at.key("kind"), value["kind"], c.LOSSES)
    softmax_of_times = kind == "first-spike-cross-entropy"
    penalty = "exponential"
    if softmax_of_times and "penalty" in value:
        penalty = word(at.key("penalty"), value["penalty"], c.PENALTIES)
    required, optional = _loss_keys(value, kind, penalty)
    keys(at, value, required, optional, kind)
    place, wanted = at.key("population"), c.LIF if kind in c.FIRST_SPIKE_LOSSES else c.LI
    name = value["population"]
    models = {p.name: p.model for p in populations}
    if not isinstance(name, str) or name not in models:
        place.refuse(show(name), "the name of a population")
    if models[name] != wanted:
        article = "a" if wanted == c.LIF else "an"
        place.refuse(f"{show(name)} (model {models[name]})",
                     f"{article} {wanted} population for this loss")
    loss = c.Loss(kind, name, penalty=penalty if softmax_of_times else None)
    if "weighting" in value:
        loss.weighting = word(at.key("weighting"), value["weighting"], c.WEIGHTINGS)
    signs = {"tau0": "> 0", "tau1": "> 0", "silent_after": ">= 0"}
    for key in ("tau0", "tau1", "alpha", "margin", "silent_after"):
        if key in value:
            got = rule(at.key(key), number(at.key(key), value[key]), signs.get(key, ""))
            setattr(loss, key, got)
    return loss


def _ascending(at: Place, times: np.ndarray, end: float, of_steps: bool = False) -> np.ndarray:
    """Times in [0, end), each more than the one before."""
    good = (times >= 0) & (times < end)
    good[1:] &= times[1:] > times[:-1]
    if good.all():
        return times
    k = int(np.argmin(good))
    place, found = (at.at(k).at(0) if of_steps else at.at(k)), repr(float(times[k]))
    if not 0 <= times[k] < end:
        place.refuse(found, f"a time in [0, {end!r})")
    place.refuse(found, f"ascending times, so more than {float(times[k - 1])!r}")


def _trains(at: Place, value: Any, size: int, end: float,
            directory: Optional[str]) -> List[np.ndarray]:
    """A list of times a neuron; from HDF5, rows of neuron and time."""
    if isinstance(value, dict):
        rows = dataset(at, value, directory, None, 2)
        bad = ~((rows[:, 0] >= 0) & (rows[:, 0] < size) & (rows[:, 0] == np.floor(rows[:, 0])))
        if bad.any():
            k = int(np.argmax(bad))
            at.refuse(f"neuron {rows[k, 0]!r} in row {k}", f"a whole number 0 .. {size - 1}")
        if size > _MOST_TRAINS:
            at.refuse("too many neurons", f"at most {_MOST_TRAINS} spike trains")
        trains = [rows[rows[:, 0] == n, 1] for n in range(size)]
    else:
        if not isinstance(value, list) or len(value) != size:
            at.refuse(show(value), f"a list of {size} lists of spike times, or an hdf5 object")
        trains = [numbers(at.at(n), array(at.at(n), one, "spike times"))
                  for n, one in enumerate(value)]
    return [_ascending(at.at(n), train, end) for n, train in enumerate(trains)]


def _steps(at: Place, value: Any, end: float) -> np.ndarray:
    """A wanted voltage: [time, value] rows, the first at time 0."""
    if not isinstance(value, list):
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            at.refuse(show(value), "a number or a list of [time, value] steps")
        return np.array([[0.0, rule(at, number(at, value))]])
    for k, one in enumerate(value):
        if not isinstance(one, list) or len(one) != 2:
            at.at(k).refuse(show(one), "a step [time, value]")
    if not value:
        at.refuse("no steps", "one at least, at time 0")
    steps = np.array([numbers(at.at(k), one, 2) for k, one in enumerate(value)])
    if steps[0, 0] != 0:
        at.at(0).at(0).refuse(repr(float(steps[0, 0])), "0: the first step starts there")
    for k, one in enumerate(steps):
        rule(at.at(k).at(1), float(one[1]))
    _ascending(at, steps[:, 0], end, True)
    return steps


def _target(at: Place, value: Any, sample: c.Sample, loss: c.Loss, outputs: int,
            end: float) -> None:
    key = {"first-spike-squared-error": "times", "voltage-squared-error": "voltages"}.get(
        loss.kind, "label")
    keys(at, value, [key], [], f"a target of {loss.kind}")
    place, one = at.key(key), value[key]
    if key == "label":
        sample.label = whole(place, one, 0, outputs - 1)
    elif key == "times":
        sample.times = rule_all(place, numbers(place, one, outputs))
    else:
        if not isinstance(one, list) or len(one) != outputs:
            place.refuse(show(one), f"a list of {outputs}, one each output")
        sample.voltages = [_steps(place.at(n), steps, end) for n, steps in enumerate(one)]


def read_samples(at: Place, value: Any, populations: List[c.Population], loss: c.Loss, end: float,
                 directory: Optional[str]) -> List[c.Sample]:
    """All samples."""
    sources = {p.name: p.size for p in populations if p.model == c.SPIKE_SOURCE}
    outputs = next(p.size for p in populations if p.name == loss.population)
    samples = []
    for s, one in enumerate(array(at, value, "samples")):
        place = at.at(s)
        keys(place, one, ["spikes", "target"], [], "a sample")
        here, spikes = place.key("spikes"), one["spikes"]
        if not isinstance(spikes, dict):
            here.refuse(show(spikes), "an object: spike times by spike-source population")
        for name in spikes:
            if name not in sources:
                here.key(name).refuse(show(spikes[name]),
                                      "only keys that name spike-source populations")
        for name in sources:
            if name not in spikes:
                here.refuse("no such key", f"a key for the spike-source population {show(name)}")
        sample = c.Sample({name: _trains(here.key(name), spikes[name], size, end, directory)
                           for name, size in sources.items()})
        _target(place.key("target"), one["target"], sample, loss, outputs, end)
        samples.append(sample)
    if not samples:
        at.refuse("no samples", "one at least")
    return samples
