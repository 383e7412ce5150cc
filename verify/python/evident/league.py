"""The league table: adapters against families of cases. Only what was measured stands in it."""
import math
from dataclasses import dataclass, field
from typing import IO, Dict, List, Optional, Sequence

from .case import Case
from .client import Adapter
from .conventions import Conventions
from .defects import Row, summary, verdict_counts
from .errors import EvidentError
from .judge import judge_case, refined
from .levels import BEYOND, WORDS
from .result import Result
from .table import write_markdown, write_tsv
from .truth import moved_by_rounding, truth_of


@dataclass
class Line:
    """What was measured of one adapter on one family at one step, or of all families."""

    adapter: str
    card: Optional[Conventions]
    family: str
    refine: float
    rows: List[Row] = field(default_factory=list)


def family_of(case: Case) -> str:
    """The family of a generated case, FAMILY:SEED:K; "files" of any other."""
    parts = case.name.split(":")
    return parts[0] if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit() else "files"


def _tell(progress: Optional[IO[str]], text: str) -> None:
    if progress is not None:
        print(text, file=progress, flush=True)


def measure(cases: Sequence[Case], names: Sequence[str], refine: Sequence[float], seconds: float,
            progress: Optional[IO[str]] = None) -> List[Line]:
    """Asks every adapter about every case, at every step if its time is a grid."""
    truths: Dict[int, Result] = {}
    for k, case in enumerate(cases):
        try:
            truths[k] = truth_of(case)
        except EvidentError as error:
            _tell(progress, f"{case.name}: left out: {error}")
    _tell(progress, f"truth of {len(truths)} cases")
    moved: Dict[int, float] = {}
    lines: List[Line] = []
    for name in names:
        with Adapter(name, seconds) as adapter:
            card = adapter.conventions()
            grid = card is not None and card.time == "grid"
            for times in refine if grid else [1.0]:
                found: Dict[str, Line] = {}
                for k, truth in truths.items():
                    family = family_of(cases[k])
                    line = found.setdefault(family, Line(name, card, family, times))
                    verdict = judge_case(adapter, refined(cases[k], times), truth)
                    if not grid and verdict.word in WORDS[1:]:
                        if k not in moved:
                            moved[k] = moved_by_rounding(cases[k], truth)
                        if moved[k] > BEYOND:
                            verdict.word = "beyond"
                            verdict.reason = ("its gradient moves when its numbers do by a unit in "
                                              "the last place")
                    line.rows.append(Row.of(verdict, family))
                for line in found.values():
                    _tell(progress, f"{name} /{times:g} {line.family}: "
                                    f"{verdict_counts(line.rows)}")
                lines += found.values()
    return lines


def totals(lines: Sequence[Line]) -> List[Line]:
    """All families of one adapter at one step as one line, in the order of the table."""
    got: Dict[object, Line] = {}
    for line in lines:
        key = (line.adapter, line.refine)
        whole = got.setdefault(key, Line(line.adapter, line.card, "all", line.refine))
        whole.rows += line.rows
    return list(got.values())


HEAD = ["adapter", "version", "family", "step", "cases", "run", "not-run", "undecided", "error",
        "beyond", *WORDS, "spikes", "missed", "extra",
        "output_cosine_median", "output_cosine_min", "output_scale_median",
        "hidden_cosine_median", "hidden_cosine_min", "hidden_scale_median", "hidden_scale_min",
        "hidden_scale_max", "seen", "reasons"]


def _cells(line: Line, finer: Optional[Line]) -> List[str]:
    card = line.card
    grid = card is not None and card.time == "grid"
    step = "exact" if not grid else "1" if line.refine == 1 else f"1/{line.refine:g}"
    if card is None or not card.version:
        step = "-"
    numbers = summary(line.rows, finer.rows if finer else None,
                      finer.refine / line.refine if finer else math.nan)
    return [line.adapter, card.version if card else "", line.family, step] + numbers


def table(lines: Sequence[Line]) -> List[List[str]]:
    """Rows of text under HEAD: the totals first, then a line a family."""
    got = []
    whole = totals(lines)
    for line in list(whole) + list(lines):
        pool = whole if line.family == "all" else lines
        finer = [x for x in pool if (x.adapter, x.family) == (line.adapter, line.family)
                 and x.refine > line.refine]
        got.append(_cells(line, finer[0] if finer else None))
    return got


def write_league(lines: Sequence[Line], out: str, title: str) -> None:
    """Writes OUT.tsv and OUT.md."""
    rows = table(lines)
    write_tsv(f"{out}.tsv", HEAD, rows)
    write_markdown(f"{out}.md", title, HEAD, rows)
