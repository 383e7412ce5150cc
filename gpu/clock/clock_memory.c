/* SPDX-License-Identifier: MIT */
/* clock_memory.c: memory that is freed at once. */
#include "gpu/clock/plan.h"

#include <stdlib.h>
#include <string.h>

enum { LINE = 64 }; /* bytes: a cache line, the widest vector */

void *clock_take(struct clock_memory *memory, size_t count, size_t size)
{
    if (memory->blocks == memory->room) {
        size_t room = memory->room ? 2 * memory->room : 16;
        void **grown = realloc(memory->block, room * sizeof *grown);
        if (!grown)
            return NULL;
        memory->block = grown;
        memory->room = room;
    }
    if (size > 0 && count > (SIZE_MAX / 2 - LINE) / size)
        return NULL;
    size_t bytes = (count * size / LINE + 1) * LINE;
    void *block = aligned_alloc(LINE, bytes);
    if (!block)
        return NULL;
    memset(block, memory->poison ? 0xff : 0, bytes); /* all ones is a NaN of either width */
    memory->block[memory->blocks++] = block;
    memory->bytes += bytes;
    return block;
}

void clock_release(struct clock_memory *memory)
{
    for (size_t k = 0; k < memory->blocks; k++)
        free(memory->block[k]);
    free(memory->block);
    *memory = (struct clock_memory){NULL, 0, 0, 0, false};
}
