/* SPDX-License-Identifier: MIT */
/* sweep.h: the digest of sweep.c and gpu/tools/sweep_device.cu: a sum over inputs, so that it does
 * not depend on their order. */
#ifndef EVIDENT_GPU_SWEEP_H
#define EVIDENT_GPU_SWEEP_H

#include "gpu/exp_log.h"

/* A one-to-one mixing of 64 bits. */
GPU_BOTH static inline uint64_t sweep_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

#endif
