# SPDX-License-Identifier: MIT
"""What the adapters on PyTorch share: losses of traces, parameters, results. Times in ms."""
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch

from ..case import Case
from ..result import Gradients, Result
from ._grid import Grid
from ._losses import target_at, weight_at

torch.set_num_threads(1)
REAL = torch.float64


def tensor(values: np.ndarray) -> torch.Tensor:
    """A constant."""
    return torch.as_tensor(np.asarray(values, dtype=float), dtype=REAL)


class Parameters:
    """The numbers of a case as leaves of the graph: weights by projection, the rest by name of
    population."""

    def __init__(self, case: Case, wanted: Tuple[str, ...]):
        self.wanted = wanted

        def leaf(values: np.ndarray, name: str) -> torch.Tensor:
            return tensor(values).clone().requires_grad_(name in wanted)

        self.weights = [leaf(p.weights, "weights") for p in case.projections]
        self.rows: Dict[str, Dict[str, torch.Tensor]] = {}
        for name in ("tau_mem", "tau_syn", "bias", "threshold"):
            owners = case.lif() if name == "threshold" else case.neurons()
            self.rows[name] = {p.name: leaf(getattr(p, name), name) for p in owners}

    def result(self, losses: torch.Tensor, spikes: Optional[List[Dict[str, List[np.ndarray]]]],
               engine: str) -> Result:
        """Differentiates the mean of the losses [samples]; what it does not depend on gets 0."""
        mean = losses.mean()
        if mean.requires_grad:
            mean.backward()

        def grad(leaf: torch.Tensor) -> np.ndarray:
            found = leaf.grad if leaf.grad is not None else torch.zeros_like(leaf)
            return found.detach().numpy()

        got = Gradients()
        if "weights" in self.wanted:
            got.weights = [grad(w) for w in self.weights]
        for name, rows in self.rows.items():
            if name in self.wanted:
                setattr(got, name, {key: grad(leaf) for key, leaf in rows.items()})
        return Result(float(mean.detach()), losses.detach().tolist(), spikes, got, engine)


def propagator(dt: float, tau_mem: torch.Tensor,
               tau_syn: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Exact decay of V, exact decay of I, and what I at the start of a step adds to V."""
    x = dt / tau_syn - dt / tau_mem
    small = x.abs() < 1e-3
    y = torch.where(small, torch.ones_like(x), x)
    series = 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5)))
    h = torch.where(small, series, -torch.expm1(-y) / y)
    beta = torch.exp(-dt / tau_mem)
    return beta, torch.exp(-dt / tau_syn), dt / tau_mem * beta * h


def trace_losses(case: Case, t: np.ndarray, v: torch.Tensor, dt: float) -> torch.Tensor:
    """A voltage loss from the outputs' voltages v [steps][samples][outputs] at times t [steps]:
    integrals as sums times dt. Shape [samples]."""
    share, kind = dt / case.end, case.loss.kind
    labels = torch.tensor([s.label if s.label is not None else 0 for s in case.samples])
    if kind == "voltage-squared-error":
        want = np.stack([target_at(s, t).T for s in case.samples], axis=1)
        return ((v - tensor(want)) ** 2).sum(dim=(0, 2)) * share / 2
    if kind == "instantaneous-cross-entropy":
        flat = torch.nn.functional.cross_entropy(
            v.reshape(-1, v.shape[2]), labels.repeat(v.shape[0]), reduction="none")
        return flat.reshape(v.shape[:2]).sum(dim=0) * share
    if kind == "max-voltage-cross-entropy":
        start = torch.zeros_like(v[:1])
        score = torch.cat([start, v]).max(dim=0).values
    else:
        score = torch.einsum("t,tsk->sk", tensor(weight_at(case, t)), v) * share
    return torch.nn.functional.cross_entropy(score, labels, reduction="none")


def spike_times(case: Case, rasters: Dict[str, List[torch.Tensor]],
                grid: Grid) -> List[Dict[str, List[np.ndarray]]]:
    """Spikes of every sample from a raster [samples][neurons] a step; a spike of a step is said to
    be at its end."""
    got: List[Dict[str, List[np.ndarray]]] = [{} for _ in case.samples]
    for p in case.lif():
        raster = torch.stack([z.detach() for z in rasters[p.name]]).numpy()
        for s, one in enumerate(got):
            one[p.name] = [grid.later[raster[:, s, n] > 0] for n in range(p.size)]
    return got


def models(case: Case) -> Dict[str, str]:
    """Model by population, of those that are simulated."""
    return {p.name: p.model for p in case.neurons()}
