"""JSON values with their place: numbers, words, lists and matrices, checked as they are read.

Refusals are one line, "FILE: PLACE: found F, wanted W", like those of the program `evident`.
"""
import json
import math
import re
from typing import Any, Dict, List, NoReturn, Optional, Sequence

import numpy as np

from .errors import CaseError, one_line

_NUMBER = re.compile(
    r"[+-]?(0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)([pP][+-]?[0-9]+)?"
    r"|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)"
)
_WANTED_NUMBER = 'a number, or a string that holds one such as "0x1.8p-3"'


def show(value: Any) -> str:
    """A JSON value in a few words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return one_line(json.dumps(value, ensure_ascii=not value.isprintable()), 63)
    return repr(value)


class Place:
    """Where a value stands: a file and a path of keys, such as $.populations[1].tau_mem."""

    def __init__(self, file: str, path: str = "$"):
        self.file, self.path = file, path

    def key(self, name: str) -> "Place":
        """The place of a member of an object."""
        if re.fullmatch(r"[^\s.\[\]\"\\]{1,40}", name) and name.isprintable():
            return Place(self.file, f"{self.path}.{name}")
        return Place(self.file, f"{self.path}[{one_line(json.dumps(name), 40)}]")

    def at(self, index: int) -> "Place":
        """The place of an element of a list."""
        return Place(self.file, f"{self.path}[{index}]")

    def refuse(self, found: str, wanted: str) -> NoReturn:
        """Raises CaseError."""
        raise CaseError(one_line(f"{self.file}: {self.path}: found {found}, wanted {wanted}", 511))


def number(place: Place, value: Any) -> float:
    """A JSON number, or a string that holds one in decimal or hexadecimal."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        place.refuse(show(value), _WANTED_NUMBER)
    try:
        got = float.fromhex(value) if "x" in value.lower() else float(value)
    except OverflowError:
        got = math.inf
    if math.isinf(got):
        place.refuse(show(value), "a number that a double can hold")
    return got


def whole(place: Place, value: Any, least: int, most: int) -> int:
    """A whole number in [least, most]."""
    got = number(place, value)
    if not least <= got <= most or got != math.floor(got):
        place.refuse(show(value), f"a whole number {least} .. {most}")
    return int(got)


def word(place: Place, value: Any, words: Sequence[str]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in words:
        listed = ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]
        place.refuse(show(value), listed)
    return value


def text(place: Place, value: Any) -> str:
    """Any string of UTF-8 without NUL."""
    if not isinstance(value, str):
        place.refuse(show(value), "a string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        place.refuse(show(value), "UTF-8 text")
    if "\0" in value:
        place.refuse(show(value), "text without NUL")
    return value


def name_of(place: Place, value: Any) -> str:
    """A name: 1 to 255 bytes of UTF-8 without control characters."""
    got = text(place, value)
    if not 1 <= len(got.encode("utf-8")) <= 255 or any(ord(x) < 32 or ord(x) == 127 for x in got):
        place.refuse(one_line(json.dumps(got), 63),
                     "a name of 1 to 255 bytes of UTF-8 without control characters")
    return got


def keys(place: Place, value: Any, required: Sequence[str], optional: Sequence[str],
         whose: str) -> Dict[str, Any]:
    """An object that has all of the required keys and none that is not named."""
    if not isinstance(value, dict):
        place.refuse(show(value), f"an object: {whose}")
    known = list(required) + list(optional)
    for name in value:
        if name not in known:
            place.refuse(f"the key {show(name)}", f"only the keys of {whose}: {', '.join(known)}")
    for name in required:
        if name not in value:
            place.refuse("no such key", f'the key "{name}" of {whose}')
    return value


def array(place: Place, value: Any, of: str) -> List[Any]:
    """A JSON list."""
    if not isinstance(value, list):
        place.refuse(show(value), f"a list of {of}")
    return value


def numbers(place: Place, value: Any, count: Optional[int] = None) -> np.ndarray:
    """A list of numbers, exactly `count` unless that is None. Shape [count]."""
    if not isinstance(value, list) or (count is not None and len(value) != count):
        plural = "" if count == 1 else "s"
        place.refuse(show(value), f"a list of {'' if count is None else f'{count} '}number{plural}")
    if all(type(x) is float for x in value):
        return np.array(value, dtype=float)
    return np.array([number(place.at(k), x) for k, x in enumerate(value)], dtype=float)


def rule(place: Place, value: float, sign: str = "") -> float:
    """Refuses what is not finite, or not `> 0`, or not `>= 0`."""
    good = math.isfinite(value) and not (sign == "> 0" and value <= 0)
    if not good or (sign == ">= 0" and value < 0):
        place.refuse(repr(value), f"a finite number {sign}".rstrip())
    return value


def rule_all(place: Place, values: np.ndarray, sign: str = "") -> np.ndarray:
    """The same for every element of a vector or matrix."""
    good = np.isfinite(values)
    if sign:
        good &= values > 0 if sign == "> 0" else values >= 0
    if not good.all():
        index = tuple(int(i) for i in np.argwhere(~good)[0])
        for i in index:
            place = place.at(i)
        rule(place, float(values[index]), sign)
    return values


def each(place: Place, value: Any, size: int, sign: str = "") -> np.ndarray:
    """One number for all, or a list of one each. Shape [size]."""
    if isinstance(value, list):
        return rule_all(place, numbers(place, value, size), sign)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        place.refuse(show(value), f"a number, or a list of {size}")
    return np.full(size, rule(place, number(place, value), sign))
