# SPDX-License-Identifier: MIT
"""A case on a time grid, for engines with a fixed step.

`steps` is the whole number nearest to end / step, so that the grid ends where the trial ends. A
grid engine rounds the times of input spikes to its grid, which its conventions say; delays that are
no whole number of steps are refused.
"""
from dataclasses import dataclass
from typing import Dict, List

import numpy as np

from ..case import SPIKE_SOURCE, Case, Projection
from ..errors import NotRun

MOST_STEPS = 20_000
MOST_NUMBERS = 40_000_000  # that a trace of all neurons may hold


@dataclass
class Grid:
    """steps of dt ms; input[population]: spike counts [steps + 1][samples][neurons]."""

    steps: int
    dt: float
    input: Dict[str, np.ndarray]

    @property
    def later(self) -> np.ndarray:
        """The end of every step, ms. Shape [steps]."""
        return self.dt * np.arange(1, self.steps + 1)


def make_grid(case: Case, nearest: bool) -> Grid:
    """Input spikes go to the nearest grid point k dt, or else (nearest=False) to the bin
    [k dt, (k+1) dt) that holds them."""
    if case.step is None:
        raise NotRun("the case states no step and EVIDENT_STEP is not set")
    steps = max(1, int(np.floor(case.end / case.step + 0.5)))
    if steps > MOST_STEPS:
        raise NotRun(f"{steps} steps, more than {MOST_STEPS}: the trace for the backward pass")
    neurons = sum(p.size for p in case.populations)
    if steps * neurons * len(case.samples) > MOST_NUMBERS:
        raise NotRun(f"a trace of more than {MOST_NUMBERS} numbers")
    dt = case.end / steps
    raster = {}
    for p in case.populations:
        if p.model != SPIKE_SOURCE:
            continue
        counts = np.zeros((steps + 1, len(case.samples), p.size))
        for s, sample in enumerate(case.samples):
            for n, train in enumerate(sample.spikes[p.name]):
                place = train / dt
                at = np.floor(place + 0.5) if nearest else np.minimum(np.floor(place), steps - 1)
                np.add.at(counts[:, s, n], at.astype(int), 1.0)
        raster[p.name] = counts
    return Grid(steps, dt, raster)


def delay_steps(projection: Projection, k: int, dt: float) -> np.ndarray:
    """Delays in whole steps [pre][post]."""
    exact = projection.delay / dt
    whole = np.rint(exact)
    bad = np.abs(exact - whole) > 1e-9 * np.maximum(1, whole)
    if bad.any():
        delay = float(projection.delay[bad][0])
        raise NotRun(f"a delay of {delay!r} ms in projection {k} is no whole number of steps of "
                     f"{dt!r} ms")
    return whole.astype(int)


def order(case: Case) -> List[str]:
    """Names of the lif and li populations so that each comes after those it gets spikes from;
    loops of a population onto itself do not count."""
    left = [p.name for p in case.neurons()]
    needs = {name: {p.source for p in case.projections if p.target == name and p.source in left
                    and p.source != name} for name in left}
    got: List[str] = []
    while left:
        ready = [name for name in left if needs[name] <= set(got)]
        if not ready:
            raise NotRun("populations in a loop, which is no stack of layers")
        got += ready
        left = [name for name in left if name not in ready]
    return got
