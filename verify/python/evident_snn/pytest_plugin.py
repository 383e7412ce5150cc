# SPDX-License-Identifier: MIT
"""The pytest plugin: cases as parameters of a test, and one call that judges a function on many.

    @pytest.mark.evident(like="random-feedforward")
    def test_mine(evident_case):             # a test a case, named by its address
        evident_case.check(mine)

    def test_all(evident_gradcheck):         # --evident-count cases in one test
        evident_gradcheck(mine, like="random-feedforward")
"""
from typing import Any, Callable, List

import pytest


class EvidentCase:
    """A case by its address, `case` as a Case; check(function) fails unless the judge says pass."""

    def __init__(self, address: str, test: str):
        self.address, self._test = address, test

    @property
    def case(self) -> Any:
        """The Case, made anew each time."""
        from .read import read_case_text
        from .service import shared
        return read_case_text(shared().case(self.address), self.address)

    def check(self, function: Callable[[Any], Any], **how: Any) -> Any:
        """The verdict on a function from a Case to a Result; a failure of the test that says what
        is wrong, what it looks like, and how to see it again. What is not-run skips the test."""
        from .gradcheck import judge_case
        got = judge_case(function, self.address, **how)
        if got.verdict == "not-run":
            pytest.skip(str(got.document["reason"]))
        got.again = f"pytest '{self._test}'"
        got.raise_for_failures()
        return got

    def __repr__(self) -> str:
        return f"<case {self.address}>"


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("evident", "gradients of spiking networks, judged by evident")
    group.addoption("--evident-count", type=int, default=20, metavar="N",
                    help="cases a test (default 20)")
    group.addoption("--evident-seed", type=int, default=1, metavar="S",
                    help="of the cases (default 1)")


def pytest_configure(config: Any) -> None:
    config.addinivalue_line("markers", "evident(like=CASE, vary=WHAT, cases=[...]): "
                            "which cases evident_case goes over: of a family, like a case, or "
                            "these")


def _addresses(config: Any, like: str = "random-feedforward", vary: str = "all",
               cases: Any = None) -> List[str]:
    from .gradcheck import addresses
    from .judge import words_of
    if cases is None:
        return addresses(like, config.getoption("--evident-count"),
                         config.getoption("--evident-seed"), vary)
    return [one for word in ([cases] if isinstance(cases, str) else cases)
            for one in words_of(word)]


def pytest_generate_tests(metafunc: Any) -> None:
    if "evident_case" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("evident")
    names = _addresses(metafunc.config, *(marker.args if marker else ()),
                       **(marker.kwargs if marker else {}))
    metafunc.parametrize("evident_case", names, ids=names, indirect=True)


@pytest.fixture
def evident_case(request: Any) -> EvidentCase:
    """One case of those that the mark `evident` names."""
    return EvidentCase(request.param, request.node.nodeid)


@pytest.fixture
def evident_gradcheck(request: Any) -> Callable[..., Any]:
    """evident_snn.gradcheck with --evident-count and --evident-seed, which raises unless all is
    well. Its `by` is another such call, evident_snn.torch.gradcheck for one."""

    def check(function: Any, by: Any = None, **how: Any) -> Any:
        from .gradcheck import gradcheck
        if "cases" not in how:
            how.setdefault("count", request.config.getoption("--evident-count"))
            how.setdefault("seed", request.config.getoption("--evident-seed"))
        got = (by or gradcheck)(function, **how)
        got.raise_for_failures()
        return got

    return check
