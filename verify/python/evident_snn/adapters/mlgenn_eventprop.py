# SPDX-License-Identifier: MIT
"""mlGeNN's EventPropCompiler (ml_genn 2, GeNN 5): fixed step, float32, its own code for CPU or GPU.

Neither package is on a package index; this was run against GeNN 5.4.0 (a3f45d24) and ml_genn 2.3.1
(02114c3b) on the CPU: its gradients and hidden spikes are, to the bit, those that the packages give
when they are called without it. So that a mistake of this file is not laid at mlGeNN's door, have
it judged on `closed-output` before anything else: no gradient there depends on a spike's adjoint,
so what fails there and is not among A to F is how this file hands in weights, samples, labels and
times, or takes out gradients.

How it is asked: batches of one trial and a learning rate of 0. The backward pass of a trial runs
together with the forward pass of the next, so the variable Gradient of every connection is read at
the last step of the trial that follows, and the first trial is repeated at the end. Input spikes
go to the nearest step. V after step n is V at n dt.

What is wrong in those versions, each confirmed by a mend of one line or a case that is minimal; a
factor that is declared below (1/tau_mem of voltage losses) is none of them:
    A  softmax_temperature does not reach the softmax of first-spike losses: another direction for
       every tau0 but 1
    B  maximum of the voltage: gradients times dt/T
    C  an input spike in the last step loses its row of the gradient: exactly 0 at that step
    D  spikes of the last step leak into the next trial: an empty trial after one has a loss of
       0.517 for 0.693
    E  backward spikes are found again by binary32 times: errors grow again at steps below about
       1e-3 of the published one, where a step is some last places of T
    F  nearly equal time constants: gradients of hidden weights exactly 0
The compiler raises a KeyError for losses of every step (not run). Weights that change between the
forward and the backward pass cannot show at a learning rate of 0.
"""
import importlib.metadata
import inspect
import itertools
import os
import tempfile
from typing import Any, Dict, List, NamedTuple, Tuple

import ml_genn
import numpy as np
from ml_genn.callbacks import Callback, SpikeRecorder, VarRecorder
from ml_genn.compilers import EventPropCompiler
from ml_genn.compilers.event_prop_compiler import default_params
from ml_genn.connectivity import Dense
from ml_genn.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from ml_genn.optimisers import Adam
from ml_genn.synapses import Exponential
from ml_genn.utils.data import preprocess_spikes

from ..case import LI, LIF, SPIKE_SOURCE, VOLTAGE_LOSSES, Case, Population
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Gradients, Result, Trains
from ._grid import Grid, delay_steps, make_grid
from ._losses import first_spike_loss, softmax, target_at, voltage_loss
from ._refuse import one_value


def _version(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{package} ?"


CONVENTIONS = Conventions(
    engine="mlgenn_eventprop", version=f"{_version('ml_genn')}, {_version('pygenn')}",
    time="grid", time_unit="ms", sign=1, scale={kind: "1/tau_mem" for kind in VOLTAGE_LOSSES},
    loss="mean", precision="float32", provides=["loss", "spikes", "weights"],
    refuses=["constants that differ between neurons", "bias", "tau_mem = tau_syn",
             "delays that are no whole number of steps", "weightings linear and sigmoid",
             "first-spike losses but the cross-entropy with the reciprocal penalty",
             "silent outputs of first-spike losses",
             "spiking outputs with projections of their own"],
    note="input spikes go to the nearest step, a second one of that step to the next")

_CROSS_ENTROPY = "sparse_categorical_crossentropy"
_COUNT = itertools.count(1)  # a name for every library that is compiled
_READOUTS = {  # what the outputs are read by, by loss and weighting
    ("voltage-integral-cross-entropy", "uniform"): "avg_var",
    ("voltage-integral-cross-entropy", "exponential"): "avg_var_exp_weight",
    ("instantaneous-cross-entropy", None): "avg_var",
    ("max-voltage-cross-entropy", None): "max_var",
    ("voltage-squared-error", None): "var"}


class _Asked(NamedTuple):
    """A case in mlGeNN's terms."""

    network: Any
    populations: Dict[str, Any]
    connections: List[Any]


def _readout(case: Case) -> str:
    """As mlGeNN names it; NotRun for a loss that it has not."""
    loss = case.loss
    if loss.kind == "first-spike-cross-entropy" and (loss.penalty == "reciprocal"
                                                     or loss.alpha == 0):
        return "first_spike_time"
    named = _READOUTS.get((loss.kind, loss.weighting))
    if named is None:
        detail = loss.weighting or loss.penalty
        raise NotRun(f"loss {loss.kind}" + (f" ({detail})" if detail else ""))
    return named


def _neuron(case: Case, p: Population, readout: str, spikes: int) -> Any:
    if p.model == SPIKE_SOURCE:
        return SpikeInput(max_spikes=max(1, spikes))
    if (p.bias != 0).any():
        raise NotRun("a bias")
    tau_mem = one_value(p, "tau_mem")
    if tau_mem == one_value(p, "tau_syn"):
        raise NotRun("tau_mem = tau_syn")
    output = readout if p.name == case.loss.population else None
    if p.model == LI:
        return LeakyIntegrate(tau_mem=tau_mem, readout=output)
    if output is not None and case.loss.kind in VOLTAGE_LOSSES:
        raise NotRun("a voltage loss of outputs that spike")
    return LeakyIntegrateFire(v_thresh=one_value(p, "threshold"), v_reset=one_value(p, "reset"),
                              tau_mem=tau_mem, tau_refrac=None, readout=output)


def _refuse(case: Case) -> None:
    """What mlGeNN fails at without telling why."""
    if case.loss.kind not in VOLTAGE_LOSSES and any(
            q.source == case.loss.population for q in case.projections):
        raise NotRun("spiking outputs with projections of their own")


def _delay(case: Case, k: int, dt: float) -> Any:
    steps = delay_steps(case.projections[k], k, dt)
    return int(steps.flat[0]) if (steps == steps.flat[0]).all() else steps


def _ask(case: Case, grid: Grid) -> _Asked:
    network = ml_genn.Network(default_params)
    populations, readout = {}, _readout(case)
    with network:
        for i, p in enumerate(case.populations):
            most = int(max(grid.input[p.name].sum(axis=(0, 2)))) if p.model == SPIKE_SOURCE else 0
            populations[p.name] = ml_genn.Population(
                _neuron(case, p, readout, most), p.size, record_spikes=p.model == LIF,
                name=f"Pop{i}")
        connections = [ml_genn.Connection(
            populations[q.source], populations[q.target],
            Dense(np.array(q.weights), delay=_delay(case, k, grid.dt)),
            Exponential(one_value(case.population(q.target), "tau_syn")), name=f"Conn{k}")
            for k, q in enumerate(case.projections)]
    return _Asked(network, populations, connections)


class _Reader(Callback):  # type: ignore[misc]
    """Gradient of every connection at the last step of every trial but the first: that of the
    trial before."""

    def __init__(self, connections: List[Any], steps: int):
        self.connections, self.steps, self.key = connections, steps, "gradients"
        self.got: List[List[np.ndarray]] = []
        self.batch = 0

    def set_params(self, data: Dict[str, Any], compiled_network: Any, **_: Any) -> None:
        """Called before training."""
        data[self.key] = self.got
        self.compiled = compiled_network

    def on_batch_begin(self, batch: int) -> None:
        """Called before every trial."""
        self.batch = batch

    def on_timestep_end(self, timestep: int) -> None:
        """Called after every step."""
        if self.batch == 0 or timestep != self.steps - 1:
            return
        row = []
        for c in self.connections:
            variable = self.compiled.connection_populations[c].vars["Gradient"]
            variable.pull_from_device()
            row.append(np.array(variable.view, dtype=float).ravel())
        self.got.append(row)

    def get_data(self) -> Tuple[str, Any]:
        """What train() returns under the key."""
        return self.key, self.got


def _inputs(grid: Grid, name: str, sample: int) -> Any:
    """Half a step early, so that float32 cannot put a spike of step n into step n + 1."""
    raster = grid.input[name][:grid.steps, sample]
    step, neuron = np.nonzero(raster)
    again = raster[step, neuron].astype(int)
    times = np.repeat(np.maximum(0, (step - 0.5) * grid.dt), again)
    return preprocess_spikes(times, np.repeat(neuron, again), raster.shape[1])


def _compiler(case: Case, grid: Grid) -> Any:
    if "optimiser" not in inspect.signature(EventPropCompiler.__init__).parameters:
        raise NotRun("an EventPropCompiler that takes no optimiser: this is written for ml_genn 2")
    loss = case.loss
    return EventPropCompiler(
        example_timesteps=grid.steps, dt=grid.dt, batch_size=1, optimiser=Adam(0.0),
        losses="mean_square_error" if loss.kind == "voltage-squared-error" else _CROSS_ENTROPY,
        per_timestep_loss=loss.kind == "instantaneous-cross-entropy",
        max_spikes=2 * grid.steps + 2,  # of this trial and of the one before
        ttfs_alpha=loss.alpha, softmax_temperature=loss.tau0 or 1.0)


def _train(case: Case, grid: Grid, asked: _Asked) -> Dict[str, Any]:
    """What was recorded of all samples and of the first one again."""
    order = list(range(len(case.samples))) + [0]
    times, outputs = grid.dt * np.arange(grid.steps), asked.populations[case.loss.population]
    wanted = ([target_at(s, times).T for s in case.samples]
              if case.loss.kind == "voltage-squared-error" else [s.label for s in case.samples])
    callbacks: List[Any] = [_Reader(asked.connections, grid.steps)]
    callbacks += [SpikeRecorder(asked.populations[p.name], key=f"spikes {p.name}")
                  for p in case.lif()]
    if case.loss.kind in VOLTAGE_LOSSES:
        callbacks.append(VarRecorder(outputs, "v", key="v"))
    here = os.getcwd()
    os.environ.setdefault("MAKEFLAGS", "--no-print-directory")  # of the make that GeNN runs
    with tempfile.TemporaryDirectory(prefix="evident-genn-") as folder:
        os.chdir(folder)  # where GeNN writes its code
        try:
            try:
                compiled = _compiler(case, grid).compile(asked.network,
                                                         name=f"evident{next(_COUNT)}")
            except KeyError as error:
                where = (" at per_timestep_loss"
                         if case.loss.kind == "instantaneous-cross-entropy" else "")
                raise NotRun(f"mlGeNN's compiler fails{where}: KeyError: {error}") from error
            with compiled:
                return compiled.train(
                    {asked.populations[name]: [_inputs(grid, name, s) for s in order]
                     for name in grid.input}, {outputs: [wanted[s] for s in order]},
                    num_epochs=1, shuffle=False, callbacks=callbacks)[-1]
        finally:
            os.chdir(here)


def _loss(case: Case, grid: Grid, s: int, got: Dict[str, Any], spikes: Trains) -> float:
    """Of mlGeNN's own trial."""
    sample, kind = case.samples[s], case.loss.kind
    if kind not in VOLTAGE_LOSSES:
        trains = spikes[case.loss.population]
        if any(len(t) == 0 for t in trains):
            raise NotRun("a silent output: a phantom spike is a rule of training")
        return first_spike_loss(case, sample, trains)[0]
    v = np.array(got["v"][s], dtype=float).reshape(grid.steps, -1).T
    if kind == "max-voltage-cross-entropy":
        top = np.maximum(0, v.max(axis=1))
        return float(softmax(top)[0] - top[sample.label])
    return voltage_loss(case, sample, grid.dt * np.arange(grid.steps),
                        np.full(grid.steps, grid.dt), v)[0]


def run(case: Case) -> Result:
    """Loss, spikes and weight gradients of a case."""
    grid = make_grid(case, nearest=True)
    _refuse(case)
    got = _train(case, grid, _ask(case, grid))
    spikes: List[Trains] = []
    for s in range(len(case.samples)):
        one: Trains = {}
        for p in case.lif():
            times, owners = (np.asarray(got[f"spikes {p.name}"][i][s]) for i in (0, 1))
            one[p.name] = [np.sort(times[owners == n].astype(float)) for n in range(p.size)]
        spikes.append(one)
    losses = [_loss(case, grid, s, got, one) for s, one in enumerate(spikes)]
    weights = [np.mean([row[k] for row in got["gradients"]], axis=0).reshape(q.weights.shape)
               for k, q in enumerate(case.projections)]
    return Result(float(np.mean(losses)), losses, spikes, Gradients(weights))
