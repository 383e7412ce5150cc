# SPDX-License-Identifier: MIT
"""What the judge said of a function: for people to read, for notebooks, for tests. Nothing is
judged here; there is no tolerance."""
import html
import math
import re
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional

from .errors import one_line
from .picture import got_against_want

ORDER = ("pass", "fail", "error", "undecided", "not-run")
_SHOWN = 5  # failing cases that are printed
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


class GradientError(AssertionError):
    """A gradient that is not right, or is not known to be; the text says what and where."""


def _distance(row: Dict[str, Any]) -> float:
    """In bounds; a NaN is furthest."""
    value = row["distance"]
    return math.inf if value is None else float(value)


def _digits(row: Dict[str, Any]) -> float:
    """To how many digits got and want of a comparison agree."""
    try:
        got, want = float(row["got"]), float(row["want"])
    except ValueError:
        return math.inf  # no number: a sign, a cosine
    if got == want:
        return math.inf
    size = max(abs(got), abs(want))
    return -math.log10(abs(got - want) / size) if math.isfinite(size) else 0.0


@dataclass
class CaseVerdict:
    """The verdict on the answer to one case."""

    case: str  # an address or a file: what `evident verify` takes
    document: Dict[str, Any]  # evident-verdict-1
    answer: Dict[str, Any]  # evident-result-1, at the case's own step
    exception: Optional[BaseException] = None  # that the function ended with
    again: str = ""  # what shows it again

    @property
    def verdict(self) -> str:
        """pass, fail, undecided, not-run or error."""
        return str(self.document["verdict"])

    @property
    def reading(self) -> str:
        """What wrong numbers look like, "" if they look like nothing that is known."""
        return "; ".join(e["diagnosis"] for e in self.document["engines"] if e["diagnosis"])

    @property
    def failures(self) -> List[Dict[str, Any]]:
        """The comparisons that differ, the furthest first."""
        return sorted((c for c in self.document["comparisons"] if c["outcome"] == "fail"),
                      key=_distance, reverse=True)

    @property
    def numbers(self) -> int:
        """How many were compared."""
        return sum(c["numbers"] for c in self.document["comparisons"]
                   if c["outcome"] != "excluded")

    @property
    def distance(self) -> float:
        """Of the worst comparison, in units of its bound: at most 1 passes."""
        return max((_distance(c) for c in self.failures), default=0.0)

    @property
    def digits(self) -> float:
        """Agreement of the comparison that agrees least, inf of equal numbers."""
        return min((_digits(c) for c in self.document["comparisons"]
                    if c["outcome"] != "excluded"), default=math.nan)

    def lines(self) -> List[str]:
        """What is to be said of it, a line each."""
        if self.verdict == "pass":
            return [f"PASS {self.case}: {self.numbers} numbers"]
        head = f"{self.verdict.upper()} {self.case}"
        if self.verdict != "fail":
            return [f"{head}: {self.document['reason']}"]
        got = []
        worst = self.failures[0]
        got.append(f"{head}: {worst['quantity']} {worst['place']}".rstrip()
                   + f" got {worst['got']} want {worst['want']}"
                   + f" distance {_distance(worst):.3g} bounds")
        if self.reading:
            got.append(f"     looks like: {self.reading}")
        return got

    def __str__(self) -> str:
        return "\n".join(self.lines() + ([f"     again: {self.again}"] if self.again else []))

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    def raise_for_failures(self) -> None:
        """GradientError unless it passes."""
        if not self:
            raise GradientError(str(self)) from self.exception


@dataclass
class Verdict:
    """The verdicts on one function over several cases. True in tests if all is well: something
    passed, and nothing failed, was undecided or an error."""

    who: str
    cases: List[CaseVerdict] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        """How many cases have it."""
        return sum(one.verdict == verdict for one in self.cases)

    @property
    def verdict(self) -> str:
        """The worst of the cases; not-run if nothing was judged."""
        for one in ("error", "fail", "undecided", "pass"):
            if self.count(one):
                return one
        return "not-run"

    @property
    def failures(self) -> List[CaseVerdict]:
        """What did not pass and was run: failures worst first, then errors, then undecided."""
        order = ("fail", "error", "undecided")
        return sorted((one for one in self.cases if one.verdict in order),
                      key=lambda one: (order.index(one.verdict), -one.distance))

    @property
    def digits(self) -> float:
        """Least agreement, in digits, of the numbers nearest to their bounds."""
        return min((one.digits for one in self.cases if one.digits == one.digits),
                   default=math.nan)

    @property
    def readings(self) -> Dict[str, int]:
        """What wrong numbers look like, and in how many cases, the most first. Of those that
        differ in their numbers alone, the first."""
        first: Dict[str, str] = {}
        got: Dict[str, int] = {}
        for one in self.cases:
            for reading in filter(None, one.reading.split("; ")):
                text = first.setdefault(_NUMBER.sub("#", reading), reading)
                got[text] = got.get(text, 0) + 1
        return dict(sorted(got.items(), key=lambda item: -item[1]))

    def _reasons(self) -> Iterator[str]:
        """A line a reason not to run."""
        reasons: Dict[str, int] = {}
        for one in self.cases:
            if one.verdict == "not-run":
                reason = str(one.document["reason"])
                reasons[reason] = reasons.get(reason, 0) + 1
        for reason, count in reasons.items():
            yield f"not-run {count}: {one_line(reason)}"

    @property
    def head(self) -> str:
        """One line: who, how many, to how many digits."""
        totals = ", ".join(f"{self.count(v)} {v}" for v in ORDER if self.count(v))
        text = f"{self.who}: {self.verdict}: cases: {len(self.cases)}, {totals}"
        if self.count("pass") and not self.failures and math.isfinite(self.digits):
            text += f"; agrees to {self.digits:.1f} digits or more"
        return text

    def __str__(self) -> str:
        lines = [self.head]
        lines += [f"reading: {text} ({count} cases alike)" if count > 1 else f"reading: {text}"
                  for text, count in list(self.readings.items())[:_SHOWN]]
        lines += [str(one) for one in self.failures[:_SHOWN]]
        if len(self.failures) > _SHOWN:
            lines.append(f"and {len(self.failures) - _SHOWN} more: .failures has all")
        return "\n".join(lines + list(self._reasons()))

    __repr__ = __str__

    def __bool__(self) -> bool:
        return self.count("pass") > 0 and not self.failures

    def raise_for_failures(self) -> None:
        """GradientError unless all is well."""
        if not self:
            first = self.failures[0].exception if self.failures else None
            raise GradientError(str(self)) from first

    def _repr_html_(self) -> str:
        from .service import shared  # only a picture needs the truth
        worst = next((one for one in self.failures if one.verdict == "fail"), None)
        shown = worst if worst is not None else next((one for one in self.cases if one), None)
        picture = ""
        if shown is not None:
            picture = got_against_want(shown.answer, shared().result(shown.case), shown.case,
                                       [c["place"] for c in shown.failures])
        color = "#1a7f37" if self else "#b3261e"
        head, *rest = str(self).splitlines()
        return (f'<div style="font-family:sans-serif"><p style="color:{color};font-weight:bold">'
                f"{html.escape(head)}</p>{picture}"
                f'<pre style="white-space:pre-wrap">{html.escape(chr(10).join(rest))}</pre></div>')
