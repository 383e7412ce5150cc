"""Comparisons, readings of factors, and what the league table says of them."""
import json
import os
import tempfile
import unittest

import support

import numpy as np

import evident
from evident.compare import agreement, blocks_of, compare, compare_spikes
from evident.defects import Row, seen
from evident.judge import Verdict, report
from evident.readings import read_factor
from evident.result import Gradients, Result, read_result, result_document
from evident.table import write_tsv


def case_of(**changes):
    document = support.network()
    for name, value in changes.items():
        support.put(document, name.split("__"), value)
    return evident.read_case_text(document)


def truth(case):
    rng = np.random.default_rng(3)
    return Result(0.5, [0.5], [{"hid": [np.array([1.0, 2.0]), np.array([])]}], Gradients(
        [rng.normal(size=p.weights.shape) for p in case.projections]))


def scaled(result, factors):
    return Result(result.loss, result.sample_losses, result.spikes, Gradients(
        [w * f for w, f in zip(result.gradients.weights, factors)]))


class Comparing(unittest.TestCase):
    def setUp(self):
        self.case = case_of()
        self.want = truth(self.case)

    def level(self, got):
        return compare(self.case, got, self.want).level

    def test_the_words(self):
        self.assertEqual(self.level(scaled(self.want, [1, 1])), "same")
        self.assertEqual(self.level(scaled(self.want, [1 + 1e-9, 1])), "same")
        self.assertEqual(self.level(scaled(self.want, [1.1, 1.1])), "scaled")
        self.assertEqual(self.level(scaled(self.want, [1, -1])), "scaled")
        noise = np.random.default_rng(5).normal(size=(2, 2))
        for size, word in ((0.01, "close"), (1e3, "wrong")):
            got = scaled(self.want, [1, 1])
            got.gradients.weights[0] = got.gradients.weights[0] + size * noise
            self.assertEqual(self.level(got), word)

    def test_what_is_not_finite_is_wrong(self):
        for bad in (np.nan, np.inf):
            got = scaled(self.want, [1, 1])
            got.gradients.weights[1][1, 0] = bad
            self.assertEqual(self.level(got), "wrong")

    def test_a_zero_truth_wants_zero(self):
        zero = np.zeros(3)
        self.assertEqual(agreement(zero, zero).level, "same")
        self.assertEqual(agreement(np.ones(3), zero).level, "wrong")
        self.assertEqual(agreement(zero, np.ones(3)).level, "wrong")

    def test_next_to_nothing_is_the_same_where_the_truth_is_nothing(self):
        self.want.gradients.weights[0] = np.zeros((2, 2))
        for size, word in ((1e-9, "same"), (1e-3, "wrong"), (np.nan, "wrong")):
            got = scaled(self.want, [1, 1])
            got.gradients.weights[0] = np.full((2, 2), size)
            self.assertEqual(self.level(got), word)

    def test_sizes_at_the_ends_of_the_doubles(self):
        for size in (1e300, 1e-300, 5e-324):
            got = agreement(np.array([size, 0]), np.array([size, 0]))
            self.assertEqual((got.level, got.cosine), ("same", 1.0))

    def test_a_transposed_matrix_is_wrong(self):
        got = scaled(self.want, [1, 1])
        got.gradients.weights[0] = got.gradients.weights[0].T.copy()
        self.assertEqual(self.level(got), "wrong")

    def test_spikes_missed_and_extra(self):
        got = [{"hid": [np.array([1.0]), np.array([3.0])]}]
        s = compare_spikes(got, self.want.spikes)
        self.assertEqual((s.wanted, s.missed, s.extra), (2, 1, 1))

    def test_a_result_survives_the_way_through_json(self):
        document = json.loads(json.dumps(result_document(self.want, self.case)))
        got = read_result(document, self.case)
        self.assertEqual(got.gradients.weights[0].tolist(),
                         self.want.gradients.weights[0].tolist())
        self.assertIsNone(got.gradients.delays)


class Readings(unittest.TestCase):
    def reading(self, case, factors):
        want = truth(case)
        got = scaled(want, factors)
        found = read_factor(case, blocks_of(got.gradients, case), blocks_of(want.gradients, case))
        return found.texts if found else None

    def test_factors_have_names(self):
        case = case_of()
        self.assertIn("1/T", self.reading(case, [1 / 40, 1 / 40]))
        self.assertEqual(self.reading(case, [-1, -1]), ("-1",))
        self.assertIn("1000", self.reading(case, [1000, 1000]))
        self.assertIn("1/tau_syn", self.reading(case, [1 / 5, np.array([1 / 5, 1 / 4])]))
        self.assertIn("1/tau_mem", self.reading(case, [1 / 20, 1 / 20]))
        self.assertIn("-1/tau_mem", self.reading(case, [-1 / 20, -1 / 20]))
        self.assertIsNone(self.reading(case, [7.3, 7.3]))
        self.assertIsNone(self.reading(case, [1, 3]))

    def test_a_report_says_the_reading_and_the_place(self):
        case = case_of()
        want = truth(case)
        comparison = compare(case, scaled(want, [-1, -1]), want)
        found = read_factor(case, [a for a, _, _ in comparison.pairs],
                            [b for _, b, _ in comparison.pairs])
        text = "\n".join(report(Verdict(case, comparison.level, "", comparison, found)))
        self.assertIn("n: scaled", text)
        self.assertIn("the sign is reversed", text)
        self.assertIn("weights[0] in>hid", text)


class League(unittest.TestCase):
    def row(self, factor, readings=(), word="scaled", missed=0):
        a = agreement(np.array([1.0, 2.0]) * factor, np.array([1.0, 2.0]))
        return Row(word, "", a, a, a, 10, missed, 0, readings, "f")

    def test_defects_are_named_from_numbers(self):
        self.assertEqual(seen([self.row(1, (), "same")] * 4, None, 1), "nothing: all the same")
        self.assertIn("a factor of 1/tau_mem in 4 of 4", seen([self.row(.05, ("1/tau_mem",))] * 4,
                                                              None, 1))
        self.assertIn("8 of 40 spikes missed", seen([self.row(1, (), "wrong", 2)] * 4, None, 1))
        self.assertIn("point away from descent in 4 of 4",
                      seen([self.row(-1, (), "wrong")] * 4, None, 1))
        delays = self.row(1, (), "same")._replace(off=("delays",))
        self.assertEqual(seen([self.row(1, (), "same"), delays], None, 1),
                         "weights all the same; delays wrong in 1 cases, with weights the same")
        coarse, fine = [self.row(2, (), "wrong")] * 4, [self.row(8, (), "wrong")] * 4
        self.assertIn("step^-1.0, without a limit", seen(coarse, fine, 4))
        right, wrong = self.row(1, (), "same"), self.row(9, (), "wrong")
        few = seen([right] * 3 + [wrong], None, 1)
        self.assertIn("weights the same but in 1 of 4 cases, in f", few)
        self.assertNotIn("same but", seen([right] + [wrong] * 3, None, 1))
        self.assertEqual(seen([Row("not-run", "x", None, None, None, 0, 0, 0, (), "f")], None, 1),
                         "not run")

    def test_a_table_is_tabs_and_newlines_only_where_they_belong(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a", "t.tsv")
            write_tsv(path, ["x", "y"], [["a\tb", "c\nd"]])
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "x\ty\na b\tc d\n")


if __name__ == "__main__":
    unittest.main()
