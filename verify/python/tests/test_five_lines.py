# SPDX-License-Identifier: MIT
"""The lines of the README for one's own PyTorch function, as they stand: the function is right, or
has one of three mistakes, which are named. Not run where torch is absent."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import support

README = pathlib.Path(support.PACKAGE).parent.parent / "README.md"
LINES = README.read_text().split("```python\n", 1)[1].split("```", 1)[0]


@support.needs("torch")
class FiveLines(unittest.TestCase):
    def said(self, flaw):
        """What the lines print with `mine.py` beside them."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(support.HERE, "torch_eventprop.py"),
                        os.path.join(folder, "mine.py"))
            pathlib.Path(folder, "lines.py").write_text(LINES)
            done = subprocess.run(
                [sys.executable, "lines.py"], cwd=folder, capture_output=True, text=True,
                timeout=300, env={**os.environ, "PYTHONPATH": support.PACKAGE, "FLAW": flaw,
                                  "EVIDENT": support.program()})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_there_are_five(self):
        self.assertLessEqual(len([line for line in LINES.splitlines() if line.strip()]), 5)

    def test_a_right_function_passes(self):
        self.assertRegex(self.said(""), r"\AEventProp: pass: cases: 12, 12 pass; agrees to 1\d\.\d")

    def test_a_factor_is_named(self):
        self.assertRegex(self.said("tau"), r"reading: weights \S+ times the reference: 1/tau_mem\?")

    def test_a_delay_that_is_off_by_a_step_is_named(self):
        self.assertIn("reading: delays 1 step long", self.said("delay"))

    def test_a_reset_term_that_is_missing_is_told_apart(self):
        self.assertIn("fail: cases: 12, 8 pass, 4 fail\nreading: the jump of lambda_V has the sum over "
                      "arrivals and the loss alone (3 cases alike)\n", self.said("reset"))


if __name__ == "__main__":
    unittest.main()
