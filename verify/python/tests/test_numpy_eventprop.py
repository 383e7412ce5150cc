# SPDX-License-Identifier: MIT
"""The closed forms of the NumPy EventProp. Its numbers the judge judges (test_judge.py)."""
import unittest

import support  # noqa: F401 (skips without NumPy)

import numpy as np

from evident_snn.adapters._membrane import crossing, flow, propagate


class Membrane(unittest.TestCase):
    def test_equal_and_nearly_equal_time_constants_meet(self):
        s = np.array([0.0, 1e-9, 0.1, 3.0, 40.0, 900.0])
        exact = flow(s, np.array(5.0), np.array(5.0))
        near = flow(s, np.array(5.0), np.array(5.0 * (1 + 1e-13)))
        for a, b in zip(exact, near):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-300)
        np.testing.assert_allclose(exact.v_i, s / 5 * np.exp(-s / 5), rtol=1e-14)

    def test_derivatives_of_the_kernel_are_those_of_differences(self):
        s, h = np.array([0.5, 4.0, 30.0]), 1e-6
        for mem, syn in ((20.0, 5.0), (5.0, 20.0), (7.0, 7.0), (7.0, 7.001)):
            f = flow(s, np.array(mem), np.array(syn))
            by_mem = (flow(s, np.array(mem + h), np.array(syn)).v_i
                      - flow(s, np.array(mem - h), np.array(syn)).v_i) / (2 * h)
            by_syn = (flow(s, np.array(mem), np.array(syn + h)).v_i
                      - flow(s, np.array(mem), np.array(syn - h)).v_i) / (2 * h)
            np.testing.assert_allclose(f.k_tau_mem, by_mem, atol=1e-9)
            np.testing.assert_allclose(f.k_tau_syn, by_syn, atol=1e-9)

    def test_crossings_are_the_first_ones_and_none_is_missed(self):
        rng = np.random.default_rng(2)
        n = 400
        v, i = rng.uniform(-2, 0.99, n), rng.normal(0, 5, n)
        bias, limit = rng.choice([0.0, 0.5, 1.5, -1.0], n), rng.uniform(1, 100, n)
        mem, syn = rng.uniform(2, 30, n), rng.uniform(2, 30, n)
        syn[::4] = mem[::4]
        got = crossing(v, i, limit, np.ones(n), mem, syn, bias)
        for k in range(n):  # against a fine scan
            t = np.linspace(0, limit[k], 20001)
            over = np.nonzero(propagate(v[k], i[k], t, mem[k], syn[k], bias[k])[0] > 1)[0]
            if over.size:
                self.assertLessEqual(got[k], t[over[0]])
                self.assertGreaterEqual(got[k], t[over[0] - 1])
                at = propagate(v[k], i[k], got[k], mem[k], syn[k], bias[k])[0]
                self.assertAlmostEqual(float(at), 1.0, places=11)
            else:
                self.assertEqual(got[k], np.inf)


if __name__ == "__main__":
    unittest.main()
