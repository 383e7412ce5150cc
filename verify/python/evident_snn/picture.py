# SPDX-License-Identifier: MIT
"""A picture of an answer: every gradient that was given, against the proven one. Inline SVG."""
import html
import math
import re
from typing import Any, Dict, Iterator, List, Tuple

_COLORS = ("#1f6feb", "#d1670f", "#2da44e", "#8250df", "#bf3989", "#57606a", "#0b7285")
_BLOCK = re.compile(r"\w+(?:\[\d+\])?(?:\.[^\[]+)?")
_SIDE, _EDGE = 300, 34  # of the square and of what is around it


def _numbers(value: Any, place: str) -> Iterator[Tuple[str, float]]:
    """The numbers of a gradient with their places, as the judge writes them; NaN where there is
    none."""
    if isinstance(value, list):
        for k, one in enumerate(value):
            yield from _numbers(one, f"{place}[{k}]")
    elif isinstance(value, dict) and "none" not in value:
        for key, one in value.items():
            yield from _numbers(one, f"{place}.{key}")
    else:
        try:
            yield place, float(value)
        except (TypeError, ValueError):
            yield place, math.nan


def _block(place: str) -> str:
    """weights[0] of weights[0][1][2], tau_mem.hid of tau_mem.hid[3]."""
    return _BLOCK.match(place)[0]  # type: ignore[index]  # every place begins so


def points(answer: Dict[str, Any], truth: Dict[str, Any]) -> Dict[str, List[Tuple[str, float,
                                                                               float]]]:
    """By quantity: place, got and want of every finite number that both have."""
    given: Dict[str, Any] = answer.get("gradients", {})
    got = {}
    for quantity in given:
        want = dict(_numbers(truth.get("gradients", {}).get(quantity, []), quantity))
        got[quantity] = [(place, x, want[place]) for place, x in _numbers(given[quantity], quantity)
                         if math.isfinite(x) and math.isfinite(want.get(place, math.nan))]
    return {quantity: rows for quantity, rows in got.items() if rows}


def got_against_want(answer: Dict[str, Any], truth: Dict[str, Any], case: str,
                     wrong: List[str]) -> str:
    """Every projection and population in units of its largest number; what is right is on the
    diagonal. A ring is around a number that the judge named. "" if there is nothing to draw."""
    rows = points(answer, truth)
    if not rows:
        return ""
    side, edge = _SIDE, _EDGE
    width = side + 2 * edge + 130

    def across(x: float) -> float:
        return edge + side * (x + 1) / 2

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{side + 2 * edge}" '
             f'viewBox="0 0 {width} {side + 2 * edge}" font-family="sans-serif" font-size="12" '
             f'role="img"><title>{html.escape(case)}: gradients, got against want</title>'
             f'<rect x="{edge}" y="{edge}" width="{side}" height="{side}" fill="none" '
             'stroke="#888"/>'
             f'<line x1="{edge}" y1="{edge + side}" x2="{edge + side}" y2="{edge}" stroke="#888" '
             'stroke-dasharray="4 3"/>'
             f'<text x="{edge + side / 2}" y="{edge + side + 20}" text-anchor="middle" '
             'fill="currentColor">want (proven)</text>'
             f'<text x="{edge - 12}" y="{edge + side / 2}" text-anchor="middle" '
             f'fill="currentColor" transform="rotate(-90 {edge - 12} {edge + side / 2})">got</text>'
             f'<text x="{edge}" y="{edge - 10}" fill="currentColor">{html.escape(case)}</text>']
    for k, (quantity, numbers) in enumerate(rows.items()):
        color = _COLORS[k % len(_COLORS)]
        largest: Dict[str, float] = {}
        for place, got, want in numbers:
            block = _block(place)
            largest[block] = max(largest.get(block, 0.0), abs(got), abs(want))
        parts.append(f'<circle cx="{edge + side + 16}" cy="{edge + 8 + 20 * k}" r="4" '
                     f'fill="{color}"/><text x="{edge + side + 26}" y="{edge + 12 + 20 * k}" '
                     f'fill="currentColor">{html.escape(quantity)}</text>')
        for place, got, want in numbers:
            size = largest[_block(place)] or 1.0
            x, y = across(want / size), across(-got / size)
            if place in wrong:
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" '
                             'stroke="#b3261e" stroke-width="2"/>')
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}" '
                         f'fill-opacity="0.7"><title>{html.escape(place)}: got {got!r}, want '
                         f"{want!r}</title></circle>")
    return "".join(parts) + "</svg>"
