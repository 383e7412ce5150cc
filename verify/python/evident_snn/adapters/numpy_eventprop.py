# SPDX-License-Identifier: MIT
"""Textbook EventProp in NumPy: exact event times, closed forms, double precision.

With a_V = dL/dV(t) and a_I = dL/dI(t) just after t (a_V = -tau_mem lambda_V and so on), backward:

    between events   both flow back by the transposed closed forms, plus the drive of the loss
    arrival of w at t    dL/dw += a_I          D = w (a_I/tau_syn - a_V/tau_mem) is dL/dt of it
                         + dL/dV_max V'(t-) if the largest V of an output sits there
    spike of n at t      S = dl/dt + sum of D over its arrivals - a_V V'(t+)
                         dL/dthreshold += S/V'(t-)         a_V <- -S/V'(t-)         a_I stays

Derivatives by time constants and bias are those of the closed forms at the end of each segment.
"""
from typing import Dict, List

import numpy as np

from .. import __version__
from ..case import Case
from ..conventions import Conventions
from ..result import Gradients, Result
from ._events import Event, Network, Trial, simulate
from ._losses import Drive, drive
from ._membrane import flow

CONVENTIONS = Conventions(
    engine="numpy_eventprop", version=f"evident-snn {__version__}, numpy {np.__version__}",
    time="exact", time_unit="ms", sign=1, scale="1", loss="mean", precision="float64",
    provides=["loss", "spikes", "weights", "delays", "tau_mem", "tau_syn", "threshold", "bias",
              "spike_times"],
    refuses=["more than 2,000,000 events a sample", "voltage losses of more than 400,000 nodes"])


class _Backward:
    """The adjoint pass over one sample; adds to the gradients."""

    def __init__(self, net: Network, trial: Trial, forces: Drive, share: float,
                 gradients: Gradients):
        self.net, self.trial, self.forces, self.share = net, trial, forces, share
        assert gradients.weights is not None and gradients.delays is not None
        self.by_weight, self.by_delay = gradients.weights, gradients.delays
        count = len(net.owner)
        self.t = np.full(count, net.case.end)  # how far back each neuron has come
        self.a_v, self.a_i = np.zeros(count), np.zeros(count)
        self.p = {name: np.zeros(count) for name in ("tau_mem", "tau_syn", "threshold", "bias")}
        self.due = np.zeros(len(trial.events))  # sum of D over the arrivals of a spike
        self.inputs = np.zeros(len(trial.inputs))
        self.outputs = net.first[net.case.loss.population]
        self.left = np.full(forces.force.shape[0], forces.force.shape[1])  # nodes not yet passed

    def _drive(self, neuron: int, start: float, v: float, i: float) -> None:
        """Adds what the loss does to an output on the segment that starts at `start`."""
        k = neuron - self.outputs
        if not 0 <= k < self.left.size or self.forces.force.shape[1] == 0:
            return
        times, stop = self.forces.times[k], self.left[k]
        begin = int(np.searchsorted(times[:stop], start, side="left" if start == 0 else "right"))
        self.left[k] = begin
        if begin == stop:
            return
        s, force = times[begin:stop] - start, self.share * self.forces.force[k, begin:stop]
        tau_mem, tau_syn = self.net.tau_mem[neuron], self.net.tau_syn[neuron]
        f = flow(s, tau_mem, tau_syn)
        away = v - self.net.bias[neuron]
        self.p["bias"][neuron] += force @ (1 - f.v_v)
        self.p["tau_mem"][neuron] += force @ (away * f.v_v * s / tau_mem**2 + i * f.k_tau_mem)
        self.p["tau_syn"][neuron] += force @ (i * f.k_tau_syn)
        self.a_v[neuron] += force @ f.v_v
        self.a_i[neuron] += force @ f.v_i

    def back(self, which: np.ndarray, start: float, v: np.ndarray, i: np.ndarray) -> None:
        """Takes neurons back over the segment that starts at `start` with V and I."""
        tau_mem, tau_syn = self.net.tau_mem[which], self.net.tau_syn[which]
        s = self.t[which] - start
        f = flow(s, tau_mem, tau_syn)
        a_v, a_i = self.a_v[which], self.a_i[which]
        away = v - self.net.bias[which]
        self.p["bias"][which] += a_v * (1 - f.v_v)
        self.p["tau_mem"][which] += a_v * (away * f.v_v * s / tau_mem**2 + i * f.k_tau_mem)
        self.p["tau_syn"][which] += a_v * i * f.k_tau_syn + a_i * i * f.i_i * s / tau_syn**2
        self.a_v[which] = a_v * f.v_v
        self.a_i[which] = a_v * f.v_i + a_i * f.i_i
        for n, one_v, one_i in zip(which, v, i):
            self._drive(int(n), start, float(one_v), float(one_i))
        self.t[which] = start

    def arrival(self, number: int, event: Event) -> None:
        which, k = event.neurons, event.projection
        assert k is not None  # it is an arrival
        weights = self.net.case.projections[k].weights[event.pre, event.posts]
        late = weights * (self.a_i[which] / self.net.tau_syn[which]
                          - self.a_v[which] / self.net.tau_mem[which])
        slope = (event.i - weights + self.net.bias[which] - event.v) / self.net.tau_mem[which]
        for output, force in self.forces.kinks.get(number, []):  # V'(t-): it moves with t
            late = late + np.where(which == self.outputs + output, self.share * force * slope, 0.0)
        self.by_weight[k][event.pre, event.posts] += self.a_i[which]
        self.by_delay[k][event.pre, event.posts] += late
        if event.cause >= 0:
            self.due[event.cause] += late.sum()
        else:
            self.inputs[-1 - event.cause] += late.sum()

    def spike(self, number: int, event: Event) -> None:
        n = int(event.neurons[0])
        net, drive_in = self.net, event.i[0] + self.net.bias[n]
        before = (drive_in - net.threshold[n]) / net.tau_mem[n]
        after = (drive_in - net.reset[n]) / net.tau_mem[n]
        total = self.due[number] - self.a_v[n] * after
        k = n - self.outputs
        if event.first and 0 <= k < self.forces.first_spikes.size:
            total += self.share * self.forces.first_spikes[k]
        self.p["threshold"][n] += total / before
        self.a_v[n] = -total / before

    def run(self) -> List[float]:
        """Returns dL/dt of every input spike, in the order of trial.inputs."""
        for number in range(len(self.trial.events) - 1, -1, -1):
            event = self.trial.events[number]
            self.back(event.neurons, event.time, event.v, event.i)
            if event.projection is None:
                self.spike(number, event)
            else:
                self.arrival(number, event)
        everyone = np.arange(len(self.net.owner))
        zero = np.zeros(everyone.size)
        self.back(everyone, 0.0, zero, zero)
        return self.inputs.tolist()


def _empty(case: Case) -> Gradients:
    rows: Dict[str, Dict[str, np.ndarray]] = {
        name: {p.name: np.zeros(p.size) for p in populations} for name, populations in
        (("tau_mem", case.neurons()), ("tau_syn", case.neurons()), ("threshold", case.lif()),
         ("bias", case.neurons()))}
    return Gradients([np.zeros(p.weights.shape) for p in case.projections],
                     [np.zeros(p.weights.shape) for p in case.projections],
                     rows["tau_mem"], rows["tau_syn"], rows["threshold"], rows["bias"])


def run(case: Case) -> Result:
    """Loss, spikes and all gradients of a case."""
    net, g = Network(case), _empty(case)
    losses, spikes, share = [], [], 1 / len(case.samples)
    by_time: List[Dict[str, List[np.ndarray]]] = []
    for sample in case.samples:
        trial = simulate(net, sample)
        forces = drive(net, sample, trial)
        backward = _Backward(net, trial, forces, share, g)
        times = {name: [np.zeros(len(t)) for t in trains] for name, trains in sample.spikes.items()}
        for (name, n, k), slope in zip(trial.inputs, backward.run()):
            times[name][n][k] = slope
        for name, values in backward.p.items():
            for population, row in getattr(g, name).items():
                row += values[net.of(population)]
        by_time.append(times)
        losses.append(forces.loss)
        spikes.append(trial.spikes)
    g.spike_times = by_time
    return Result(float(np.mean(losses)), losses, spikes, g)
