/* SPDX-License-Identifier: MIT */
/* emulate.c: the fibers of emulate.h. One launch at a time on a thread of the host: all state
 * is of that thread. A fiber starts by swapcontext; from then on setjmp and longjmp switch, which
 * need no system call. */
#include "gpu/emulate/emulate.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
enum { STACK = 256 << 10 };
#else
enum { STACK = 32 << 10 };
#endif

/* Fibers that wait for all others of a group; `turn` counts how often all were there. */
struct gate {
    uint32_t members, here;
    uint32_t turn;
};

struct warp {
    struct gate gate;
    uint64_t value[2][LANES]; /* of even and of odd turns: a fast lane may be one turn ahead */
};

struct fiber {
    struct emulated_thread thread;
    struct warp *warp;
    struct gate *block;
    const struct gate *waits; /* at this gate, or NULL */
    uint32_t turn;            /* until its turn is another */
    bool begun, done;
    jmp_buf place;
    ucontext_t context;
    void *shadow; /* of the sanitizer */
};

static _Thread_local struct {
    const struct emulated_launch *launch;
    const struct emulated_settings *settings;
    struct fiber *fiber, *now;
    uint32_t *order; /* [warps] */
    uint32_t fibers;
    uint64_t random;
    struct warp *warp;  /* of all blocks of the cluster */
    struct gate *block; /* [cluster] */
    struct gate cluster;
    unsigned char *stack, *shared; /* [fibers][STACK], [cluster][shared] */
    jmp_buf scheduler;
    ucontext_t home;
    const void *home_stack; /* of the sanitizer, likewise */
    size_t home_size;
    void *home_shadow;
} emulator;

/* ---- fibers ---- */

#ifdef __SANITIZE_ADDRESS__

static void leave(struct fiber *fiber)
{
    __sanitizer_start_switch_fiber(fiber->done ? NULL : &fiber->shadow, emulator.home_stack,
                                   emulator.home_size);
    swapcontext(&fiber->context, &emulator.home);
    __sanitizer_finish_switch_fiber(fiber->shadow, NULL, NULL);
}

static void enter(struct fiber *fiber)
{
    __sanitizer_start_switch_fiber(&emulator.home_shadow, fiber->context.uc_stack.ss_sp, STACK);
    swapcontext(&emulator.home, &fiber->context);
    __sanitizer_finish_switch_fiber(emulator.home_shadow, NULL, NULL);
}

static void begin(void)
{
    __sanitizer_finish_switch_fiber(NULL, &emulator.home_stack, &emulator.home_size);
}

#else

/* Back to the scheduler, until that resumes the fiber. */
static void leave(struct fiber *fiber)
{
    if (setjmp(fiber->place) == 0)
        longjmp(emulator.scheduler, 1);
}

static void enter(struct fiber *fiber)
{
    if (setjmp(emulator.scheduler) != 0)
        return;
    if (fiber->begun)
        longjmp(fiber->place, 1);
    fiber->begun = true;
    setcontext(&fiber->context);
}

static void begin(void)
{
}

#endif

static void run_fiber(void)
{
    begin();
    emulator.launch->kernel(emulator.launch->argument);
    emulator.now->done = true;
    leave(emulator.now);
}

/* Lets the fiber run until it waits or is done. */
static void resume(struct fiber *fiber)
{
    emulator.now = fiber;
    enter(fiber);
}

static void wait_at(struct gate *gate)
{
    struct fiber *fiber = emulator.now;
    uint32_t turn = gate->turn;
    if (++gate->here == gate->members) {
        gate->here = 0;
        gate->turn++;
        return;
    }
    fiber->waits = gate;
    fiber->turn = turn;
    leave(fiber);
}

static bool can_run(const struct fiber *fiber)
{
    return !fiber->done && (!fiber->waits || fiber->waits->turn != fiber->turn);
}

/* ---- the words of kernels ---- */

const struct emulated_thread *emulated_here(void)
{
    return &emulator.now->thread;
}

void emulated_block_barrier(int name)
{
    if (name != emulator.settings->left_out)
        wait_at(emulator.now->block);
}

void emulated_cluster_barrier(int name)
{
    if (name != emulator.settings->left_out)
        wait_at(&emulator.cluster);
}

void *emulated_peer(void *place, uint32_t rank)
{
    size_t offset = (size_t)((unsigned char *)place - emulator.now->thread.shared);
    return emulator.shared + rank * emulator.launch->shared + offset;
}

const uint64_t *emulated_warp(uint64_t value)
{
    struct fiber *fiber = emulator.now;
    struct warp *warp = fiber->warp;
    uint64_t *values = warp->value[warp->gate.turn & 1];
    values[fiber->thread.thread % LANES] = value;
    wait_at(&warp->gate);
    return values;
}

void emulated_warp_barrier(int name)
{
    if (name != emulator.settings->left_out)
        emulated_warp(0);
}

/* ---- a launch: clusters one after the other ---- */

static uint64_t next_random(void)
{
    uint64_t z = emulator.random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* The order of the warps in this round. */
static void arrange(void)
{
    uint32_t warps = emulator.fibers / LANES, *order = emulator.order;
    for (uint32_t k = 0; k < warps; k++)
        order[k] = emulator.settings->order == EMULATED_REVERSE ? warps - 1 - k : k;
    for (uint32_t k = warps; emulator.settings->order == EMULATED_SHUFFLED && k > 1; k--) {
        uint32_t other = (uint32_t)(next_random() % k), kept = order[k - 1];
        order[k - 1] = order[other];
        order[other] = kept;
    }
}

static void begin_fiber(struct fiber *fiber, uint32_t first, uint32_t block_y)
{
    const struct emulated_launch *launch = emulator.launch;
    uint32_t k = (uint32_t)(fiber - emulator.fiber);
    uint32_t rank = k / launch->threads, thread = k % launch->threads;
    fiber->thread = (struct emulated_thread){thread, launch->threads, first + rank, block_y,
                                             emulator.shared + rank * launch->shared};
    fiber->warp = &emulator.warp[k / LANES];
    fiber->block = &emulator.block[rank];
    fiber->waits = NULL;
    fiber->begun = fiber->done = false;
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = emulator.stack + (size_t)k * STACK;
    fiber->context.uc_stack.ss_size = STACK;
    fiber->context.uc_link = NULL;
    makecontext(&fiber->context, run_fiber, 0);
}

static void begin_cluster(uint32_t first, uint32_t block_y)
{
    const struct emulated_launch *launch = emulator.launch;
    memset(emulator.shared, 0xff, launch->cluster * launch->shared + 1);
    emulator.cluster = (struct gate){emulator.fibers, 0, 0};
    for (uint32_t b = 0; b < launch->cluster; b++)
        emulator.block[b] = (struct gate){launch->threads, 0, 0};
    for (uint32_t w = 0; w < emulator.fibers / LANES; w++)
        emulator.warp[w].gate = (struct gate){LANES, 0, 0};
    for (uint32_t k = 0; k < emulator.fibers; k++)
        begin_fiber(&emulator.fiber[k], first, block_y);
}

/* Every lane of a warp that can run, once; how many did. *left: fibers that are not done. */
static uint32_t run_lanes(uint32_t warp, uint32_t *left)
{
    bool shuffled = emulator.settings->order == EMULATED_SHUFFLED;
    uint32_t random = shuffled ? (uint32_t)next_random() : 0, moved = 0;
    uint32_t stride = random | 1, offset = random >> 16; /* an odd stride meets every lane */
    for (uint32_t k = 0; k < LANES; k++) {
        uint32_t lane = emulator.settings->order == EMULATED_REVERSE ? LANES - 1 - k
                        : shuffled                                   ? (k * stride + offset) % LANES
                                                                     : k;
        struct fiber *fiber = &emulator.fiber[warp * LANES + lane];
        if (!can_run(fiber))
            continue;
        fiber->waits = NULL;
        resume(fiber);
        moved++;
        *left -= fiber->done;
    }
    return moved;
}

/* A warp runs on as long as it can, while the others stand still, as none would on a device: what
 * one warp must not see too early or too late, it sees. Shuffled, it may also stop on the way. -1:
 * fibers wait that nobody will ever let on. */
static int run_cluster(void)
{
    bool shuffled = emulator.settings->order == EMULATED_SHUFFLED;
    for (uint32_t left = emulator.fibers; left > 0;) {
        uint32_t moved = 0, now;
        arrange();
        for (uint32_t k = 0; k < emulator.fibers / LANES; k++)
            do {
                now = run_lanes(emulator.order[k], &left);
                moved += now;
            } while (now > 0 && !(shuffled && next_random() % 8 == 0));
        if (moved == 0)
            return -1;
    }
    return 0;
}

static int run_clusters(int *stuck)
{
    const struct emulated_launch *launch = emulator.launch;
    for (uint32_t y = 0; y < launch->blocks_y; y++)
        for (uint32_t first = launch->first; first < launch->blocks; first += launch->cluster) {
            begin_cluster(first, y);
            if (run_cluster() != 0) {
                *stuck = 1;
                return -1;
            }
        }
    return 0;
}

int emulated_run(const struct emulated_launch *launch, const struct emulated_settings *settings,
                 int *stuck)
{
    size_t fibers = (size_t)launch->cluster * launch->threads;
    int status = -1;
    *stuck = 0;
    emulator.launch = launch;
    emulator.settings = settings;
    emulator.fibers = (uint32_t)fibers;
    emulator.random = settings->seed;
    emulator.fiber = malloc(fibers * sizeof *emulator.fiber);
    emulator.order = malloc(fibers / LANES * sizeof *emulator.order);
    emulator.warp = malloc(fibers / LANES * sizeof *emulator.warp);
    emulator.block = malloc(launch->cluster * sizeof *emulator.block);
    emulator.stack = aligned_alloc(64, fibers * STACK);
    emulator.shared = aligned_alloc(64, (launch->cluster * launch->shared / 64 + 1) * 64);
    if (emulator.fiber && emulator.order && emulator.warp && emulator.block && emulator.stack &&
        emulator.shared)
        status = run_clusters(stuck);
    free(emulator.fiber);
    free(emulator.order);
    free(emulator.warp);
    free(emulator.block);
    free(emulator.stack);
    free(emulator.shared);
    return status;
}
