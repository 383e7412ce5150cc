# SPDX-License-Identifier: MIT
"""The adapter for mlGeNN, with a stand-in for its packages: what goes in and what comes out.

The packages are on no index, so this checks the adapter against what it was written from, not
mlGeNN's numbers: the stand-in answers with exact gradients over tau_mem, a trial late."""
import sys
import types
import unittest

import support

import numpy as np

import evident_snn
from evident_snn.adapters import numpy_eventprop
from evident_snn.errors import NotRun


class Kept:
    """Keeps what it is made from."""

    def __init__(self, *values, **named):
        self.values = values
        self.__dict__.update(named)


class Network(Kept):
    now = None

    def __enter__(self):
        Network.now, self.populations, self.connections = self, [], []

    def __exit__(self, *_):
        Network.now = None


class Population(Kept):
    def __init__(self, neuron, size, record_spikes=False, name=None):
        super().__init__(neuron=neuron, size=size, record_spikes=record_spikes, name=name)
        Network.now.populations.append(self)


class Connection(Kept):
    def __init__(self, source, target, connectivity, synapse, name=None):
        super().__init__(source=source, target=target, connectivity=connectivity, synapse=synapse,
                         name=name)
        Network.now.connections.append(self)


class Input(Kept):
    pass


class Fire(Kept):
    pass


class Leaky(Kept):
    pass


class Recorder(Kept):
    """A recorder that the stand-in fills."""


class Variable:
    def __init__(self, values):
        self.values = values

    def pull_from_device(self):
        self.view = np.asarray(self.values, dtype=np.float32).ravel()


def document_of(network, compiler, x, y, trial):
    """The trial as a case of one sample."""
    names = {id(p): p.name for p in network.populations}
    rows, spikes, tau_syn = [], {}, {id(c.target): c.synapse.values[0] for c in network.connections}
    for p in network.populations:
        row = {"name": p.name, "size": p.size}
        if isinstance(p.neuron, Input):
            row["model"] = "spike-source"
            ends, times = x[p][trial]
            spikes[p.name] = [sorted(np.ceil(np.array(part) / compiler.dt) * compiler.dt) for part
                              in np.split(times, ends[:-1])]
        else:
            row.update(model="lif" if isinstance(p.neuron, Fire) else "li",
                       tau_mem=p.neuron.tau_mem, tau_syn=tau_syn[id(p)])
            if isinstance(p.neuron, Fire):
                row.update(threshold=p.neuron.v_thresh, reset=p.neuron.v_reset)
        rows.append(row)
    output, = y
    return {"format": "evident-case-1", "name": "trial",
            "time": {"end": compiler.dt * compiler.example_timesteps}, "populations": rows,
            "projections": [{"source": names[id(c.source)], "target": names[id(c.target)],
                             "weights": c.connectivity.values[0].tolist()}
                            for c in network.connections],
            "samples": [{"spikes": spikes, "target": {"label": int(y[output][trial])}}],
            "loss": {"kind": "voltage-integral-cross-entropy", "population": output.name,
                     "weighting": "uniform"}}


class Compiled:
    """Answers with exact numbers."""

    def __init__(self, network, compiler):
        self.network, self.compiler = network, compiler
        self.connection_populations = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def train(self, x, y, num_epochs, shuffle, callbacks):
        assert num_epochs == 1 and not shuffle
        output, = y
        data, before, steps = {}, None, self.compiler.example_timesteps
        reader = callbacks[0]
        reader.set_params(data=data, compiled_network=self)
        for c in callbacks[1:]:
            data[c.key] = ([], []) if c.key.startswith("spikes") else []
        for trial in range(len(y[output])):
            case = evident_snn.read_case_text(
                document_of(self.network, self.compiler, x, y, trial))
            exact = numpy_eventprop.run(case)
            now = [w / output.neuron.tau_mem for w in exact.gradients.weights]
            shown = before if before is not None else now
            for c, w in zip(self.network.connections, shown):
                self.connection_populations[c] = types.SimpleNamespace(
                    vars={"Gradient": Variable(w)})
            reader.on_batch_begin(trial)
            for step in (0, steps - 1):
                reader.on_timestep_end(step)
            before = now
            self.record(callbacks[1:], data, exact, output, steps)
        return {}, dict([reader.get_data()], **{k: v for k, v in data.items() if k != reader.key})

    def record(self, recorders, data, exact, output, steps):
        for c in recorders:
            if not c.key.startswith("spikes"):
                data[c.key].append(np.zeros((steps, output.size)))
                continue
            trains = exact.spikes[0][c.values[0].name]
            data[c.key][0].append(np.concatenate(trains))
            data[c.key][1].append(np.repeat(range(len(trains)), [len(t) for t in trains]))


def stand_in(version=2):
    """Modules with the names that the adapter imports. Returns what the compiler was given."""
    given = []

    class EventPropCompiler:
        if version == 3:
            def __init__(self, example_timesteps):
                pass
        else:
            def __init__(self, optimiser=None, **named):
                self.__dict__.update(named)
                given.append(named)

        def compile(self, network, name):
            return Compiled(network, self)

    def preprocess_spikes(times, ids, count):
        return (np.cumsum(np.bincount(ids, minlength=count)), times[np.lexsort((times, ids))])

    names = {"pygenn": {},
             "ml_genn": {"Network": Network, "Population": Population, "Connection": Connection},
             "ml_genn.callbacks": {"Callback": object, "SpikeRecorder": Recorder,
                                   "VarRecorder": Recorder},
             "ml_genn.compilers": {"EventPropCompiler": EventPropCompiler},
             "ml_genn.compilers.event_prop_compiler": {"default_params": {}},
             "ml_genn.connectivity": {"Dense": Kept},
             "ml_genn.neurons": {"LeakyIntegrate": Leaky, "LeakyIntegrateFire": Fire,
                                 "SpikeInput": Input},
             "ml_genn.optimisers": {"Adam": Kept}, "ml_genn.synapses": {"Exponential": Kept},
             "ml_genn.utils": {}, "ml_genn.utils.data": {"preprocess_spikes": preprocess_spikes}}
    support.stand_in(names)
    return given


def adapter(version=2):
    """The adapter on a stand-in, and what the compiler was given."""
    given = stand_in(version)
    return support.fresh_adapter("mlgenn_eventprop").run, given


def case_of(*changes):
    document = support.network()
    document["populations"][2]["tau_syn"] = 5
    document["populations"][2]["tau_mem"] = 10
    document["loss"]["weighting"] = "uniform"
    document["samples"].append({"spikes": {"in": [[3], [5, 12]]}, "target": {"label": 0}})
    for path, value in changes:
        support.put(document, path, value)
    return evident_snn.read_case_text(document)


class MlGenn(unittest.TestCase):
    def tearDown(self):
        support.forget("ml_genn", "pygenn")
        sys.modules.pop("evident_snn.adapters.mlgenn_eventprop", None)

    def test_gradients_come_back_a_trial_late_and_over_tau_mem(self):
        run, given = adapter()
        case = case_of()
        got, want = run(case), numpy_eventprop.run(case)
        for ours, theirs in zip(got.gradients.weights, want.gradients.weights):
            np.testing.assert_allclose(ours * 10, theirs, rtol=1e-5)
        self.assertEqual([[t.tolist() for t in s["hid"]] for s in got.spikes],
                         [[list(t) for t in s["hid"]] for s in want.spikes])
        self.assertEqual((given[-1]["example_timesteps"], given[-1]["dt"]), (80, 0.5))
        self.assertAlmostEqual(got.loss, np.log(2))  # the stand-in's voltages are 0

    def test_another_version_is_refused(self):
        with self.assertRaisesRegex(NotRun, "takes no optimiser"):
            adapter(3)[0](case_of())

    def test_what_it_cannot_express_is_refused(self):
        run, _ = adapter()
        for change, said in ((["loss", "weighting"], "linear"),
                             (["populations", 1, "bias"], "a bias"),
                             (["projections", 0, "delay"], "no whole number of steps"),
                             (["populations", 1, "tau_mem"], "differs between neurons"),
                             (["populations", 1, "tau_syn"], "tau_mem = tau_syn")):
            value = {"weighting": "linear", "bias": 0.5, "delay": 0.3, "tau_mem": [20, 21],
                     "tau_syn": 20}[change[-1]]
            with self.assertRaisesRegex(NotRun, said):
                run(case_of((change, value)))


if __name__ == "__main__":
    unittest.main()
