"""What a set of verdicts says of an implementation: numbers, and a defect with a name.

Every sentence here is a rule over measured numbers; its condition stands beside it.
"""
import math
import re
from collections import Counter
from statistics import median
from typing import List, NamedTuple, Optional, Sequence, Tuple

from . import levels
from .compare import Agreement, Comparison, matters
from .judge import Verdict
from .levels import WORDS

_NUMBER = re.compile(r"(?<![\w.-])[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?(?![\w])")


def _off(comparison: Comparison) -> Tuple[str, ...]:
    """The quantities of which an array is not the same and matters beside the whole gradient."""
    total = sum(a.want_norm for _, _, a in comparison.pairs)
    return tuple(sorted({block.quantity for block, _, a in comparison.pairs
                         if a.level != "same" and matters(a, total)}))


class Row(NamedTuple):
    """One verdict, without its arrays."""

    word: str
    reason: str
    outputs: Optional[Agreement]
    hidden: Optional[Agreement]
    weights: Optional[Agreement]
    wanted: int
    missed: int
    extra: int
    readings: Tuple[str, ...]
    family: str
    off: Tuple[str, ...] = ()  # quantities that are not the same

    @classmethod
    def of(cls, verdict: Verdict, family: str) -> "Row":
        """What the table keeps of a verdict."""
        c = verdict.comparison
        spikes = c.spikes if c else None
        return cls(verdict.word, verdict.reason, c.outputs if c else None, c.hidden if c else None,
                   c.weights if c else None, spikes.wanted if spikes else 0,
                   spikes.missed if spikes else 0, spikes.extra if spikes else 0,
                   verdict.reading.texts if verdict.reading else (), family,
                   _off(c) if c else ())


_MOSTLY = 0.5  # of all cases are the same: then the rest is named
_OFTEN = 0.25  # of all cases: then a reading is named


def verdict_counts(rows: Sequence[Row]) -> str:
    """"3 same, 1 wrong"."""
    counts = Counter(row.word for row in rows)
    return ", ".join(f"{n} {word}" for word, n in counts.most_common())


def _measured(agreements: Sequence[Optional[Agreement]]) -> List[Agreement]:
    """Those with a truth that is not zero."""
    return [a for a in agreements if a is not None and a.want_norm > 0]


def _cosines(agreements: Sequence[Optional[Agreement]]) -> List[float]:
    """A gradient that is zero or not finite where the truth is not points nowhere: cosine 0."""
    return [0.0 if math.isnan(a.cosine) else a.cosine for a in _measured(agreements)]


def _scales(agreements: Sequence[Optional[Agreement]]) -> List[float]:
    return [a.scale for a in _measured(agreements) if not math.isnan(a.scale)]


def _show(values: Sequence[float], what: object) -> str:
    return format(what(values), ".4g") if values else "-"  # type: ignore[operator]


def _growth(rows: Sequence[Row], finer: Sequence[Row], ratio: float) -> Optional[float]:
    """Median exponent p of hidden scale ~ step^-p, over cases that both steps ran."""
    exponents = []
    for a, b in zip(rows, finer):
        if a.hidden is None or b.hidden is None:
            continue
        x, y = abs(a.hidden.scale), abs(b.hidden.scale)
        if x > 0 and y > 0 and math.isfinite(x) and math.isfinite(y):
            exponents.append(math.log(y / x) / math.log(ratio))
    return median(exponents) if len(exponents) >= 3 else None


def _shrinks(rows: Sequence[Row], finer: Sequence[Row]) -> bool:
    """Whether the differences become smaller with the finer step, by a quarter at least."""
    ratios = [b.weights.distance / a.weights.distance for a, b in zip(rows, finer)
              if a.weights is not None and b.weights is not None and a.weights.distance > 0]
    return bool(ratios) and median(ratios) < 0.75


def seen(rows: Sequence[Row], finer: Optional[Sequence[Row]], ratio: float) -> str:
    """The defects that the numbers show, or "nothing"."""
    ran = [row for row in rows if row.word in WORDS]
    if not ran:
        return "not run"
    got: List[str] = []
    words = Counter(row.word for row in ran)
    others = Counter(name for r in ran if "weights" not in r.off for name in r.off)
    for name, count in others.most_common():
        got.append(f"{name.replace('_', ' ')} wrong in {count} cases, with weights the same")
    if words["same"] == len(ran):
        return "; ".join(["weights all the same"] + got) if got else "nothing: all the same"
    rest = sorted({r.family for r in ran if r.word != "same"})
    if words["same"] >= _MOSTLY * len(ran):
        got.append(f"weights the same but in {len(ran) - words['same']} of {len(ran)} cases, in "
                   + ", ".join(rest))
    missed, extra = sum(r.missed for r in ran), sum(r.extra for r in ran)
    wanted = sum(r.wanted for r in ran)
    if missed or extra:
        got.append(f"{missed} of {wanted} spikes missed, {extra} extra")
    infinite = sum(1 for r in ran if r.weights is not None and math.isnan(r.weights.largest))
    if infinite:
        got.append(f"not finite in {infinite} cases")
    readings = Counter(text for r in ran if r.word != "same" for text in r.readings)
    for text, count in readings.most_common(2):
        if count >= max(3, _OFTEN * len(ran)):  # fewer may be chance
            got.append(f"a factor of {text} in {count} of {len(ran)} cases")
    outputs = _cosines([r.outputs for r in ran])
    hidden, scales = _cosines([r.hidden for r in ran]), _scales([r.hidden for r in ran])
    if hidden and median(hidden) < levels.DIRECTION:
        where = ", while output weights are right" if outputs and median(outputs) > 0.99 else ""
        got.append(f"hidden weights point elsewhere (median cosine {median(hidden):.2f}){where}")
    reversed_ones = sum(1 for x in hidden if x < 0)
    if reversed_ones:
        got.append(f"hidden weights point away from descent in {reversed_ones} of {len(hidden)} "
                   "cases")
    if scales and not 1 - levels.CLOSE <= median(scales) <= 1 + levels.CLOSE:
        spread = "" if max(scales) < 2 * min(scales) else ", no constant factor"
        got.append(f"hidden weights {median(scales):.3g} times the truth (median{spread})")
    growth = _growth(rows, finer, ratio) if finer is not None else None
    if growth is not None and abs(growth) > 0.25:
        got.append(f"their size goes as step^{-growth:.1f}, without a limit")
    if got:
        return "; ".join(got)
    shrinks = _shrinks(rows, finer) if finer is not None else None
    return "differences that shrink with the step" if shrinks else "small differences"


def summary(rows: Sequence[Row], finer: Optional[Sequence[Row]], ratio: float) -> List[str]:
    """The cells of one line, from "cases" on."""
    counts = Counter(row.word for row in rows)
    ran = [row for row in rows if row.word in WORDS]
    outputs, hidden = [r.outputs for r in ran], [r.hidden for r in ran]
    reasons = Counter(_NUMBER.sub("N", row.reason) for row in rows
                      if row.word in ("not-run", "error", "undecided", "beyond"))
    told = "; ".join(f"{n} x {reason}" for reason, n in reasons.most_common(6))
    if len(reasons) > 6:
        told += f"; {len(reasons) - 6} more"
    return (
        [str(len(rows)), str(len(ran))]
        + [str(counts[w]) for w in ("not-run", "undecided", "error", "beyond", *WORDS)]
        + [str(sum(r.wanted for r in ran)), str(sum(r.missed for r in ran)),
           str(sum(r.extra for r in ran))]
        + [_show(_cosines(outputs), median), _show(_cosines(outputs), min),
           _show(_scales(outputs), median),
           _show(_cosines(hidden), median), _show(_cosines(hidden), min),
           _show(_scales(hidden), median), _show(_scales(hidden), min), _show(_scales(hidden), max)]
        + [seen(rows, finer, ratio), told or "-"])
