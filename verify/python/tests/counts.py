# SPDX-License-Identifier: MIT
"""Runs all tests and prints "python: N passed, N failed, N not run" as the last line.

Without NumPy, or below Python 3.9, nothing is run and every test is counted as not run."""
import importlib.util
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def written() -> int:
    """Tests in the files of this folder."""
    count = 0
    for name in os.listdir(HERE):
        if name.startswith("test_") and name.endswith(".py"):
            with open(os.path.join(HERE, name), encoding="utf-8") as file:
                count += len(re.findall(r"^    def test_", file.read(), re.MULTILINE))
    return count


def main() -> int:
    """The exit code: 0 unless a test failed."""
    why = ""
    if sys.version_info < (3, 9):
        why = f"Python {sys.version_info[0]}.{sys.version_info[1]} is older than 3.9"
    elif importlib.util.find_spec("numpy") is None:
        why = "NumPy is not installed here"
    if why:
        print(f"not run: {why}")
        print(f"python: 0 passed, 0 failed, {written()} not run")
        return 0
    sys.dont_write_bytecode = True
    sys.path.insert(0, HERE)
    suite = unittest.TestLoader().discover(HERE, top_level_dir=HERE)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    for test, reason in result.skipped:
        print(f"not run: {test}: {reason}")
    if result.testsRun + (failed if result.testsRun < written() else 0) < written():
        print(f"{written()} tests are written, {result.testsRun} were found")
        failed += 1
    print(f"python: {max(0, result.testsRun - failed - skipped)} passed, {failed} failed, "
          f"{skipped} not run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
