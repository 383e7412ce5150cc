"""Cases: what is read, what is refused and how it is said."""
import json
import os
import subprocess
import tempfile
import unittest

import support

import numpy as np

import evident_snn
from evident_snn.errors import CaseError
from evident_snn.program import words_of
from evident_snn.write import case_line

# path, value (None: remove), what the refusal says
REFUSALS = [
    (["format"], "evident-case-2", "$.format: found \"evident-case-2\", wanted evident-case-1"),
    (["name"], "", "$.name: found \"\", wanted a name of 1 to 255 bytes"),
    (["colour"], 1, "$: found the key \"colour\", wanted only the keys of a case"),
    (["loss"], None, "$: found no such key, wanted the key \"loss\" of a case"),
    (["time", "end"], 0, "$.time.end: found 0.0, wanted a finite number > 0"),
    (["time", "end"], "nan", "$.time.end: found \"nan\", wanted a number, or a string"),
    (["time", "end"], "1e400", "$.time.end: found \"1e400\", wanted a number that a double"),
    (["time", "end"], True, "$.time.end: found true, wanted a number"),
    (["time", "step"], -1, "$.time.step: found -1.0, wanted a finite number > 0"),
    (["populations", 1, "tau_mem"], [20], "populations[1].tau_mem: found a list of 1, wanted a"),
    (["populations", 1, "tau_syn"], -5, "populations[1].tau_syn: found -5.0, wanted a finite"),
    (["populations", 1, "reset"], 1, "populations[1].threshold: found 1.0, wanted more than the"),
    (["populations", 2, "threshold"], 1, "populations[2]: found the key \"threshold\", wanted"),
    (["populations", 1, "size"], 1e9, "populations[1].size: found 1000000000.0, wanted a whole"),
    (["populations", 1, "name"], "in", "populations[1].name: found \"in\", wanted a name that no"),
    (["populations", 0, "model"], "alif", "populations[0].model: found \"alif\", wanted spike"),
    (["projections", 0, "weights"], [[1, 2]], "projections[0].weights: found a list of 1, wanted"),
    (["projections", 0, "weights", 1], [1], "projections[0].weights[1]: found a list of 1, wanted"),
    (["projections", 0, "delay"], -1, "projections[0].delay: found -1.0, wanted a finite number"),
    (["projections", 0, "source"], "out", "projections[0].source: found \"out\" (model li)"),
    (["projections", 0, "target"], "nobody", "projections[0].target: found \"nobody\", wanted the"),
    (["samples"], [], "$.samples: found no samples, wanted one at least"),
    (["samples", 0, "spikes", "in", 0], [9, 1], "in[0][1]: found 1.0, wanted ascending times, so"),
    (["samples", 0, "spikes", "in", 0], [40], "in[0][0]: found 40.0, wanted a time in [0, 40.0)"),
    (["samples", 0, "target", "label"], 2, "target.label: found 2, wanted a whole number 0 .. 1"),
    (["samples", 0, "target"], {"times": [1, 2]}, "target: found the key \"times\", wanted only"),
    (["loss", "kind"], "hinge", "$.loss.kind: found \"hinge\", wanted voltage-integral"),
    (["loss", "population"], "hid", "$.loss.population: found \"hid\" (model lif), wanted an li"),
    (["loss", "weighting"], None, "$.loss: found no such key, wanted the key \"weighting\""),
    (["loss", "tau0"], 1, "$.loss: found the key \"tau0\", wanted only the keys of voltage-int"),
]

TEXTS = [
    (b"", "wanted valid JSON"), (b"[]", "$: found a list of 0, wanted an object: a case"),
    (b"{", "wanted valid JSON"), (b"\xff\xfe", "found byte 0xff at offset 0, wanted UTF-8 text"),
    (b"\0" * 8, "wanted valid JSON"), (b"[" * 100000, "wanted"), (b'{"a": 1, "a": 2}', "twice"),
    (b'{"format": NaN}', "NaN, which is no JSON"), (b'{"a": 1e999}', "more than a double can hold"),
    (b'{"a": 100000000000000000000}', "an integer beyond 64 bits"),
    (b'{"format": "evident-case-1", "name": "\\ud800"}', "wanted the key"),
]


class Reading(unittest.TestCase):
    def test_examples_are_read_and_written_back_to_the_same_case(self):
        names = sorted(os.listdir(support.EXAMPLES))
        self.assertGreaterEqual(len(names), 5)
        for name in names:
            case = evident_snn.read_case(os.path.join(support.EXAMPLES, name))
            again = evident_snn.read_case_text(case_line(case))
            self.assertEqual(case_line(case), case_line(again), name)

    def test_values_stand_once_a_neuron_and_once_a_synapse(self):
        case = evident_snn.read_case_text(support.network())
        self.assertEqual(case.population("hid").tau_mem.tolist(), [20, 20])
        self.assertEqual(case.outputs.tau_syn.tolist(), [5, 4])
        self.assertEqual(case.projections[1].delay.tolist(), [[0, 0], [0, 0]])
        self.assertEqual(case.samples[0].spikes["in"][0].tolist(), [1, 9])
        self.assertEqual(case.samples[0].label, 1)

    def test_strings_hold_numbers_to_the_last_bit(self):
        document = support.network()
        document["projections"][0]["weights"][0] = ["0x1.999999999999ap-4", "-1e-3"]
        case = evident_snn.read_case_text(document)
        self.assertEqual(case.projections[0].weights[0].tolist(), [0.1, -0.001])

    def test_numbers_survive_writing_bit_for_bit(self):
        rng = np.random.default_rng(1)
        document = support.network()
        bits = rng.integers(1, 0x7FEFFFFFFFFFFFFF, size=(2, 2), dtype=np.int64)
        document["projections"][0]["weights"] = bits.view(np.float64).tolist()
        case = evident_snn.read_case_text(document)
        again = evident_snn.read_case_text(case_line(case))
        self.assertEqual(again.projections[0].weights.view(np.int64).tolist(), bits.tolist())

    def test_arguments_in_each_others_place_are_refused_and_write_nothing(self):
        case = evident_snn.read_case_text(support.network())
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "case.json")
            for wrong in ((case, path), (path, support.network()), (path, path)):
                with self.assertRaisesRegex(TypeError, "where a case belongs, wanted evident_snn.Case"):
                    evident_snn.write_case(*wrong)
            self.assertEqual(os.listdir(folder), [])
            evident_snn.write_case(path, case)
            self.assertEqual(case_line(evident_snn.read_case(path)), case_line(case))

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

    def test_hdf5_matrices_are_read_or_refused_in_one_line(self):
        document = support.network()
        document["projections"][0]["weights"] = {"hdf5": "w.h5", "dataset": "/w"}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "case.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            try:
                import h5py
            except ImportError:
                with self.assertRaisesRegex(CaseError, "or the Python package h5py to read it"):
                    evident_snn.read_case(path)
                return
            with self.assertRaisesRegex(CaseError, "there is none of that name"):
                evident_snn.read_case(path)
            with h5py.File(os.path.join(folder, "w.h5"), "w") as file:
                file["w"] = np.array([[3, 1], [2, 4]], dtype=np.float32)
            self.assertEqual(evident_snn.read_case(path).projections[0].weights.tolist(),
                             [[3, 1], [2, 4]])


class Refusing(unittest.TestCase):
    def test_each_wrong_value_is_refused_with_its_place(self):
        for path, value, said in REFUSALS:
            document = support.network()
            support.put(document, path, value)
            with self.assertRaises(CaseError) as caught:
                evident_snn.read_case_text(json.dumps(document), "f.json")
            text = str(caught.exception)
            self.assertIn(said, text)
            self.assertTrue(text.startswith("f.json: $"), text)
            self.assertNotIn("\n", text)

    def test_text_that_is_no_case_is_refused_in_one_line(self):
        for data, said in TEXTS:
            with self.assertRaises(CaseError) as caught:
                evident_snn.read_case_text(data)
            self.assertIn(said, str(caught.exception))
            self.assertNotIn("\n", str(caught.exception))

    def test_a_missing_file_is_refused(self):
        with self.assertRaisesRegex(CaseError, "found no readable file"):
            evident_snn.read_case("no/such/file.json")

    def test_the_program_evident_refuses_the_same(self):
        program = support.program()
        if program is None:
            self.skipTest("the program evident is not in $EVIDENT or PATH")
        for path, value, _ in REFUSALS:
            document = support.network()
            support.put(document, path, value)
            done = subprocess.run([program, "check", "-"], input=json.dumps(document),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  encoding="utf-8", check=False)
            self.assertEqual(done.returncode, 2, path)

if __name__ == "__main__":
    unittest.main()
