# SPDX-License-Identifier: MIT
"""Refusals that adapters share: of what an engine has no equal of."""
from ..case import VOLTAGE_LOSSES, Case, Population
from ..errors import NotRun


def one_value(p: Population, name: str) -> float:
    """The value that all neurons of a population share; NotRun if they differ."""
    values = getattr(p, name)
    if (values != values[0]).any():
        raise NotRun(f"{name} of {p.name} differs between neurons")
    return float(values[0])


def refuse_delays(case: Case) -> None:
    """For engines that know no delays."""
    if any((p.delay != 0).any() for p in case.projections):
        raise NotRun("delays")


def refuse_losses(case: Case) -> None:
    """For engines that differentiate voltages, not spike times."""
    if case.loss.kind not in VOLTAGE_LOSSES:
        raise NotRun(f"loss {case.loss.kind}: no derivative by a spike time in this engine")
