/* SPDX-License-Identifier: MIT */
/* step_adam.h: one step of Adam (Kingma and Ba 2015), for host and device alike: single IEEE
 * operations in the order written, division and square root correctly rounded. The corrections of
 * the bias, 1 / (1 - beta^k), come from the host in double. */
#ifndef EVIDENT_GPU_STEP_ADAM_H
#define EVIDENT_GPU_STEP_ADAM_H

#include "gpu/real.h"

#include <math.h>

struct adam {
    float rate, epsilon;            /* epsilon is added outside the root */
    float mean_keep, mean_take;     /* beta1, 1 - beta1 */
    float square_keep, square_take; /* beta2, 1 - beta2 */
    float mean_scale, square_scale; /* 1 / (1 - beta1^k), 1 / (1 - beta2^k), k = 1, 2, ... */
};

/* Averages smaller than this become 0, so that no processor slows down on subnormal numbers. A step
 * is rate * m / (sqrt(v) + epsilon), m and v scaled by at most 1 / (1 - beta2); where epsilon is
 * at least 2^-40 and beta2 at most 1 - 2^-10, the sqrt(v) that is lost is below 2^-15 epsilon. */
#define ADAM_LEAST 0x1p-120f

GPU_BOTH static inline float adam_keep(float x)
{
    return (x < 0 ? -x : x) < ADAM_LEAST ? 0.0f : x;
}

GPU_BOTH static inline float adam_mean(const struct adam *a, float mean, float gradient)
{
    return adam_keep(a->mean_keep * mean + a->mean_take * gradient);
}

GPU_BOTH static inline float adam_square(const struct adam *a, float square, float gradient)
{
    return adam_keep(a->square_keep * square + (a->square_take * gradient) * gradient);
}

/* With the averages after this step's gradient. */
GPU_BOTH static inline float adam_value(const struct adam *a, float value, float mean, float square)
{
    return value -
           (a->rate * (mean * a->mean_scale)) / (sqrtf(square * a->square_scale) + a->epsilon);
}

/* One parameter, whose gradient is sum times scale. */
GPU_BOTH static inline void adam_step(const struct adam *a, float *value, float *mean,
                                      float *square, float sum, float scale)
{
    float gradient = sum * scale;
    *mean = adam_mean(a, *mean, gradient);
    *square = adam_square(a, *square, gradient);
    *value = adam_value(a, *value, *mean, *square);
}

#endif
