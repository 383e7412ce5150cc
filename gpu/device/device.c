/* SPDX-License-Identifier: MIT */
/* device.c: a run on a device, from a case to a result: plan, arenas, forward until every list has
 * room, backward a chunk at a time, result; and its parts, for an engine that stays. */
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
        device_lay_network(h, NULL);
        device_lay_batch(h, NULL);
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
    return 0;
}

/* ---- forward ---- */

const void *device_seen(const struct device_host *h, const void *place)
{
    return h->seen + ((uintptr_t)place - (uintptr_t)h->outcome);
}

/* Room for twice the spikes that there were, or would have been when a list was full. */
static int grow(struct device_host *h, bool *full)
{
    const struct clock_plan *plan = h->plan;
    const uint32_t *need = device_seen(h, h->d.need);
    *full = false;
    for (size_t p = 0; p < plan->populations; p++) {
        size_t most = h->room[p], all = plan->population[p].size * (size_t)plan->steps;
        for (size_t r = 0; r < plan->valid; r++)
            if (need[r * plan->populations + p] > most)
                most = need[r * plan->populations + p];
        if (most == h->room[p])
            continue;
        *full = true;
        most = 2 * most < all ? 2 * most : all;
        if (most > UINT32_MAX / 2)
            return device_short(h);
        h->room[p] = (uint32_t)most;
    }
    return 0;
}

int device_forward(struct device_host *h, bool learn)
{
    struct device_driver *driver = h->driver;
    bool ready = !learn; /* the arrivals */
    for (bool full = true; full;) {
        if (device_send_batch(h) != 0)
            return -1;
        if (!learn)
            h->d.trace_v = h->d.trace_i = NULL;
        if (driver->forward(driver, &h->d) != 0 ||
            (h->stays.learns && driver->outcome(driver, &h->d, &h->stays) != 0))
            return -1;
        if (!ready && device_rows_make(&h->rows, h->run) != 0)
            return device_short(h);
        ready = true;
        if ((learn && device_put_rows(h) != 0) ||
            driver->get(driver, h->seen, h->outcome, h->outcome_bytes) != 0 || grow(h, &full) != 0)
            return -1;
    }
    return 0;
}

/* ---- backward ---- */

int device_backward(struct device_host *h)
{
    struct device_driver *driver = h->driver;
    const struct device *d = &h->d;
    uint32_t from = 0, to = 0;
    if ((device_loses(h) && device_put_back(h) != 0) ||
        driver->clear(driver, d->gradient, d->histories * d->synapses * sizeof(float)) != 0)
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
    return h->plan->options.tau_gradients ? driver->sum_tau(driver, d) : 0;
}

/* ---- everything ---- */

int device_open(struct device_host *h)
{
    if (block_is_bad(&h->plan->options, h->driver->reason)) {
        h->driver->status = RESULT_REFUSED;
        return -1;
    }
    if (make_host(h) != 0)
        return -1;
    choose_shape(h);
    return device_send_network(h);
}

void device_close(struct device_host *h)
{
    if (h->batch.room > 0)
        h->driver->give(h->driver, h->batch.base);
    if (h->network.room > 0)
        h->driver->give(h->driver, h->network.base);
    for (size_t s = 0; h->run->sample && s < h->plan->samples; s++)
        clock_release(&h->run->sample[s].blocked);
    free(h->run->sample);
    clock_release(&h->run->memory);
    clock_release(&h->fetched);
    device_rows_clear(&h->rows);
    free(h->image);
    free(h->seen);
}

static int run_all(struct device_host *h, struct result *result)
{
    const struct engine_options *options = &h->plan->options;
    if (device_open(h) != 0 || device_forward(h, options->gradients) != 0)
        return -1;
    keep(h);
    device_take_losses(h);
    if (device_fetch_lists(h) != 0)
        return -1;
    if (options->gradients && (device_backward(h) != 0 || device_fetch_gradients(h) != 0))
        return -1;
    if (device_fetch_traces(h) != 0)
        return -1;
    if (clock_result(result, h->run) != 0)
        return device_short(h);
    result->bytes = h->network.room + h->batch.room;
    return 0;
}

enum result_status device_run(struct result *result, const struct case_problem *c,
                              const struct engine_options *options, struct device_driver *driver)
{
    struct clock_plan plan;
    struct clock_run run = {.plan = &plan};
    struct device_host h = {.plan = &plan, .driver = driver, .run = &run, .whole = true};
    enum result_status status = clock_plan_make(&plan, c, options, result->reason);
    if (status == RESULT_OK && run_all(&h, result) != 0) {
        status = driver->status;
        memcpy(result->reason, driver->reason, sizeof result->reason);
    }
    device_close(&h);
    clock_plan_clear(&plan);
    return status;
}
