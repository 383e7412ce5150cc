# SPDX-License-Identifier: MIT
"""The example of the package's README, judged as it says: the program passes, and broken as the
README breaks it, it fails, both in the README's words."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import support

README = pathlib.Path(support.PACKAGE, "README.md").read_text()
EXAMPLE = README.split("```python\n", 1)[1].split("```", 1)[0]
EVIDENT = os.environ.get("EVIDENT")


@unittest.skipUnless(EVIDENT, "EVIDENT names no program")
class Readme(unittest.TestCase):
    def judged(self, code):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "mine.py").write_text(code)
            return subprocess.run([sys.executable, "-m", "evident_snn", "judge", "mine.py",
                                   "closed-output:1:0-11"], cwd=folder, capture_output=True,
                                  text=True, timeout=120,
                                  env={**os.environ, "PYTHONPATH": support.PACKAGE})

    def test_example_passes_where_it_answers(self):
        self.agrees(EXAMPLE, 0, "PASS closed-output:1:5: 50 numbers")

    def test_example_broken_as_in_the_readme_fails_in_its_words(self):
        broken = EXAMPLE.replace("slope * share / len(case.samples)", "slope * share")
        self.assertNotEqual(broken, EXAMPLE)
        self.agrees(broken, 1, "weights 2 times the reference: N samples?")

    def agrees(self, code, status, said):
        """What is printed has these words and the same last line as the README."""
        done = self.judged(code)
        last = done.stdout.splitlines()[-1]
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertTrue(last.startswith("cases: 12, "), last)
        for words in (said, last):
            self.assertIn(words, done.stdout)
            self.assertIn(words, README)


if __name__ == "__main__":
    unittest.main()
