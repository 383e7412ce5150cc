# SPDX-License-Identifier: MIT
"""A case: a network, its samples, a loss. Times in ms, voltages and currents dimensionless.

    tau_mem dV/dt = -V + I + bias      tau_syn dI/dt = -I      V = I = 0 at t = 0
    a lif neuron spikes when V reaches the threshold from below; V is then set to reset
    a spike of `pre` at t arrives at `post` at t + delay[pre][post]: I += weights[pre][post]

What a file states once for all neurons stands here once each, so adapters need no special cases.
"""
from dataclasses import dataclass, field
from typing import Dict, List, Optional

import numpy as np

SPIKE_SOURCE, LIF, LI = "spike-source", "lif", "li"

VOLTAGE_LOSSES = (
    "voltage-integral-cross-entropy", "instantaneous-cross-entropy",
    "max-voltage-cross-entropy", "voltage-squared-error",
)
FIRST_SPIKE_LOSSES = (
    "first-spike-cross-entropy", "first-spike-squared-error", "first-spike-margin",
)


def _nothing() -> np.ndarray:
    return np.zeros(0)


@dataclass
class Population:
    """Neurons of one model. Arrays have shape [size], or [0] where the model has no such value."""

    name: str
    size: int
    model: str  # "spike-source", "lif" or "li"
    tau_mem: np.ndarray = field(default_factory=_nothing)  # ms
    tau_syn: np.ndarray = field(default_factory=_nothing)  # ms
    threshold: np.ndarray = field(default_factory=_nothing)  # lif
    reset: np.ndarray = field(default_factory=_nothing)  # lif
    bias: np.ndarray = field(default_factory=_nothing)  # lif, li


@dataclass
class Projection:
    """Synapses from every neuron of `source` to every neuron of `target` (names)."""

    source: str
    target: str
    weights: np.ndarray  # [pre][post]
    delay: np.ndarray  # [pre][post], ms


@dataclass
class Sample:
    """One trial: input spikes, and what the loss compares with."""

    spikes: Dict[str, List[np.ndarray]]  # by spike-source: a list of times (ms) a neuron, ascending, equal ones each a spike
    label: Optional[int] = None
    times: Optional[np.ndarray] = None  # [outputs], ms
    voltages: Optional[List[np.ndarray]] = None  # an output: [steps][2] of time (ms) and value


@dataclass
class Loss:
    """The loss of one sample; that of the case is the mean over samples."""

    kind: str
    population: str
    weighting: Optional[str] = None
    penalty: Optional[str] = None  # "exponential" or "reciprocal", of first-spike-cross-entropy
    tau0: float = 0.0  # ms
    tau1: float = 0.0  # ms
    alpha: float = 0.0
    margin: float = 0.0  # ms
    silent_after: float = 1.0  # ms after the end at which a silent output counts as spiking


@dataclass
class Case:
    """A network, samples and a loss."""

    name: str
    end: float  # trial length T, ms
    step: Optional[float]  # ms, for fixed-step engines; None if the case states none
    populations: List[Population]
    projections: List[Projection]
    samples: List[Sample]
    loss: Loss
    note: Optional[str] = None

    def population(self, name: str) -> Population:
        """The population of that name; KeyError if there is none."""
        for population in self.populations:
            if population.name == name:
                return population
        raise KeyError(name)

    @property
    def outputs(self) -> Population:
        """The population that the loss looks at."""
        return self.population(self.loss.population)

    def neurons(self) -> List[Population]:
        """The populations that have neurons to simulate: lif and li, in the order of the case."""
        return [p for p in self.populations if p.model != SPIKE_SOURCE]

    def lif(self) -> List[Population]:
        """The populations that spike by themselves, in the order of the case."""
        return [p for p in self.populations if p.model == LIF]
