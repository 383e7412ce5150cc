#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A right program in single precision, for the judge of programs: the textbook EventProp of
verify/python (numpy_eventprop), every number of it and every operation on them in binary32.

Its modules see a NumPy that makes and returns binary32 only, and a `float` that rounds to it.
Usage: PYTHONPATH=verify/python tests/single_precision.py [--conventions]
"""
import builtins
import dataclasses
import functools

import numpy as np

from evident_snn.adapters import _events, _losses, _membrane, numpy_eventprop
from evident_snn.case import Case
from evident_snn.serve import serve


def rounded(x):
    """Whatever binary64 is in x, as binary32."""
    if isinstance(x, np.ndarray):
        return x.astype(np.float32) if x.dtype == np.float64 else x
    if isinstance(x, np.float64) or type(x) is builtins.float:
        return np.float32(x)
    if isinstance(x, tuple):
        return tuple(rounded(part) for part in x)
    if isinstance(x, list):
        return [rounded(part) for part in x]
    if isinstance(x, dict):
        return {key: rounded(part) for key, part in x.items()}
    if dataclasses.is_dataclass(x):
        return dataclasses.replace(x, **{f.name: rounded(getattr(x, f.name))
                                         for f in dataclasses.fields(x) if f.init})
    return x


class Single:
    """NumPy whose functions give binary32."""

    def __getattr__(self, name):
        part = getattr(np, name)
        if isinstance(part, type) or not callable(part):
            return part

        @functools.wraps(part)
        def call(*arguments, **options):
            return rounded(part(*arguments, **options))

        return call


for module in (_events, _losses, _membrane, numpy_eventprop):
    module.np = Single()
    module.float = np.float32
_losses._POINTS, _losses._WEIGHTS = rounded((_losses._POINTS, _losses._WEIGHTS))
_losses.range = lambda count: builtins.range(2)  # no integral comes nearer by more panels


def run(case: Case):
    """Loss, spikes and all gradients of a case."""
    return numpy_eventprop.run(rounded(case))


CONVENTIONS = dataclasses.replace(numpy_eventprop.CONVENTIONS, engine="single_precision",
                                  precision="float32")

if __name__ == "__main__":
    np.seterr(all="ignore")
    serve(run, conventions=CONVENTIONS)
