# SPDX-License-Identifier: MIT
"""snnTorch: Synaptic neurons, fast-sigmoid surrogate, backpropagation through time.

snnTorch's Synaptic is  syn <- alpha syn + input,  mem <- beta mem + syn,  spike if mem > threshold.
With alpha = e^{-dt/tau_syn}, beta = e^{-dt/tau_mem} and inputs multiplied by what a current adds to
V in one exact step, mem is exactly V on the grid, so the network is the case's, not one like it.
Layers hand on spikes within a step, recurrent spikes come a step later, and reset_mechanism="zero"
acts in the step after the spike: all as snnTorch is used and documented.
"""
from typing import Dict, List

import snntorch
import torch
from snntorch import surrogate

from ..case import LIF, VOLTAGE_LOSSES, Case
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Result
from ._grid import Grid, make_grid, order
from ._refuse import refuse_delays, refuse_losses
from ._torch_common import (Parameters, models, propagator, spike_times, tensor,
                            trace_losses)

CONVENTIONS = Conventions(
    engine="snntorch_bptt", version=f"snntorch {snntorch.__version__}, torch {torch.__version__}",
    time="grid", time_unit="steps", sign=1, scale="1", loss="mean", precision="float32",
    surrogate="fast-sigmoid, slope 25, reset detached",
    can={"losses": list(VOLTAGE_LOSSES), "delays": False, "bias": False, "reset": False},
    provides=["loss", "spikes", "weights"],
    refuses=["first-spike losses", "delays", "bias", "a reset other than 0",
             "loops of populations"],
    note="input spikes go to the nearest step; spikes are at the end of their step")


def _layer(case: Case, name: str, grid: Grid) -> torch.nn.Module:
    p = case.population(name)
    beta, alpha = (x.float() for x in propagator(grid.dt, tensor(p.tau_mem),
                                                 tensor(p.tau_syn))[:2])
    if p.model == LIF:
        return snntorch.Synaptic(alpha=alpha, beta=beta, threshold=tensor(p.threshold).float(),
                                 spike_grad=surrogate.fast_sigmoid(slope=25),
                                 reset_mechanism="zero")
    return snntorch.Synaptic(alpha=alpha, beta=beta, reset_mechanism="none")


def _simulate(case: Case, grid: Grid, parameters: Parameters) -> Result:
    model, names = models(case), order(case)
    layers = {name: _layer(case, name, grid) for name in names}
    gain = {name: propagator(grid.dt, tensor(case.population(name).tau_mem),
                             tensor(case.population(name).tau_syn))[2] for name in names}
    zeros = {name: torch.zeros(len(case.samples), case.population(name).size, dtype=torch.float32)
             for name in names}
    syn, mem, spikes = dict(zeros), dict(zeros), dict(zeros)
    raster: Dict[str, List[torch.Tensor]] = {name: [] for name in names}
    trace: List[torch.Tensor] = []
    inputs = {name: tensor(counts).float() for name, counts in grid.input.items()}
    for n in range(grid.steps):
        before = dict(spikes)
        for name in names:
            current = zeros[name]
            for k, p in enumerate(case.projections):
                if p.target == name:
                    source = (inputs[p.source][n] if p.source in inputs else
                              before[name] if p.source == name else spikes[p.source])
                    current = current + source @ (parameters.weights[k] * gain[name]).float()
            spikes[name], syn[name], mem[name] = layers[name](current, syn[name], mem[name])
            if model[name] == LIF:
                raster[name].append(spikes[name])
        trace.append(mem[case.loss.population])
    losses = trace_losses(case, grid.later, torch.stack(trace).double(), grid.dt)
    return parameters.result(losses, spike_times(case, raster, grid), CONVENTIONS.engine)


def run(case: Case) -> Result:
    """Loss, spikes and surrogate gradients of a case."""
    refuse_losses(case)
    refuse_delays(case)
    for p in case.neurons():
        if (p.bias != 0).any():
            raise NotRun("a bias")
        if p.model == LIF and (p.reset != 0).any():
            raise NotRun("a reset other than 0")
    return _simulate(case, make_grid(case, nearest=True), Parameters(case, ("weights",)))
