# SPDX-License-Identifier: MIT
"""python -m evident_snn judge and league hand a program to `evident verify`: its verdicts, its exit
code. The contenders here are the NumPy EventProp, whole or with one known fault."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from contextlib import closing

import support

import evident_snn
from evident_snn.judge import words_of

CASES = ["random-recurrent:1:2-3", "degenerate-bursting:1:1"]  # some neurons spike repeatedly

CONTENDER = """
import sys
import numpy as np
import evident_snn
from evident_snn.adapters import numpy_eventprop as exact

class NoReset(exact._Backward):
    def spike(self, number, event):  # without the term of the voltage after the reset
        self.a_v[event.neurons[0]] = 0
        super().spike(number, event)

flaw = sys.argv[1] if len(sys.argv) > 1 else ""
if flaw == "reset":
    exact._Backward = NoReset

def mine(case):
    if flaw == "refuses":
        raise evident_snn.NotRun("everything")
    got = exact.run(case)
    if flaw in ("20", "declared"):
        got.gradients = evident_snn.Gradients([20 * w for w in got.gradients.weights])
    if flaw == "shape":
        got.gradients.weights[0] = got.gradients.weights[0].ravel()
    if flaw == "nan":
        got.gradients.weights[0][0, 0] = np.nan
    return got

evident_snn.serve(mine, "mine", evident_snn.Conventions(
    "mine", scale="20" if flaw == "declared" else "1", surrogate="s" * (flaw == "surrogate"),
    time="grid" if flaw == "surrogate" else "exact"))
"""


@unittest.skipUnless(support.program(), "the program evident is not in $EVIDENT or PATH")
class Judged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "contender.py")
        pathlib.Path(cls.path).write_text(CONTENDER)
        cls.environment = {**os.environ, "PYTHONPATH": support.PACKAGE,
                           "EVIDENT": support.program()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def evident(self, *words):
        return subprocess.run([sys.executable, "-m", "evident_snn", *words], cwd=self.folder.name,
                              env=self.environment, capture_output=True, text=True, timeout=300)

    def judged(self, flaw, code, said):
        done = self.evident("judge", f"{sys.executable} {self.path} {flaw}", *CASES, "--quiet")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertRegex(done.stdout, said)

    def test_a_right_program_passes(self):
        self.judged("", 0, ", 3 pass\n")

    def test_the_numpy_eventprop_passes_on_every_example(self):
        done = self.evident("judge", "numpy_eventprop", support.EXAMPLES, "degenerate-taus:7:1",
                            "random-deep:7:2", "--quiet")
        self.assertRegex(done.stdout, "cases: 8, 8 pass")

    def test_what_has_another_shape_is_an_error_with_its_place(self):
        self.judged("shape", 1, r"gradients\.weights\[0\]: found a list of(.*\n)*.*3 error")

    def test_a_missing_reset_term_fails(self):
        self.judged("reset", 1, "cases: 3, 3 fail")

    def test_a_factor_fails_unless_it_is_declared(self):
        self.judged("20", 1, "weights 20 times the reference(.*\n)*cases: 3, 3 fail")
        self.judged("declared", 0, ", 3 pass\n")

    def test_what_is_not_finite_fails(self):
        self.judged("nan", 1, "got nan(.*\n)*cases: 3, 3 fail")

    def test_a_program_that_only_refuses_shows_nothing(self):
        self.judged("refuses", 2, "cases: 3, 3 not-run")

    def test_options_reach_the_judge_and_its_refusals_come_back(self):
        for words, said in (([], "found no case"), (["no-such-suite"], "no such case file"),
                            (CASES + ["--no-such-option"], "no-such-option")):
            done = self.evident("judge", self.path, *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(said, done.stderr)

    def test_the_league_counts_the_verdicts_that_the_judge_recorded(self):
        done = self.evident("league", "--cases", *CASES, "--store", "s", "--out", "l.md",
                            "--adapters", self.path, f"{sys.executable} {self.path} reset",
                            f"{sys.executable} {self.path} refuses")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = pathlib.Path(self.folder.name, "l.md").read_text()
        rows = [row.split(" | ") for row in text.splitlines() if row.startswith("| ")]
        self.assertEqual([row[2:7] for row in rows[1:4]],
                         [["3", "0", "0", "0", "0"], ["0", "3", "0", "0", "0"],
                          ["0", "0", "0", "3", "0"]])
        self.assertIn("3 x the jump of lambda_V", rows[2][8])
        self.assertIn("3 x everything |", text)
        with closing(sqlite3.connect(os.path.join(self.folder.name, "s"))) as base:
            counted = base.execute("SELECT run, verdict, cases FROM totals WHERE cases > 0")
            self.assertEqual(counted.fetchall(), [(1, "pass", 3), (2, "fail", 3),
                                                  (3, "not-run", 3)])

    def test_the_league_has_no_line_of_a_run_that_was_not_made(self):
        done = self.evident("league", "--cases", "no-such-case", "--adapters", self.path)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("recorded no complete run", done.stderr)

    def test_the_league_says_that_a_surrogate_gradient_is_not_judged(self):
        done = self.evident("league", "--cases", CASES[-1], "--store", "u", "--adapters",
                            f"{sys.executable} {self.path} surrogate")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = pathlib.Path(self.folder.name, "league.md").read_text()
        self.assertIn("told, not judged", text)
        self.assertIn("1 x weights, cosine 1, at least 1;", text)

    def test_an_adapter_that_raises_makes_the_league_fail(self):
        broken = os.path.join(self.folder.name, "broken.py")
        pathlib.Path(broken).write_text(CONTENDER.replace("if flaw == \"nan\"", "if 1 / 0"))
        done = self.evident("league", "--cases", CASES[-1], "--store", "t", "--adapters", broken)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("ZeroDivisionError: division by zero",
                      pathlib.Path(self.folder.name, "league.md").read_text())


class Words(unittest.TestCase):
    def test_words_of_the_command_line_are_written_out(self):
        self.assertEqual(words_of("random-deep:1:9-11"),
                         ["random-deep:1:9", "random-deep:1:10", "random-deep:1:11"])
        self.assertEqual(words_of(support.EXAMPLES)[0],
                         os.path.join(support.EXAMPLES, min(os.listdir(support.EXAMPLES))))
        for word in ("smoke", "random-deep:1:9", "-"):
            self.assertEqual(words_of(word), [word])
        with tempfile.TemporaryDirectory() as folder:
            for word in ("random-deep:1:9-8", folder):
                with self.assertRaisesRegex(evident_snn.EvidentError, "wanted"):
                    words_of(word)

    def test_without_the_program_there_is_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for named, said in ("", "no program `evident`"), ("no-such", "EVIDENT: found no-such"):
                for words in (["judge", "true"], ["league", "--adapters", "true", "--cases"]):
                    done = subprocess.run(
                        [sys.executable, "-m", "evident_snn", *words, CASES[0]], cwd=folder,
                        env={"PYTHONPATH": support.PACKAGE, "EVIDENT": named, "PATH": "/bin"},
                        capture_output=True, text=True, timeout=300)
                    self.assertEqual((done.returncode, done.stdout), (2, ""))
                    self.assertRegex(done.stderr, rf"\Aevident_snn: {said}.*\n\Z")


if __name__ == "__main__":
    unittest.main()
