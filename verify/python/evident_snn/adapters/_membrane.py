# SPDX-License-Identifier: MIT
"""A lif or li neuron between two events, in closed form. All arguments broadcast.

    I(s) = I0 e^{-s/tau_syn}
    V(s) = b + (V0 - b) e^{-s/tau_mem} + I0 K(s)
    K(s) = (1/tau_mem) phi(s),  phi(s) = int_0^s e^{-(s-u)/tau_mem} e^{-u/tau_syn} du

phi is symmetric in its two rates. With the smaller rate lo, the larger hi and x = (hi - lo) s it is
s e^{-lo s} (1 - e^{-x})/x, which keeps its digits for equal and nearly equal time constants.
"""
from typing import NamedTuple, Tuple

import numpy as np

Array = np.ndarray


def _fractions(x: Array) -> Tuple[Array, Array]:
    """h(x) = (1 - e^{-x})/x and its derivative, for x >= 0."""
    small = x < 0.5
    y = np.where(small, 1.0, x)
    h = np.where(small, 1.0, -np.expm1(-y) / y)
    slope = np.where(small, -0.5, (np.exp(-y) * (1 + y) - 1) / y**2)
    if small.any():
        z = np.where(small, x, 0.0)
        term, series, slopes = np.ones_like(z), np.ones_like(z), np.zeros_like(z)
        for n in range(1, 18):  # 0.5^17 / 18! is below 1e-20
            slopes = slopes - term * n / (n * (n + 1.0))
            term = -term * z / n
            series = series + term / (n + 1.0)
        h, slope = np.where(small, series, h), np.where(small, slopes, slope)
    return h, slope


class Flow(NamedTuple):
    """How V and I at s depend on their values at 0 and on the neuron's constants."""

    v_v: Array  # dV(s)/dV0
    v_i: Array  # dV(s)/dI0 = K(s)
    i_i: Array  # dI(s)/dI0
    k_tau_mem: Array  # dK/dtau_mem
    k_tau_syn: Array  # dK/dtau_syn


def flow(s: Array, tau_mem: Array, tau_syn: Array) -> Flow:
    """The flow over s >= 0 ms."""
    alpha, beta = 1 / tau_mem, 1 / tau_syn
    lo, hi = np.minimum(alpha, beta), np.maximum(alpha, beta)
    h, slope = _fractions((hi - lo) * s)
    decay = np.exp(-lo * s)
    phi = s * decay * h
    by_hi = s * s * decay * slope
    by_lo = -s * phi - by_hi
    by_alpha = np.where(alpha < beta, by_lo, by_hi)
    by_beta = np.where(alpha < beta, by_hi, by_lo)
    return Flow(np.exp(-alpha * s), alpha * phi, np.exp(-beta * s),
                -alpha**2 * (phi + alpha * by_alpha), -beta**2 * alpha * by_beta)


def propagate(v: Array, i: Array, s: Array, tau_mem: Array, tau_syn: Array,
              bias: Array) -> Tuple[Array, Array]:
    """V and I after s ms."""
    f = flow(s, tau_mem, tau_syn)
    return bias + (v - bias) * f.v_v + i * f.v_i, i * f.i_i


def extremum(v: Array, i: Array, tau_mem: Array, tau_syn: Array, bias: Array) -> Array:
    """Where V has its only extremum: s > 0 in ms, or infinity if it has none.

    V' = 0 where 1 - e^{-k s} = k y, k = 1/tau_syn - 1/tau_mem, y = V'(0) tau_mem tau_syn/I0.
    """
    k = 1 / tau_syn - 1 / tau_mem
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        y = (i + bias - v) * tau_syn / i
        x = k * y
        exact = -np.log1p(-x) / k
        s = np.where(np.abs(x) < 1e-8, y * (1 + x / 2), exact)
    return np.where((i != 0) & (y > 0) & (x < 1), s, np.inf)


def crossing(v: Array, i: Array, limit: Array, threshold: Array, tau_mem: Array, tau_syn: Array,
             bias: Array) -> Array:
    """When V first reaches the threshold from below: s in (0, limit), or infinity.

    V < threshold at 0, and V has at most one extremum. Where it rises at first, it can only cross
    before that extremum (a maximum); where it falls at first, only after it (a minimum)."""
    top = extremum(v, i, tau_mem, tau_syn, bias)
    rises = i + bias - v > 0
    low = np.where(rises, 0.0, top)
    high = np.where(rises, np.minimum(top, limit), limit)
    possible = low < high
    low, high = np.where(possible, low, 0.0), np.where(possible, high, 0.0)
    found = possible & (propagate(v, i, high, tau_mem, tau_syn, bias)[0] > threshold)
    if not found.any():
        return np.where(found, low, np.inf)
    s = (low + high) / 2
    for _ in range(200):  # Newton's steps inside a bracket that bisection shrinks
        at, current = propagate(v, i, s, tau_mem, tau_syn, bias)
        over = at > threshold
        high, low = np.where(over, s, high), np.where(over, low, s)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = s - (at - threshold) * tau_mem / (current + bias - at)
        middle = (low + high) / 2
        new = np.where((step > low) & (step < high), step, middle)
        done = (new == s) | (high - low <= 2 * np.spacing(high)) | ~found
        s = np.where(found, new, s)
        if done.all():
            break
    return np.where(found, s, np.inf)
