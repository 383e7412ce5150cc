# SPDX-License-Identifier: MIT
"""Norse: lif_feed_forward_adjoint_step and lif_adjoint_step, its EventProp-like adjoint LIF.

Norse integrates with Euler's method in seconds; v_leak is the bias. Outputs are its leaky
integrator, differentiated by PyTorch. Layers hand on spikes within a step, recurrent spikes come a
step later.

Its hidden gradients depend on the unit of time, through a jump that divides by dV/dt alone: with
EVIDENT_NORSE_UNIT=ms the same network gets the same loss, and hidden gradients about 1,000 times as
large. Seconds are Norse's default.
"""
import os
from importlib.metadata import version
from typing import Dict, List, Tuple

import torch
from norse.torch.functional.adjoint.lif_adjoint import (lif_adjoint_step,
                                                        lif_feed_forward_adjoint_step)
from norse.torch.functional.leaky_integrator import LIParameters, LIState, li_feed_forward_step
from norse.torch.functional.lif import LIFFeedForwardState, LIFParameters, LIFState

from ..case import LIF, VOLTAGE_LOSSES, Case
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Result
from ._grid import Grid, make_grid, order
from ._refuse import refuse_delays, refuse_losses
from ._torch_common import REAL, Parameters, models, spike_times, tensor, trace_losses

UNIT = os.environ.get("EVIDENT_NORSE_UNIT", "s")
PER_MS = {"s": 1e-3, "ms": 1.0}  # units of time a millisecond
CONVENTIONS = Conventions(
    engine="norse_adjoint", version=f"norse {version('norse')}, torch {torch.__version__}",
    time="grid", time_unit=UNIT, sign=1,
    scale="not documented", loss="mean", precision="float64", surrogate="",
    can={"losses": list(VOLTAGE_LOSSES), "delays": False},
    provides=["loss", "spikes", "weights"],
    refuses=["first-spike losses", "delays", "loops of populations",
             "several projections of a population onto itself"],
    note="Euler steps; input spikes go to the nearest step; spikes are at the end of their step")

State = Tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # z, v, i, each [samples][neurons]


class _Layer:
    """One population: its parameters, and the projections that end in it."""

    def __init__(self, case: Case, name: str, grid: Grid):
        p = case.population(name)
        self.lif, self.dt = p.model == LIF, grid.dt * PER_MS[UNIT]
        rates = dict(tau_syn_inv=1 / (tensor(p.tau_syn) * PER_MS[UNIT]),
                     tau_mem_inv=1 / (tensor(p.tau_mem) * PER_MS[UNIT]), v_leak=tensor(p.bias))
        self.p = (LIFParameters(v_th=tensor(p.threshold), v_reset=tensor(p.reset), **rates)
                  if self.lif else LIParameters(**rates))
        self.own = [k for k, q in enumerate(case.projections) if q.source == q.target == name]
        self.others = [k for k, q in enumerate(case.projections)
                       if q.target == name and q.source != name]
        if len(self.own) > 1:
            raise NotRun("several projections of a population onto itself")

    def step(self, inputs: List[torch.Tensor], weights: List[torch.Tensor], state: State) -> State:
        """inputs: spikes [samples][pre] of each projection from elsewhere."""
        z, v, i = state
        if self.lif and self.own:  # weights of all inputs side by side: [post][pre]
            spikes = torch.cat(inputs, dim=1)
            table = torch.cat([weights[k] for k in self.others]).t()
            new_z, new = lif_adjoint_step(spikes, LIFState(z, v, i), table,
                                          weights[self.own[0]].t(), self.p, self.dt)
            return new_z, new.v, new.i
        current = torch.zeros_like(v)
        for spikes, k in zip(inputs, self.others):
            current = current + spikes @ weights[k]
        if self.lif:
            new_z, new = lif_feed_forward_adjoint_step(current, LIFFeedForwardState(v, i), self.p,
                                                       self.dt)
            return new_z, new.v, new.i
        new_v, new_li = li_feed_forward_step(current, LIState(v, i), self.p, self.dt)
        return z, new_v, new_li.i


def _simulate(case: Case, grid: Grid, parameters: Parameters) -> Result:
    model, names = models(case), order(case)
    layers = {name: _Layer(case, name, grid) for name in names}
    state: Dict[str, State] = {}
    for name in names:
        zero = torch.zeros(len(case.samples), case.population(name).size, dtype=REAL)
        state[name] = (zero, zero, zero)
    raster: Dict[str, List[torch.Tensor]] = {name: [] for name in names}
    trace: List[torch.Tensor] = []
    source = {name: tensor(counts) for name, counts in grid.input.items()}
    for n in range(grid.steps):
        for name in names:
            inputs = [source[q][n] if q in source else state[q][0] for q in
                      (case.projections[k].source for k in layers[name].others)]
            state[name] = layers[name].step(inputs, parameters.weights, state[name])
            if model[name] == LIF:
                raster[name].append(state[name][0])
        trace.append(state[case.loss.population][1])
    losses = trace_losses(case, grid.later, torch.stack(trace), grid.dt)
    return parameters.result(losses, spike_times(case, raster, grid), CONVENTIONS.engine)


def run(case: Case) -> Result:
    """Loss, spikes and Norse's adjoint gradients of a case."""
    if UNIT not in PER_MS:
        raise NotRun(f"EVIDENT_NORSE_UNIT: found {UNIT}, wanted s or ms")
    refuse_losses(case)
    refuse_delays(case)
    return _simulate(case, make_grid(case, nearest=True), Parameters(case, ("weights",)))
