"""For engines that have one number where a case has one a neuron."""
from ..case import Population
from ..errors import NotRun


def one_value(p: Population, name: str) -> float:
    """The value that all neurons of a population share; NotRun if they differ."""
    values = getattr(p, name)
    if (values != values[0]).any():
        raise NotRun(f"{name} of {p.name} differs between neurons")
    return float(values[0])
