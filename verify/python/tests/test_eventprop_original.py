# SPDX-License-Identifier: MIT
"""The adapter for the original code, with a stand-in for its package: units, order, refusals.

The package is on no index, so this checks what goes in and what comes out, not its numbers."""
import types
import unittest

import support

import numpy as np

import evident_snn
from evident_snn.errors import NotRun

FIRST_SPIKE = {"kind": "first-spike-cross-entropy", "population": "out", "tau0": 2, "tau1": 8,
               "alpha": 0.5}


def stand_in(silent=False):
    """Modules with the names that the adapter imports; every layer spikes at 3 and 5 ms."""
    made = types.SimpleNamespace(layers=[], losses=[])

    class Spikes:
        def __init__(self, times, sources):
            self.times, self.sources = times, sources

    class LIFLayerParameters:
        def __init__(self, **values):
            self.__dict__.update(values)

    class LIFLayer:
        def __init__(self, parameters, w_in):
            self.parameters, self.w_in = parameters, w_in
            self.gradient = w_in * 10
            made.layers.append(self)

        def __call__(self, batch):
            self.input = batch
            n = 1 if silent else self.parameters.n
            times = np.array([0.003, 0.005] * n)
            self.post_batch = [Spikes(times, np.repeat(np.arange(n), 2)) for _ in batch]
            return self.post_batch

    class TTFSCrossEntropyLoss:
        def __init__(self, parameters):
            self.parameters = parameters
            made.losses.append(self)

        def __call__(self, batch):
            self.batch = batch

        def get_losses(self, labels):
            return np.asarray(labels, dtype=float)

        def backward(self, labels):
            self.labels = labels

    names = {"eventprop": {}, "eventprop.eventprop_cpp": {"Spikes": Spikes, "SpikesVector": list},
             "eventprop.lif_layer": {"LIFLayer": LIFLayer,
                                     "LIFLayerParameters": LIFLayerParameters},
             "eventprop.loss_layer": {"TTFSCrossEntropyLoss": TTFSCrossEntropyLoss,
                                      "TTFSCrossEntropyLossParameters": LIFLayerParameters}}
    support.stand_in(names)
    return made


def case_of(change=None):
    document = support.network()
    document["populations"][2] = {"name": "out", "size": 2, "model": "lif", "tau_mem": 10,
                                  "tau_syn": 4, "threshold": 1.5}
    document["loss"] = dict(FIRST_SPIKE)
    if change:
        support.put(document, *change)
    return evident_snn.read_case_text(document)


class Original(unittest.TestCase):
    def setUp(self):
        self.made = stand_in()
        self.run_case = support.fresh_adapter("eventprop_original").run

    def tearDown(self):
        support.forget("eventprop")

    def test_seconds_go_in_and_milliseconds_come_out(self):
        got = self.run_case(case_of())
        first, last = self.made.layers
        self.assertEqual((first.parameters.tau_mem, last.parameters.tau_syn), (0.02, 0.004))
        self.assertEqual((last.parameters.v_th, self.made.losses[0].parameters.tau0), (1.5, 0.002))
        self.assertEqual(first.input[0].times.tolist(), [0.001, 0.002, 0.009])
        self.assertEqual(first.input[0].sources.tolist(), [0, 1, 0])
        self.assertEqual(got.spikes[0]["out"][1].tolist(), [3, 5])
        self.assertEqual(got.gradients.weights[1].tolist(), [[10, 20], [30, 40]])
        self.assertEqual(got.loss, 1.0)

    def test_what_it_cannot_express_is_refused(self):
        for change in ((["populations", 1, "bias"], 0.5), (["projections", 0, "delay"], 1),
                       (["populations", 1, "tau_mem"], [20, 21]), (["loss", "penalty"], "x")):
            if change[1] == "x":
                document = case_of()
                document.loss.penalty = "reciprocal"
            else:
                document = case_of(change)
            with self.assertRaises(NotRun):
                self.run_case(document)
        with self.assertRaises(NotRun):
            self.run_case(evident_snn.read_case_text(support.network()))

    def test_a_silent_output_is_refused(self):
        self.made = stand_in(silent=True)
        module = support.fresh_adapter("eventprop_original")
        with self.assertRaisesRegex(NotRun, "silent"):
            module.run(case_of())


if __name__ == "__main__":
    unittest.main()
