/* SPDX-License-Identifier: MIT */
/* device.c: a run on a device, from a case to a result: plan, arena, forward until every list has
 * room, backward a chunk at a time, result. */
#include "gpu/device/device_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPIKES = 64 }; /* room a neuron to start with, where nothing else is known */

/* The room that the lists of the last run needed: one of the same shape, as in training, begins
 * with it. Only then, as the room of one network may be far too much for another. */
enum { KEPT = 16 };
static _Thread_local struct kept {
    size_t samples, populations, cells, synapses;
    uint32_t steps, room[KEPT];
} kept;

static bool kept_for(const struct clock_plan *plan)
{
    return kept.samples == plan->samples && kept.populations == plan->populations &&
           kept.cells == plan->cells && kept.synapses == plan->synapses &&
           kept.steps == plan->steps;
}

static void keep(const struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    if (plan->populations > KEPT || h->driver->spikes)
        return;
    kept = (struct kept){plan->samples,  plan->populations, plan->cells,
                         plan->synapses, plan->steps,       {0}};
    memcpy(kept.room, h->room, plan->populations * sizeof *h->room);
}

/* ---- shape ---- */

static bool block_is_bad(const struct engine_options *options, char reason[RESULT_REASON])
{
    if (options->block % LANES != 0 || options->block > DEVICE_MOST_THREADS)
        snprintf(reason, RESULT_REASON, "block: %u threads, wanted a multiple of %d up to %d",
                 options->block, LANES, DEVICE_MOST_THREADS);
    else if (options->cluster > DEVICE_MOST_BLOCKS)
        snprintf(reason, RESULT_REASON, "cluster: %u blocks, wanted up to %d", options->cluster,
                 DEVICE_MOST_BLOCKS);
    else
        return false;
    return true;
}

/* Threads a cell while that goes: one forward; four backward, a warp a spike. */
static uint32_t threads_by_cells(size_t cells, uint32_t ranks, uint32_t each)
{
    size_t wanted = (each * cells / ranks + 127) / 128 * 128;
    return wanted < 256                   ? 256
           : wanted > DEVICE_MOST_THREADS ? DEVICE_MOST_THREADS
                                          : (uint32_t)wanted;
}

static bool fits(const struct device_host *h)
{
    return !h->d.forward_spill && !h->d.adjoint_spill;
}

/* A kernel whose block lies in global memory takes fewer threads. */
static uint32_t limited(uint32_t threads, const void *spill)
{
    return spill && threads > DEVICE_GLOBAL_THREADS ? DEVICE_GLOBAL_THREADS : threads;
}

/* A cluster where a block would have 1,024 cells and more, or more than its memory holds. */
static void choose_shape(struct device_host *h)
{
    const struct engine_options *options = &h->plan->options;
    struct device *d = &h->d;
    uint32_t most = options->cluster ? options->cluster : DEVICE_MOST_BLOCKS;
    most = most < h->driver->clusters ? most : h->driver->clusters;
    for (d->ranks = options->cluster ? most : 1;; d->ranks++) {
        d->threads = options->block ? options->block : h->driver->threads;
        d->adjoint_threads = d->threads;
        if (d->threads == 0) {
            d->threads = threads_by_cells(h->plan->cells, d->ranks, 1);
            d->adjoint_threads = threads_by_cells(h->plan->cells, d->ranks, 4);
        }
        device_lay(h, NULL);
        if (d->ranks >= most || (h->plan->cells / d->ranks < 1024 && fits(h)))
            break;
    }
    d->threads = limited(d->threads, d->forward_spill);
    d->adjoint_threads = limited(d->adjoint_threads, d->adjoint_spill);
}

/* ---- memory of the host ---- */

static int make_host(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    struct clock_run *run = h->run;
    struct clock_memory *m = &run->memory;
    uint32_t spikes = h->driver->spikes ? h->driver->spikes : SPIKES;
    h->room = clock_take(m, plan->populations, sizeof *h->room);
    h->list_at = clock_take(m, plan->populations, sizeof *h->list_at);
    h->group_at = clock_take(m, plan->populations, sizeof *h->group_at);
    run->sample = calloc(plan->samples, sizeof *run->sample);
    run->gather.room = clock_take(m, plan->fans, sizeof *run->gather.room); /* none */
    if (!h->room || !h->list_at || !h->group_at || !run->sample || !run->gather.room)
        return device_short(h);
    for (size_t p = 0; p < plan->populations; p++) {
        size_t each = plan->steps < spikes ? plan->steps : spikes;
        h->room[p] =
            plan->population[p].model == CASE_LIF ? (uint32_t)(plan->population[p].size * each) : 0;
        if (!h->driver->spikes && kept_for(plan) && kept.room[p] > h->room[p])
            h->room[p] = kept.room[p];
    }
    for (size_t s = 0; s < plan->samples; s++) {
        struct clock_sample *sample = &run->sample[s];
        sample->spikes = clock_take(m, plan->populations, sizeof *sample->spikes);
        sample->back = clock_take(m, plan->populations, sizeof *sample->back);
        if (!sample->spikes || !sample->back)
            return device_short(h);
        for (size_t p = 0; p < plan->populations; p++)
            sample->spikes[p] = sample->back[p] = plan->input[s * plan->populations + p];
    }
    return device_rows_make(&h->rows, run) == 0 ? 0 : device_short(h);
}

static void clear_host(struct device_host *h)
{
    for (size_t s = 0; h->run->sample && s < h->plan->samples; s++)
        clock_release(&h->run->sample[s].blocked);
    free(h->run->sample);
    clock_release(&h->run->memory);
    device_rows_clear(&h->rows);
}

/* ---- forward ---- */

static int send(struct device_host *h)
{
    struct device_driver *driver = h->driver;
    unsigned char *base;
    device_lay(h, NULL);
    if (driver->take(driver, &base, h->bytes, h->plan->options.poison) != 0)
        return -1;
    device_lay(h, base);
    unsigned char *image = device_image(h);
    int status = image ? driver->put(driver, base, image, h->sent) : device_short(h);
    free(image);
    /* Lists come back whole, also where they hold no spikes. */
    if (status != 0 || h->plan->options.poison)
        return status;
    return driver->clear(driver, h->neuron, h->listed * sizeof *h->neuron) != 0 ||
                   driver->clear(driver, h->slope, h->listed * sizeof *h->slope) != 0 ||
                   driver->clear(driver, h->group, h->grouped * sizeof *h->group) != 0
               ? -1
               : 0;
}

/* Room for twice the spikes that there were, or would have been when a list was full. */
static int grow(struct device_host *h, bool *full)
{
    const struct clock_plan *plan = h->plan;
    uint32_t *need = malloc(plan->samples * plan->populations * sizeof *need);
    size_t bytes = plan->samples * plan->populations * sizeof *need;
    int status = need ? h->driver->get(h->driver, need, h->d.need, bytes) : device_short(h);
    *full = false;
    for (size_t p = 0; status == 0 && p < plan->populations; p++) {
        size_t most = h->room[p], all = plan->population[p].size * (size_t)plan->steps;
        for (size_t r = 0; r < plan->samples; r++)
            if (need[r * plan->populations + p] > most)
                most = need[r * plan->populations + p];
        if (most == h->room[p])
            continue;
        *full = true;
        most = 2 * most < all ? 2 * most : all;
        if (most > UINT32_MAX / 2)
            status = device_short(h);
        h->room[p] = (uint32_t)most;
    }
    free(need);
    return status;
}

static int forward(struct device_host *h)
{
    for (bool full = true; full;) {
        if (send(h) != 0 || h->driver->forward(h->driver, &h->d) != 0 || grow(h, &full) != 0)
            return -1;
        if (full)
            h->driver->give(h->driver);
    }
    keep(h);
    return device_fetch_losses(h);
}

/* ---- backward ---- */

static int backward(struct device_host *h)
{
    struct device_driver *driver = h->driver;
    const struct device *d = &h->d;
    uint32_t from = 0, to = 0;
    if (driver->clear(driver, d->gradient, d->histories * d->synapses * sizeof(float)) != 0)
        return -1;
    for (uint32_t chunk = (d->steps - 1) / CHUNK;; chunk--) {
        for (from = to; to < h->rows.rows && h->rows.chunk[to] == chunk;)
            to++;
        if (driver->adjoint(driver, d, chunk) != 0 ||
            driver->gather(driver, d, chunk, from, to) != 0)
            return -1;
        if (chunk == 0)
            break;
    }
    if (h->plan->options.tau_gradients && driver->sum_tau(driver, d) != 0)
        return -1;
    return device_fetch_gradients(h);
}

/* ---- everything ---- */

static int run_all(struct device_host *h, struct result *result)
{
    const struct engine_options *options = &h->plan->options;
    bool lossy = (options->variant & (SCHEME_BLOCKED | SCHEME_FLOAT_CLOCK)) != 0;
    if (make_host(h) != 0)
        return -1;
    choose_shape(h);
    if (forward(h) != 0 || device_fetch_lists(h) != 0)
        return -1;
    if (options->gradients && ((lossy && device_put_back(h) != 0) || backward(h) != 0))
        return -1;
    if (device_fetch_traces(h) != 0)
        return -1;
    if (clock_result(result, h->run) != 0)
        return device_short(h);
    result->bytes = h->bytes;
    return 0;
}

enum result_status device_run(struct result *result, const struct case_problem *c,
                              const struct engine_options *options, struct device_driver *driver)
{
    struct clock_plan plan;
    struct clock_run run = {.plan = &plan};
    struct device_host h = {.plan = &plan, .driver = driver, .run = &run};
    if (block_is_bad(options, result->reason))
        return RESULT_REFUSED;
    enum result_status status = clock_plan_make(&plan, c, options, result->reason);
    if (status == RESULT_OK && run_all(&h, result) != 0) {
        status = driver->status;
        memcpy(result->reason, driver->reason, sizeof result->reason);
    }
    if (h.base)
        driver->give(driver);
    clear_host(&h);
    clock_plan_clear(&plan);
    return status;
}
