/* SPDX-License-Identifier: MIT */
/* step.h: the arithmetic of one step, for host and device alike.
 *
 * The scheme: N steps of dt = end / N. Within a step the linear equations are propagated exactly;
 * everything else happens at times that are whole numbers of steps. All operations are single IEEE
 * operations, rounded to nearest, in the order written; nothing may be fused or reassociated.
 *
 *   step n = 0 .. N-1, from time n dt to (n+1) dt
 *     I_j = I_j + w_ij                                                             (E27)
 *         for arrivals: spikes of step n-1-delay; projections in the order of the case, delays
 *         ascending, neurons ascending
 *     V = [(kappa I + alpha V) + drive],   then I = [beta I]                       (E28)
 *     V >= threshold: a spike of step n with slope (I before decay + bias) - V,
 *         then V = reset                                                           (E29)
 *   backward, a = N .. 1, at time a dt, lambda_V = lambda_I = 0 at the end
 *     rev_s += sum_j w_ij (lambda_V,j - lambda_I,j)                                (E30)
 *         for arrivals at the start of step a; lambda_V of an output whose maximum is V at a dt:
 *         with the share of its jump that step_kink says                           (E35)
 *     lambda_V,j += pull_j         for outputs whose maximum is V at a dt          (E31)
 *     jumps of all spikes of step a-1, none seeing another's (Jacobi)              (E32)
 *     propagation over step a-1                                                    (E33)
 *   dL/dw_ij = -tau_syn,j sum of lambda_I,j(a) over the arrivals a = step + 1 + delay   (E34)
 *
 * [x] is step_flush: 0 for |x| < 2^-100 (in binary64 2^-900). Propagation (E33) ends with it, too.
 *
 * Equations are those of ref/MATH.md.
 *
 * After Nowotny, Turner and Knight 2025, with the true scale of the drive, integer
 * steps, the jump before the decay, and a maximum that moves with an arrival. grid.h judges the
 * rounding of every line. */
#ifndef EVIDENT_GPU_STEP_H
#define EVIDENT_GPU_STEP_H

#include "gpu/real.h"

#include <math.h>

/* ---- what has decayed ---- */

#if REAL_BITS == 32
#define STEP_LEAST 0x1p-100f
#define STEP_SIZE fabsf
#else
#define STEP_LEAST 0x1p-900
#define STEP_SIZE fabs
#endif

/* What V, I, lambda_V and lambda_I end a step with. It moves a number by less than STEP_LEAST.
 *
 * Without it silence never ends: where x is k of the smallest subnormal numbers, fl(beta x) = x for
 * k (1 - beta) < 1/2, and most processors take many times as long for subnormal numbers. With it
 * every state is 0 or at least STEP_LEAST in size, which is normal; there a factor of at most 1 - u
 * moves x by more than half a unit in its last place or, where x is a power of two, to a number: x
 * gets smaller in every step, and is 0 after finitely many. Sums and differences of such states are
 * 0 or at least 2^-123, normal, too; 26 binades are left for constants that they are multiplied by.
 *
 * In binary64 (the ladder of steps) it is 2^-900, 122 binades above its smallest normal number: no
 * case that is in range there loses a digit, and bounds of the grid reference have that floor. A
 * NaN stays one. */
GPU_BOTH static inline real step_flush(real x)
{
    return STEP_SIZE(x) < STEP_LEAST ? 0 : x;
}

/* ---- forward ---- */

/* Four roundings. kappa = tau_syn / (tau_mem - tau_syn) (alpha - beta): V from I; drive: from the
 * bias. */
GPU_BOTH static inline real step_voltage(real v, real i, real alpha, real kappa, real drive)
{
    return step_flush((kappa * i + alpha * v) + drive);
}

GPU_BOTH static inline real step_current(real i, real beta)
{
    return step_flush(beta * i);
}

/* tau_mem dV/dt at a spike, as the published system takes it: I before its decay, V after. */
GPU_BOTH static inline real step_slope(real i, real bias, real v)
{
    return (i + bias) - v;
}

/* ---- backward ---- */

/* height = threshold - reset (Wunderlich and Pehle 2021; E13, E32). */
GPU_BOTH static inline real step_jump(real lambda_v, real height, real rev, real slope)
{
    return lambda_v + (height * lambda_v + rev) / slope;
}

/* by_time = dloss/dt of this spike. */
GPU_BOTH static inline real step_jump_loss(real lambda_v, real height, real rev, real by_time,
                                           real slope)
{
    return lambda_v + ((height * lambda_v + rev) + by_time) / slope;
}

/* lambda_I takes the old lambda_V. kappa_back = tau_mem / (tau_mem - tau_syn) (alpha - beta). */
GPU_BOTH static inline real step_lambda_i(real lambda_i, real lambda_v, real beta, real kappa_back)
{
    return step_flush(kappa_back * lambda_v + beta * lambda_i);
}

GPU_BOTH static inline real step_lambda_v(real lambda_v, real alpha)
{
    return step_flush(alpha * lambda_v);
}

/* The same towards the steady state a, the negative derivative of the loss density by V; where that
 * is 0, as of a target that V meets, they decay like those above. */
GPU_BOTH static inline real step_driven_i(real lambda_i, real lambda_v, real a, real beta,
                                          real kappa_back)
{
    return step_flush((a + beta * (lambda_i - a)) + kappa_back * (lambda_v - a));
}

GPU_BOTH static inline real step_driven_v(real lambda_v, real a, real alpha)
{
    return step_flush(a + alpha * (lambda_v - a));
}

/* A maximum of V at an arrival. The arrival, at time t, turns rise = tau_mem V'(t-) > 0 into fall =
 * tau_mem V'(t+) = rise + w < 0: V has a kink there, and the time of its maximum is t, so that
 * dV_max/dt = V'(t-) where a smooth maximum would give 0. With pull = -dL/dV_max / tau_mem, what
 * the maximum adds to lambda_V, and lambda as it is after t,
 *     dL/dt = w (lambda_V - lambda_I) + dL/dV_max V'(t-) = w (lambda_V - lambda_I) - pull rise
 *           = w (lambda_V + share pull - lambda_I),      share = rise / (rise - fall)
 * The arrival sees lambda_V within its jump, by the share at which the slope passes through zero.
 *
 * On the grid V(a dt) is the maximum and t = a dt; rise is taken with I before the arrivals of step
 * a, fall with I after all of them. Without an arrival rise = fall, and nobody asks. Where the
 * maximum is smooth and less than a step before the arrival, or after it, the share is 0, or 1.
 * Arrivals of one step have one share, whatever their order: of distinct times in the limit only
 * one is left in the step, and at one and the same time there is no derivative by each of them.
 *
 * Both differences are of numbers of one size, and share is within [0, 1], so it brings no
 * overflow. */
GPU_BOTH static inline real step_kink(real rise, real fall)
{
    return !(rise > 0) ? (real)0 : !(fall < 0) ? (real)1 : rise / (rise - fall);
}

/* Integrands of dL/dtau_mem and -dL/dtau_syn, but for the factors dt / tau. */
GPU_BOTH static inline real step_tau_mem(real lambda_v, real i, real bias, real v)
{
    return lambda_v * ((i + bias) - v);
}

GPU_BOTH static inline real step_tau_syn(real lambda_i, real i)
{
    return lambda_i * i;
}

#endif
