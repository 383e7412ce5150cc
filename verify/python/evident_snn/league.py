# SPDX-License-Identifier: MIT
"""The league table: every adapter judged by `evident verify`, and a query over what it recorded.

What stands in the table is counted from the store; nothing is judged here.
"""
import datetime
import json
import os
import re
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from math import inf
from statistics import median
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from .errors import EvidentError, one_line
from .judge import command_of, environment, verify_command

VERDICTS = ("pass", "fail", "undecided", "not-run", "error")
_NUMBER = re.compile(r"(?<![\w.-])-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?(?![\w])")
_COSINE = re.compile(r"cosine (-?[0-9.]+)")
_MOST = 4  # sentences of a kind that are quoted, the most frequent ones


class Line(NamedTuple):
    """What was recorded of one adapter."""

    adapter: str
    card: Dict[str, Any]  # what it prints for --conventions; empty if it has none
    families: Dict[str, Counter[str]]  # in the order of the run: cases by verdict
    distances: Dict[str, List[float]]  # of a failing quantity: a case's largest, in bounds
    looks: Counter[str]  # failing cases by what the wrong numbers look like
    reasons: Counter[str]  # cases that were not judged, by why
    told: Dict[str, List[float]]  # surrogate gradients, never judged: cosines by quantity

    @property
    def total(self) -> Counter[str]:
        """Cases by verdict."""
        return sum(self.families.values(), Counter())


def _sentences(rows: Sequence[Tuple[str, int]]) -> Counter[str]:
    """Sentences that differ in their numbers alone are one, with # for the numbers."""
    alike: Dict[str, List[Tuple[str, int]]] = {}
    for text, cases in rows:
        alike.setdefault(_NUMBER.sub("#", one_line(text, 160)), []).append((text, cases))
    return Counter({pattern if len(group) > 1 else one_line(group[0][0], 160):
                    sum(cases for _, cases in group) for pattern, group in alike.items()})


def _newest(store: str) -> Tuple[int, str]:
    """The number of its newest run and whether that is complete; 0 if there is none."""
    if not os.path.exists(store):
        return 0, ""
    with closing(sqlite3.connect(store)) as base:
        found = base.execute("SELECT id, status FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return found or (0, "")


def recorded(store: str, run: int, adapter: str, card: Dict[str, Any]) -> Line:
    """Counts a run of a store."""
    families: Dict[str, Counter[str]] = {}
    with closing(sqlite3.connect(store)) as base:
        for family, verdict, cases in base.execute(
                "SELECT family, verdict, count(*) FROM cases WHERE run = ? "
                "GROUP BY family, verdict ORDER BY min(position)", (run,)):
            families.setdefault(family or "files", Counter())[verdict] = cases
        reasons = base.execute(
            "SELECT reason, count(*) FROM cases WHERE run = ? AND verdict NOT IN ('pass', 'fail') "
            "GROUP BY reason", (run,)).fetchall()
        hints = base.execute(
            "SELECT hint, count(DISTINCT position) FROM hints WHERE run = ? GROUP BY hint",
            (run,)).fetchall()
        distances: Dict[str, List[float]] = {}
        for name, distance in base.execute(
                "SELECT quantity, max(distance) FROM comparisons WHERE run = ? AND outcome = 'fail' "
                "GROUP BY quantity, position", (run,)):
            distances.setdefault(name, []).append(inf if distance is None else distance)
        told: Dict[str, List[float]] = {}
        for name, place in base.execute(
                "SELECT quantity, place FROM comparisons WHERE run = ? AND outcome = 'excluded' "
                "AND place LIKE '%surrogate'", (run,)):
            told.setdefault(name, []).extend(float(x) for x in _COSINE.findall(place))
    return Line(adapter, card, families, distances, _sentences(hints), _sentences(reasons),
                told)


def _card(command: str, seconds: float) -> Dict[str, Any]:
    try:
        done = subprocess.run(f"{command} --conventions", shell=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
                              env=environment())
        card = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def measure(adapter: str, cases: List[str], store: str, seconds: float) -> Line:
    """Has an adapter judged, the run recorded in the store, and counts."""
    before, _ = _newest(store)
    command = verify_command(adapter, cases + ["--engine-time-limit", f"{seconds:g}", "--store",
                                               store, "--quiet"])
    done = subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL)
    run, status = _newest(store)
    if run == before or status != "complete":
        raise EvidentError(f"{adapter}: evident verify ended with status {done.returncode} and "
                           "recorded no complete run")
    return recorded(store, run, adapter, _card(command_of(adapter), seconds))


def _most(counter: Counter[str]) -> str:
    told = [f"{n} x {text}" for text, n in counter.most_common(_MOST)]
    rest = len(counter) - len(told)
    return "; ".join(told + ([f"{rest} more"] if rest > 0 else [])) or "-"


def _failing(distances: Dict[str, List[float]]) -> str:
    told = []
    for name, far in sorted(distances.items(), key=lambda pair: (-len(pair[1]), -max(pair[1]))):
        ends = dict.fromkeys(f"{x:.2g}" for x in (min(far), max(far)))
        told.append(f"{len(far)} x {name}, by {' to '.join(ends)} bounds")
    rest = [f"{len(told) - _MOST} more"] if len(told) > _MOST else []
    return "; ".join(told[:_MOST] + rest) or "-"


def _told(told: Dict[str, List[float]]) -> str:
    return "; ".join(f"{len(x)} x {name}, cosine {median(x):.3g}, at least {min(x):.3g}"
                     for name, x in told.items() if x) or "-"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> List[str]:
    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
    return [line(head), "|" + "---|" * len(head)] + [line(row) for row in rows]


def league_text(lines: Sequence[Line], cases: str) -> str:
    """The table in Markdown. `cases`: in the words of the command line."""
    versions = "; ".join(f"{x.adapter}: {x.card.get('version') or 'none stated'}"
                         for x in lines)
    text = ["# League table", "", _EXPLAIN, "",
            f"Made on {datetime.date.today()}. Cases: {cases}. Versions: {versions}.", ""]
    text += _table(["adapter", "time", *VERDICTS, "quantities that fail, in cases",
                    "what wrong numbers look like, in cases"],
                   [[x.adapter, x.card.get("time", "-"), *(x.total[v] for v in VERDICTS),
                     _failing(x.distances), _most(x.looks)] for x in lines])
    if any(x.told for x in lines):
        text += ["", "## Surrogate gradients: told, not judged", "", _SURROGATE, ""]
        text += _table(["adapter", "in cases, median and least cosine"],
                       [[x.adapter, _told(x.told)] for x in lines if x.told])
    text += ["", "## By family", ""]
    text += _table(["adapter", "family", *VERDICTS],
                   [[x.adapter, family, *(count[v] for v in VERDICTS)] for x in lines
                    for family, count in x.families.items() if count["pass"] + count["fail"] > 0])
    text += ["", "## Why cases were not judged", ""]
    text += _table(["adapter", "reasons, in cases"],
                   [[x.adapter, _most(x.reasons)] for x in lines if x.reasons])
    return "\n".join(text) + "\n"


_EXPLAIN = """Every verdict is that of `evident verify --no-witness --engine 'exec:ADAPTER'`: *pass*
means that every number of the answer that is judged is within its bound (`verify/judge/bounds.h`); an
answer on a time grid must come nearer as its step is halved. Of an engine with exact times, a few
hundred bounds are what the tolerance of a solver gives; 1e9 and more is another number altogether.
Where an engine cannot express a case, its adapter says not-run. The table is counted from the store
of these runs by `python -m evident_snn league`; # stands for numbers that differ between cases."""
_SURROGATE = """A surrogate gradient is the derivative of nothing that could be judged, and says so
(`surrogate` in its conventions): a *pass* above is one of its spikes and loss alone. What its
gradients have to do with the exact ones at the case's own step:"""
