/* SPDX-License-Identifier: MIT */
/* loss.h: the losses on a grid, for host and device alike. Everything is plain double operations in
 * a fixed order, rounded to real once where it enters the adjoint. */
#ifndef EVIDENT_GPU_LOSS_H
#define EVIDENT_GPU_LOSS_H

#include "gpu/real.h"
#include "gpu/exp_log.h"

#include <stdint.h>

enum loss_weighting {
    LOSS_UNIFORM,
    LOSS_EXPONENTIAL,
    LOSS_LINEAR,
    LOSS_SIGMOID
}; /* as in cases.h */

/* w(t) at time step dt = x T (loss shaping). */
GPU_BOTH static inline double loss_weight(int weighting, uint32_t step, uint32_t steps)
{
    double x = (double)step / (double)steps;
    switch (weighting) {
    case LOSS_EXPONENTIAL:
        return gpu_exp(-x);
    case LOSS_LINEAR:
        return 1.0 - x;
    case LOSS_SIGMOID:
        return 1.0 / (1.0 + gpu_exp((x - 0.5) / 0.2));
    default:
        return 1.0;
    }
}

struct loss_softmax {
    double maximum, sum; /* p_k = exp(x_k - maximum) / sum */
};

/* Outputs ascending, so that the sum has one order. */
GPU_BOTH static inline struct loss_softmax loss_softmax(const real *x, uint32_t outputs)
{
    struct loss_softmax s = {(double)x[0], 0.0};
    for (uint32_t k = 1; k < outputs; k++)
        s.maximum = (double)x[k] > s.maximum ? (double)x[k] : s.maximum;
    for (uint32_t k = 0; k < outputs; k++)
        s.sum = s.sum + gpu_exp((double)x[k] - s.maximum);
    return s;
}

GPU_BOTH static inline double loss_cross_entropy(struct loss_softmax s, real label)
{
    return gpu_log(s.sum) - ((double)label - s.maximum);
}

/* delta_kl - p_k: minus the derivative of the cross entropy by x_k. */
GPU_BOTH static inline double loss_pull(struct loss_softmax s, real x, int is_label)
{
    return (is_label ? 1.0 : 0.0) - gpu_exp((double)x - s.maximum) / s.sum;
}

/* ---- first spike times, in ms ---- */

struct loss_first { /* of struct case_loss */
    int kind;       /* enum case_loss_kind */
    int reciprocal;
    double tau0, tau1, alpha, margin, end;
};

GPU_BOTH static inline double loss_penalty(const struct loss_first *l, double t)
{
    return l->reciprocal ? l->alpha / (1.01 * l->end - t) : l->alpha * (gpu_exp(t / l->tau1) - 1.0);
}

GPU_BOTH static inline double loss_penalty_slope(const struct loss_first *l, double t)
{
    double rest = 1.01 * l->end - t;
    return l->reciprocal ? l->alpha / (rest * rest) : l->alpha / l->tau1 * gpu_exp(t / l->tau1);
}

/* Wunderlich and Pehle 2021. Fills by_time[outputs] = dloss/dt_k. */
GPU_BOTH static inline double loss_first_cross_entropy(double *by_time, const double *t,
                                                       uint32_t outputs, uint32_t label,
                                                       const struct loss_first *l)
{
    double first = t[0], sum = 0.0;
    for (uint32_t k = 1; k < outputs; k++)
        first = t[k] < first ? t[k] : first;
    for (uint32_t k = 0; k < outputs; k++)
        sum = sum + gpu_exp(-(t[k] - first) / l->tau0);
    for (uint32_t k = 0; k < outputs; k++) {
        double p = gpu_exp(-(t[k] - first) / l->tau0) / sum;
        by_time[k] = k == label ? (1.0 - p) / l->tau0 + loss_penalty_slope(l, t[k]) : -p / l->tau0;
    }
    return ((t[label] - first) / l->tau0 + gpu_log(sum)) + loss_penalty(l, t[label]);
}

GPU_BOTH static inline double loss_first_squared_error(double *by_time, const double *t,
                                                       const double *wanted, uint32_t outputs)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < outputs; k++) {
        by_time[k] = t[k] - wanted[k];
        sum = sum + by_time[k] * by_time[k];
    }
    return 0.5 * sum;
}

GPU_BOTH static inline double loss_first_margin(double *by_time, const double *t, uint32_t outputs,
                                                uint32_t label, const struct loss_first *l)
{
    double sum = 0.0, all = 0.0;
    for (uint32_t k = 0; k < outputs; k++) {
        by_time[k] = k == label ? 0.0 : (t[k] - t[label]) - l->margin;
        sum = sum + by_time[k] * by_time[k];
        all = all + by_time[k];
    }
    by_time[label] = -all;
    return 0.5 * sum;
}

#endif
