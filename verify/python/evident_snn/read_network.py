"""Reads the populations and projections of a case."""
from typing import Any, Dict, List, Optional

import numpy as np

from . import case as c
from .hdf5 import dataset
from .values import Place, array, each, keys, name_of, numbers, rule_all, show, whole, word

_MOST_NEURONS = 1 << 24
_NEEDS = {
    c.SPIKE_SOURCE: ([], []),
    c.LIF: (["tau_mem", "tau_syn", "threshold"], ["reset", "bias"]),
    c.LI: (["tau_mem", "tau_syn"], ["bias"]),
}


def _population(at: Place, value: Any) -> c.Population:
    if isinstance(value, dict) and "model" in value:
        model = word(at.key("model"), value["model"], c.MODELS)
    else:
        keys(at, value, ["name", "size", "model"],
             ["tau_mem", "tau_syn", "threshold", "reset", "bias"], "a population")
        raise AssertionError("a population without a model is refused")
    required, optional = _NEEDS[model]
    keys(at, value, ["name", "size", "model"] + required, optional,
         f"a {model} population")
    name = name_of(at.key("name"), value["name"])
    size = whole(at.key("size"), value["size"], 1, _MOST_NEURONS)
    got = c.Population(name, size, model)
    for key in required + optional:
        sign = "> 0" if key in ("tau_mem", "tau_syn", "threshold") else ""
        setattr(got, key, each(at.key(key), value.get(key, 0), size, sign))
    if model == c.LIF and not (got.threshold > got.reset).all():
        n = int(np.argmin(got.threshold > got.reset))
        place = at.key("threshold")
        place = place.at(n) if isinstance(value["threshold"], list) else place
        place.refuse(repr(float(got.threshold[n])), f"more than the reset, {got.reset[n]!r}")
    return got


def read_populations(at: Place, value: Any) -> List[c.Population]:
    """All populations; names are unique."""
    populations: List[c.Population] = []
    names: Dict[str, int] = {}
    for k, one in enumerate(array(at, value, "populations")):
        population = _population(at.at(k), one)
        if population.name in names:
            at.at(k).key("name").refuse(show(population.name),
                                        "a name that no other population has")
        names[population.name] = k
        populations.append(population)
    if not populations:
        at.refuse("no populations", "one at least")
    return populations


def _end(at: Place, value: Any, populations: List[c.Population], never: str,
         wanted: str) -> c.Population:
    for population in populations:
        if isinstance(value, str) and population.name == value:
            if population.model == never:
                at.refuse(f"{show(value)} (model {never})", wanted)
            return population
    at.refuse(show(value), "the name of a population")


def _matrix(at: Place, value: Any, rows: int, columns: int,
            directory: Optional[str]) -> np.ndarray:
    if isinstance(value, dict):
        return dataset(at, value, directory, rows, columns)
    if not isinstance(value, list) or len(value) != rows:
        at.refuse(show(value), f"a list of {rows} rows of {columns} (source by target), or an "
                               "hdf5 object")
    return np.array([numbers(at.at(i), row, columns) for i, row in enumerate(value)])


def read_projections(at: Place, value: Any, populations: List[c.Population],
                     directory: Optional[str]) -> List[c.Projection]:
    """All projections, with one weight and one delay for every synapse."""
    got: List[c.Projection] = []
    for k, one in enumerate(array(at, value, "projections")):
        place = at.at(k)
        keys(place, one, ["source", "target", "weights"], ["delay"], "a projection")
        source = _end(place.key("source"), one["source"], populations, c.LI,
                      "a spike-source or lif population")
        target = _end(place.key("target"), one["target"], populations, c.SPIKE_SOURCE,
                      "a lif or li population")
        shape = (source.size, target.size)
        delay, here = one.get("delay", 0), place.key("delay")
        if isinstance(delay, (list, dict)):
            delays = _matrix(here, delay, *shape, directory)
            rule_all(here, delays, ">= 0")
        elif isinstance(delay, (int, float, str)) and not isinstance(delay, bool):
            delays = np.full(shape, each(here, delay, 1, ">= 0")[0])
        else:
            here.refuse(show(delay), f"a number, {shape[0]} rows of {shape[1]}, or an hdf5 object")
        weights = _matrix(place.key("weights"), one["weights"], *shape, directory)
        rule_all(place.key("weights"), weights)
        got.append(c.Projection(source.name, target.name, weights, delays))
    return got
