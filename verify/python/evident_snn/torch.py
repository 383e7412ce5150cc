# SPDX-License-Identifier: MIT
"""One call for a gradient in PyTorch: a function, a torch.autograd.Function or a torch.nn.Module.

    def mine(case):                     # a Case of tensors; those of `by` require a gradient
        ...
        return loss                     # or loss, spikes

    print(evident_snn.torch.gradcheck(mine, like="random-feedforward"))

The gradient is torch.autograd.grad(loss, tensors). A quantity of which autograd knows no tensor is
not provided; of one that it knows in part the rest is zero, which is what autograd says of it.
"""
import copy
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np
import torch

from .case import Case
from .conventions import Conventions
from .errors import EvidentError, NotRun
from .gradcheck import gradcheck as _gradcheck
from .result import Gradients, Result, trains_of
from .verdict import Verdict

_POPULATION = ("tau_mem", "tau_syn", "threshold", "bias")
_BY = ("weights", "delays", *_POPULATION, "spike_times")

Leaves = Dict[str, Any]  # by quantity: tensors in the shape of Gradients


def _tensor(value: np.ndarray, dtype: torch.dtype, leaf: bool) -> torch.Tensor:
    return torch.tensor(value, dtype=dtype).requires_grad_(leaf)


def _tensors(case: Case, by: Sequence[str], dtype: torch.dtype) -> Tuple[Case, Leaves]:
    """The case with tensors in the place of arrays, and those that gradients are wanted by."""
    got = copy.deepcopy(case)

    def made(value: np.ndarray, quantity: str = "") -> torch.Tensor:
        return _tensor(value, dtype, quantity in by)

    for one in got.projections:
        one.weights, one.delay = made(one.weights, "weights"), made(one.delay, "delays")
    for p in got.populations:
        for name in (*_POPULATION, "reset"):
            setattr(p, name, made(getattr(p, name), name))
    for sample in got.samples:
        sample.spikes = {name: [made(train, "spike_times") for train in trains]
                         for name, trains in sample.spikes.items()}
        sample.times = None if sample.times is None else made(sample.times)
        if sample.voltages is not None:
            sample.voltages = [made(one) for one in sample.voltages]
    leaves: Leaves = {"weights": [one.weights for one in got.projections],
                      "delays": [one.delay for one in got.projections],
                      "spike_times": [sample.spikes for sample in got.samples]}
    for name in _POPULATION:
        who = got.lif() if name == "threshold" else got.neurons()
        leaves[name] = {p.name: getattr(p, name) for p in who}
    return got, {name: leaves[name] for name in by}


def _flat(value: Any) -> List[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [one for part in parts for one in _flat(part)]


def _like(value: Any, slopes: Dict[int, Optional[torch.Tensor]]) -> Any:
    """What autograd said of the tensors, in their places; zero of those that it does not know."""
    if isinstance(value, torch.Tensor):
        slope = slopes[id(value)]
        return np.zeros(tuple(value.shape)) if slope is None else _numbers(slope)
    if isinstance(value, dict):
        return {key: _like(one, slopes) for key, one in value.items()}
    return [_like(one, slopes) for one in value]


def _numbers(value: Any) -> np.ndarray:
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return np.asarray(value.tolist(), dtype=float)
    return np.asarray(value, dtype=float)


def _result(said: Any, leaves: Leaves, samples: int) -> Result:
    """What the function returned, differentiated."""
    loss, spikes = said if isinstance(said, tuple) else (said, None)
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        raise EvidentError(f"found {type(loss).__name__}, wanted a loss, a tensor of one number, "
                           "or loss, spikes")
    tensors = _flat(leaves)
    known: Sequence[Optional[torch.Tensor]] = [None] * len(tensors)
    if loss.requires_grad:
        known = torch.autograd.grad(loss.reshape(()), tensors, allow_unused=True)
    slopes = {id(one): slope for one, slope in zip(tensors, known)}
    gradients = Gradients()
    for name, value in leaves.items():
        if any(slopes[id(one)] is not None for one in _flat(value)):
            setattr(gradients, name, _like(value, slopes))
    return Result(float(loss), spikes=trains_of(spikes, samples, _numbers), gradients=gradients)


# ---- modules ----

def _weights_of(module: torch.nn.Module, names: Optional[Iterable[str]],
                case: Case) -> List[Tuple[torch.nn.Parameter, bool]]:
    """The parameter of each projection, and whether it is [post][pre], as in torch.nn.Linear."""
    turned = {id(m.weight) for m in module.modules() if isinstance(m, torch.nn.Linear)}
    every = dict(module.named_parameters())
    wanted = list(every) if names is None else list(names)
    missing = [name for name in wanted if name not in every]
    if missing or len(wanted) != len(case.projections):
        raise EvidentError(f"weights: found {', '.join(missing or wanted) or 'none'}, wanted "
                           f"{len(case.projections)} parameters of the module, one a projection "
                           f"({', '.join(every)})")
    got = [(every[name], id(every[name]) in turned) for name in wanted]
    for (one, post_first), projection in zip(got, case.projections):
        shape = projection.weights.shape[::-1] if post_first else projection.weights.shape
        if tuple(one.shape) != shape:
            raise NotRun(f"a parameter of shape {list(one.shape)} for weights of {list(shape)}: "
                         'cases of one network come by like="CASE"')
    return got


def _ask_module(module: torch.nn.Module, names: Optional[Iterable[str]], case: Case,
                dtype: torch.dtype) -> Result:
    tensors, _ = _tensors(case, (), dtype)
    weights = _weights_of(module, names, case)
    with torch.no_grad():
        for (one, turned), projection in zip(weights, tensors.projections):
            one.copy_(projection.weights.T if turned else projection.weights)
    got = _result(module(tensors), {"weights": [one for one, _ in weights]}, len(case.samples))
    if got.gradients.weights is not None:
        got.gradients.weights = [slope.T if turned else slope for slope, (_, turned)
                                 in zip(got.gradients.weights, weights)]
    return got


# ---- the call ----

def function_of(mine: Any, by: Union[str, Sequence[str]] = "weights",
                weights: Optional[Iterable[str]] = None,
                dtype: torch.dtype = torch.float64) -> Callable[[Case], Result]:
    """From a Case to a Result, as evident_snn.gradcheck and evident_snn.serve take it."""
    by = by.split() if isinstance(by, str) else list(by)
    unknown = [name for name in by if name not in _BY]
    if unknown or not by:
        raise EvidentError(f"by: found {unknown[0] if unknown else 'nothing'}, wanted some of "
                           f"{', '.join(_BY)}")

    def asked(case: Case) -> Result:
        if isinstance(mine, torch.nn.Module) and next(mine.parameters(), None) is not None:
            return _ask_module(mine, weights, case, dtype)
        tensors, leaves = _tensors(case, by, dtype)
        if isinstance(mine, type) and issubclass(mine, torch.autograd.Function):
            said = mine.apply(tensors, *_flat(leaves))
        else:
            said = mine(tensors)
        return _result(said, leaves, len(case.samples))

    asked.__name__ = getattr(mine, "__name__", type(mine).__name__)
    return asked


def gradcheck(mine: Any, *, by: Union[str, Sequence[str]] = "weights",
              weights: Optional[Iterable[str]] = None, dtype: torch.dtype = torch.float64,
              conventions: Optional[Conventions] = None, **how: Any) -> Verdict:
    """Has it judged; `how` is that of evident_snn.gradcheck: like, count, seed, cases, engine.

    mine: a function of a Case of tensors that returns the mean loss over samples, or loss and
    spikes (a sample: by population, a list of times a neuron). A torch.autograd.Function is applied
    to the case and the tensors of `by`, in their order. A torch.nn.Module with parameters is
    called with the case when the weights have been copied into its parameters, one a projection;
    `weights` names them where it has others, and those of torch.nn.Linear are [post][pre].
    by: what the gradient is wanted by: weights, delays, tau_mem, tau_syn, threshold, bias,
    spike_times. dtype: of all tensors; torch.float32 is judged as such.
    """
    function = function_of(mine, by, weights, dtype)
    if conventions is None and dtype == torch.float32:
        conventions = Conventions(function.__name__, precision="float32")
    return _gradcheck(function, conventions=conventions, **how)
