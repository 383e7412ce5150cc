# SPDX-License-Identifier: MIT
"""evident_snn.jax.gradcheck, in single and in double precision. Not run where JAX is absent."""
import unittest

import numpy as np

import support

try:
    import jax

    import evident_snn.jax
except ImportError:
    jax = None

CASE = "closed-output:1:5"  # inputs onto outputs, the mean voltage by e^-t/T


def mine(weights, case):
    end, out = case.end, case.outputs
    rate = 0.0 if case.loss.weighting == "uniform" else 1 / end

    def area(start, tau):
        fall = rate + 1 / tau
        return np.exp(-rate * start) * -np.expm1(-np.maximum(end - start, 0) * fall) / fall

    whole = -np.expm1(-rate * end) / rate if rate else end
    loss = 0
    for sample in case.samples:
        score = out.bias * (whole - area(0, out.tau_mem)) / end
        for p, w in zip(case.projections, weights):
            for pre, train in enumerate(sample.spikes[p.source]):
                for spike in train:
                    start = spike + p.delay[pre]
                    psp = ((area(start, out.tau_mem) - area(start, out.tau_syn)) * out.tau_syn
                           / (out.tau_mem - out.tau_syn) / end)
                    score = score + w[pre] * psp
        loss = loss - jax.nn.log_softmax(score)[sample.label] / len(case.samples)
    return loss


@support.needs("jax")
class Jax(unittest.TestCase):
    def tearDown(self):
        jax.config.update("jax_enable_x64", False)

    def test_both_precisions_pass_and_each_is_judged_as_what_it_is(self):
        for double in (False, True):
            jax.config.update("jax_enable_x64", double)
            got = evident_snn.jax.gradcheck(mine, cases=[CASE])
            self.assertTrue(got, str(got))
            self.assertEqual(got.digits > 9, double)

    def test_a_wrong_one_fails(self):
        jax.config.update("jax_enable_x64", True)
        got = evident_snn.jax.gradcheck(
            lambda w, case: 2 * mine(w, case) - jax.lax.stop_gradient(mine(w, case)), cases=[CASE])
        self.assertIn("weights 2 times the reference", str(got))
        self.assertEqual(got.verdict, "fail")

    def test_spikes_come_along(self):
        got = evident_snn.jax.gradcheck(lambda w, case: (mine(w, case), [{"no": []}, {"no": []}]), cases=[CASE])
        self.assertTrue(got, str(got))
        got = evident_snn.jax.gradcheck(lambda w, case: (mine(w, case), {"no": []}), cases=[CASE])
        self.assertIn("a list of them where there are several", str(got))


if __name__ == "__main__":
    unittest.main()
