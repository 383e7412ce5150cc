/* SPDX-License-Identifier: MIT */
/* emulated.c: the driver that runs the text of the CUDA kernels on the host, thread by thread: for
 * tests, and for people without a device who want to step through a kernel. */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include "gpu/cuda/cuda_forward.h"
#include "gpu/cuda/cuda_adjoint.h"
#include "gpu/cuda/cuda_gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct emulation {
    const struct emulated_settings *settings;
    unsigned char *arena;
    size_t far; /* its bytes, where they are only addresses; else 0 */
};

/* ---- memory ---- */

/* More than the machine has: pages that nobody touches cost nothing. */
static void *far_memory(size_t bytes)
{
    void *taken = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return taken == MAP_FAILED ? NULL : taken;
}

static int take(struct device_driver *driver, unsigned char **base, size_t bytes, int poison)
{
    struct emulation *e = driver->context;
    bool far = e->settings->only > 0;
    (void)poison; /* always: what was not written is NaN */
    e->arena = far ? far_memory(bytes) : aligned_alloc(256, (bytes / 256 + 1) * 256);
    e->far = far ? bytes : 0;
    *base = e->arena;
    if (!e->arena) {
        driver->status = RESULT_SHORT;
        snprintf(driver->reason, sizeof driver->reason, "memory is short");
        return -1;
    }
    if (!far)
        memset(*base, 0xff, bytes);
    return 0;
}

static void give(struct device_driver *driver)
{
    struct emulation *e = driver->context;
    if (e->far > 0)
        munmap(e->arena, e->far);
    else
        free(e->arena);
    e->arena = NULL;
}

static int copy(struct device_driver *driver, void *to, const void *from, size_t bytes)
{
    (void)driver;
    if (bytes > 0)
        memcpy(to, from, bytes);
    return 0;
}

static int clear(struct device_driver *driver, void *at, size_t bytes)
{
    (void)driver;
    if (bytes > 0)
        memset(at, 0, bytes);
    return 0;
}

/* ---- launches ---- */

struct arguments {
    const struct device *d;
    uint32_t chunk, from, to;
};

static void run_forward(const void *argument)
{
    const struct arguments *a = argument;
    if (a->d->forward_spill)
        kernel_forward_global(*a->d);
    else
        kernel_forward(*a->d);
}

static void run_loss(const void *argument)
{
    const struct arguments *a = argument;
    kernel_loss(*a->d);
}

static void run_adjoint(const void *argument)
{
    const struct arguments *a = argument;
    if (a->d->adjoint_spill)
        kernel_adjoint_global(*a->d, a->chunk);
    else
        kernel_adjoint(*a->d, a->chunk);
}

static void run_gather(const void *argument)
{
    const struct arguments *a = argument;
    kernel_gather(*a->d, a->chunk, a->from, a->to);
}

static void run_sum_tau(const void *argument)
{
    const struct arguments *a = argument;
    kernel_sum_tau(*a->d);
}

static int launch(struct device_driver *driver, void (*kernel)(const void *),
                  const struct arguments *arguments, struct emulated_launch shape)
{
    const struct emulation *e = driver->context;
    int stuck;
    shape.kernel = kernel;
    shape.argument = arguments;
    shape.blocks_y = shape.blocks_y ? shape.blocks_y : 1;
    if (e->settings->only > 0 && shape.blocks >= e->settings->only)
        shape.first = shape.blocks - shape.cluster;
    if (shape.blocks == 0 || emulated_run(&shape, e->settings, &stuck) == 0)
        return 0;
    driver->status = stuck ? RESULT_FAULT : RESULT_SHORT;
    snprintf(driver->reason, sizeof driver->reason, "%s",
             stuck ? "a barrier that not all threads of a kernel reached" : "memory is short");
    return -1;
}

static struct emulated_launch by_sample(const struct device *d, uint32_t threads, size_t shared,
                                        const void *spill)
{
    return (struct emulated_launch){.blocks = d->samples * d->ranks,
                                    .cluster = d->ranks,
                                    .threads = threads,
                                    .shared = spill ? 0 : shared};
}

static int forward(struct device_driver *driver, const struct device *d)
{
    struct arguments a = {d, 0, 0, 0};
    struct emulated_launch loss = {.blocks = d->samples,
                                   .cluster = 1,
                                   .threads = d->threads,
                                   .shared = d->threads * sizeof(double)};
    if (launch(driver, run_forward, &a,
               by_sample(d, d->threads, d->forward_bytes, d->forward_spill)) != 0)
        return -1;
    return launch(driver, run_loss, &a, loss);
}

static int adjoint(struct device_driver *driver, const struct device *d, uint32_t chunk)
{
    struct arguments a = {d, chunk, 0, 0};
    return launch(driver, run_adjoint, &a,
                  by_sample(d, d->adjoint_threads, d->adjoint_bytes, d->adjoint_spill));
}

static int gather(struct device_driver *driver, const struct device *d, uint32_t chunk,
                  uint32_t from, uint32_t to)
{
    struct arguments a = {d, chunk, from, to};
    uint32_t threads = d->threads < DEVICE_SMALL_BLOCK ? d->threads : DEVICE_SMALL_BLOCK;
    uint32_t warps = threads / LANES, units = d->lif_rows + (to - from);
    struct emulated_launch shape = {.blocks = (units + warps - 1) / warps,
                                    .blocks_y = (d->widest + DEVICE_COLUMNS - 1) / DEVICE_COLUMNS,
                                    .cluster = 1,
                                    .threads = threads,
                                    .shared = warps * DEVICE_WINDOW * sizeof(uint32_t)};
    return launch(driver, run_gather, &a, shape);
}

static int sum_tau(struct device_driver *driver, const struct device *d)
{
    struct arguments a = {d, 0, 0, 0};
    struct emulated_launch shape = {
        .blocks = (d->cells + d->threads - 1) / d->threads, .cluster = 1, .threads = d->threads};
    return launch(driver, run_sum_tau, &a, shape);
}

enum result_status clock_emulated_with(struct result *result, const struct case_problem *c,
                                       const struct engine_options *options,
                                       const struct emulated_settings *settings)
{
    struct emulation emulation = {settings, NULL, 0};
    struct device_driver driver = {
        .context = &emulation,
        .shared = settings->shared ? settings->shared : 227 << 10,
        .clusters = DEVICE_MOST_BLOCKS,
        .threads = 64,
        .spikes = settings->spikes,
        .take = take,
        .give = give,
        .put = copy,
        .get = copy,
        .clear = clear,
        .forward = forward,
        .adjoint = adjoint,
        .gather = gather,
        .sum_tau = sum_tau,
    };
    return device_run(result, c, options, &driver);
}

enum result_status clock_emulated(struct result *result, const struct case_problem *c,
                                  const struct engine_options *options)
{
    static const struct emulated_settings settings = {.order = EMULATED_FORWARD};
    return clock_emulated_with(result, c, options, &settings);
}
