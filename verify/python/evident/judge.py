"""Asks an adapter, asks the truth, says how they compare."""
import math
from dataclasses import dataclass, replace
from typing import List, Optional

from . import levels
from .case import Case
from .client import Adapter
from .compare import Agreement, Comparison, compare
from .errors import EvidentError
from .readings import Reading, read_factor
from .result import Result, read_result
from .write import case_line


@dataclass
class Verdict:
    """What came of one case: a word of levels.py, or undecided, not-run, error with a reason."""

    case: Case
    word: str
    reason: str = ""
    comparison: Optional[Comparison] = None
    reading: Optional[Reading] = None
    seconds: float = 0.0


def refined(case: Case, times: float) -> Case:
    """The same case with a step so many times finer."""
    return case if case.step is None else replace(case, step=case.step / times)


def judge_case(adapter: Adapter, case: Case, truth: Result) -> Verdict:
    """Judges one answer. The adapter is asked even where the truth is undecided: it may crash."""
    document = adapter.ask(case_line(case), case.name)
    if "error" in document:
        return Verdict(case, "error", str(document["error"]), seconds=adapter.took)
    if "not-run" in document:
        return Verdict(case, "not-run", str(document["not-run"]), seconds=adapter.took)
    if truth.status != "ok":
        return Verdict(case, "undecided", truth.reason, seconds=adapter.took)
    try:
        got = read_result(document, case)
    except EvidentError as error:
        return Verdict(case, "error", str(error), seconds=adapter.took)
    comparison = compare(case, got, truth)
    if not comparison.pairs:
        return Verdict(case, "not-run", "the answer has no gradient", comparison,
                       seconds=adapter.took)
    return Verdict(case, comparison.level, "", comparison, _reading(case, comparison), adapter.took)


def _reading(case: Case, comparison: Comparison) -> Optional[Reading]:
    """A factor of all weights, or else one of the hidden weights alone."""
    pairs = [(a, b) for a, b, _ in comparison.pairs if a.quantity == "weights"]
    hidden = [(a, b) for a, b in pairs if a.population != case.loss.population]
    if comparison.level not in ("scaled", "direction", "wrong"):
        return None
    reading = read_factor(case, [a for a, _ in pairs], [b for _, b in pairs])
    if reading is not None and reading.texts[0] != "1":
        return reading
    own = read_factor(case, [a for a, _ in hidden], [b for _, b in hidden])
    if own is None or own.texts[0] == "1":
        return None
    return Reading(own.texts, own.factor, "hidden weights")


def _number(value: float, form: str) -> str:
    return "-" if math.isnan(value) else format(value, form)


def _line(name: str, a: Agreement, place: str) -> str:
    if a.want_norm == 0 and a.got_norm == 0:
        return f"  {name:<24} zero, as it should be"
    if math.isnan(a.largest):
        index = "".join(f"[{i}]" for i in a.where)
        return f"  {name:<24} not finite at {place}{index}"
    index = "".join(f"[{i}]" for i in a.where)
    return (f"  {name:<24} {a.level:<9} cosine {_number(a.cosine, '.6f')}  "
            f"scale {_number(a.scale, '.6g')}  sign {a.sign}  "
            f"largest difference {a.largest:.2e} at {place}{index}")


def reading_text(verdict: Verdict) -> str:
    """What a constant factor looks like, or nothing."""
    c, reading = verdict.comparison, verdict.reading
    if c is None or verdict.word in ("same", "close"):
        return ""
    if reading is not None:
        meaning = ("the sign is reversed" if reading.texts[0] == "-1"
                   else " or ".join(reading.texts) + "?")
        return f"{reading.of} {reading.factor:.4g} times the truth: {meaning}"
    for name, part in (("all weights", c.weights), ("hidden weights", c.hidden)):
        if part is not None and part.residual <= levels.SCALED and part.level == "scaled":
            return f"{name} {part.scale:.4g} times the truth: a factor without a known reading"
    return ""


def report(verdict: Verdict) -> List[str]:
    """A verdict as lines of text."""
    head = f"{verdict.case.name}: {verdict.word}"
    if verdict.reason:
        head += f": {verdict.reason}"
    lines, c = [head], verdict.comparison
    if c is None:
        return lines
    if c.loss is not None:
        got, want = c.loss
        lines.append(f"  {'loss':<24} got {got:.12g}  want {want:.12g}  "
                     f"difference {got - want:.2e}")
    if c.spikes is not None:
        late = "" if math.isnan(c.spikes.late) else \
            f", times within {c.spikes.late:.2e} ms ({c.spikes.worst})"
        lines.append(f"  {'spikes':<24} {c.spikes.wanted} wanted, {c.spikes.missed} missed, "
                     f"{c.spikes.extra} extra{late}")
    for got_block, _, a in c.pairs:
        if a.count:
            lines.append(_line(got_block.name, a, got_block.place))
    text = reading_text(verdict)
    if text:
        lines.append(f"  {'reading':<24} {text}")
    return lines
