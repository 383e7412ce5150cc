# SPDX-License-Identifier: MIT
"""Somebody's own EventProp as a torch.autograd.Function, exact in time; for the tests. $FLAW plants
one mistake: tau (a factor 1/tau_mem on the gradient), reset (the term of the voltage after a reset
is missing), delay (every delay is a step too long)."""
import copy
import os

import numpy as np
import torch

from evident_snn.adapters import numpy_eventprop as exact

FLAW = os.environ.get("FLAW", "")


class _NoReset(exact._Backward):
    def spike(self, number, event):
        self.a_v[event.neurons[0]] = 0
        super().spike(number, event)


if FLAW == "reset":
    exact._Backward = _NoReset


def arrays(value):
    """The same with arrays in the place of tensors."""
    if isinstance(value, torch.Tensor):
        return np.array(value.tolist(), dtype=float).reshape(tuple(value.shape))
    if isinstance(value, list):
        return [arrays(one) for one in value]
    if isinstance(value, dict):
        return {key: arrays(one) for key, one in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        got = copy.copy(value)
        for name in value.__dataclass_fields__:
            setattr(got, name, arrays(getattr(value, name)))
        return got
    return value


class EventProp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, case, *weights):
        case = arrays(case)
        for projection, one in zip(case.projections, weights):
            projection.weights = arrays(one.detach())
            if FLAW == "delay":
                projection.delay = projection.delay + case.step
        got = exact.run(case)
        slopes = got.gradients.weights
        if FLAW == "tau":
            slopes = [w / case.population(p.target).tau_mem
                      for w, p in zip(slopes, case.projections)]
        ctx.save_for_backward(*(torch.tensor(one, dtype=w.dtype) for one, w in zip(slopes, weights)))
        return torch.tensor(got.loss, dtype=weights[0].dtype)

    @staticmethod
    def backward(ctx, by_loss):
        return (None, *(by_loss * one for one in ctx.saved_tensors))
