"""python -m evident: check cases, run adapters, judge them, make the league table."""
import argparse
import json
import os
import sys
from typing import Dict, Iterator, List, Optional

from . import adapters
from .case import Case
from .client import Adapter, require
from .errors import EvidentError
from .judge import judge_case, refined, report
from .league import measure, write_league
from .truth import cases_of, truth_of
from .write import case_line

_CASES = ("a file, - for standard input, a folder of *.json, an address FAMILY:SEED:K or addresses "
          "FAMILY:SEED:FIRST-LAST")
_ADAPTER = f"a ready adapter ({', '.join(adapters.NAMES)}), a Python file, or a command in quotes"


def _all(words: List[str]) -> Iterator[Case]:
    for word in words:
        yield from cases_of(word)


def _check(options: argparse.Namespace) -> int:
    code = 0
    for word in options.case:
        try:
            for case in cases_of(word):
                neurons = sum(p.size for p in case.populations)
                print(f"{case.name}: ok, {neurons} neurons, {len(case.projections)} projections, "
                      f"{len(case.samples)} samples, {case.loss.kind}")
        except EvidentError as error:
            print(error, file=sys.stderr)
            code = 2
    return code


def _run(options: argparse.Namespace) -> int:
    code = 0
    require(options.adapter)
    with Adapter(options.adapter, options.seconds) as adapter:
        for case in _all(options.case):
            document = adapter.ask(case_line(refined(case, options.refine)), case.name)
            code = max(code, 1 if "error" in document else 0)
            print(json.dumps(document), flush=True)
    return code


def _judge(options: argparse.Namespace) -> int:
    counts: Dict[str, int] = {}
    require(options.adapter)
    with Adapter(options.adapter, options.seconds) as adapter:
        card = adapter.conventions()
        if card is not None:
            known = f", known factor {card.scale}" if card.scale != "1" else ""
            print(f"# {card.engine} ({card.version or 'no version'}): {card.time} times, "
                  f"{card.precision}, sign {card.sign:+d}{known}")
        for case in _all(options.case):
            truth = truth_of(case)
            verdict = judge_case(adapter, refined(case, options.refine), truth)
            counts[verdict.word] = counts.get(verdict.word, 0) + 1
            if verdict.word != "same" or not options.quiet:
                print("\n".join(report(verdict)), flush=True)
    total = sum(counts.values())
    print(f"{total} cases: " + ", ".join(f"{n} {word}" for word, n in sorted(counts.items())))
    if total == 0:
        return 2
    return 1 if counts.get("error") or counts.get("wrong") else 0


def _league(options: argparse.Namespace) -> int:
    for adapter in options.adapters:
        require(adapter)
    cases = list(_all(options.cases))
    lines = measure(cases, options.adapters, options.refine, options.seconds,
                    None if options.quiet else sys.stderr)
    write_league(lines, options.out, options.title)
    print(f"{options.out}.tsv and {options.out}.md: {len(lines)} lines")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evident", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, function: object) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(function=function)
        return one

    def timed(one: argparse.ArgumentParser) -> None:
        one.add_argument("--seconds", type=float, default=120, metavar="S",
                         help="limit of one answer (default 120)")

    one = add("check", "says of each case whether it is well formed", _check)
    one.add_argument("case", nargs="+", metavar="CASE", help=_CASES)
    one = add("run", "prints an adapter's answers, a line each", _run)
    one.add_argument("adapter", metavar="ADAPTER", help=_ADAPTER)
    one.add_argument("case", nargs="+", metavar="CASE", help=_CASES)
    one.add_argument("--refine", type=float, default=1, metavar="K",
                     help="take the case's step / K")
    timed(one)
    one = add("judge", "holds an adapter's answers against the truth (needs the program evident)",
              _judge)
    one.add_argument("adapter", metavar="ADAPTER", help=_ADAPTER)
    one.add_argument("case", nargs="+", metavar="CASE", help=_CASES)
    one.add_argument("--refine", type=float, default=1, metavar="K",
                     help="take the case's step / K")
    one.add_argument("--quiet", action="store_true", help="leave out cases that are the same")
    timed(one)
    one = add("league", "judges several adapters on many cases, writes OUT.tsv and OUT.md", _league)
    one.add_argument("--cases", nargs="+", required=True, metavar="CASE", help=_CASES)
    one.add_argument("--adapters", nargs="+", default=list(adapters.NAMES), metavar="ADAPTER",
                     help=_ADAPTER + " (default: all ready ones)")
    one.add_argument("--refine", nargs="+", type=float, default=[1.0], metavar="K",
                     help="steps of grid engines: the case's step / K, one run each")
    one.add_argument("--out", default="league", metavar="OUT")
    one.add_argument("--title", default="League table", metavar="TEXT")
    one.add_argument("--quiet", action="store_true", help="no progress")
    timed(one)
    return parser


def main(arguments: Optional[List[str]] = None) -> int:
    """The exit code: 0 all well, 1 something is wrong, 2 could not run."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.function(options))
    except EvidentError as error:
        print(f"evident: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
