# SPDX-License-Identifier: MIT
"""eventax: EventProp in JAX (Diffrax), with its own adjoint between events and at spikes.

Its LIF is the leaky integrate-and-fire neuron of the cases; states are integrated numerically,
here by Tsit5 with an adaptive step at RTOL, in double precision, and spike times are found by
Newton's method, so that what is wrong beyond that is the method's. It gives first spike times; the
losses of first spike times and their derivatives by them are this package's, its backward pass
takes them to weights, delays and biases.

Of 0.1.0, seen here: its PLIF, which would give gradients of time constants, cannot be constructed
(it passes on `positive_weights`, which nothing takes). A delay of 0 has gradient 0 (max(d, 0)). The
delay of the arrival that comes next after a spike gets the derivative by the spike's time, with the
opposite sign: its adjoint returns a derivative by the end of an integration that an event has ended
before. Where that arrival comes from a neuron, the derivative by its spike is wrong by as much, and
so are all weights before it: 149 times the truth in closed-chain:1:9.
"""
from typing import Dict, List, Tuple

import diffrax
import equinox
from eventax.evnn import EvNN
import jax
import jax.numpy as jnp
import numpy as np
import optimistix
from eventax.adjoint import EventPropAdjoint
from eventax.neuron_models import LIF as Neuron

from ..case import FIRST_SPIKE_LOSSES, LIF, Case, Sample
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Gradients, Result
from ._losses import first_spike_loss

jax.config.update("jax_enable_x64", True)

RTOL = 1e-9
MOST_EVENTS = 400
MOST_NEURONS = 64  # of which it compiles a case within a minute

CONVENTIONS = Conventions(
    engine="eventax_eventprop", version=f"eventax 0.1.0, jax {jax.__version__}",
    time="exact", time_unit="ms", sign=1, scale="1", loss="mean", precision="float64",
    can={"models": ["lif"], "losses": list(FIRST_SPIKE_LOSSES), "parallel": False},
    provides=["loss", "spikes of outputs, first only", "weights", "delays", "bias", "tau_mem",
              "tau_syn"],
    refuses=["losses but those of first spikes", "li populations",
             "two projections between the same populations",
             f"more than {MOST_NEURONS} neurons, more than {MOST_EVENTS} events in a sample"])


class _Net:
    """The case as one matrix over all neurons, inputs behind them."""

    def __init__(self, case: Case) -> None:
        self.case, self.at = case, {}
        count = 0
        for p in list(case.neurons()) + [q for q in case.populations if q.model != LIF]:
            self.at[p.name] = slice(count, count + p.size)
            count += p.size
        self.neurons = sum(p.size for p in case.neurons())
        self.inputs = count - self.neurons
        shape = (count, self.neurons)
        self.weights, self.delays, self.mask = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for q in case.projections:
            block = (self.at[q.source], self.at[q.target])
            if self.mask[block].any():
                raise NotRun("two projections between the same populations")
            self.weights[block], self.delays[block], self.mask[block] = q.weights, q.delay, 1

    def row(self, name: str) -> np.ndarray:
        return np.concatenate([getattr(p, name) for p in self.case.neurons()])

    def marked(self, population: str) -> jnp.ndarray:
        mark = np.zeros(self.neurons)
        mark[self.at[population]] = 1
        return jnp.array(mark)

    def make(self) -> EvNN:
        case, delayed = self.case, bool(self.delays.any())
        return EvNN(
            neuron_model=Neuron, n_neurons=self.neurons, max_solver_time=case.end,
            in_size=self.inputs, key=jax.random.PRNGKey(0), wmask=jnp.array(self.mask),
            init_delays=jnp.array(self.delays) if delayed else None,
            buffer_capacity=2048 if delayed else None,
            output_neurons=self.marked(case.loss.population), max_event_steps=MOST_EVENTS,
            solver_stepsize=0.01, solver=diffrax.Tsit5(),
            stepsize_controller=diffrax.PIDController(rtol=RTOL, atol=RTOL),
            root_finder=optimistix.Newton(1e-12, 1e-12),
            adjoint=EventPropAdjoint(), dtype=jnp.float64,
            thresh=jnp.array(self.row("threshold")), vreset=jnp.array(self.row("reset")),
            init_weights=jnp.array(self.weights), init_bias=jnp.array(self.row("bias")),
            tmem=jnp.array(self.row("tau_mem")), tsyn=jnp.array(self.row("tau_syn")))

    def spikes(self, sample: Sample) -> jnp.ndarray:
        def trains(s: Sample) -> List[np.ndarray]:
            return [t for p in self.case.populations if p.model != LIF for t in s.spikes[p.name]]
        most = max([1] + [len(t) for s in self.case.samples for t in trains(s)])
        return jnp.array([list(t) + [np.inf] * (most - len(t)) for t in trains(sample)])


def _refuse(case: Case) -> None:
    if case.loss.kind not in FIRST_SPIKE_LOSSES:
        raise NotRun(f"loss {case.loss.kind}: a voltage at all times is not given")
    if any(p.model != LIF for p in case.neurons()):
        raise NotRun("li populations")
    if sum(p.size for p in case.neurons()) > MOST_NEURONS:
        raise NotRun(f"more than {MOST_NEURONS} neurons")


def _gradients(net: _Net, grad: EvNN) -> Gradients:
    case, neuron = net.case, grad.neuron_model

    def rows(values: np.ndarray) -> Dict[str, np.ndarray]:
        return {p.name: np.asarray(values)[net.at[p.name]] for p in case.neurons()}

    def blocks(values: np.ndarray) -> List[np.ndarray]:
        return [np.asarray(values)[net.at[q.source], net.at[q.target]] for q in case.projections]

    return Gradients(blocks(neuron.weights),
                     blocks(grad.delays) if grad.delays is not None else None, None, None, None,
                     rows(neuron.ic))


@equinox.filter_jit
def _first_spikes(model: EvNN, spikes: jnp.ndarray) -> jnp.ndarray:
    return model.ttfs(spikes)


@equinox.filter_jit
def _back(model: EvNN, spikes: jnp.ndarray, slope: jnp.ndarray) -> EvNN:
    params, static = equinox.partition(model, equinox.is_inexact_array)
    return jax.vjp(lambda p: equinox.combine(p, static).ttfs(spikes), params)[1](slope)[0]


def _sample(net: _Net, model: EvNN, sample: Sample) -> Tuple[float, EvNN]:
    """Loss of one sample, and its derivatives in the shape of the model."""
    spikes = net.spikes(sample)
    times = np.asarray(_first_spikes(model, spikes))
    loss, slope = first_spike_loss(net.case, sample, [[] if np.isinf(t) else [t] for t in times])
    return loss, _back(model, spikes, jnp.array(slope))


def run(case: Case) -> Result:
    """Loss and gradients of a case."""
    _refuse(case)
    jax.clear_caches()  # each case has shapes of its own; their programs use up memory mappings
    net = _Net(case)
    model = net.make()
    losses, total = [], None
    for sample in case.samples:
        try:
            loss, grad = _sample(net, model, sample)
        except equinox.EquinoxRuntimeError:
            raise NotRun(f"more than {MOST_EVENTS} events in a sample, or a spike not found")
        losses.append(loss)
        total = grad if total is None else jax.tree_util.tree_map(jnp.add, total, grad)
    total = jax.tree_util.tree_map(lambda x: x / len(losses), total)
    return Result(float(np.mean(losses)), losses, None, _gradients(net, total))
