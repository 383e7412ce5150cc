# SPDX-License-Identifier: MIT
"""evident_snn.validity: how far a gradient is valid, through the program."""
import unittest

import support

import evident_snn


class Validity(unittest.TestCase):
    def test_both_sides_of_a_parameter(self):
        after, before = evident_snn.validity(support.EXAMPLES + "/worked.json",
                                             "weights[0][0][0]", prove=True)
        self.assertEqual((after["side"], before["side"]), (1, -1))
        self.assertEqual(after["kind"], "order")
        self.assertAlmostEqual(float(after["at"]), 0.016962396051902724, 15)
        self.assertAlmostEqual(float(before["at"]), -0.07453764580948205, 15)
        self.assertTrue(0.99 < float(after["proven"]) / float(after["at"]) < 1)

    def test_every_parameter_of_a_document(self):
        rows = evident_snn.validity(support.network(), within=0.5)
        self.assertEqual(len(rows) % 2, 0)
        self.assertIn("tau_mem.hid[0]", {row["along"] for row in rows})

    def test_what_is_not_there_is_refused(self):
        with self.assertRaisesRegex(evident_snn.EvidentError, "wanted a parameter"):
            evident_snn.validity(support.network(), "weights[9][0][0]")


if __name__ == "__main__":
    unittest.main()
