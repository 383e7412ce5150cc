# SPDX-License-Identifier: MIT
"""evident_snn.gradcheck: a function in this process, its verdict, and how that is read."""
import math
import unittest
import xml.etree.ElementTree as tree

import support

import evident_snn
from evident_snn.adapters import numpy_eventprop as exact

CASES = ["closed-output:1:0", "closed-chain:1:1-2"]


def right(case):
    return exact.run(case)


def weights_alone(case):
    got = exact.run(case)
    return evident_snn.Result(got.loss, spikes=got.spikes,
                              gradients=evident_snn.Gradients(got.gradients.weights))


def twice(case):
    got = weights_alone(case)
    got.gradients.weights = [2 * w for w in got.gradients.weights]
    return got


def spoils_the_case(case):
    got = weights_alone(case)
    case.step = None
    case.projections.clear()
    return got


def raises(case):
    return 1 / 0


def grid(case):
    """Exact, but for an error of first order that vanishes with the step."""
    got = weights_alone(case)
    got.gradients.weights = [w * (1 + 0.01 * case.step) for w in got.gradients.weights]
    return got


@support.needs()
class Gradcheck(unittest.TestCase):
    def test_a_right_function_passes(self):
        got = evident_snn.gradcheck(right, cases=CASES)
        self.assertTrue(got)
        got.raise_for_failures()
        self.assertRegex(str(got), r"\Aright: pass: cases: 3, 3 pass; agrees to 1[0-9]\.[0-9] "
                                   r"digits or more\Z")
        self.assertEqual([one.case for one in got.cases],
                         ["closed-output:1:0", "closed-chain:1:1", "closed-chain:1:2"])

    def test_a_family_by_its_name(self):
        got = evident_snn.gradcheck(weights_alone, like="closed-chain", count=3, seed=7)
        self.assertEqual([one.case for one in got.cases], [f"closed-chain:7:{k}" for k in range(3)])
        self.assertTrue(got)

    def test_a_wrong_one_fails_and_says_what_where_and_how_to_see_it_again(self):
        told = []
        got = evident_snn.gradcheck(twice, cases=CASES, engine="mine", tell=told.append)
        self.assertFalse(got)
        self.assertEqual(told, got.cases)
        distances = [one.distance for one in got.failures]
        self.assertEqual(distances, sorted(distances, reverse=True))
        self.assertGreater(distances[-1], 1)
        self.assertEqual(list(got.readings), ["weights 2 times the reference"])
        lines = str(got).splitlines()
        self.assertRegex(lines[0], r"\Amine: fail: cases: 3, 3 fail\Z")
        self.assertEqual(lines[1], "reading: weights 2 times the reference (3 cases alike)")
        self.assertRegex(lines[2], r"\AFAIL \S+: weights weights\S+ got \S+ want \S+ distance ")
        self.assertIn(f"again: evident_snn.gradcheck(mine, cases=['{got.failures[0].case}'])",
                      str(got))
        worst = got.failures[0].failures[0]
        self.assertTrue(math.isclose(float(worst["got"]), 2 * float(worst["want"])))
        with self.assertRaisesRegex(evident_snn.GradientError, "weights 2 times the reference"):
            got.raise_for_failures()
        with self.assertRaises(AssertionError):
            got.failures[0].raise_for_failures()

    def test_the_picture_is_of_the_worst_case_and_well_formed(self):
        page = evident_snn.gradcheck(twice, cases=CASES)._repr_html_()
        root = tree.fromstring(page)
        dots = root.findall(".//{http://www.w3.org/2000/svg}circle/"
                            "{http://www.w3.org/2000/svg}title")
        places = [dot.text.split(": got ") for dot in dots]
        self.assertGreater(len(places), 4)
        for place, numbers in places:
            self.assertTrue(place.startswith("weights["))
            got, want = map(float, numbers.split(", want "))
            self.assertAlmostEqual(got, 2 * want)
        self.assertIn('stroke="#b3261e"', page)
        passing = evident_snn.gradcheck(right, cases=CASES[:1])._repr_html_()
        self.assertNotIn('stroke="#b3261e"', passing)
        tree.fromstring(passing)

    def test_what_a_function_does_to_its_case_is_its_own_affair(self):
        card = evident_snn.Conventions("mine", time="grid")  # asked at several steps
        steps = []

        def watched(case):
            steps.append(case.step)
            return spoils_the_case(case)

        evident_snn.gradcheck(watched, cases=CASES[:1], conventions=card)
        self.assertEqual(steps, [steps[0] / 2**k for k in range(8)])
        self.assertTrue(evident_snn.gradcheck(spoils_the_case, cases=CASES))

    def test_an_exception_is_an_error_of_the_case_with_its_line(self):
        got = evident_snn.gradcheck(raises, cases=CASES[:1])
        self.assertRegex(str(got), r"ERROR closed-output:1:0: raises: ZeroDivisionError: division "
                                   r"by zero \(test_gradcheck\.py:\d+\)")
        self.assertIsInstance(got.failures[0].exception, ZeroDivisionError)
        with self.assertRaises(evident_snn.GradientError) as caught:
            got.raise_for_failures()
        self.assertIsInstance(caught.exception.__cause__, ZeroDivisionError)

    def test_what_was_not_run_shows_nothing(self):
        def refuses(case):
            raise evident_snn.NotRun("no spikes")

        got = evident_snn.gradcheck(refuses, cases=CASES)
        self.assertFalse(got)
        self.assertEqual(got.verdict, "not-run")
        self.assertIn("not-run 3: no spikes", str(got))

    def test_conventions_are_taken_out(self):
        card = evident_snn.Conventions("mine", scale="2")
        self.assertTrue(evident_snn.gradcheck(twice, cases=CASES, conventions=card))

    def test_a_grid_is_asked_at_halves_of_its_step(self):
        card = evident_snn.Conventions("mine", time="grid")
        steps = []

        def watched(case):
            steps.append(case.step)
            return grid(case)

        got = evident_snn.gradcheck(watched, cases=["closed-output:1:0"], conventions=card)
        self.assertTrue(got, str(got))
        self.assertEqual(steps, [steps[0] / 2**k for k in range(8)])
        got = evident_snn.gradcheck(twice, cases=["closed-output:1:0"], conventions=card)
        self.assertEqual(got.verdict, "fail")

    def test_bad_arguments_are_one_line(self):
        for words, said in (({"count": 0}, "count: found 0"), ({"cases": ["/no/such.json"]},
                                                               "no/such.json"),
                            ({"like": "no-such-family"}, "unknown family")):
            with self.assertRaisesRegex(evident_snn.EvidentError, said):
                evident_snn.gradcheck(right, **words)
        with self.assertRaisesRegex(TypeError, "found int, wanted a function"):
            evident_snn.gradcheck(3)


if __name__ == "__main__":
    unittest.main()
