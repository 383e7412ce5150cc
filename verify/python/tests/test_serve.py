# SPDX-License-Identifier: MIT
"""The program's side of the protocol: a loop that outlives broken input. The judge's is C."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import support

import numpy as np

import evident_snn
from evident_snn.adapters.numpy_eventprop import run

ADAPTER = '''
import os
import numpy as np
import evident_snn

def mine(case):
    if case.name == "crash":
        os._exit(3)
    if case.name == "raise":
        raise ValueError("two\\nlines")
    if case.name == "no":
        raise evident_snn.NotRun("delays")
    if case.name == "print":
        print("to stdout"); os.system("echo from a child")
    if case.name == "type":
        return 12
    if case.name == "nan":
        return evident_snn.Result(loss=float("nan"), gradients=evident_snn.Gradients(
            weights=[np.full(p.weights.shape, -np.inf) for p in case.projections]))
    if case.name == "uneven":
        return evident_snn.Result(sample_losses=[1.0, np.inf], spikes=[{"hid": [np.zeros(0), [3]]}])
    if case.name == "slopes":
        return evident_snn.Result(1.0, gradients={"weights": []})
    if case.name == "none":
        return evident_snn.Result(1.0, gradients=None)
    if case.name == "words":
        return evident_snn.Result(gradients=evident_snn.Gradients(bias={"hid": "much"}))
    if case.name == "deep":
        def down(): return down()
        down()
    return evident_snn.Result(loss=case.step, gradients=evident_snn.Gradients(
        weights=[p.weights / 3 for p in case.projections]))

evident_snn.serve(mine, engine="mine")
'''

BROKEN = [b"", b"{", b"nonsense", b"\xff\xfe\x00", b"[1, 2]", b"null", b'{"name": "x"}',
          b"[" * 50000, b'{"format": "evident-case-1", "name": "half"', os.urandom(3000).replace(
              b"\n", b" ")]


def line(name):
    document = support.network()
    document["name"] = name
    return json.dumps(document).encode()


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "mine.py")
        with open(cls.path, "w", encoding="utf-8") as file:
            file.write(ADAPTER)
        cls.environment = {**os.environ, "PYTHONPATH": support.PACKAGE}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def answers(self, lines, **extra):
        done = subprocess.run([sys.executable, self.path], input=b"\n".join(lines) + b"\n",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**self.environment, **extra}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(one) for one in done.stdout.splitlines()]

    def test_broken_input_is_answered_and_the_loop_goes_on(self):
        got = self.answers(BROKEN + [line("fine")])
        asked = [one for one in BROKEN if one.strip()]
        self.assertEqual(len(got), len(asked) + 1)
        for document in got[:-1]:
            self.assertEqual(document["format"], "evident-result-1")
            self.assertIn("error", document)
        self.assertEqual(got[-1]["case"], "fine")
        self.assertIn("gradients", got[-1])

    def test_what_a_function_does_wrong_is_one_answer_each(self):
        got = {d["case"]: d for d in self.answers(
            [line(n) for n in ("raise", "no", "words", "slopes", "type", "deep", "print", "fine")])}
        self.assertEqual(got["raise"]["error"], "ValueError: two lines")
        self.assertEqual(got["no"]["not-run"], "delays")
        self.assertEqual(got["words"]["error"], "gradients.bias.hid: found str, wanted numbers")
        self.assertIn("found dict, wanted evident_snn.Gradients", got["slopes"]["error"])
        self.assertIn("the function gave int", got["type"]["error"])
        self.assertIn("RecursionError: ", got["deep"]["error"])
        self.assertIn("gradients", got["print"])
        self.assertIn("gradients", got["fine"])
        self.assertTrue(all(d["engine"] == "mine" for d in got.values()))

    def test_what_is_no_json_is_written_in_words(self):
        made, = self.answers([line("nan")])
        self.assertEqual(made["loss"], "nan")
        self.assertEqual(made["gradients"]["weights"][0], [["-inf", "-inf"], ["-inf", "-inf"]])

    def test_what_is_not_provided_is_not_there_and_nothing_is_dropped(self):
        bare, uneven = self.answers([line("none"), line("uneven")])
        self.assertEqual(set(bare), {"format", "case", "engine", "loss"})
        self.assertEqual(uneven["samples"], [{"loss": 1, "spikes": {"hid": [[], [3]]}},
                                             {"loss": "inf", "spikes": None}])

    def test_arguments_in_each_others_place_are_refused_at_once(self):
        for wrong in (("mine", run), (run, evident_snn.Conventions("mine")), (run, "mine", "mine")):
            with self.assertRaisesRegex(TypeError, "serve.function, engine, conventions.: found"):
                evident_snn.serve(*wrong)

    def test_a_step_in_the_environment_stands_in_for_that_of_the_case(self):
        self.assertEqual(self.answers([line("a")])[0]["loss"], 0.5)
        self.assertEqual(self.answers([line("a")], EVIDENT_STEP="0.25")[0]["loss"], 0.25)
        self.assertIn("not-run", self.answers([line("a")], EVIDENT_STEP="fast")[0])

    def test_numbers_read_back_to_the_same_bits(self):
        case = evident_snn.read_case_text(line("fine"))
        got = self.answers([line("fine")])[0]["gradients"]["weights"][0]
        want = case.projections[0].weights / 3
        self.assertEqual(np.array(got).view(np.int64).tolist(), want.view(np.int64).tolist())

    def test_conventions_are_one_document(self):
        done = subprocess.run([sys.executable, self.path, "--conventions"], env=self.environment,
                              stdout=subprocess.PIPE, check=True)
        self.assertEqual(json.loads(done.stdout)["format"], "evident-conventions-1")

    def evident(self, *words):
        """What python -m evident_snn prints, and what it leaves in an empty folder."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-m", "evident_snn", *words], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=self.environment, encoding="utf-8", check=False)
            return done, os.listdir(folder)

    def test_a_mistyped_adapter_is_refused_before_anything_is_written(self):
        example = os.path.join(support.EXAMPLES, "first-spike.json")
        for command in (["league", "--cases", example, "--adapters", "numpy_eventprop", "numpy_"],
                        ["judge", "numpy_", example]):
            done, left = self.evident(*command)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
            self.assertIn("adapter: found numpy_, wanted", done.stderr)
            self.assertEqual(left, [])


class Ready(unittest.TestCase):
    def said(self, *words):
        done = subprocess.run([sys.executable, "-m", "evident_snn.adapters", *words],
                              input=line("fine"), stdout=subprocess.PIPE, check=True,
                              env={**os.environ, "PYTHONPATH": support.PACKAGE})
        return json.loads(done.stdout)

    def test_a_ready_adapter_answers_and_has_a_card(self):
        self.assertEqual(len(self.said("numpy_eventprop")["gradients"]), 7)
        self.assertEqual(self.said("numpy_eventprop", "--conventions")["engine"], "numpy_eventprop")

    def test_a_ready_adapter_without_its_package_says_so(self):
        self.assertRegex(self.said("mlgenn_eventprop")["not-run"], "is not installed here")


if __name__ == "__main__":
    unittest.main()
