/* SPDX-License-Identifier: MIT */
/* step_rules.h: what training does beside the gradient, for host and device alike: single
 * operations in the order written. */
#ifndef EVIDENT_GPU_STEP_RULES_H
#define EVIDENT_GPU_STEP_RULES_H

#include "gpu/real.h"

#include <stdint.h>

/* Taken off lambda_V after every jump of a neuron with so many spikes in a batch of so many
 * samples: strength times what the mean is above `wanted`. */
GPU_BOTH static inline real step_pull(uint32_t spikes, double samples, double strength,
                                      double wanted)
{
    return (real)(strength * ((double)spikes / samples - wanted));
}

/* The output that a sample is taken for: the largest score, or the earliest first spike; of equal
 * ones the first. */
GPU_BOTH static inline uint32_t step_predict(const real *score, const uint32_t *when,
                                             uint32_t outputs, int by_voltage)
{
    uint32_t best = 0;
    for (uint32_t k = 1; k < outputs; k++)
        if (by_voltage ? score[k] > score[best] : when[k] < when[best])
            best = k;
    return best;
}

#endif
