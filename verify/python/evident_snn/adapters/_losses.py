# SPDX-License-Identifier: MIT
"""Losses of one sample, and what they put on the adjoints.

A voltage loss is evaluated at nodes: times t_q of output k with voltages V_k(t_q), by Gauss-
Legendre quadrature on panels between all events of the outputs, refined until it no longer changes.
Its drive is dL/dV_k(t_q), so the backward pass needs to know nothing of the loss. A first-spike
loss is a function of the first spike times.
"""
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ..case import FIRST_SPIKE_LOSSES, Case, Sample
from ..errors import NotRun
from ._events import Network, Trial
from ._membrane import extremum, propagate

_MOST_NODES = 400_000
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(16)


class Drive(NamedTuple):
    """The loss of a sample and its derivatives."""

    loss: float
    times: np.ndarray  # [outputs][nodes], ms, ascending
    force: np.ndarray  # [outputs][nodes]: dL/dV_k(t_q)
    first_spikes: np.ndarray  # [outputs]: dL/dt_k, 1/ms; 0 for a silent output
    kinks: Dict[int, List[Tuple[int, float]]]  # arrival: outputs with their maximum there, dL/dV


class _Tape(NamedTuple):
    """The segments of one output: V and I just after each of its events."""

    times: np.ndarray
    v: np.ndarray
    i: np.ndarray
    events: np.ndarray  # event numbers; -1 for the start


def _tape(trial: Trial, neuron: int) -> _Tape:
    rows: List[Tuple[float, float, float, int]] = [(0.0, 0.0, 0.0, -1)]
    for number, event in enumerate(trial.events):
        where = np.nonzero(event.neurons == neuron)[0]
        if where.size:
            rows.append((event.time, event.v[where[0]], event.i[where[0]], number))
    columns = list(zip(*rows))
    return _Tape(np.array(columns[0]), np.array(columns[1]), np.array(columns[2]),
                 np.array(columns[3], dtype=int))


def softmax(x: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Log-sum-exp over the first axis, and the softmax."""
    top = x.max(axis=0)
    e = np.exp(x - top)
    total = e.sum(axis=0)
    return top + np.log(total), e / total


def weight_at(case: Case, t: np.ndarray) -> np.ndarray:
    """The time weighting w(t) of voltage-integral-cross-entropy."""
    x = t / case.end
    kinds: Dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "uniform": np.ones_like, "exponential": lambda y: np.exp(-y),
        "linear": lambda y: 1 - y, "sigmoid": lambda y: 1 / (1 + np.exp((y - 0.5) / 0.2))}
    return kinds[case.loss.weighting or "uniform"](x)


def target_at(sample: Sample, t: np.ndarray) -> np.ndarray:
    """The wanted voltages at times t [nodes]. Shape [outputs][nodes]."""
    assert sample.voltages is not None
    return np.array([s[np.searchsorted(s[:, 0], t, side="right") - 1, 1] for s in sample.voltages])


def voltage_loss(case: Case, sample: Sample, t: np.ndarray, weights: np.ndarray,
                 v: np.ndarray) -> Tuple[float, np.ndarray]:
    """A voltage loss but max-voltage from V [outputs][nodes], and its derivatives by them."""
    label, kind = sample.label, case.loss.kind
    if kind == "voltage-integral-cross-entropy":
        share = weights * weight_at(case, t) / case.end
        total, p = softmax(v @ share)
        loss = float(total - (v @ share)[label])
        p[label] -= 1
        return loss, p[:, None] * share
    if kind == "instantaneous-cross-entropy":
        total, p = softmax(v)
        loss = float((weights * (total - v[label])).sum() / case.end)
        p[label] -= 1
        return loss, p * weights / case.end
    away = v - target_at(sample, t)
    return (float((away**2 * weights).sum() / (2 * case.end)), away * weights / case.end)


def _nodes(edges: np.ndarray, width: float) -> Tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on panels of at most `width` ms between edges."""
    gaps = np.diff(edges)
    parts = np.maximum(1, np.ceil(gaps / width)).astype(int)
    if parts.sum() * _POINTS.size > _MOST_NODES:
        raise NotRun(f"needs more than {_MOST_NODES} quadrature nodes")
    starts = np.concatenate([a + g / n * np.arange(n) for a, g, n in zip(edges, gaps, parts)])
    widths = np.repeat(gaps / parts, parts)
    t = starts[:, None] + widths[:, None] * (_POINTS + 1) / 2
    return t.ravel(), (widths[:, None] * _WEIGHTS / 2).ravel()


def _maximum(case: Case, sample: Sample, net: Network, tapes: List[_Tape],
             neurons: np.ndarray) -> Drive:
    """max-voltage-cross-entropy: the largest V over [0, T], by the envelope theorem. Where it sits
    at an arrival it moves with that arrival, and one arrival may hold the maxima of several
    outputs. An extremum that is not inside its segment is left out: V at the end of a segment is V
    at the next event, and a rounding apart from it, it would hide that there is one."""
    count = len(tapes)
    best, place = np.zeros(count), np.zeros(count)
    at_event = np.full(count, -1)
    for k, (tape, n) in enumerate(zip(tapes, neurons)):
        constants = (net.tau_mem[n], net.tau_syn[n], net.bias[n])
        ends = np.append(tape.times[1:], case.end)
        s = extremum(tape.v, tape.i, *constants)
        inside = s < ends - tape.times
        inner = propagate(tape.v[inside], tape.i[inside], s[inside], *constants)[0]
        last = propagate(tape.v[-1], tape.i[-1], case.end - tape.times[-1], *constants)[0]
        values = np.concatenate([tape.v, inner, [last]])
        times = np.concatenate([tape.times, (tape.times + s)[inside], [case.end]])
        events = np.concatenate([tape.events, np.full(inner.size + 1, -1)])
        top = int(np.argmax(values))  # of equal values the one at an event, which stands first
        best[k], place[k], at_event[k] = values[top], times[top], events[top]
    total, p = softmax(best)
    loss = float(total - best[sample.label])
    p[sample.label] -= 1
    kinks: Dict[int, List[Tuple[int, float]]] = {}
    for k in np.nonzero(at_event >= 0)[0]:
        kinks.setdefault(int(at_event[k]), []).append((int(k), float(p[k])))
    return Drive(loss, place[:, None], p[:, None], np.zeros(count), kinks)


def first_spike_loss(case: Case, sample: Sample,
                     trains: Sequence[Sequence[float]]) -> Tuple[float, np.ndarray]:
    """A first-spike loss of the trains of the outputs, and its derivatives by the first times."""
    loss, count = case.loss, case.outputs.size
    silent = np.array([len(t) == 0 for t in trains])
    t = np.array([case.end + loss.silent_after if len(x) == 0 else x[0] for x in trains])
    l = sample.label
    slope = np.zeros(count)
    if loss.kind == "first-spike-squared-error":
        slope = t - np.asarray(sample.times)
        value = float((slope**2).sum() / 2)
    elif loss.kind == "first-spike-margin":
        away = t - t[l] - loss.margin
        away[l] = 0.0
        value = float((away**2).sum() / 2)
        slope = away.copy()
        slope[l] = -away.sum()
    else:
        total, p = softmax(-t / loss.tau0)
        value = float(t[l] / loss.tau0 + total)
        slope = -p / loss.tau0
        slope[l] += 1 / loss.tau0
        if loss.penalty == "reciprocal":
            gap = 1.01 * case.end - t[l]
            value += float(loss.alpha / gap)
            slope[l] += loss.alpha / gap**2
        else:
            value += loss.alpha * float(np.expm1(t[l] / loss.tau1))
            slope[l] += loss.alpha / loss.tau1 * np.exp(t[l] / loss.tau1)
    slope[silent] = 0
    return value, slope


def _first_spikes(case: Case, sample: Sample, trial: Trial) -> Drive:
    value, slope = first_spike_loss(case, sample, trial.spikes[case.loss.population])
    none = np.zeros((case.outputs.size, 0))
    return Drive(value, none, none, slope, {})


def drive(net: Network, sample: Sample, trial: Trial) -> Drive:
    """The loss of a sample and its derivatives."""
    case = net.case
    if case.loss.kind in FIRST_SPIKE_LOSSES:
        return _first_spikes(case, sample, trial)
    where = net.of(case.loss.population)
    neurons = np.arange(where.start, where.stop)
    tapes = [_tape(trial, n) for n in neurons]
    if case.loss.kind == "max-voltage-cross-entropy":
        return _maximum(case, sample, net, tapes, neurons)
    edges = [np.array([0.0, case.end])] + [tape.times for tape in tapes]
    if sample.voltages is not None:
        edges += [steps[:, 0] for steps in sample.voltages]
    grid = np.unique(np.concatenate(edges))
    width = min(2 * net.tau_mem[neurons].min(), 2 * net.tau_syn[neurons].min(), case.end / 8)
    before = np.inf
    for _ in range(8):
        t, weights = _nodes(grid, width)
        v = np.empty((len(tapes), t.size))
        for k, (tape, n) in enumerate(zip(tapes, neurons)):
            j = np.searchsorted(tape.times, t, side="right") - 1
            v[k] = propagate(tape.v[j], tape.i[j], t - tape.times[j], net.tau_mem[n],
                             net.tau_syn[n], net.bias[n])[0]
        loss, force = voltage_loss(case, sample, t, weights, v)
        if abs(loss - before) <= 1e-14 * max(1e-300, np.abs(loss)):
            break
        before, width = loss, width / 2
    return Drive(loss, np.broadcast_to(t, v.shape), force, np.zeros(len(tapes)), {})
