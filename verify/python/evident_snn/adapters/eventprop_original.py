# SPDX-License-Identifier: MIT
"""eventprop: the original code of Wunderlich and Pehle (2021), event-driven, in seconds.

It knows chains of LIFLayer with one tau_mem, tau_syn and threshold each, reset to 0, and the
cross-entropy of first spike times with the exponential penalty. It knows no end of the trial and
leaves silent outputs out of its softmax, so a case in which an output is silent or first spikes
after the end is refused: there the losses differ. Its gradients are summed over samples, and
that factor N is left in and declared; the loss printed here is the mean.

Run against commit 0c2b4df of its repository (LIF layers, loss and compiled part, built by hand: no
package index has it); it needs a NumPy that still has np.int (before 1.24).
"""
from typing import Dict, List, Tuple

import eventprop
import numpy as np
from eventprop.eventprop_cpp import Spikes, SpikesVector
from eventprop.lif_layer import LIFLayer, LIFLayerParameters
from eventprop.loss_layer import TTFSCrossEntropyLoss, TTFSCrossEntropyLossParameters

from ..case import LIF, SPIKE_SOURCE, Case
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Gradients, Result
from ._refuse import one_value, refuse_delays

CONVENTIONS = Conventions(
    engine="eventprop_original", version=f"eventprop {getattr(eventprop, '__version__', '?')}",
    time="exact", time_unit="s", sign=1, scale="N", loss="mean", precision="float64",
    can={"models": ["lif"], "losses": ["first-spike-cross-entropy"], "delays": False,
         "bias": False, "reset": False, "equal_taus": False, "recurrent": False, "skip": False,
         "parallel": False},
    provides=["loss", "spikes", "weights"],
    refuses=["anything but a chain of lif populations", "delays", "bias", "resets other than 0",
             "constants that differ between neurons", "tau_mem = tau_syn",
             "losses but first-spike-cross-entropy with the exponential penalty",
             "silent outputs"])


def _chain(case: Case) -> List[int]:
    """The projections from the input to the outputs, in order; NotRun if they are no chain."""
    sources = [p.name for p in case.populations if p.model == SPIKE_SOURCE]
    if len(sources) != 1:
        raise NotRun(f"{len(sources)} input populations, not one")
    by_source: Dict[str, List[int]] = {}
    for k, p in enumerate(case.projections):
        by_source.setdefault(p.source, []).append(k)
    at = sources[0]
    got: List[int] = []
    while at != case.loss.population:
        if len(by_source.get(at, [])) != 1 or len(got) > len(case.projections):
            raise NotRun("populations that are no chain")
        got.append(by_source[at][0])
        at = case.projections[got[-1]].target
    if len(got) != len(case.projections) or len(got) != len(case.neurons()):
        raise NotRun("populations that are no chain")
    return got


def _refuse(case: Case) -> None:
    if case.loss.kind != "first-spike-cross-entropy" or case.loss.penalty != "exponential":
        raise NotRun(f"loss {case.loss.kind}" + (" with the reciprocal penalty" if case.loss.penalty
                                                 == "reciprocal" else ""))
    for p in case.neurons():
        if p.model != LIF:
            raise NotRun(f"population {p.name} of model {p.model}")
        if (p.bias != 0).any() or (p.reset != 0).any():
            raise NotRun("a bias, or a reset other than 0")
        if one_value(p, "tau_mem") == one_value(p, "tau_syn"):
            raise NotRun("tau_mem = tau_syn")
    refuse_delays(case)


def _layers(case: Case, chain: List[int]) -> List[LIFLayer]:
    layers = []
    for k in chain:
        q = case.projections[k]
        p = case.population(q.target)
        layers.append(LIFLayer(LIFLayerParameters(
            n=p.size, n_in=q.weights.shape[0], tau_mem=one_value(p, "tau_mem") / 1000,
            tau_syn=one_value(p, "tau_syn") / 1000, v_th=one_value(p, "threshold")),
            np.ascontiguousarray(q.weights, dtype=np.float64)))
    return layers


def _batch(case: Case, source: str) -> SpikesVector:
    """Input spikes of all samples, in seconds, in order of time."""
    batch = []
    for sample in case.samples:
        events: List[Tuple[float, int]] = sorted(
            (float(t) / 1000, n) for n, train in enumerate(sample.spikes[source]) for t in train)
        batch.append(Spikes(np.array([t for t, _ in events], dtype=np.float64),
                            np.array([n for _, n in events], dtype=np.int32)))
    return SpikesVector(batch)


def run(case: Case) -> Result:
    """Loss, spikes and weight gradients of a case."""
    _refuse(case)
    chain = _chain(case)
    layers = _layers(case, chain)
    loss = TTFSCrossEntropyLoss(TTFSCrossEntropyLossParameters(
        n=case.outputs.size, alpha=case.loss.alpha, tau0=case.loss.tau0 / 1000,
        tau1=case.loss.tau1 / 1000))
    passed = _batch(case, case.projections[chain[0]].source)
    spikes: List[Dict[str, List[np.ndarray]]] = [{} for _ in case.samples]
    for k, layer in zip(chain, layers):
        passed = layer(passed)
        name = case.projections[k].target
        for s, one in enumerate(layer.post_batch):
            times, owners = np.array(one.times) * 1000, np.array(one.sources)
            spikes[s][name] = [np.sort(times[(owners == n) & (times < case.end)])
                               for n in range(case.population(name).size)]
    if any(len(t) == 0 for one in spikes for t in one[case.loss.population]):
        raise NotRun("a silent output: it is left out of the softmax there")
    loss(passed)
    labels = np.array([sample.label for sample in case.samples])
    losses = np.asarray(loss.get_losses(labels))
    loss.backward(labels)
    weights: List[np.ndarray] = [np.zeros(0)] * len(case.projections)
    for k, layer in zip(chain, layers):
        weights[k] = np.array(layer.gradient)
    return Result(float(losses.mean()), losses.tolist(), spikes, Gradients(weights))
