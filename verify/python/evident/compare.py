"""Two results of one case side by side: direction, scale, sign, differences, spikes."""
import math
from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from . import levels
from .case import Case
from .result import MATRICES, QUANTITIES, ROWS, Gradients, Result, Trains


class Block(NamedTuple):
    """One array of a gradient."""

    quantity: str  # "weights", ...
    name: str  # "weights[0] in>hid"
    place: str  # "weights[0]", "tau_mem.hid": with an index, the place in a result
    values: np.ndarray
    projection: Optional[int] = None
    population: Optional[str] = None


@dataclass
class Agreement:
    """How two arrays agree; want is the truth. NaN where there is nothing to measure."""

    count: int
    cosine: float
    scale: float  # least squares: got ~ scale want
    residual: float  # |got/scale - want| / |want|
    distance: float  # |got - want| / |want|
    largest: float  # max |got - want|
    where: Tuple[int, ...]
    got_norm: float
    want_norm: float

    @property
    def sign(self) -> str:
        """+, - or ? (nothing to measure)."""
        return "?" if math.isnan(self.scale) or self.scale == 0 else "+" if self.scale > 0 else "-"

    @property
    def level(self) -> str:
        """The word of levels.py."""
        if self.want_norm == 0:
            return "same" if self.got_norm == 0 else "wrong"
        if self.distance <= levels.SAME:
            return "same"
        if self.residual <= levels.SAME:
            return "scaled"
        if self.distance <= levels.CLOSE:
            return "close"
        if self.residual <= levels.SCALED:
            return "scaled"
        return "direction" if self.cosine >= levels.DIRECTION else "wrong"


def matters(a: Agreement, total: float) -> bool:
    """Whether an array counts beside a whole gradient of size `total`: a difference that is
    rounding does not, nor does next to nothing where the truth is exactly nothing, which no
    relative difference can measure."""
    if a.want_norm == 0 and a.got_norm <= levels.SAME * total:
        return False
    return not a.largest <= levels.ROUNDING * total


def blocks_of(gradients: Gradients, case: Case) -> List[Block]:
    """All arrays of the gradients that are there, in the order of the format."""
    got: List[Block] = []
    for name in QUANTITIES:
        value = getattr(gradients, name)
        if value is None:
            continue
        if name in MATRICES:
            for k, (matrix, p) in enumerate(zip(value, case.projections)):
                got.append(Block(name, f"{name}[{k}] {p.source}>{p.target}", f"{name}[{k}]",
                                 np.asarray(matrix), k, p.target))
        elif name in ROWS:
            got += [Block(name, f"{name}.{key}", f"{name}.{key}", np.asarray(row), None, key)
                    for key, row in value.items()]
        else:
            for s, trains in enumerate(value):
                for key, rows in trains.items():
                    flat = np.concatenate([np.zeros(0)] + [np.asarray(r, float) for r in rows])
                    here = f"{name}[{s}].{key}"
                    got.append(Block(name, here, here, flat, None, key))
    return got


def agreement(got: np.ndarray, want: np.ndarray) -> Agreement:
    """Compares two arrays of one shape. What is not finite in `got` is wrong everywhere."""
    if not np.isfinite(got).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(got))[0])
        nan = math.nan
        return Agreement(got.size, nan, nan, nan, nan, nan, where, nan,
                         float(np.linalg.norm(want)))
    if got.size == 0:
        return Agreement(0, math.nan, math.nan, 0.0, 0.0, 0.0, (), 0.0, 0.0)
    top = max(float(np.abs(got).max()), float(np.abs(want).max()))
    unit = top if top > 0 else 1.0  # so that squares neither overflow nor vanish
    g, w = got / unit, want / unit
    gg, ww, gw = float((g * g).sum()), float((w * w).sum()), float((g * w).sum())
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(got - want))), got.shape))
    cosine = gw / math.sqrt(gg * ww) if gg * ww > 0 else math.nan
    scale = gw / ww if ww > 0 else math.nan
    left = float(np.linalg.norm(g / scale - w)) if scale and not math.isnan(scale) else math.nan
    return Agreement(
        got.size, cosine, scale, left / math.sqrt(ww) if ww > 0 else math.nan,
        float(np.linalg.norm(g - w)) / math.sqrt(ww) if ww > 0 else math.nan,
        float(np.abs(got - want).max()), where, unit * math.sqrt(gg), unit * math.sqrt(ww))


def joined(blocks: List[Block]) -> np.ndarray:
    """All values of some blocks, one after the other."""
    return np.concatenate([np.zeros(0)] + [b.values.ravel() for b in blocks])


class Spikes(NamedTuple):
    """Spikes of all samples and populations. A neuron with fewer spikes than the truth misses the
    rest, one with more has extra ones; times are compared where the counts agree."""

    wanted: int
    missed: int
    extra: int
    late: float  # largest |difference| in ms; NaN where no counts agree
    worst: str


def compare_spikes(got: List[Trains], want: List[Trains]) -> Spikes:
    """Compares the spikes of two results."""
    wanted = missed = extra = 0
    late, worst = math.nan, ""
    for s, (ours, theirs) in enumerate(zip(got, want)):
        for name, rows in theirs.items():
            for n, (a, b) in enumerate(zip(ours[name], rows)):
                wanted += len(b)
                missed += max(0, len(b) - len(a))
                extra += max(0, len(a) - len(b))
                if len(a) == len(b) > 0:
                    gap = float(np.abs(np.asarray(a) - np.asarray(b)).max())
                    if not late >= gap:
                        late, worst = gap, f"samples[{s}].spikes.{name}[{n}]"
    return Spikes(wanted, missed, extra, late, worst)


@dataclass
class Comparison:
    """A result against the truth."""

    case: Case
    pairs: List[Tuple[Block, Block, Agreement]]  # got, want
    weights: Optional[Agreement]  # all of them at once
    outputs: Optional[Agreement]  # weights that end in the population of the loss
    hidden: Optional[Agreement]  # the others
    spikes: Optional[Spikes]
    loss: Optional[Tuple[float, float]]  # got, want

    @property
    def level(self) -> str:
        """How well it is right: the worst of the weights of its projections, or of all arrays
        if it provides no weights. What does not matter beside the rest does not count."""
        weights = [a for b, _, a in self.pairs if b.quantity == "weights"]
        parts = weights or [a for _, _, a in self.pairs]
        total = sum(a.want_norm for a in parts)
        return max((a.level for a in parts if matters(a, total)), key=levels.WORDS.index,
                   default="same")


def compare(case: Case, got: Result, want: Result) -> Comparison:
    """Compares all that `got` provides."""
    truth: Dict[str, Block] = {b.place: b for b in blocks_of(want.gradients, case)}
    pairs = [(b, truth[b.place], agreement(b.values, truth[b.place].values))
             for b in blocks_of(got.gradients, case) if b.place in truth]
    weights = [(a, b) for a, b, _ in pairs if a.quantity == "weights"]

    def of(chosen: List[Tuple[Block, Block]]) -> Optional[Agreement]:
        if not chosen:
            return None
        return agreement(joined([a for a, _ in chosen]), joined([b for _, b in chosen]))

    last = case.loss.population
    return Comparison(
        case, pairs, of(weights), of([p for p in weights if p[0].population == last]),
        of([p for p in weights if p[0].population != last]),
        compare_spikes(got.spikes, want.spikes) if got.spikes and want.spikes else None,
        (got.loss, want.loss) if got.loss is not None and want.loss is not None else None)
