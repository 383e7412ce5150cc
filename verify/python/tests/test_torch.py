# SPDX-License-Identifier: MIT
"""evident_snn.torch.gradcheck: a function, a torch.autograd.Function, a module. Not run where torch
is absent."""
import unittest

import support

import evident_snn

try:
    import torch

    import evident_snn.torch
    from torch_eventprop import EventProp
except ImportError:
    torch = None

CASES = "closed-output:1:5"  # inputs onto outputs, the mean voltage by e^-t/T


def scores(case, weights, turned=False):
    """The mean loss over samples of a network without hidden neurons, all in PyTorch."""
    end, out = case.end, case.outputs
    if case.loss.weighting not in ("uniform", "exponential") or len(case.neurons()) > 1:
        raise evident_snn.NotRun("hidden neurons, or a loss that is not a mean voltage by w(t)")
    rate = 0.0 if case.loss.weighting == "uniform" else 1 / end

    def area(start, tau):
        fall = rate + 1 / tau
        return (torch.exp(-rate * start)
                * -torch.expm1(-(end - start).clamp(min=0) * fall) / fall)

    zero = torch.zeros((), dtype=out.bias.dtype)
    whole = zero + end if rate == 0 else -torch.expm1(zero - 1) / rate
    loss = 0
    for sample in case.samples:
        score = out.bias * (whole - area(zero, out.tau_mem)) / end
        for p, w in zip(case.projections, weights):
            w = w.T if turned else w
            for pre, train in enumerate(sample.spikes[p.source]):
                for spike in train:
                    start = spike + p.delay[pre]
                    psp = ((area(start, out.tau_mem) - area(start, out.tau_syn)) * out.tau_syn
                           / (out.tau_mem - out.tau_syn) / end)
                    score = score + w[pre] * psp
        loss = loss - torch.log_softmax(score, 0)[sample.label] / len(case.samples)
    return loss


def mine(case):
    return scores(case, [p.weights for p in case.projections])


if torch:
    class Layer(torch.nn.Module):
        def __init__(self, pre, post, linear):
            super().__init__()
            self.linear = torch.nn.Linear(pre, post, bias=False) if linear else None
            self.weight = None if linear else torch.nn.Parameter(torch.zeros(pre, post))
            self.double()

        def forward(self, case):
            weight = self.linear.weight if self.linear else self.weight
            return scores(case, [weight], turned=self.linear is not None)


@support.needs("torch")
class Torch(unittest.TestCase):
    def check(self, what, code="pass", **how):
        got = evident_snn.torch.gradcheck(what, **{"cases": CASES, **how})
        self.assertEqual(got.verdict, code, str(got))
        return got

    def test_a_function_of_tensors(self):
        got = self.check(mine)
        self.assertTrue(str(got).startswith("mine: pass: "))
        quantities = {c["quantity"] for one in got.cases for c in one.document["comparisons"]}
        self.assertIn("weights", quantities)
        self.assertNotIn("delays", quantities)

    def test_by_other_quantities(self):
        got = self.check(mine, by="weights delays bias spike_times tau_mem")
        quantities = {c["quantity"] for one in got.cases for c in one.document["comparisons"]}
        self.assertLessEqual({"weights", "delays", "bias", "spike_times", "tau_mem"}, quantities)
        with self.assertRaisesRegex(evident_snn.EvidentError, "by: found colour"):
            self.check(mine, by="colour")

    def test_a_detached_tensor_is_not_provided(self):
        got = self.check(lambda case: scores(case, [p.weights.detach() for p in case.projections]),
                         "undecided")
        self.assertIn("no gradient in its answer", str(got))

    def test_a_wrong_function_fails(self):
        got = self.check(lambda case: 2 * mine(case) - mine(case).detach(), "fail")
        self.assertIn("weights 2 times the reference", str(got))

    def test_modules_get_the_weights_into_their_parameters(self):
        case = evident_snn.read_case_text(evident_snn.service.shared().case(CASES), CASES)
        pre, post = case.projections[0].weights.shape
        for linear in (False, True):
            self.check(Layer(pre, post, linear))
        got = self.check(Layer(pre + 1, post, False), "not-run")
        self.assertIn("cases of one network", str(got))
        both = torch.nn.ModuleList([Layer(pre, post, False), Layer(pre, post, False)])
        both.forward = lambda asked: both[1](asked)
        got = self.check(both, "error")
        self.assertIn("weights: found 0.weight, 1.weight, wanted 1 parameters", str(got))
        self.check(both, weights=["1.weight"])

    def test_an_autograd_function(self):
        got = self.check(EventProp, cases=["random-recurrent:1:2", "random-delays:1:3"])
        self.assertTrue(str(got).startswith("EventProp: pass: "))

    def test_spikes_come_along(self):
        def late(case):
            weights = [p.weights for p in case.projections]
            spikes = [{p.name: [[1.0]] * p.size for p in case.lif()} for _ in case.samples]
            return EventProp.apply(case, *weights), spikes

        got = self.check(late, "fail", cases=["random-recurrent:1:2"])
        self.assertIn(": spike", str(got))

    def test_single_precision_is_judged_as_such(self):
        self.check(mine, dtype=torch.float32)

    def test_what_is_no_loss_is_an_error(self):
        got = self.check(lambda case: case.projections[0].weights, "error")
        self.assertIn("wanted a loss, a tensor of one number", str(got))


if __name__ == "__main__":
    unittest.main()
