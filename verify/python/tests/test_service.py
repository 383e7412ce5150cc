# SPDX-License-Identifier: MIT
"""`evident serve` as Python asks it: its verdicts are those of `evident judge`, row by row."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import support

import evident_snn
from evident_snn.adapters import numpy_eventprop
from evident_snn.service import Service

CASES = ["closed-output:1:5", "random-recurrent:1:2", "random-batch:1:1", "random-delays:1:3",
         "degenerate-undecided:1:0", "degenerate-simultaneous:1:2"]

COLUMNS = ("kind", "quantity", "outcome", "numbers", "distance", "got", "want")


def spoil(document, how):
    """The answer with one thing wrong."""
    gradients = document["gradients"]
    if how == "twice":
        gradients["weights"] = [[[2 * x for x in row] for row in w] for w in gradients["weights"]]
    if how == "late":
        for sample in document["samples"]:
            sample["spikes"] = {name: [[t + 1e-3 for t in train] for train in trains]
                                for name, trains in sample["spikes"].items()}
    if how == "nan":
        gradients["weights"][0][0][0] = "nan"
    return document


@support.needs()
class Served(unittest.TestCase):
    def setUp(self):
        self.service = Service(support.program())

    def tearDown(self):
        self.service.close()

    def test_verdicts_are_those_of_evident_judge(self):
        answers = {}
        for k, name in enumerate(CASES):
            case = evident_snn.read_case_text(self.service.case(name), name)
            said = evident_snn.result.result_document(numpy_eventprop.run(case), case.name)
            answers[name] = spoil(said, ("", "twice", "late", "nan", "", "twice")[k])
        got = {name: self.service.verdict(name, [answers[name]]) for name in CASES}
        with tempfile.TemporaryDirectory() as folder:
            evident = [support.program()]
            subprocess.run(evident + ["export-cases", "cases", *CASES], cwd=folder, check=True,
                           stdout=subprocess.DEVNULL)
            pathlib.Path(folder, "answers").write_text(
                "".join(json.dumps(one) + "\n" for one in answers.values()))
            subprocess.run(evident + ["judge", "cases", "--answers", "answers", "--store", "s",
                                      "-q"], cwd=folder, stdout=subprocess.DEVNULL)
            text = subprocess.run(evident + ["export", "latest", "--format", "json", "--store",
                                             "s"], cwd=folder, check=True, capture_output=True)
        judged = json.loads(text.stdout)["cases"]
        self.assertEqual([one["case"] for one in judged], CASES)
        seen = set()
        for want in judged:
            have = got[want["case"]]
            seen.add(have["verdict"])
            for key in ("verdict", "reason", "case_digest", "spikes", "parameters"):
                wanted = want[key]
                if key == "reason" and wanted.startswith("answers:"):
                    wanted = have["engines"][0]["engine"] + ":" + wanted.split(":", 2)[2]
                self.assertEqual(have[key], wanted, want["case"])
            self.assertEqual([[row[k] for k in (*COLUMNS, "place")] for row in have["comparisons"]],
                             [[row[k] for k in (*COLUMNS, "index")]
                              for row in want.get("comparisons", [])])
            self.assertEqual(have["engines"][0]["diagnosis"], want["engines"][0]["diagnosis"])
        self.assertEqual(seen, {"pass", "fail", "not-run"})

    def test_an_error_of_a_line_is_an_exception_and_the_next_is_well(self):
        with self.assertRaisesRegex(evident_snn.EvidentError, "unknown family"):
            self.service.result("no-family:1:0")
        self.assertEqual(self.service.result("closed-chain:1:0")["status"], "ok")

    def test_a_program_that_ends_is_one_line(self):
        with Service("true") as gone:
            with self.assertRaisesRegex(evident_snn.EvidentError, "ended with status"):
                gone.result("closed-chain:1:0")
        with self.assertRaisesRegex(evident_snn.EvidentError, "No such file"):
            Service(os.path.join(support.HERE, "no-such-program"))


if __name__ == "__main__":
    unittest.main()
