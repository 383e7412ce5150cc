# SPDX-License-Identifier: MIT
"""evident_snn: has any gradient of a spiking neural network judged by the program `evident`.

A program under judgement gets cases and gives results. In Python it is a function and one call:

    import evident_snn

    def mine(case: evident_snn.Case) -> evident_snn.Result:
        ...

    evident_snn.serve(mine, engine="mine")

or, without leaving Python,

    print(evident_snn.gradcheck(mine, like="random-feedforward", count=100))

The formats are `evident-case-1` and `evident-result-1`; verify/exec/PROTOCOL.md says how they travel.
"""
from .case import Case, Loss, Population, Projection, Sample
from .conventions import Conventions
from .errors import CaseError, EvidentError, NotRun
from .gradcheck import gradcheck
from .read import read_case, read_case_text
from .result import Gradients, Result
from .serve import serve
from .service import Service
from .validity import validity
from .verdict import CaseVerdict, GradientError, Verdict

__version__ = "0.1.0"

__all__ = [
    "Case", "CaseError", "CaseVerdict", "Conventions", "EvidentError", "GradientError",
    "Gradients", "Loss", "NotRun", "Population", "Projection", "Result", "Sample", "Service",
    "Verdict", "gradcheck", "read_case", "read_case_text", "serve",
    "validity",
]
