/* SPDX-License-Identifier: MIT */
/* emulated.c: the driver that runs the text of the CUDA kernels on the host, thread by thread: for
 * tests, and for people without a device who want to step through a kernel. */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include "gpu/cuda/cuda_forward.h"
#include "gpu/cuda/cuda_adjoint.h"
#include "gpu/cuda/cuda_gather.h"
#include "gpu/cuda/cuda_resident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct emulation {
    struct device_driver driver;
    struct emulated_settings settings;
};

/* ---- memory ---- */

enum { PAGE = 4096 }; /* before far memory: its size */

/* More than the machine has: pages that nobody touches cost nothing. */
static unsigned char *take_far(size_t bytes)
{
    unsigned char *taken = mmap(NULL, bytes + PAGE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (taken == MAP_FAILED)
        return NULL;
    memcpy(taken, &bytes, sizeof bytes);
    return taken + PAGE;
}

static void give_far(unsigned char *base)
{
    size_t bytes;
    memcpy(&bytes, base - PAGE, sizeof bytes);
    munmap(base - PAGE, bytes + PAGE);
}

static int take(struct device_driver *driver, unsigned char **base, size_t bytes, int poison)
{
    struct emulation *e = driver->context;
    bool far = e->settings.only > 0;
    (void)poison; /* always: what was not written is NaN */
    *base = far ? take_far(bytes) : aligned_alloc(256, (bytes / 256 + 1) * 256);
    if (!*base) {
        driver->status = RESULT_SHORT;
        snprintf(driver->reason, sizeof driver->reason, "memory is short");
        return -1;
    }
    if (!far)
        memset(*base, 0xff, bytes);
    return 0;
}

static void give(struct device_driver *driver, unsigned char *base)
{
    struct emulation *e = driver->context;
    if (e->settings.only > 0)
        give_far(base);
    else
        free(base);
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
    const struct device_resident *r;
    const struct adam *adam;
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

static void run_count(const void *argument)
{
    const struct arguments *a = argument;
    kernel_count(*a->d, *a->r);
}

static void run_outcome(const void *argument)
{
    const struct arguments *a = argument;
    kernel_outcome(*a->d, *a->r);
}

static void run_adam(const void *argument)
{
    const struct arguments *a = argument;
    kernel_adam(*a->d, *a->r, *a->adam);
}

static void run_taus(const void *argument)
{
    const struct arguments *a = argument;
    kernel_taus(*a->d, *a->r);
}

static int launch(struct device_driver *driver, void (*kernel)(const void *),
                  const struct arguments *arguments, struct emulated_launch shape)
{
    const struct emulation *e = driver->context;
    int stuck;
    shape.kernel = kernel;
    shape.argument = arguments;
    shape.blocks_y = shape.blocks_y ? shape.blocks_y : 1;
    if (e->settings.only > 0 && shape.blocks >= e->settings.only)
        shape.first = shape.blocks - shape.cluster;
    if (shape.blocks == 0 || emulated_run(&shape, &e->settings, &stuck) == 0)
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
    struct arguments a = {.d = d};
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
    struct arguments a = {.d = d, .chunk = chunk};
    return launch(driver, run_adjoint, &a,
                  by_sample(d, d->adjoint_threads, d->adjoint_bytes, d->adjoint_spill));
}

static int gather(struct device_driver *driver, const struct device *d, uint32_t chunk,
                  uint32_t from, uint32_t to)
{
    struct arguments a = {.d = d, .chunk = chunk, .from = from, .to = to};
    uint32_t threads = d->threads < DEVICE_SMALL_BLOCK ? d->threads : DEVICE_SMALL_BLOCK;
    uint32_t warps = threads / LANES, units = d->lif_rows + (to - from);
    struct emulated_launch shape = {.blocks = (units + warps - 1) / warps,
                                    .blocks_y = (d->widest + DEVICE_COLUMNS - 1) / DEVICE_COLUMNS,
                                    .cluster = 1,
                                    .threads = threads,
                                    .shared = warps * DEVICE_WINDOW * sizeof(uint32_t)};
    return launch(driver, run_gather, &a, shape);
}

/* One that has no block a sample: at least so many threads. */
static struct emulated_launch plain(const struct device *d, size_t threads)
{
    return (struct emulated_launch){.blocks = (uint32_t)((threads + d->threads - 1) / d->threads),
                                    .cluster = 1,
                                    .threads = d->threads};
}

static int sum_tau(struct device_driver *driver, const struct device *d)
{
    struct arguments a = {.d = d};
    return launch(driver, run_sum_tau, &a, plain(d, d->cells));
}

static int outcome(struct device_driver *driver, const struct device *d,
                   const struct device_resident *r)
{
    struct arguments a = {.d = d, .r = r};
    if (launch(driver, run_count, &a, plain(d, (size_t)d->samples * d->cells)) != 0)
        return -1;
    return launch(driver, run_outcome, &a, plain(d, d->samples > d->cells ? d->samples : d->cells));
}

static int adam(struct device_driver *driver, const struct device *d,
                const struct device_resident *r, const struct adam *how)
{
    struct arguments a = {.d = d, .r = r, .adam = how};
    return launch(driver, run_adam, &a, plain(d, d->synapses + 2 * (size_t)d->cells));
}

static int taus(struct device_driver *driver, const struct device *d,
                const struct device_resident *r)
{
    struct arguments a = {.d = d, .r = r};
    return launch(driver, run_taus, &a, plain(d, d->cells));
}

/* ---- drivers ---- */

static void close_driver(struct device_driver *driver)
{
    free(driver->context);
}

static struct device_driver *open_driver(const struct emulated_settings *settings)
{
    struct emulation *e = malloc(sizeof *e);
    if (!e)
        return NULL;
    e->settings = *settings;
    e->driver = (struct device_driver){
        .context = e,
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
        .outcome = outcome,
        .adam = adam,
        .taus = taus,
        .close = close_driver,
    };
    return &e->driver;
}

static const struct emulated_settings plainly = {.order = EMULATED_FORWARD};

struct device_driver *device_emulated_open(enum result_status *status, char reason[RESULT_REASON])
{
    struct device_driver *driver = open_driver(&plainly);
    *status = driver ? RESULT_OK : RESULT_SHORT;
    if (!driver)
        snprintf(reason, RESULT_REASON, "memory is short");
    return driver;
}

enum result_status clock_emulated_with(struct result *result, const struct case_problem *c,
                                       const struct engine_options *options,
                                       const struct emulated_settings *settings)
{
    struct device_driver *driver = open_driver(settings);
    if (!driver) {
        snprintf(result->reason, sizeof result->reason, "memory is short");
        return RESULT_SHORT;
    }
    enum result_status status = device_run(result, c, options, driver);
    driver->close(driver);
    return status;
}

enum result_status clock_emulated(struct result *result, const struct case_problem *c,
                                  const struct engine_options *options)
{
    return clock_emulated_with(result, c, options, &plainly);
}
