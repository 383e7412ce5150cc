/* SPDX-License-Identifier: MIT */
/* fnv.h: FNV-1a over 64 bits, for what must be told apart but by no adversary: the canonical order
 * of samples, keys of random numbers, the content of data. Checkpoints and digests of tests have it
 * written down. Digests of records are XXH3 (verify/base/hash.h). */
#ifndef EVIDENT_FNV_H
#define EVIDENT_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t fnv_add(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)data;
    for (size_t k = 0; k < bytes; k++)
        hash = (hash ^ at[k]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
