#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Retraces the first epoch of the EventProp paper's own training by the reference's gradients.

Wunderlich and Pehle trained 5-200-3 networks on Yin-Yang (Scientific Reports 11, 12829, 2021) and
published weights after epoch 0: 157 steps of Adam from weights that a seed draws. Here the gradient
of each of these steps comes from `evident run`, the rest is the published recipe, and the weights
must end where theirs did, within BOUND. Small errors grow: a gradient that is wrong by 1/1000 in
one step leads elsewhere. Two things it cannot see: a factor that stands on all gradients of a
matrix, which Adam divides out, and the reset term: seeds 0 and 1 end as near without it, it seems
because the second spikes of hidden neurons come too late to matter.
tests/golden/README.md says where the published weights come from.

Usage: [EVIDENT=build/evident] [SEEDS=0] tests/retrace.py [--jobs 2]             (make retrace)
Exit 1 if a weight is further away. Needs NumPy; without it nothing is run, and a line says so.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

try:
    import numpy
except ImportError:
    print("not run: retrace: no NumPy")
    sys.exit(0)

EVIDENT = os.environ.get("EVIDENT", "build/evident")
GOLDEN = pathlib.Path(__file__).parent / "golden" / "epoch0.txt"
INPUTS, HIDDEN, OUTPUTS = 5, 200, 3
SAMPLES, SAMPLES_SEED, BATCH = 5000, 42, 32
SPAN = 30.0  # ms, of a feature from 0 to 1
# T cuts nothing off: every answer must be silent for the last QUIET, long after all inputs and for
# four tau_syn, when nothing is left that could raise a voltage.
END, QUIET = 100.0, 20.0  # ms
# The published loss leaves silent outputs out. Here they count as spiking at T + SILENT_AFTER:
# beside an output that spikes, at T at the latest, a share below e^(-50/0.5) = 4e-44 of the
# softmax, of which a double near 1 keeps nothing.
SILENT_AFTER = 50.0  # ms
LOSS = {"kind": "first-spike-cross-entropy", "population": "out", "tau0": 0.5, "tau1": 6.4,
        "alpha": 0.003, "silent_after": SILENT_AFTER}
RATE, BETA1, BETA2, EPSILON = 5e-3, 0.9, 0.999, 1e-8
# What ten seeds were seen to need, by an independent simulator: 2e-10 to 2e-5. The published run
# rounds its sums in doubles, and 157 steps amplify that: a factor of 1.001 in the gradient of one
# matrix in one step ends 0.2 away.
BOUND = 2e-5


def samples():
    """Features [sample][4] and labels of the published training set (cases/data/README.md)."""
    draw, features, labels = numpy.random.RandomState(SAMPLES_SEED), [], []
    while len(labels) < SAMPLES:
        goal = draw.randint(3)
        while True:
            x, y = draw.rand(2)
            right, left = numpy.hypot(x - 0.75, y - 0.5), numpy.hypot(x - 0.25, y - 0.5)
            if right < 0.1 or left < 0.1:
                label = 2
            else:
                label = int(0.1 < left <= 0.25 or (y > 0.5 and right > 0.25))
            if numpy.hypot(x - 0.5, y - 0.5) <= 0.5 and label == goal:
                break
        features.append((x, y, 1 - x, 1 - y))
        labels.append(label)
    return numpy.array(features), labels


def case_of(weights, features, labels):
    """A case of some samples as JSON: repr of a double is read back to the same double."""
    neurons = {"model": "lif", "tau_mem": 20, "tau_syn": 5, "threshold": 1}
    return json.dumps({
        "format": "evident-case-1", "name": "retrace", "time": {"end": END},
        "populations": [{"name": "in", "size": INPUTS, "model": "spike-source"},
                        {"name": "hid", "size": HIDDEN, **neurons},
                        {"name": "out", "size": OUTPUTS, **neurons}],
        "projections": [{"source": "in", "target": "hid", "weights": weights[0].tolist()},
                        {"source": "hid", "target": "out", "weights": weights[1].tolist()}],
        "samples": [{"spikes": {"in": [[SPAN * x] for x in f] + [[0]]}, "target": {"label": label}}
                    for f, label in zip(features.tolist(), labels)],
        "loss": LOSS})


def answer(weights, features, labels):
    """What the reference says of a case, gradients as arrays; RuntimeError where it does not."""
    done = subprocess.run([EVIDENT, "run", "-", "--digits", "12"], text=True, capture_output=True,
                          input=case_of(weights, features, labels), check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{EVIDENT} run: exit status {done.returncode}: "
                           f"{(done.stderr or done.stdout).strip()[:300]}")
    said = json.loads(done.stdout)
    said["gradients"] = [numpy.array(g, float) for g in said["gradients"]["weights"]]
    last = max((float(train[-1]) for s in said["samples"] for trains in s["spikes"].values()
                for train in trains if train), default=0.0)
    said["most"] = max(len(train) for s in said["samples"] for train in s["spikes"]["hid"])
    if not last < END - QUIET:
        raise RuntimeError(f"a spike at {last} ms: T = {END:g} ms may cut others off")
    return said


def gradient_of(weights, features, labels):
    """Sum over samples of the gradients by both matrices, how many had none, and the most spikes of
    a hidden neuron. A sample whose label is silent has no gradient, but the case would give it that
    of the other outputs: asked again without it."""
    if not labels:
        return [numpy.zeros_like(w) for w in weights], 0, 0
    said = answer(weights, features, labels)
    spoke = [k for k, s in enumerate(said["samples"]) if s["spikes"]["out"][labels[k]]]
    if len(spoke) < len(labels):
        rest, silent, _ = gradient_of(weights, features[spoke], [labels[k] for k in spoke])
        return rest, silent + len(labels) - len(spoke), said["most"]
    return [len(labels) * g for g in said["gradients"]], 0, said["most"]


class Adam:
    """Kingma and Ba 2015, EPSILON outside the root."""

    def __init__(self, weights):
        self.mean = [numpy.zeros_like(w) for w in weights]
        self.square = [numpy.zeros_like(w) for w in weights]
        self.steps = 0

    def step(self, weights, gradients):
        self.steps += 1
        for k, g in enumerate(gradients):
            self.mean[k] = BETA1 * self.mean[k] + (1 - BETA1) * g
            self.square[k] = BETA2 * self.square[k] + (1 - BETA2) * g * g
            root = numpy.sqrt(self.square[k] / (1 - BETA2**self.steps))
            weights[k] -= RATE * self.mean[k] / (1 - BETA1**self.steps) / (root + EPSILON)


def initial(seed):
    """Published initial weights of both matrices, [pre][post]."""
    return [numpy.random.default_rng(seed).normal(1.5, 0.78, (INPUTS, HIDDEN)),
            numpy.random.default_rng(seed).normal(0.93, 0.1, (HIDDEN, OUTPUTS))]


def flat(weights):
    return numpy.concatenate([w.ravel() for w in weights])


def first_epoch(seed, data, pool, jobs, far):
    """Weights after epoch 0, how many samples had no gradient, and the most spikes of a hidden
    neuron in a sample. far: notes how far it is."""
    features, labels = data
    weights = initial(seed)
    order = numpy.arange(SAMPLES)
    numpy.random.RandomState(seed).shuffle(order)
    adam, silent, most = Adam(weights), 0, 0
    for start in range(0, SAMPLES, BATCH):
        batch = order[start:start + BATCH]  # the last one has eight
        parts = [part for part in numpy.array_split(batch, jobs) if len(part)]
        asked = [pool.submit(gradient_of, weights, features[part], [labels[k] for k in part])
                 for part in parts]
        told = [one.result() for one in asked]
        silent += sum(left_out for _, left_out, _ in told)
        most = max([most] + [spikes for _, _, spikes in told])
        adam.step(weights, [sum(g[k] for g, _, _ in told) / len(batch) for k in range(2)])
        far[0] = f"seed {seed}: {adam.steps} of {-(-SAMPLES // BATCH)} steps"
    return weights, silent, most


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    jobs = max(1, parser.parse_args().jobs)
    published = numpy.loadtxt(GOLDEN)  # [weight][seed]
    words = os.environ.get("SEEDS", "0").replace(",", " ").split()
    if not words or not set(words) <= set(map(str, range(published.shape[1]))):
        sys.exit(f"retrace: SEEDS: found {words}, wanted some of 0 to {published.shape[1] - 1}")
    data, far, started, wrong = samples(), [""], time.monotonic(), 0

    def say_how_far():
        while True:
            time.sleep(30)
            print(f"retrace: {far[0]}, {time.monotonic() - started:.0f} s", file=sys.stderr,
                  flush=True)

    threading.Thread(target=say_how_far, daemon=True).start()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for seed in map(int, words):
            weights, silent, most = first_epoch(seed, data, pool, jobs, far)
            distance = numpy.abs(flat(weights) - published[:, seed])
            moved = numpy.abs(flat(weights) - flat(initial(seed)))
            near = bool((distance <= BOUND).all())  # a NaN is not near
            wrong += not near
            print(f"{'ok' if near else 'FAIL'} seed {seed}: {-(-SAMPLES // BATCH)} steps, "
                  f"{(moved > 0).sum()} of {moved.size} weights moved, by up to {moved.max():.3f}; "
                  f"at most {distance.max():.2e} from the published ones (bound {BOUND:g}); "
                  f"{silent} samples left out; hidden neurons spiked up to {most} times a sample",
                  flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as reason:
        sys.exit(f"retrace: {reason}")
