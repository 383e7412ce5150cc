/* SPDX-License-Identifier: MIT */
/* resident_device.c: the engine that stays on a device, or on its emulation. Weights, averages of
 * Adam and time constants live there; a batch sends its spikes, labels and number of samples, and
 * gets back losses, predictions and spike counts, for which it waits once. The backward pass and
 * Adam run on while the host makes the next batch. */
#include "gpu/resident/resident_kind.h"

#include "gpu/device/device_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct on_device {
    struct resident base;
    struct clock_plan plan;
    struct clock_run run;
    struct device_host host;
    struct clock_memory memory;
    real *synapses; /* [synapses], of the host, for copies */
    real *cells[2]; /* [cells] likewise */
};

static struct on_device *of(struct resident *base)
{
    return (struct on_device *)base;
}

/* -1, with the driver's reason, where something failed. */
static int told(struct on_device *r, bool failed)
{
    if (failed)
        memcpy(r->base.reason, r->host.driver->reason, RESULT_REASON);
    return failed ? -1 : 0;
}

/* ---- parameters ---- */

static int get(struct on_device *r, real *synapses, const float *from, real *const cells[2],
               const float *const *tau)
{
    struct device_driver *driver = r->host.driver;
    size_t bytes = r->plan.cells * sizeof(float);
    return driver->get(driver, synapses, from, r->plan.synapses * sizeof(float)) != 0 ||
                   (r->base.options.train_taus &&
                    (driver->get(driver, cells[0], tau[0], bytes) != 0 ||
                     driver->get(driver, cells[1], tau[1], bytes) != 0))
               ? -1
               : 0;
}

static int put(struct on_device *r, float *to, float *const *tau)
{
    struct device_driver *driver = r->host.driver;
    size_t bytes = r->plan.cells * sizeof(float);
    return driver->put(driver, to, r->synapses, r->plan.synapses * sizeof(float)) != 0 ||
                   (r->base.options.train_taus &&
                    (driver->put(driver, tau[0], r->cells[0], bytes) != 0 ||
                     driver->put(driver, tau[1], r->cells[1], bytes) != 0))
               ? -1
               : 0;
}

/* Dead cells keep what they have. */
static int device_copy(struct resident *base, enum resident_part part, float *flat, bool all)
{
    struct on_device *r = of(base);
    const struct device_resident *d = &r->host.stays;
    struct device_driver *driver = r->host.driver;
    float *const synapses[] = {d->weight, d->mean, d->square};
    float *const *const taus[] = {d->tau, d->tau_mean, d->tau_square};
    const float *const from[] = {taus[part][0], taus[part][1]};
    bool failed = get(r, r->synapses, synapses[part], r->cells, from) != 0;
    if (!failed)
        resident_flat(base, &r->plan, r->synapses, r->cells, NULL, flat, all);
    if (!failed && !all)
        failed = put(r, synapses[part], taus[part]) != 0 ||
                 (part == RESIDENT_VALUE && base->options.train_taus &&
                  driver->taus(driver, &r->host.d, d) != 0);
    return told(r, failed);
}

static int device_adam(struct resident *base, const struct adam *adam)
{
    struct on_device *r = of(base);
    struct device_driver *driver = r->host.driver;
    const struct device *d = &r->host.d;
    const struct device_resident *stays = &r->host.stays;
    return told(r, driver->adam(driver, d, stays, adam) != 0 ||
                       (base->options.train_taus && driver->taus(driver, d, stays) != 0));
}

static int device_gradient(struct resident *base, float *flat)
{
    struct on_device *r = of(base);
    struct device_driver *driver = r->host.driver;
    const struct device *d = &r->host.d;
    const struct device_resident *stays = &r->host.stays;
    const float *const sum[] = {d->tau_mem_sum, d->tau_syn_sum};
    size_t cells = r->plan.cells, bytes = cells * sizeof(real);
    struct clock_memory scales = {.block = NULL};
    real *scale = clock_take(&scales, 3 * cells, sizeof *scale);
    if (!scale) {
        device_short(&r->host);
        return told(r, true);
    }
    real *const tau_scale[] = {scale + cells, scale + 2 * cells};
    const real *const tau_scales[] = {tau_scale[0], tau_scale[1]};
    bool failed = driver->get(driver, scale, stays->weight_scale, bytes) != 0 ||
                  driver->get(driver, tau_scale[0], stays->tau_scale[0], bytes) != 0 ||
                  driver->get(driver, tau_scale[1], stays->tau_scale[1], bytes) != 0 ||
                  get(r, r->synapses, d->gradient, r->cells, sum) != 0;
    if (!failed) {
        resident_scale(base, &r->plan, r->synapses, scale, r->cells, tau_scales);
        resident_flat(base, &r->plan, r->synapses, r->cells, NULL, flat, true);
    }
    clock_release(&scales);
    return told(r, failed);
}

/* ---- a batch ---- */

static void tell_outcome(struct on_device *r)
{
    const struct clock_plan *plan = &r->plan;
    const struct device_resident *stays = &r->host.stays;
    const double *loss = device_seen(&r->host, r->host.d.loss_of);
    const uint32_t *predicted = device_seen(&r->host, stays->predicted);
    const uint32_t *silent = device_seen(&r->host, stays->silent);
    const uint32_t *count = device_seen(&r->host, stays->count);
    struct resident_filled to = resident_filled(&r->base);
    r->base.outcome.silent_labels = 0;
    for (size_t s = 0; s < plan->valid; s++) {
        to.loss[s] = loss[s];
        to.predicted[s] = predicted[s];
        r->base.outcome.silent_labels += silent[s];
    }
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; resident_is_hidden(plan, p) && k < plan->population[p].size; k++)
            *to.count++ = count[plan->population[p].first + k];
    resident_sum(&r->base, plan);
}

static int device_batch(struct resident *base, const struct resident_batch *batch, bool learn)
{
    struct on_device *r = of(base);
    clock_release(&r->host.fetched);
    resident_take(base, &r->plan, &r->run, batch);
    if (device_forward(&r->host, learn) != 0)
        return told(r, true);
    tell_outcome(r);
    return told(r, learn && ((device_loses(&r->host) && device_fetch_lists(&r->host) != 0) ||
                             device_backward(&r->host) != 0));
}

/* ---- the whole ---- */

static void device_end(struct resident *base)
{
    struct on_device *r = of(base);
    struct device_driver *driver = r->host.driver;
    device_close(&r->host);
    clock_plan_clear(&r->plan);
    clock_release(&r->memory);
    driver->close(driver);
    free(r);
}

static size_t device_bytes(const struct resident *base)
{
    const struct device_host *h = &((const struct on_device *)base)->host;
    return h->network.room + h->batch.room;
}

/* Averages of Adam begin at 0, factors and time constants with those of the case. */
static int start(struct on_device *r)
{
    const struct clock_plan *plan = &r->plan;
    struct device_driver *driver = r->host.driver;
    const struct device_resident *stays = &r->host.stays;
    size_t synapses = plan->synapses * sizeof(float), cells = plan->cells * sizeof(float);
    const real *const scale[] = {plan->weight_scale, plan->tau_mem_scale, plan->tau_syn_scale};
    float *const to[] = {stays->weight_scale, stays->tau_scale[0], stays->tau_scale[1]};
    for (size_t k = 0; k < 3; k++)
        if (driver->put(driver, to[k], scale[k], cells) != 0)
            return -1;
    resident_start_taus(plan, r->cells);
    for (size_t which = 0; which < 2; which++)
        if (driver->clear(driver, stays->tau_mean[which], cells) != 0 ||
            driver->clear(driver, stays->tau_square[which], cells) != 0 ||
            driver->put(driver, stays->tau[which], r->cells[which], cells) != 0)
            return -1;
    return driver->clear(driver, stays->mean, synapses) != 0 ||
                   driver->clear(driver, stays->square, synapses) != 0 ||
                   (r->base.options.train_taus && driver->taus(driver, &r->host.d, stays) != 0)
               ? -1
               : 0;
}

static int open_all(struct on_device *r)
{
    const struct clock_plan *plan = &r->plan;
    struct device_host *h = &r->host;
    const struct resident_options *o = &r->base.options;
    r->synapses = clock_take(&r->memory, plan->synapses, sizeof(real));
    r->cells[0] = clock_take(&r->memory, plan->cells, sizeof(real));
    r->cells[1] = clock_take(&r->memory, plan->cells, sizeof(real));
    if (!r->synapses || !r->cells[0] || !r->cells[1] ||
        resident_room(&r->base, plan, &r->memory) != 0)
        return device_short(h);
    h->whole = device_loses(h);
    h->stays = (struct device_resident){
        .learns = 1,
        .tau_learns = o->train_taus,
        .least = {(float)o->least_tau_mem, (float)o->least_tau_syn},
        .dt = plan->c->end / (double)plan->steps,
        .batch = (double)plan->samples,
        .strength = o->strength,
        .wanted = o->spikes,
    };
    return device_open(h) != 0 || start(r) != 0 ? -1 : 0;
}

static struct resident *device_begin(const struct engine *engine, const struct case_problem *c,
                                     const struct resident_options *options, size_t source,
                                     enum result_status *status, char reason[RESULT_REASON])
{
    struct device_driver *driver = engine == &gpu_clock_cuda ? device_cuda_open(status, reason)
                                                             : device_emulated_open(status, reason);
    struct on_device *r = driver ? calloc(1, sizeof *r) : NULL;
    if (driver && !r) {
        *status = RESULT_SHORT;
        snprintf(reason, RESULT_REASON, "memory is short");
        driver->close(driver);
    }
    if (!r)
        return NULL;
    r->base.options = *options;
    r->base.source = source;
    r->run.plan = &r->plan;
    r->host = (struct device_host){.plan = &r->plan, .driver = driver, .run = &r->run};
    *status = resident_plan(&r->plan, c, options, reason);
    if (*status == RESULT_OK) {
        resident_rules(&r->plan, options, NULL);
        if (open_all(r) != 0) {
            *status = driver->status;
            memcpy(reason, driver->reason, RESULT_REASON);
        }
    }
    if (*status == RESULT_OK)
        return &r->base;
    device_end(&r->base);
    return NULL;
}

const struct resident_kind resident_device = {device_begin, device_end,  device_batch,
                                              device_adam,  device_copy, device_gradient,
                                              device_bytes};
