"""Likely readings of a constant factor: 1/tau_mem, 1/tau_syn, 1/T, 1/N, a sign, a unit of time.

A factor that differs from neuron to neuron, such as 1/tau_mem of the target, is told from one that
is the same everywhere. A reading is a guess, and printed as a question.
"""
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from . import levels
from .case import Case
from .compare import Block


class Reading(NamedTuple):
    """A factor, in words that fit it equally well and as a number (the mean over elements)."""

    texts: Tuple[str, ...]
    factor: float
    of: str = "all weights"


def _constants(case: Case) -> Dict[str, float]:
    last = case.outputs
    got = {"T": case.end, "N": float(len(case.samples)), "1000": 1000.0,
           "the number of outputs": float(last.size)}
    if case.step is not None:
        got["step"] = case.step
    for name in ("tau_mem", "tau_syn"):
        values = getattr(last, name)
        if (values == values[0]).all():
            got[f"{name} of {last.name}"] = float(values[0])
    return got


def _of_target(case: Case, block: Block, name: str) -> np.ndarray:
    """tau_mem or tau_syn of the neuron that an element belongs to."""
    values = np.asarray(getattr(case.population(block.population or ""), name))
    return np.broadcast_to(values, block.values.shape)


def _factors(case: Case, blocks: Sequence[Block]) -> Dict[str, np.ndarray]:
    """Candidate factors of every element, simplest first."""
    sizes = sum(b.values.size for b in blocks)
    got: Dict[str, np.ndarray] = {"1": np.ones(sizes)}
    if all(b.population and case.population(b.population).model != "spike-source" for b in blocks):
        for name in ("tau_mem", "tau_syn"):
            flat = np.concatenate([_of_target(case, b, name).ravel() for b in blocks])
            got[f"1/{name}"], got[name] = 1 / flat, flat
    for name, value in _constants(case).items():
        if value != 1:
            got[f"1/{name}"], got[name] = np.full(sizes, 1 / value), np.full(sizes, value)
    if "tau_mem" in got:
        got["tau_syn/tau_mem"] = got["tau_syn"] / got["tau_mem"]
        got["tau_mem/tau_syn"] = got["tau_mem"] / got["tau_syn"]
    plain = dict(got)
    for name in ("1/T", "1/N", "step", "1/step"):
        for other in ("1/tau_mem", "1/tau_syn"):
            if name in plain and other in plain:
                got[f"{name} * {other}"] = plain[name] * plain[other]
    return got


def read_factor(case: Case, got: List[Block], want: List[Block]) -> Optional[Reading]:
    """The known factors that explain got = factor * want about as well as the best factor does:
    simplest first, at most three. None if got is no multiple of want, or the factor is unknown."""
    g = np.concatenate([np.zeros(0)] + [b.values.ravel() for b in got])
    w = np.concatenate([np.zeros(0)] + [b.values.ravel() for b in want])
    size, power = float(np.linalg.norm(g)), float(w @ w) if np.isfinite(w).all() else 0.0
    if not np.isfinite(g).all() or size == 0 or not 0 < power < np.inf:
        return None
    free = float(np.linalg.norm(g - (g @ w) / power * w)) / size
    found = []
    for text, factor in _factors(case, got).items():
        for sign in (1.0, -1.0):
            left = float(np.linalg.norm(g - sign * factor * w)) / size
            word = text if sign > 0 else "-1" if text == "1" else f"-{text}"
            found.append((left, word, sign * float(factor.mean())))
    least = min(left for left, _, _ in found)
    if least > min(levels.READING, max(levels.READING_SLACK * free, levels.READING_FLOOR)):
        return None
    near = [x for x in found if x[0] <= max(levels.READING_SLACK * least, levels.READING_FLOOR)]
    return Reading(tuple(word for _, word, _ in near[:3]), near[0][2])
