# SPDX-License-Identifier: MIT
"""Cases: what is read, and how it is said what cannot be. The rules of the format are not tested
here: they are those of the program `evident`."""
import copy
import json
import os
import unittest

import support

import evident_snn
from evident_snn.errors import CaseError

# path, value (None: remove), what the refusal says
REFUSALS = [
    (["format"], "evident-case-2", "$.format: found \"evident-case-2\", wanted evident-case-1"),
    (["loss"], None, "n\", \"time\": {\"end\":..., wanted an object with the key \"loss\""),
    (["time", "end"], "nan", "$.time.end: found \"nan\", wanted a number"),
    (["time", "end"], [1], "$.time.end: found [1], wanted a number"),
    (["populations", 1, "tau_mem"], [20], "populations[1].tau_mem: found [20], wanted numbers "
                                          "written out, of shape [2]"),
    (["populations", 1, "size"], -1, "populations[1].size: found -1, wanted a whole number from 0"),
    (["populations", 0, "model"], "alif", "populations[0].model: found \"alif\", wanted spike"),
    (["projections", 0, "weights"], {"hdf5": "w.h5", "dataset": "/w"},
     "[0].weights: found {\"hdf5\": \"w.h5\", \"dataset\": \"/w\"}, wanted numbers written out"),
    (["projections", 0, "weights", 1], [1], "weights: found [[3, 1], [1]], wanted numbers written"),
    (["projections", 0, "target"], "nobody", "projections[0].target: found \"nobody\", wanted the"),
    (["samples", 0, "spikes", "in", 0], 9, "in[0]: found 9, wanted numbers written out, of"),
    (["samples", 0, "target", "label"], 0.5, "target.label: found 0.5, wanted a whole number"),
    (["loss", "population"], "hidden", "$.loss.population: found \"hidden\", wanted the name of a"),
]
TEXTS = [b"", b"{", b"[]", b"null", b"\xff\xfe", b"\0" * 8, b"[" * 100000, b'{"a": 1e999}']
WRONG = [None, True, "x", "nan", "", [], {}, -1, 0.5, 1e300, 10**400, [[1]], [None], {"hdf5": 1}]


def places(value, path=()):
    """The paths of everything in a JSON value."""
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from places(value[key], (*path, key))


class Reading(unittest.TestCase):
    def test_examples_are_read(self):
        for name in os.listdir(support.EXAMPLES):
            case = evident_snn.read_case(os.path.join(support.EXAMPLES, name))
            self.assertEqual(len(case.samples[0].spikes), 1, name)

    def test_values_stand_once_a_neuron_and_once_a_synapse(self):
        case = evident_snn.read_case_text(support.network())
        self.assertEqual(case.population("hid").tau_mem.tolist(), [20, 20])
        self.assertEqual(case.population("hid").reset.tolist(), [0, 0])
        self.assertEqual(case.outputs.tau_syn.tolist(), [5, 4])
        self.assertEqual(case.projections[1].weights.tolist(), [[1, 2], [3, 4]])
        self.assertEqual(case.projections[1].delay.tolist(), [[0, 0], [0, 0]])
        self.assertEqual([t.tolist() for t in case.samples[0].spikes["in"]], [[1, 9], [2]])
        self.assertEqual((case.samples[0].label, case.end, case.step), (1, 40, 0.5))

    def test_losses_have_their_own_values_and_targets(self):
        loss = {"kind": "first-spike-cross-entropy", "population": "hid", "tau0": 2, "alpha": 0}
        for change, said in (({}, "exponential"), ({"penalty": "reciprocal"}, "reciprocal")):
            document = {**support.network(), "loss": {**loss, **change}}
            got = evident_snn.read_case_text(document).loss
            self.assertEqual((got.penalty, got.tau0, got.silent_after), (said, 2, 1))
        document = support.network()
        document["samples"][0]["target"] = {"voltages": [0.5, [[0, 1], [3, 2]]]}
        voltages = evident_snn.read_case_text(document).samples[0].voltages
        self.assertEqual([v.tolist() for v in voltages], [[[0, 0.5]], [[0, 1], [3, 2]]])
        document["samples"][0]["target"] = {"times": [3, "4"]}
        times = evident_snn.read_case_text(document).samples[0].times
        self.assertEqual(times.tolist(), [3, 4])

    def test_strings_hold_numbers_to_the_last_bit(self):
        document = support.network()
        document["projections"][0]["weights"][0] = ["0x1.999999999999ap-4", "-1e-3"]
        case = evident_snn.read_case_text(document)
        self.assertEqual(case.projections[0].weights.tolist(), [[0.1, -0.001], [2, 4]])


class Refusing(unittest.TestCase):
    def test_what_no_case_can_be_made_of_is_refused_with_its_place(self):
        for path, value, said in REFUSALS:
            document = support.network()
            support.put(document, path, value)
            with self.assertRaises(CaseError) as caught:
                evident_snn.read_case_text(json.dumps(document), "f.json")
            self.assertIn(said, str(caught.exception))
            self.assertTrue(str(caught.exception).startswith("f.json: $"), caught.exception)

    def test_any_wrong_value_is_read_or_refused_in_one_line(self):
        refused = 0
        for path in places(support.NETWORK):
            for value in WRONG:
                document = copy.deepcopy(support.NETWORK)
                support.put(document, path, value)
                try:
                    evident_snn.read_case_text(document, "f.json")
                except CaseError as error:
                    refused += 1
                    self.assertRegex(str(error), r"\Af\.json: \$.*: found .*, wanted .*\Z")
        self.assertGreater(refused, 400)

    def test_text_that_is_no_case_is_refused_in_one_line(self):
        for data in TEXTS:
            with self.assertRaisesRegex(CaseError, r"\Acase: .*found .*, wanted .*\Z"):
                evident_snn.read_case_text(data)

    def test_a_missing_file_is_refused(self):
        with self.assertRaisesRegex(CaseError, "found no readable file"):
            evident_snn.read_case("no/such/file.json")


if __name__ == "__main__":
    unittest.main()
