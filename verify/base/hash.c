/* SPDX-License-Identifier: MIT */
/* hash.c: see hash.h. The canonical form of XXH3: the same on every machine. */
#include "verify/base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static void put(char text[HASH_TEXT], XXH128_hash_t digest)
{
    snprintf(text, HASH_TEXT, "%016" PRIx64 "%016" PRIx64, (uint64_t)digest.high64,
             (uint64_t)digest.low64);
}

struct hash *hash_new(void)
{
    XXH3_state_t *state = XXH3_createState();
    if (state)
        XXH3_128bits_reset(state);
    return (struct hash *)state;
}

void hash_add(struct hash *hash, const void *data, size_t size)
{
    if (hash)
        XXH3_128bits_update((XXH3_state_t *)hash, data, size);
}

void hash_add_text(struct hash *hash, const char *text)
{
    hash_add(hash, text, strlen(text) + 1);
}

void hash_end(struct hash *hash, char text[HASH_TEXT])
{
    text[0] = '\0';
    if (hash)
        put(text, XXH3_128bits_digest((XXH3_state_t *)hash));
    XXH3_freeState((XXH3_state_t *)hash);
}

void hash_of(char text[HASH_TEXT], const void *data, size_t size)
{
    put(text, XXH3_128bits(data, size));
}

void hash_case(char text[HASH_TEXT], const struct case_problem *problem)
{
    char *canonical = case_text(problem);
    text[0] = '\0';
    if (canonical)
        hash_of(text, canonical, strlen(canonical));
    free(canonical);
}
