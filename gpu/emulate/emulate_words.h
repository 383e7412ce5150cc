/* SPDX-License-Identifier: MIT */
/* emulate_words.h: the words of gpu/emulate/kernel.h on the host; see gpu/emulate/emulate.h. */
#ifndef EVIDENT_GPU_EMULATE_WORDS_H
#define EVIDENT_GPU_EMULATE_WORDS_H

#include "gpu/emulate/emulate.h"

#include <string.h>

#define KERNEL(threads) static void
#define DEVICE static inline
#define PARAMETER const
#define UNROLL
#define UNROLL_BY(n)

#define THREAD (emulated_here()->thread)
#define THREADS (emulated_here()->threads)
#define BLOCK (emulated_here()->block)
#define BLOCK_Y (emulated_here()->block_y)
#define SHARED (emulated_here()->shared)

DEVICE void block_barrier(enum kernel_barrier name)
{
    emulated_block_barrier((int)name);
}

DEVICE void cluster_barrier(enum kernel_barrier name, uint32_t ranks)
{
    (void)ranks;
    emulated_cluster_barrier((int)name);
}

DEVICE void *cluster_peer(void *place, uint32_t rank)
{
    return emulated_peer(place, rank);
}

DEVICE void warp_barrier(enum kernel_barrier name)
{
    emulated_warp_barrier((int)name);
}

DEVICE uint32_t warp_ballot(int predicate)
{
    const uint64_t *value = emulated_warp(predicate != 0);
    uint32_t bits = 0;
    for (uint32_t lane = 0; lane < LANES; lane++)
        bits |= (uint32_t)value[lane] << lane;
    return bits;
}

DEVICE uint32_t warp_read_word(uint32_t x, uint32_t lane)
{
    return (uint32_t)emulated_warp(x)[lane];
}

DEVICE float warp_read(float x, uint32_t lane)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = warp_read_word(bits, lane);
    memcpy(&x, &bits, sizeof x);
    return x;
}

DEVICE float read_only(const float *place)
{
    return *place;
}

DEVICE uint32_t read_only_word(const uint32_t *place)
{
    return *place;
}

DEVICE uint64_t read_only_wide(const uint64_t *place)
{
    return *place;
}

DEVICE float warp_above(float x, uint32_t by)
{
    uint32_t lane = THREAD % LANES;
    return warp_read(x, lane + by < LANES ? lane + by : lane);
}

DEVICE size_t wide_product(uint32_t a, uint32_t b)
{
    return (size_t)a * b;
}

DEVICE uint32_t bits_set(uint32_t x)
{
    return (uint32_t)__builtin_popcount(x);
}

DEVICE uint32_t bits_set_wide(uint64_t x)
{
    return (uint32_t)__builtin_popcountll(x);
}

DEVICE uint32_t highest_bit(uint64_t x)
{
    return 63u - (uint32_t)__builtin_clzll(x);
}

#endif
