# SPDX-License-Identifier: MIT
"""python -m evident_snn: has adapters judged by the program `evident`, makes the league table."""
import argparse
import sys
from typing import List, Optional

from . import adapters
from .errors import EvidentError
from .judge import command_of, judge, words_of
from .league import league_text, measure

_CASES = "a file, a folder of *.json, an address FAMILY:SEED:K or addresses FAMILY:SEED:FIRST-LAST"
_ADAPTER = f"a ready adapter ({', '.join(adapters.NAMES)}), a Python file, or a command in quotes"


def _judge(options: argparse.Namespace) -> int:
    judge(options.adapter, options.words)


def _league(options: argparse.Namespace) -> int:
    for adapter in options.adapters:
        command_of(adapter)  # a mistyped one is refused before hours are spent on the others
    cases = [one for word in options.cases for one in words_of(word)]
    lines = []
    for adapter in options.adapters:
        lines.append(measure(adapter, cases, options.store, options.seconds))
        print(f"{adapter}: " + ", ".join(f"{n} {word}" for word, n in lines[-1].total.items()),
              flush=True)
    with open(options.out, "w", encoding="utf-8") as file:
        file.write(league_text(lines, " ".join(options.cases)))
    return 1 if any(line.total["error"] for line in lines) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evident_snn", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, function: object) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(function=function)
        return one

    one = add("judge", "judges an adapter: evident verify --no-witness --engine 'exec:ADAPTER' "
              "CASE... OPTIONS; its output and its exit code", _judge)
    one.add_argument("adapter", metavar="ADAPTER", help=_ADAPTER)
    one.add_argument("words", nargs=argparse.REMAINDER, metavar="CASE... [OPTIONS]",
                     help=_CASES + ", or a suite; then options of evident verify, such as --store "
                     "FILE, --report DIR, --quiet, --engine-time-limit S")
    one = add("league", "judges several adapters on many cases, writes a table; exit 1 if an "
              "adapter has errors", _league)
    one.add_argument("--cases", nargs="+", required=True, metavar="CASE", help=_CASES)
    one.add_argument("--adapters", nargs="+", default=list(adapters.NAMES), metavar="ADAPTER",
                     help=_ADAPTER + " (default: all ready ones)")
    one.add_argument("--store", default="league.sqlite", metavar="FILE",
                     help="where evident verify records the runs (default league.sqlite)")
    one.add_argument("--out", default="league.md", metavar="FILE", help="default league.md")
    one.add_argument("--seconds", type=float, default=120, metavar="S",
                     help="limit of one answer (default 120)")
    return parser


def main(arguments: Optional[List[str]] = None) -> int:
    """The exit code: 0 all well, 1 something is wrong, 2 could not run."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.function(options))
    except EvidentError as error:
        print(f"evident_snn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
