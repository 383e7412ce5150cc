# SPDX-License-Identifier: MIT
"""The workflow that users copy (reports/workflow.yml): its run: steps, in their order, in an empty
repository with a program of ten lines. Checkout, cache and upload are not run; the two steps that
build and install are replaced by what is built already."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import support  # noqa: F401 (skips without NumPy)

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORKFLOW = ROOT / "reports" / "workflow.yml"
EVIDENT = os.environ.get("EVIDENT")
INSTALLS = ("Build evident", "Install the Python package")

CONTENDER = '''
import subprocess, sys
for line in sys.stdin:
    said = subprocess.run(["EVIDENT", "run", "-", "--engine", "rounded-reference"], input=line,
                          capture_output=True, text=True)
    print(said.stdout.replace("\\n", " "), flush=True)
'''


def steps():
    """(name, lines) of every step with a run: block."""
    found, name, block, indent = [], None, None, 0
    for line in WORKFLOW.read_text().splitlines():
        depth = len(line) - len(line.lstrip())
        if block is not None and line.strip() and depth <= indent:
            found.append((name, "\n".join(block)))
            block = None
        if block is not None:
            block.append(line)
        elif line.strip().startswith("- name: "):
            name = line.split("- name: ", 1)[1]
        elif line.strip() == "run: |":
            block, indent = [], depth
    return found


def environment(text):
    """The variables under env: of the top level, without the expressions of GitHub."""
    block = re.search(r"^env:\n((?:  .*\n)+)", text, re.M).group(1)
    pairs = re.findall(r"^  ([A-Z_]+): (.*)$", block, re.M)
    return {key: value for key, value in pairs if "${{" not in value}


class Workflow(unittest.TestCase):
    def test_has_the_steps_that_it_promises(self):
        names = [name for name, _ in steps()]
        self.assertEqual(names, [*INSTALLS, "Judge", "Compare with the baseline",
                                 "Time, memory and bits against the state before",
                                 "Results for the test tab"])
        text = WORKFLOW.read_text()
        self.assertIn("permissions:\n  contents: read\n", text)
        self.assertIn("timeout-minutes:", text)
        self.assertNotIn("\t", text)

    def test_targets_and_folders_of_the_install_steps_exist(self):
        for name in (".ci/setup", "Makefile", "verify/python/pyproject.toml"):
            self.assertTrue((ROOT / name).exists(), name)
        self.assertRegex((ROOT / "Makefile").read_text(), r"(?m)^install:")

    @unittest.skipUnless(EVIDENT, "EVIDENT names no program")
    def test_steps_judge_a_program_and_leave_what_is_uploaded(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "evident").symlink_to(ROOT)
            (place / "bin").mkdir()
            (place / "bin" / "evident").write_text(
                f'#!/bin/sh\ncd "{ROOT}" 2>/dev/null\n'
                'PATH="$PATH" exec "' + os.path.abspath(EVIDENT) + '" "$@"\n')
            (place / "bin" / "evident").chmod(0o755)
            contender = CONTENDER.replace("EVIDENT", os.path.abspath(EVIDENT))
            (place / "contender.py").write_text(contender)
            self.make_repository(place)
            outcome = self.run_steps(place)
            self.assertEqual(outcome["Judge"].returncode, 0, outcome["Judge"].stderr)
            self.assertEqual(outcome["Compare with the baseline"].returncode, 0)
            self.assertEqual(outcome["Results for the test tab"].returncode, 0)
            self.assertIn("## evident: ", (place / "summary").read_text())
            suites = xml.etree.ElementTree.parse(place / "junit.xml").getroot()
            self.assertGreater(int(suites.get("tests")), 3)
            self.assertEqual(suites.get("skipped"), "0")
            # Whether one of two that are the same seems slower is left to chance.
            bench = outcome["Time, memory and bits against the state before"]
            self.assertIn(bench.returncode, (0, 1), bench.stderr)
            self.assertIn("; the same bits in 4 of them", bench.stdout)
            if bench.returncode == 0:
                self.assertIn("### Time and memory", (place / "summary").read_text())
            self.assertIn("</html>", (place / "page" / "index.html").read_text())

    def make_repository(self, place):
        """Two commits: the state that is judged, and the one before."""
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        for command in (["init", "--quiet"], ["add", "contender.py"],
                        [*who, "commit", "--quiet", "-m", "first"],
                        [*who, "commit", "--quiet", "--allow-empty", "-m", "second"]):
            subprocess.run(["git", *command], cwd=place, check=True, timeout=60)

    def run_steps(self, place):
        suite = place / "few.suite"
        suite.write_text("closed-chain 1 4\n")
        variables = {**os.environ, **environment(WORKFLOW.read_text()), "SUITE": str(suite),
                     "GITHUB_STEP_SUMMARY": str(place / "summary"),
                     "CONTENDER": f"{sys.executable} {place / 'contender.py'}"}
        # Where evident is installed, its pictures are, too; here it runs in its source tree, so
        # what the steps name relative to the repository is made absolute.
        variables["PATH"] = f"{place / 'bin'}{os.pathsep}{variables['PATH']}"
        outcome = {}
        for name, text in steps():
            if name in INSTALLS:
                continue
            for thing in ("runs.sqlite", "page", "junit.xml", "evident.baseline", "before"):
                text = re.sub(rf"(?<![/\w]){re.escape(thing)}(?!\w)", str(place / thing), text)
            outcome[name] = subprocess.run(["bash", "-e", "-c", text], cwd=place, env=variables,
                                           capture_output=True, text=True, timeout=300)
        return outcome


class Exports(unittest.TestCase):
    """What CI systems read of a run with hostile texts in it."""

    @unittest.skipUnless(EVIDENT, "EVIDENT names no program")
    def test_junit_and_json_of_hostile_answers_can_be_read(self):
        hostile = "]]> <b>&\\u0001\\ud800 " + "x" * 3000
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            program = place / "hostile.py"
            program.write_text("import sys, json\nfor n, line in enumerate(sys.stdin):\n"
                               "    case = json.loads(line)['name']\n"
                               "    key = ('error', 'not-run')[n % 2]\n"
                               "    print(json.dumps({'format': 'evident-result-1', 'case': case, "
                               f"key: '{hostile}'}}), flush=True)\n")
            store = str(place / "s")
            subprocess.run([EVIDENT, "verify", "closed-chain:1:0", "closed-chain:1:1", "--jobs", "1",
                            "--no-witness", "--engine", f"exec:{sys.executable} {program}",
                            "--store", store, "--quiet"], capture_output=True, timeout=120)
            exported = {}
            for kind in ("junit", "json", "markdown"):
                done = subprocess.run([EVIDENT, "export", "latest", "--format", kind, "--store",
                                       store], capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                exported[kind] = done.stdout
        suites = xml.etree.ElementTree.fromstring(exported["junit"])
        self.assertEqual(suites.get("tests"), "2")
        counted = sum(int(suites.get(key)) for key in ("failures", "errors", "skipped"))
        self.assertEqual(counted, 2)
        self.assertEqual(len(list(suites.iter("testcase"))), 2)
        self.assertEqual(json.loads(exported["json"])["format"], "evident-run-1")
        self.assertNotIn(b"<b>", exported["markdown"])


if __name__ == "__main__":
    unittest.main()
