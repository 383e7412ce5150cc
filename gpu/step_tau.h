/* SPDX-License-Identifier: MIT */
/* step_tau.h: the constants of a step (E28, E33) from time constants that are trained, for host and
 * device alike: double operations in a fixed order, rounded to real once.
 *
 * With d = dt/tau_syn - dt/tau_mem = dt (tau_mem - tau_syn) / (tau_mem tau_syn),
 *     (alpha - beta) / (tau_mem - tau_syn) = beta dt / (tau_mem tau_syn) (e^d - 1) / d
 * which has no special case where the time constants are equal, and loses no digits near it: the
 * last factor is 1 + d/2 + d^2/6 + ... = 1 at d = 0. Relative errors are below 2^-48
 * (tests/gpu/t_tau.c compares with MPFR), so that real is the nearest number but for ties. */
#ifndef EVIDENT_GPU_STEP_TAU_H
#define EVIDENT_GPU_STEP_TAU_H

#include "gpu/exp_log.h"
#include "gpu/real.h"

struct step_tau {
    real alpha, beta, kappa, kappa_back;
};

/* Factors of the sums that make a gradient of them: of weights, of tau_mem, of tau_syn (step.h). */
struct step_scale {
    real weight, tau_mem, tau_syn;
};

/* (e^d - 1) / d. Within 1/4 by the series up to d^12 / 13!, whose rest is below 2^-64; beyond it
 * e^d - 1 loses at most two bits. */
GPU_BOTH static inline double step_tau_ratio(double d)
{
    if (d > 0.25 || d < -0.25)
        return (gpu_exp(d) - 1.0) / d;
    double sum = 1.0;
    for (int k = 13; k > 1; k--)
        sum = 1.0 + d / (double)k * sum;
    return sum;
}

/* All in ms and positive. */
GPU_BOTH static inline struct step_tau step_tau(double tau_mem, double tau_syn, double dt)
{
    double beta = gpu_exp(-dt / tau_syn);
    double d = dt * ((tau_mem - tau_syn) / tau_mem) / tau_syn;
    double both = beta * dt * step_tau_ratio(d);
    struct step_tau made = {(real)gpu_exp(-dt / tau_mem), (real)beta, (real)(both / tau_mem),
                            (real)(both / tau_syn)};
    return made;
}

/* dt over samples, then over the time constant. */
GPU_BOTH static inline struct step_scale step_scale(double tau_mem, double tau_syn, double dt,
                                                    double samples)
{
    struct step_scale made = {(real)(-tau_syn / samples), (real)(dt / samples / tau_mem),
                              (real)(-dt / samples / tau_syn)};
    return made;
}

/* What the bias adds to V in a step. */
GPU_BOTH static inline real step_drive(real alpha, real bias)
{
    return (1 - alpha) * bias;
}

#endif
