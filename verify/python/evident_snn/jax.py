# SPDX-License-Identifier: MIT
"""One call for a gradient in JAX.

    def mine(weights, case):            # [pre][post] a projection, and a Case of NumPy arrays
        ...
        return loss                     # or loss, spikes

    print(evident_snn.jax.gradcheck(mine, like="random-feedforward"))

The gradient is jax.value_and_grad by the weights. Without jax_enable_x64 JAX computes in single
precision, and is judged so.
"""
from typing import Any, Callable, Optional, Tuple

import jax
import numpy as np

from .case import Case
from .conventions import Conventions
from .errors import EvidentError
from .gradcheck import gradcheck as _gradcheck
from .result import Gradients, Result, trains_of
from .verdict import Verdict


def function_of(mine: Callable[..., Any]) -> Callable[[Case], Result]:
    """From a Case to a Result, as evident_snn.gradcheck and evident_snn.serve take it."""

    def both(weights: Any, case: Case) -> Tuple[Any, Any]:
        said = mine(weights, case)
        return said if isinstance(said, tuple) else (said, None)

    def asked(case: Case) -> Result:
        weights = [jax.numpy.asarray(one.weights) for one in case.projections]
        (loss, spikes), slopes = jax.value_and_grad(both, has_aux=True)(weights, case)
        if np.ndim(loss) != 0:
            raise EvidentError("found a loss of several numbers, wanted one, or loss, spikes")
        return Result(float(loss), spikes=trains_of(spikes, len(case.samples)),
                      gradients=Gradients([np.asarray(one, dtype=float) for one in slopes]))

    asked.__name__ = getattr(mine, "__name__", type(mine).__name__)
    return asked


def gradcheck(mine: Callable[..., Any], *, conventions: Optional[Conventions] = None,
              **how: Any) -> Verdict:
    """Has a function of weights and a Case judged, which returns the mean loss over samples, or
    loss and spikes; `how` is that of evident_snn.gradcheck: like, count, seed, cases, engine."""
    function = function_of(mine)
    if conventions is None and not jax.config.jax_enable_x64:
        conventions = Conventions(function.__name__, precision="float32")
    return _gradcheck(function, conventions=conventions, **how)
