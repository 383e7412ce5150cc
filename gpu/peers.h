/* SPDX-License-Identifier: MIT */
/* peers.h: other processes that run the same batches on the same network, each with a part of the
 * samples (MPI ranks: verify/run/ranks.h). */
#ifndef EVIDENT_GPU_PEERS_H
#define EVIDENT_GPU_PEERS_H

#include <stddef.h>

/* All ranks make the same calls in the same order; a call that cannot be answered ends the program.
 * begin: [ranks + 1], in bytes. */
struct gpu_peers {
    size_t rank, ranks;
    void *context;
    /* What every rank has, to all: that of rank r to all + begin[r], own included. */
    void (*give_all)(void *context, const void *mine, void *all, const size_t *begin);
    /* out + out_begin[r] to rank r; what rank r has for this one to in + in_begin[r]. */
    void (*give_each)(void *context, const void *out, const size_t *out_begin, void *in,
                      const size_t *in_begin);
};

/* The first of so many things that belong to a rank; rank == ranks: their end. */
static inline size_t gpu_peers_first(const struct gpu_peers *peers, size_t things, size_t rank)
{
    return things * rank / peers->ranks;
}

#endif
