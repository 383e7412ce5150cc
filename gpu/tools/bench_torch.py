#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The work of `bench` in PyTorch: surrogate-gradient BPTT of the same network, written for speed.

700 inputs, a recurrent hidden layer of LIF neurons, 20 leaky integrators, exponential current
synapses with exact propagation, T = 1,000 ms in steps of 1 ms, published initial weights, mean
voltage weighted by e^(-t/T), cross entropy; forward and backward of a batch. Inputs of all steps go
through one matrix product; the loop over steps is plain autograd. About 8,000 input spikes
a trial, drawn at random: dense products cost the same wherever they are.

    python3 gpu/tools/bench_torch.py [cpu|cuda] [HIDDEN] [BATCH...]

Prints a table row a batch: milliseconds of forward and backward, median of nine after two that warm
up, and the largest memory on a CUDA device. Compare with `bench` of the same machine only.
"""

import math
import statistics
import sys
import time

try:
    import torch
except ImportError:
    print("not run: bench_torch: no PyTorch")
    sys.exit(0)

CHANNELS, OUTPUTS, STEPS, SPIKES = 700, 20, 1000, 8000
END, TAU_MEM, TAU_SYN = 1000.0, 20.0, 5.0  # ms


def propagators(steps):
    """What is left of V, of I, and what I adds to V, after one of so many steps."""
    alpha, beta = (math.exp(-END / steps / tau) for tau in (TAU_MEM, TAU_SYN))
    return alpha, beta, TAU_SYN / (TAU_MEM - TAU_SYN) * (alpha - beta)


def parameters(hidden, device):
    """Published initial weights."""
    generator = torch.Generator().manual_seed(1)
    w_in = torch.randn(CHANNELS, hidden, generator=generator) * 0.01 + 0.03
    w_rec = torch.randn(hidden, hidden, generator=generator) * 0.02
    w_out = torch.randn(hidden, OUTPUTS, generator=generator) * 0.03
    return [w.to(device).requires_grad_() for w in (w_in, w_rec, w_out)]


def weighting(steps, device):
    """e^(-t/T) / T of the mean voltage, a step."""
    return torch.exp(-torch.arange(steps) / steps).to(device) / steps


class Spike(torch.autograd.Function):
    """Heaviside forward, arctan surrogate backward."""

    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v >= 0).to(v.dtype)

    @staticmethod
    def backward(ctx, grad):
        (v,) = ctx.saved_tensors
        return grad / (1 + (math.pi * v) ** 2)


def forward(x, w_in, w_rec, w_out, weight):
    """x: [steps][batch][channels] counts; returns scores [batch][outputs]."""
    alpha, beta, kappa = propagators(len(x))
    drive = (x @ w_in).unbind(0)  # indexing would cost a whole tensor a step backward
    batch, hidden = x.shape[1], w_rec.shape[0]
    v = i = s = torch.zeros(batch, hidden, device=x.device)
    out_v = out_i = torch.zeros(batch, OUTPUTS, device=x.device)
    score = torch.zeros(batch, OUTPUTS, device=x.device)
    for n in range(len(x)):
        score = score + weight[n] * out_v
        out_i = beta * out_i + s @ w_out
        out_v = kappa * out_i + alpha * out_v
        i = beta * i + drive[n] + s @ w_rec
        v = kappa * i + alpha * v * (1 - s.detach())
        s = Spike.apply(v - 1)
    return score


def measure(device, hidden, batch):
    """Milliseconds of forward and backward of one batch."""
    weights = parameters(hidden, device)
    generator = torch.Generator().manual_seed(2)
    rate = SPIKES / (STEPS * CHANNELS)
    x = (torch.rand(STEPS, batch, CHANNELS, generator=generator) < rate).float().to(device)
    label = torch.randint(OUTPUTS, (batch,), generator=generator).to(device)
    weight = weighting(STEPS, device)
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    rows = []
    for _ in range(11):
        wait()
        start = time.perf_counter()
        score = forward(x, *weights, weight)
        loss = torch.nn.functional.cross_entropy(score, label)
        wait()
        middle = time.perf_counter()
        torch.autograd.grad(loss, weights)
        wait()
        rows.append((middle - start, time.perf_counter() - middle))
    memory = torch.cuda.max_memory_allocated() / 2**20 if device == "cuda" else float("nan")
    kept = rows[2:]
    times = [1e3 * statistics.median(column) for column in zip(*kept)]
    total = 1e3 * statistics.median(a + b for a, b in kept)
    return times[0], times[1], total, memory


def main():
    device = sys.argv[1] if len(sys.argv) > 1 else "cpu"
    hidden = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    batches = [int(b) for b in sys.argv[3:]] or [32]
    if device == "cuda" and not torch.cuda.is_available():
        print("not run: bench_torch: no CUDA device")
        return
    print(f"PyTorch {torch.__version__}, {device}, {torch.get_num_threads()} threads")
    print("hidden  batch   forward  backward     total    memory")
    print("                     ms        ms        ms       MiB")
    for batch in batches:
        forward_ms, backward_ms, total, memory = measure(device, hidden, batch)
        print(f"{hidden:6d} {batch:6d} {forward_ms:9.1f} {backward_ms:9.1f} {total:9.1f} {memory:9.0f}")


if __name__ == "__main__":
    main()
