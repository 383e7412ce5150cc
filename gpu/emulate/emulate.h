/* SPDX-License-Identifier: MIT */
/* emulate.h: CUDA's threads on the host, for tests of the kernels where there is no device.
 *
 * Every thread of a block or a cluster is a fiber with a stack of its own, and waits at barriers
 * and in operations of its warp until all others are there. Between those, fibers run one after the
 * other, a warp as far as it can, in an order that is chosen: forward, in reverse, or shuffled anew
 * every time. A kernel that leaves out a barrier it needs computes other bits in one of the orders;
 * one that does not reach a barrier with all its threads stops with an error. Shared memory holds
 * NaN until it is written.
 *
 * Private to gpu/, but for tests. */
#ifndef EVIDENT_GPU_EMULATE_H
#define EVIDENT_GPU_EMULATE_H

#include "gpu/device/device.h"

#include <stddef.h>
#include <stdint.h>

enum emulated_order { EMULATED_FORWARD, EMULATED_REVERSE, EMULATED_SHUFFLED };

struct emulated_settings {
    enum emulated_order order;
    uint64_t seed;   /* of the shuffling */
    int left_out;    /* enum kernel_barrier: one that is not there; 0: none */
    uint32_t spikes; /* room a neuron to start with; 0: chosen */
    size_t shared;   /* bytes of shared memory a block; 0: as an H200 */
    uint32_t only;   /* of kernels with as many blocks or more only the last block runs, and memory
                        that nobody wrote is 0: for places far behind in large arenas; 0: all */
};

enum result_status clock_emulated_with(struct result *result, const struct case_problem *c,
                                       const struct engine_options *options,
                                       const struct emulated_settings *settings);

/* ---- launches ---- */

struct emulated_launch {
    uint32_t blocks, blocks_y, cluster, threads; /* blocks is a multiple of cluster */
    uint32_t first; /* block to begin with, likewise: those before it do not run */
    size_t shared;  /* bytes a block */
    void (*kernel)(const void *argument);
    const void *argument;
};

/* 0, or -1: memory is short, or (*stuck) a barrier that not all threads reached. */
int emulated_run(const struct emulated_launch *launch, const struct emulated_settings *settings,
                 int *stuck);

/* ---- what a kernel sees ---- */

struct emulated_thread {
    uint32_t thread, threads, block, block_y;
    unsigned char *shared;
};

/* Of the fiber that runs. */
const struct emulated_thread *emulated_here(void);
void emulated_block_barrier(int name);
void emulated_cluster_barrier(int name);
void emulated_warp_barrier(int name);
/* Where a place in shared memory is in another block of the cluster. */
void *emulated_peer(void *place, uint32_t rank);
/* The values that all lanes of this warp bring, once they are there. */
const uint64_t *emulated_warp(uint64_t value);

#endif
