# SPDX-License-Identifier: MIT
"""Backpropagation through time with a surrogate gradient, in plain PyTorch.

Each step: spikes that arrive are added to I; V and I are propagated exactly over dt; neurons above
threshold spike and are reset. A spike of a step arrives one step later, plus its delay in steps.
The derivative of the step function is replaced by that of a fast sigmoid,
1/(1 + 25 |V - threshold|)^2, and the reset is not differentiated, as in snnTorch and Norse.

EVIDENT_SURROGATE=arctan takes 1/(1 + (pi (V - threshold))^2) instead.
"""
import os
from typing import Dict, List, Tuple

import torch

from ..case import LI, LIF, VOLTAGE_LOSSES, Case
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Result
from ._grid import Grid, delay_steps, make_grid
from ._refuse import refuse_losses
from ._torch_common import (REAL, Parameters, models, propagator, spike_times, tensor,
                            trace_losses)

SURROGATE = os.environ.get("EVIDENT_SURROGATE", "fast-sigmoid")
CONVENTIONS = Conventions(
    engine="torch_bptt", version=f"torch {torch.__version__}", time="grid", time_unit="ms", sign=1,
    scale="1", loss="mean", precision="float64", surrogate=f"{SURROGATE}, reset detached",
    can={"losses": list(VOLTAGE_LOSSES), "delays": "whole"},
    provides=["loss", "spikes", "weights", "tau_mem", "tau_syn", "threshold", "bias"],
    refuses=["first-spike losses", "delays that are no whole number of steps"],
    note="input spikes go to the step that holds them; spikes are at the end of their step")
_MOST_DELAYS = 64


class _Spike(torch.autograd.Function):
    """The step function, with another derivative."""

    @staticmethod
    def forward(ctx, over: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        ctx.save_for_backward(over)
        return (over > 0).to(over.dtype)

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        (over,) = ctx.saved_tensors
        if SURROGATE == "arctan":
            return grad / (1 + (torch.pi * over) ** 2)
        return grad / (1 + 25 * over.abs()) ** 2


Route = Tuple[str, int, torch.Tensor]  # source, delay in steps, weights where that delay holds


def _routes(case: Case, weights: List[torch.Tensor], dt: float) -> Dict[str, List[Route]]:
    """By target: what arrives from where, and how late."""
    routes: Dict[str, List[Route]] = {p.name: [] for p in case.neurons()}
    for k, p in enumerate(case.projections):
        delays = delay_steps(p, k, dt)
        distinct = sorted(set(delays.ravel().tolist()))
        if len(distinct) > _MOST_DELAYS:
            raise NotRun(f"{len(distinct)} different delays in projection {k}, more than "
                         f"{_MOST_DELAYS}")
        for d in distinct:
            mask = tensor(delays == d)
            routes[p.target].append((p.source, d, weights[k] * mask if len(distinct) > 1
                                     else weights[k]))
    return routes


def _simulate(case: Case, grid: Grid, parameters: Parameters) -> Result:
    routes = _routes(case, parameters.weights, grid.dt)
    model, samples = models(case), len(case.samples)
    raster: Dict[str, List[torch.Tensor]] = {
        name: list(tensor(counts)) for name, counts in grid.input.items()}
    raster.update({name: [] for name in model})
    rows = parameters.rows
    constants = {name: propagator(grid.dt, rows["tau_mem"][name], rows["tau_syn"][name])
                 for name in model}
    reset = {p.name: tensor(p.reset) for p in case.lif()}
    state = {}
    for name in model:
        zero = torch.zeros(samples, case.population(name).size, dtype=REAL)
        state[name] = (zero, zero)
    trace: List[torch.Tensor] = []
    for n in range(grid.steps):
        for name, kind in model.items():
            v, current = state[name]
            if name == case.loss.population:
                trace.append(v)
            for source, delay, weights in routes[name]:
                if n - 1 - delay >= 0:
                    current = current + raster[source][n - 1 - delay] @ weights
            beta, alpha, gain = constants[name]
            bias = rows["bias"][name]
            v = bias + (v - bias) * beta + current * gain
            if kind == LIF:
                z = _Spike.apply(v - rows["threshold"][name])
                v = torch.where(z.detach() > 0, reset[name], v)
                raster[name].append(z)
            state[name] = (v, current * alpha)
    losses = trace_losses(case, grid.later - grid.dt, torch.stack(trace), grid.dt)
    return parameters.result(losses, spike_times(case, raster, grid), CONVENTIONS.engine)


def run(case: Case) -> Result:
    """Loss, spikes and surrogate gradients of a case."""
    if SURROGATE not in ("fast-sigmoid", "arctan"):
        raise NotRun(f"EVIDENT_SURROGATE: found {SURROGATE}, wanted fast-sigmoid or arctan")
    refuse_losses(case)
    if case.outputs.model != LI:
        raise NotRun("outputs that spike")
    grid = make_grid(case, nearest=False)
    return _simulate(case, grid, Parameters(case, ("weights", "tau_mem", "tau_syn", "threshold",
                                                   "bias")))
