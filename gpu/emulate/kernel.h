/* SPDX-License-Identifier: MIT */
/* kernel.h: the words that kernels are written in: what nvcc understands, and what the emulation on
 * the host understands instead (gpu/emulate/emulate_words.h).
 *
 * Barriers have names, so that the emulation can leave one out and the tests see it missed. All
 * words but THREAD, BLOCK and the like must be reached by all threads of their warp, block or
 * cluster. */
#ifndef EVIDENT_GPU_KERNEL_H
#define EVIDENT_GPU_KERNEL_H

#include "gpu/device/device.h"

enum { AHEAD = 8 }; /* loads on their way at once: the latency of the second-level cache is long */

enum kernel_barrier {
    BARRIER_NONE,
    BARRIER_BEGUN,      /* forward: shared memory is set up */
    BARRIER_MOVED,      /* forward: cells moved on, masks of spikes written */
    BARRIER_LISTED,     /* forward: spikes listed, arrivals of the next step found */
    BARRIER_SOFTMAX,    /* loss: maximum and sum of the softmax written */
    BARRIER_TERMS,      /* loss: losses of some steps written */
    BARRIER_ADDED,      /* loss: they are added up */
    BARRIER_LOADED,     /* adjoint: shared memory is set up */
    BARRIER_LOOKED,     /* adjoint: the first arrivals found */
    BARRIER_REVERSED,   /* adjoint: reverse inputs of spikes are complete */
    BARRIER_PROPAGATED, /* adjoint: cells moved back */
    BARRIER_FOUND,      /* a warp: all lanes know what arrives over a fan */
    BARRIER_WINDOW,     /* a warp of the gathering: arrivals listed */
    BARRIER_TAKEN,      /* a warp of the gathering: and added up */
    BARRIERS
};

#ifdef __CUDACC__

#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads, 1)
#define DEVICE static __device__ __forceinline__
#define PARAMETER const __grid_constant__
#define UNROLL _Pragma("unroll")
#define UNROLL_BY(n) _Pragma(KERNEL_TEXT(unroll n))
#define KERNEL_TEXT(x) #x

#define THREAD threadIdx.x
#define THREADS blockDim.x
#define BLOCK blockIdx.x
#define BLOCK_Y blockIdx.y

extern __shared__ unsigned char kernel_shared_memory[];
#define SHARED kernel_shared_memory

DEVICE void block_barrier(enum kernel_barrier)
{
    __syncthreads();
}

/* Also of what was written to memory before, to all blocks of the cluster. */
DEVICE void cluster_barrier(enum kernel_barrier, uint32_t ranks)
{
#if __CUDA_ARCH__ >= 900
    if (ranks > 1) {
        __cluster_barrier_arrive();
        __cluster_barrier_wait();
        return;
    }
#endif
    __syncthreads();
}

/* The same place in the shared memory of another block of the cluster. */
DEVICE void *cluster_peer(void *place, uint32_t rank)
{
#if __CUDA_ARCH__ >= 900
    return __cluster_map_shared_rank(place, rank);
#else
    return place;
#endif
}

DEVICE void warp_barrier(enum kernel_barrier)
{
    __syncwarp();
}

DEVICE uint32_t warp_ballot(int predicate)
{
    return __ballot_sync(UINT32_MAX, predicate);
}

DEVICE float warp_read(float x, uint32_t lane)
{
    return __shfl_sync(UINT32_MAX, x, (int)lane);
}

DEVICE uint32_t warp_read_word(uint32_t x, uint32_t lane)
{
    return __shfl_sync(UINT32_MAX, x, (int)lane);
}

/* Of memory that this kernel does not write. */
DEVICE float read_only(const float *place)
{
    return __ldg(place);
}

DEVICE uint32_t read_only_word(const uint32_t *place)
{
    return __ldg(place);
}

DEVICE uint64_t read_only_wide(const uint64_t *place)
{
    return __ldg((const unsigned long long *)place);
}

/* x of the lane `by` above; its own where there is none. */
DEVICE float warp_above(float x, uint32_t by)
{
    return __shfl_down_sync(UINT32_MAX, x, by);
}

/* a b by one instruction: nvcc makes three of a product of 64 bits that it takes out of a loop. */
DEVICE size_t wide_product(uint32_t a, uint32_t b)
{
    size_t product;
    asm("mul.wide.u32 %0, %1, %2;" : "=l"(product) : "r"(a), "r"(b));
    return product;
}

DEVICE uint32_t bits_set(uint32_t x)
{
    return (uint32_t)__popc(x);
}

DEVICE uint32_t bits_set_wide(uint64_t x)
{
    return (uint32_t)__popcll(x);
}

DEVICE uint32_t highest_bit(uint64_t x)
{
    return 63u - (uint32_t)__clzll((long long)x);
}

#else

#include "gpu/emulate/emulate_words.h"

#endif

/* ---- common to all kernels with a block, or a cluster, a sample ---- */

/* A table's entry that no kernel writes: all of it is on its way at once, where members that are
 * asked for one by one wait for each other. */
#define READ_ENTRY(type, name)                                                                     \
    DEVICE struct type name(const struct type *entry)                                              \
    {                                                                                              \
        union {                                                                                    \
            struct type entry;                                                                     \
            uint64_t word[sizeof(struct type) / sizeof(uint64_t)];                                 \
        } copy;                                                                                    \
        UNROLL                                                                                     \
        for (uint32_t k = 0; k < sizeof copy.word / sizeof copy.word[0]; k++)                      \
            copy.word[k] = read_only_wide((const uint64_t *)(const void *)entry + k);              \
        return copy.entry;                                                                         \
    }

READ_ENTRY(device_route, read_route)
READ_ENTRY(device_fan, read_fan)
READ_ENTRY(device_population, read_population)

struct place {
    uint32_t lane, warp, warps; /* of this block */
    uint32_t rank, sample;
    uint32_t tiles, tile, tile_end; /* a block; [tile, tile_end) are this block's */
    unsigned char *base;            /* shared memory, or what stands for it */
    size_t spilled;                 /* 0, or the bytes of a block outside of shared memory */
};

/* base, spilled: of this block. */
DEVICE struct place place_of(const struct device *d, unsigned char *base, size_t spilled)
{
    struct place at;
    at.lane = THREAD % LANES;
    at.warp = THREAD / LANES;
    at.warps = THREADS / LANES;
    at.rank = BLOCK % d->ranks;
    at.sample = BLOCK / d->ranks;
    at.tiles = (d->tiles + d->ranks - 1) / d->ranks;
    at.tile = at.rank * at.tiles < d->tiles ? at.rank * at.tiles : d->tiles;
    at.tile_end = at.tile + at.tiles < d->tiles ? at.tile + at.tiles : d->tiles;
    at.base = base;
    at.spilled = spilled;
    return at;
}

DEVICE void *peer(const struct place *at, void *pointer, uint32_t rank)
{
    if (at->spilled > 0)
        return (unsigned char *)pointer + rank * at->spilled - at->rank * at->spilled;
    return cluster_peer(pointer, rank);
}

/* Writes to a place of another block. Alone, a block knows that it is in shared memory. */
DEVICE void tell(const struct device *d, const struct place *at, float *place, uint32_t rank,
                 float x)
{
    if (d->ranks == 1)
        *place = x;
    else
        *(float *)peer(at, place, rank) = x;
}

DEVICE void tell_word(const struct device *d, const struct place *at, uint32_t *place,
                      uint32_t rank, uint32_t x)
{
    if (d->ranks == 1)
        *place = x;
    else
        *(uint32_t *)peer(at, place, rank) = x;
}

#endif
