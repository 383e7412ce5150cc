/* SPDX-License-Identifier: MIT */
/* cuda_shared.h: what a block holds in shared memory; one text for the host, which deals out the
 * places, and for kernels, which add the address of the block's memory to them: places are
 * constants of a launch, so that they cost no registers. */
#ifndef EVIDENT_GPU_CUDA_SHARED_H
#define EVIDENT_GPU_CUDA_SHARED_H

#include "gpu/device/device.h"

/* A device stops at an address that its own size does not divide; so does the emulation. */
#ifdef __CUDACC__
#define SHARED_ALIGNED(type, place) (place)
#else
#include <stdlib.h>

static inline unsigned char *shared_aligned(unsigned char *place, size_t size)
{
    if ((uintptr_t)place % size != 0)
        abort();
    return place;
}

#define SHARED_ALIGNED(type, place) shared_aligned(place, _Alignof(type))
#endif

#define SHARED_CARVE(type, name, count)                                                            \
    bytes = (bytes + sizeof(type) - 1) / sizeof(type) * sizeof(type);                              \
    s->name = (type *)(uintptr_t)bytes;                                                            \
    bytes += (size_t)(count) * sizeof(type);
#define SHARED_PLACE(type, name, count)                                                            \
    s.name = (type *)SHARED_ALIGNED(type, base + (size_t)(uintptr_t)places->name);

/* Of a block's bytes: where it lies in global memory, the next one begins behind it. */
#define SHARED_ROUND 16

#define SHARED_LAYOUT(kernel, LIST)                                                                \
    /* Places of a block that starts at 0; returns its bytes. */                                   \
    static inline size_t kernel##_lay(struct kernel##_state *s, const struct device *d)            \
    {                                                                                              \
        size_t bytes = 0, own = (size_t)((d->tiles + d->ranks - 1) / d->ranks) * LANES;            \
        LIST(SHARED_CARVE)                                                                         \
        return (bytes + SHARED_ROUND - 1) / SHARED_ROUND * SHARED_ROUND;                           \
    }                                                                                              \
    GPU_BOTH static inline struct kernel##_state kernel##_at(const struct kernel##_state *places,  \
                                                             unsigned char *base)                  \
    {                                                                                              \
        struct kernel##_state s;                                                                   \
        LIST(SHARED_PLACE)                                                                         \
        return s;                                                                                  \
    }

SHARED_LAYOUT(forward, FORWARD_LIST)
SHARED_LAYOUT(adjoint, ADJOINT_LIST)

#endif
