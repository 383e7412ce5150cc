# SPDX-License-Identifier: MIT
"""Event-driven simulation of one sample: every spike at its exact time, and a tape of all events.

Neurons are numbered through all lif and li populations, in the order of the case.
"""
import heapq
import itertools
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..case import LIF, Case, Sample
from ..errors import NotRun
from ._membrane import crossing, propagate

MOST_EVENTS = 2_000_000


@dataclass
class Network:
    """The neurons of a case as flat arrays of shape [neurons]."""

    case: Case
    first: Dict[str, int] = field(default_factory=dict)  # number of a population's first neuron
    tau_mem: np.ndarray = field(default_factory=lambda: np.zeros(0))
    tau_syn: np.ndarray = field(default_factory=lambda: np.zeros(0))
    bias: np.ndarray = field(default_factory=lambda: np.zeros(0))
    threshold: np.ndarray = field(default_factory=lambda: np.zeros(0))  # infinite for li
    reset: np.ndarray = field(default_factory=lambda: np.zeros(0))
    owner: List[Tuple[str, int]] = field(default_factory=list)  # population and index of a neuron

    def __post_init__(self) -> None:
        for p in self.case.neurons():
            self.first[p.name] = len(self.owner)
            self.owner += [(p.name, n) for n in range(p.size)]
            lif = p.model == LIF
            self.tau_mem = np.append(self.tau_mem, p.tau_mem)
            self.tau_syn = np.append(self.tau_syn, p.tau_syn)
            self.bias = np.append(self.bias, p.bias)
            self.threshold = np.append(self.threshold,
                                       p.threshold if lif else np.full(p.size, np.inf))
            self.reset = np.append(self.reset, p.reset if lif else np.zeros(p.size))

    def of(self, name: str) -> slice:
        """Where the neurons of a population stand."""
        return slice(self.first[name], self.first[name] + self.case.population(name).size)


@dataclass
class Event:
    """An arrival at some neurons, or a spike of one (projection None). V and I are those just
    after it; before it, V is the same (arrival) or the threshold (spike)."""

    time: float  # ms
    neurons: np.ndarray  # [n] numbers
    v: np.ndarray  # [n]
    i: np.ndarray  # [n]
    projection: Optional[int] = None
    pre: int = 0  # row of the projection
    posts: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))  # its columns
    cause: int = -1  # event number of the spike that arrives, or -1 - index of an input spike
    first: bool = False  # the first spike of its neuron


@dataclass
class Trial:
    """What happened: events in order, spikes by population, V and I of every neuron at the end."""

    events: List[Event]
    spikes: Dict[str, List[np.ndarray]]
    inputs: List[Tuple[str, int, int]]  # source population, neuron and index of every input spike


class _Run:
    def __init__(self, net: Network, sample: Sample):
        self.net, self.end = net, net.case.end
        count = len(net.owner)
        self.t, self.v, self.i = np.zeros(count), np.zeros(count), np.zeros(count)
        self.next = np.full(count, np.inf)
        self.events: List[Event] = []
        self.queue: List[Tuple[float, int, int, int, np.ndarray, int]] = []
        self.order = itertools.count()
        self.spikes: List[List[float]] = [[] for _ in range(count)]
        self.outgoing: Dict[str, List[Tuple[int, List[List[Tuple[float, np.ndarray]]]]]] = {}
        for k, p in enumerate(net.case.projections):
            groups = [[(float(d), np.nonzero(row == d)[0]) for d in np.unique(row)]
                      for row in p.delay]
            self.outgoing.setdefault(p.source, []).append((k, groups))
        self.inputs: List[Tuple[str, int, int]] = []
        for name, trains in sample.spikes.items():
            for n, train in enumerate(trains):
                for k, time in enumerate(train):
                    self.inputs.append((name, n, k))
                    self.send(name, n, float(time), -len(self.inputs))

    def send(self, source: str, neuron: int, time: float, cause: int) -> None:
        """Queues the arrivals of a spike, one entry for all targets of one delay."""
        for k, groups in self.outgoing.get(source, []):
            for delay, posts in groups[neuron]:
                if time + delay < self.end:
                    heapq.heappush(self.queue, (time + delay, next(self.order), k, neuron, posts,
                                                cause))

    def move(self, which: np.ndarray, time: float) -> None:
        """Brings neurons to a time."""
        net = self.net
        self.v[which], self.i[which] = propagate(
            self.v[which], self.i[which], time - self.t[which], net.tau_mem[which],
            net.tau_syn[which], net.bias[which])
        self.t[which] = time

    def forecast(self, which: np.ndarray) -> None:
        """Finds when neurons will spike if nothing else arrives."""
        net = self.net
        which = which[np.isfinite(net.threshold[which])]
        if which.size:
            self.next[which] = self.t[which] + crossing(
                self.v[which], self.i[which], self.end - self.t[which], net.threshold[which],
                net.tau_mem[which], net.tau_syn[which], net.bias[which])

    def arrive(self) -> None:
        time, _, k, pre, posts, cause = heapq.heappop(self.queue)
        p = self.net.case.projections[k]
        which = self.net.first[p.target] + posts
        self.move(which, time)
        self.i[which] += p.weights[pre, posts]
        self.forecast(which)
        self.events.append(Event(time, which, self.v[which], self.i[which], k, pre, posts, cause))

    def spike(self, neuron: int) -> None:
        time, which = float(self.next[neuron]), np.array([neuron])
        self.move(which, time)
        self.v[neuron] = self.net.reset[neuron]
        self.forecast(which)
        name, index = self.net.owner[neuron]
        self.events.append(Event(time, which, self.v[which], self.i[which],
                                 first=not self.spikes[neuron]))
        self.spikes[neuron].append(time)
        self.send(name, index, time, len(self.events) - 1)

    def run(self) -> Trial:
        self.forecast(np.arange(len(self.net.owner)))
        while True:
            neuron = int(np.argmin(self.next))
            arrival = self.queue[0][0] if self.queue else np.inf
            if min(arrival, self.next[neuron]) >= self.end:
                break
            if len(self.events) >= MOST_EVENTS:
                raise NotRun(f"more than {MOST_EVENTS} events")
            if self.next[neuron] <= arrival:  # a crossing at the time of an arrival is before it
                self.spike(neuron)
            else:
                self.arrive()
        spikes = {p.name: [np.array(self.spikes[n]) for n in range(*self.net.of(p.name).indices(
            len(self.net.owner)))] for p in self.net.case.lif()}
        return Trial(self.events, spikes, self.inputs)


def simulate(net: Network, sample: Sample) -> Trial:
    """Runs one sample."""
    return _Run(net, sample).run()
