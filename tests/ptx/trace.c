/* SPDX-License-Identifier: MIT */
/* trace.c: the instructions that the warps of a block execute, for tests/ptx/model.py: kernels from
 * PTX on the stand-in of a device, compiled with trace.h.
 *
 * TRACE='KERNEL FILE' of the environment: of the first block of every launch of a kernel. A line
 * '=' before a launch, then a line an instruction of a warp, warps one after the other from barrier
 * to barrier:
 *     WARP LINE LANES [s WAVES | g SECTOR...]
 * LINE: of the PTX. LANES: how many are at it. s: shared memory, in so many passes for its banks;
 * g: memory of the device or of the thread, sectors of 32 bytes by number; neither where a
 * predicate was false for all lanes.
 *
 * Lanes run by themselves and are put together again as a device would: of the lanes of a warp
 * those at the lowest line go on, all that are there together, so that they meet where branches do.
 */
#include "tests/ptx/standin.h"
#include "tests/ptx/trace.h"

#include <stdio.h>
#include <stdlib.h>

enum { WARPS = 32, BANKS = 32, SECTOR = 32 };

struct step {
    uint64_t address;
    uint32_t line;
    uint8_t bytes, shared;
};

/* What one thread did since its last barrier. */
static struct lane {
    struct step *step;
    size_t count, room, at;
    bool waits;
} lanes[WARPS][LANES];

static struct {
    char kernel[64]; /* wanted */
    FILE *file;
    unsigned long number; /* the stand-in's, of the launch that runs */
    bool on;
} trace;

/* ---- writing ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Different numbers among count; sorts them. */
static size_t distinct(uint64_t *x, size_t count)
{
    size_t kept = 0;
    qsort(x, count, sizeof *x, by_value);
    for (size_t k = 0; k < count; k++)
        if (k == 0 || x[k] != x[kept - 1])
            x[kept++] = x[k];
    return kept;
}

/* Passes over the banks: the most words that any of them is asked for. */
static size_t waves(uint64_t *word, size_t count)
{
    size_t asked[BANKS] = {0}, most = 1;
    count = distinct(word, count);
    for (size_t k = 0; k < count; k++)
        if (++asked[word[k] % BANKS] > most)
            most = asked[word[k] % BANKS];
    return most;
}

static void write_access(const struct step *const *by, size_t count)
{
    uint64_t place[LANES * 4];
    size_t places = 0;
    bool shared = false;
    for (size_t k = 0; k < count; k++) {
        uint64_t unit = by[k]->shared ? 4 : SECTOR;
        shared |= by[k]->bytes > 0 && by[k]->shared;
        for (uint64_t b = 0; b < by[k]->bytes; b += 4)
            place[places++] = (by[k]->address + b) / unit;
    }
    if (places == 0)
        return;
    if (shared) {
        fprintf(trace.file, " s %zu", waves(place, places));
        return;
    }
    fputs(" g", trace.file);
    places = distinct(place, places);
    for (size_t k = 0; k < places; k++)
        fprintf(trace.file, " %llx", (unsigned long long)place[k]);
}

static void write_warp(size_t warp)
{
    for (;;) {
        const struct step *by[LANES];
        uint32_t line = UINT32_MAX;
        size_t count = 0;
        for (size_t k = 0; k < LANES; k++) {
            struct lane *lane = &lanes[warp][k];
            if (lane->at < lane->count && lane->step[lane->at].line < line)
                line = lane->step[lane->at].line;
        }
        if (line == UINT32_MAX)
            return;
        for (size_t k = 0; k < LANES; k++) {
            struct lane *lane = &lanes[warp][k];
            if (lane->at < lane->count && lane->step[lane->at].line == line)
                by[count++] = &lane->step[lane->at++];
        }
        fprintf(trace.file, "%zu %u %zu", warp, line, count);
        write_access(by, count);
        fputc('\n', trace.file);
    }
}

/* All threads have come to a barrier, or to the end. */
static void write_all(void)
{
    for (size_t w = 0; w < WARPS; w++) {
        write_warp(w);
        for (size_t k = 0; k < LANES; k++) {
            lanes[w][k].count = lanes[w][k].at = 0;
            lanes[w][k].waits = false;
        }
    }
}

static void end(void)
{
    if (trace.file && trace.on)
        write_all();
    if (trace.file && fclose(trace.file) != 0)
        abort();
}

__attribute__((constructor)) static void begin(void)
{
    char path[256];
    const char *wanted = getenv("TRACE");
    if (!wanted)
        return;
    if (sscanf(wanted, "%63s %255s", trace.kernel, path) != 2 || !(trace.file = fopen(path, "w"))) {
        fprintf(stderr, "TRACE: '%s', wanted: KERNEL FILE\n", wanted);
        exit(2);
    }
    atexit(end);
}

/* ---- what threads do ---- */

static struct lane *here(void)
{
    const struct emulated_thread *thread = emulated_here();
    return trace.on && thread->block == 0 ? &lanes[thread->thread / LANES][thread->thread % LANES]
                                          : NULL;
}

void trace_enter(const char *kernel)
{
    if (!trace.file || trace.number == standin.launches)
        return;
    if (trace.on)
        write_all();
    trace.number = standin.launches;
    trace.on = strcmp(kernel, trace.kernel) == 0;
    if (trace.on)
        fputs("=\n", trace.file);
}

/* One that goes on after a barrier does so because all have come to it. */
void trace_step(int line)
{
    struct lane *lane = here();
    if (!lane)
        return;
    if (lane->waits)
        write_all();
    if (lane->count == lane->room) {
        lane->room = 2 * lane->room + 1024;
        lane->step = realloc(lane->step, lane->room * sizeof *lane->step);
        if (!lane->step)
            abort();
    }
    lane->step[lane->count++] = (struct step){0, (uint32_t)line, 0, 0};
}

void trace_access(enum ptx_space space, uint64_t address, size_t bytes)
{
    struct lane *lane = here();
    if (!lane || space == PTX_PARAM)
        return;
    struct step *step = &lane->step[lane->count - 1];
    step->address = address;
    step->bytes = (uint8_t)bytes;
    step->shared = space == PTX_SHARED || (space == PTX_GENERIC && ptx_is_shared(address));
}

void trace_barrier(void)
{
    struct lane *lane = here();
    if (lane)
        lane->waits = true;
}
