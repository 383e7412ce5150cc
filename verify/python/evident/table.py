"""Tables as files: TSV for programs, Markdown for people."""
import os
import platform
from typing import Dict, List, Sequence

from . import levels


def _whole(path: str, text: str) -> None:
    """The file appears whole or not at all."""
    beside = f"{path}.new"
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(beside, path)


def write_tsv(path: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A header and a line a row; tabs and newlines inside a cell become spaces."""
    lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in [head] + list(rows)]
    _whole(path, "\n".join(lines) + "\n")


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> List[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    return [line(head), "|" + "---|" * len(head)] + [line(row) for row in rows]


def _pick(names: Dict[str, int], row: Sequence[str], keys: Sequence[str]) -> List[str]:
    return [row[names[key]] for key in keys]


def _cosine(names: Dict[str, int], row: Sequence[str], which: str) -> str:
    low, middle = row[names[f"{which}_cosine_min"]], row[names[f"{which}_cosine_median"]]
    return "-" if middle == "-" else f"{middle} / {low}"


def write_markdown(path: str, title: str, head: Sequence[str],
                   rows: Sequence[Sequence[str]]) -> None:
    """The totals with what was seen, then a table a family, then what was not run and why."""
    names = {name: k for k, name in enumerate(head)}
    text = [f"# {title}", "", _EXPLAIN, "", "## All families", ""]
    body = []
    for row in (r for r in rows if r[names["family"]] == "all"):
        body.append(_pick(names, row, ["adapter", "step", "run", "not-run", "error", "beyond"])
                    + [_cosine(names, row, "output"), _cosine(names, row, "hidden")]
                    + _pick(names, row, ["hidden_scale_median", "seen"]))
    text += _markdown(["adapter", "step", "run", "not-run", "error", "beyond", "output cosine",
                       "hidden cosine", "hidden scale", "what the numbers show"], body)
    versions = {row[names["adapter"]]: row[names["version"]] for row in rows}
    text += ["", "Versions: " + "; ".join(f"{a}: {v or 'not installed'}"
                                          for a, v in versions.items())
             + f". Python {platform.python_version()}."]
    text += ["", "## By family", ""]
    body = []
    for row in (r for r in rows if r[names["family"]] != "all" and r[names["run"]] != "0"):
        body.append(_pick(names, row, ["adapter", "family", "step", "run", *levels.WORDS,
                                       "missed", "extra"])
                    + [_cosine(names, row, "output"), _cosine(names, row, "hidden"),
                       row[names["hidden_scale_median"]]])
    text += _markdown(["adapter", "family", "step", "run", *levels.WORDS, "missed", "extra",
                       "output cosine", "hidden cosine", "hidden scale"], body)
    text += ["", "## Not run", ""]
    body = [_pick(names, row, ["adapter", "step", "not-run", "undecided", "error", "reasons"])
            for row in rows if row[names["family"]] == "all" and row[names["reasons"]] != "-"]
    text += _markdown(["adapter", "step", "not-run", "undecided", "error", "reasons"], body)
    _whole(path, "\n".join(text) + "\n")


_EXPLAIN = f"""Every number was measured by `python -m evident league` against the proven reference.
A cosine is that of all weights of a case: median / minimum over cases; scale is the least-squares
ratio to the truth. *Output*: weights that end in the population of the loss; *hidden*: the others.
*step*: "exact" for event-driven engines, else the fraction of the step that the case states. The
words: same (to {levels.SAME:g}), close (within {levels.CLOSE:g}), scaled (a constant factor, the
rest within {levels.SCALED:g}), direction (cosine at least {levels.DIRECTION:g}), wrong;
`evident/levels.py` defines them. *beyond*: cases whose own truth moves by more than
{levels.BEYOND:g} when their numbers move by one unit in the last place of a double: set apart,
of exact engines. Adapters answer not-run where an engine cannot express a case."""
