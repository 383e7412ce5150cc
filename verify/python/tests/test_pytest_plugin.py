# SPDX-License-Identifier: MIT
"""The pytest plugin, in a pytest of its own. Not run where pytest is absent."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import support

TESTS = """
import evident_snn, pytest
from evident_snn.adapters.numpy_eventprop import run

def twice(case):
    got = run(case)
    return evident_snn.Result(got.loss, gradients=evident_snn.Gradients(
        [2 * w for w in got.gradients.weights]))

def some(case):
    if case.name.endswith(":1"):
        raise evident_snn.NotRun("the second")
    return run(case)

@pytest.mark.evident(like="closed-chain")
def test_right(evident_case):
    assert evident_case.case.name == evident_case.address
    evident_case.check(run)

@pytest.mark.evident(cases=["closed-chain:1:0-2"])
def test_some(evident_case):
    evident_case.check(some)

@pytest.mark.evident("closed-chain")
def test_twice(evident_case):
    evident_case.check(twice)

def test_all(evident_gradcheck):
    assert len(evident_gradcheck(run, like="closed-chain").cases) == 2

def test_all_twice(evident_gradcheck):
    evident_gradcheck(twice, cases=["closed-chain:1:0"])
"""


@support.needs("pytest")
class Plugin(unittest.TestCase):
    def pytest(self, *words):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "test_mine.py").write_text(TESTS)
            return subprocess.run(
                [sys.executable, "-m", "pytest", "-p", "evident_snn.pytest_plugin", "-p",
                 "no:cacheprovider", "--evident-count", "2", *words], cwd=folder, text=True,
                capture_output=True, timeout=120,
                env={**os.environ, "PYTHONPATH": support.PACKAGE, "EVIDENT": support.program(),
                     "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})

    def test_cases_are_parameters_and_failures_say_how_to_see_them_again(self):
        done = self.pytest("-rs")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("3 failed, 5 passed, 1 skipped", done.stdout)
        self.assertIn("again: pytest 'test_mine.py::test_twice[closed-chain:1:1]'", done.stdout)
        self.assertIn("weights 2 times the reference", done.stdout)
        self.assertIn("again: evident_snn.gradcheck(twice, cases=['closed-chain:1:0'])",
                      done.stdout)
        self.assertIn("the second", done.stdout)

    def test_one_case_can_be_chosen_by_its_address(self):
        done = self.pytest("test_mine.py::test_right[closed-chain:1:1]")
        self.assertIn("1 passed", done.stdout, done.stdout + done.stderr)
        done = self.pytest("--evident-seed", "9", "--collect-only", "-q", "-k", "test_right")
        self.assertIn("test_right[closed-chain:9:0]", done.stdout)


if __name__ == "__main__":
    unittest.main()
