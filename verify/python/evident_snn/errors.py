# SPDX-License-Identifier: MIT
"""What can go wrong, in one line each."""


class EvidentError(Exception):
    """Base of all errors of this package; the text is one line."""


class CaseError(EvidentError):
    """No case can be made of this: file, place, what was found, what was wanted."""


class NotRun(EvidentError):
    """An adapter cannot express a case exactly. The text is the reason, for people to read."""


def one_line(text: object, limit: int = 400) -> str:
    """Any text as one line of at most `limit` characters; control characters become spaces."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= limit else line[: limit - 3] + "..."
