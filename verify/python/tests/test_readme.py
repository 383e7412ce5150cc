"""The example of the package's README: the program passes, and broken as the README breaks it, it
fails in the README's words."""
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
    def judged(self, code, *command):
        with tempfile.TemporaryDirectory() as folder:
            mine = pathlib.Path(folder, "mine.py")
            mine.write_text(code)
            words = [word.replace("MINE", str(mine)) for word in command]
            return subprocess.run(words, capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "PYTHONPATH": support.PACKAGE})

    def test_example_passes_where_it_answers(self):
        done = self.judged(EXAMPLE, EVIDENT, "verify", "closed-output:1:5", "closed-output:1:7",
                           "closed-output:1:10", "--no-witness", "--engine",
                           f"exec:{sys.executable} MINE")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("3 pass, 0 fail", done.stdout)

    def test_example_broken_as_in_the_readme_fails_in_its_words(self):
        broken = EXAMPLE.replace("slope * share / len(case.samples)", "slope * share")
        self.assertNotEqual(broken, EXAMPLE)
        done = self.judged(broken, EVIDENT, "verify", "closed-output:1:5", "--no-witness",
                           "--engine", f"exec:{sys.executable} MINE")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("weights 2 times the reference: N samples?", done.stdout)
        self.assertIn("weights 2 times the reference: N samples?", README)

    def test_last_lines_of_the_package_are_the_readmes(self):
        for code, last in ((EXAMPLE, "12 cases: 9 not-run, 3 same"), (
                EXAMPLE.replace("slope * share / len(case.samples)", "slope * share"),
                "12 cases: 9 not-run, 1 same, 2 scaled")):
            done = self.judged(code, sys.executable, "-m", "evident", "judge", "MINE",
                               "closed-output:1:0-11")
            self.assertEqual(done.stdout.splitlines()[-1], last, done.stderr)
            self.assertIn(last, README)


if __name__ == "__main__":
    unittest.main()
