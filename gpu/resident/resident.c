/* SPDX-License-Identifier: MIT */
/* resident.c: the engines that can stay, and what is alike in all. */
#include "gpu/resident/resident_kind.h"

#include "gpu/canary.h"

#include <stdio.h>

static const struct {
    const struct engine *engine;
    const struct resident_kind *kind;
} kinds[] = {
    {&gpu_clock_host, &resident_host},
    {&gpu_clock_cuda, &resident_device},
    {&gpu_clock_emulated, &resident_device},
};

static const struct resident_kind *kind_of(const struct engine *engine)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (kinds[k].engine == engine)
            return kinds[k].kind;
    return NULL;
}

static bool is_hidden(const struct case_problem *c, size_t population)
{
    return c->population[population].model == CASE_LIF && population != c->loss.population;
}

static struct resident_block matrix(const struct case_problem *c, size_t projection)
{
    const struct case_projection *p = &c->projection[projection];
    return (struct resident_block){.of = projection,
                                   .rows = c->population[p->source].size,
                                   .columns = c->population[p->target].size};
}

bool resident_block(struct resident_block *block, const struct resident *r, size_t k)
{
    const struct case_problem *c = r->c;
    size_t at = 0; /* of the next block */
    for (size_t j = 0; j < c->projections; j++)
        if (at++ == k) {
            *block = matrix(c, j);
            block->quantity = RESIDENT_WEIGHT;
            return true;
        }
    for (int which = 0; r->options.train_taus && which < 2; which++)
        for (size_t p = 0; p < c->populations; p++)
            if (is_hidden(c, p) && at++ == k) {
                *block = (struct resident_block){.quantity = which == 0 ? RESIDENT_TAU_MEM
                                                                        : RESIDENT_TAU_SYN,
                                                 .of = p,
                                                 .rows = c->population[p].size,
                                                 .columns = 1};
                return true;
            }
    for (size_t j = 0; r->options.train_delays && j < c->projections; j++)
        if (c->projection[j].source == r->source && at++ == k) {
            *block = matrix(c, j);
            block->quantity = RESIDENT_DELAY;
            return true;
        }
    return false;
}

static size_t count_parameters(const struct resident *r)
{
    struct resident_block block;
    size_t count = 0;
    for (size_t k = 0; resident_block(&block, r, k); k++)
        count += block.rows * block.columns;
    return count;
}

static struct resident *refuse(enum result_status *status, char reason[RESULT_REASON],
                               const char *why)
{
    *status = RESULT_REFUSED;
    snprintf(reason, RESULT_REASON, "%s", why);
    return NULL;
}

struct resident *resident_open(const struct engine *engine, const struct case_problem *c,
                               const struct resident_options *options, enum result_status *status,
                               char reason[RESULT_REASON])
{
    const struct resident_kind *kind = kind_of(engine);
    size_t source = 0, sources = 0;
    for (size_t p = 0; p < c->populations; p++)
        if (c->population[p].model == CASE_SPIKE_SOURCE) {
            source = p;
            sources++;
        }
    if (!kind)
        return refuse(status, reason, "this engine runs one case at a time: it cannot train");
    if (sources != 1)
        return refuse(status, reason, "training takes a network with one source of spikes");
    if (c->loss.kind == CASE_FIRST_SPIKE_SQUARED_ERROR ||
        c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR)
        return refuse(status, reason, "training takes losses of labels");
    if (options->peers && kind != &resident_host)
        return refuse(status, reason, "found several ranks, wanted one, or clock-host");
    if (options->train_delays && kind != &resident_host)
        return refuse(status, reason, "found delays to be trained, wanted clock-host");
    if (!gpu_canary(reason, RESULT_REASON)) {
        *status = RESULT_BROKEN;
        return NULL;
    }
    struct resident *r = kind->open(engine, c, options, source, status, reason);
    if (r) {
        r->kind = kind;
        r->c = c;
        r->parameters = count_parameters(r);
    }
    return r;
}

void resident_close(struct resident *r)
{
    if (r)
        r->kind->close(r);
}

size_t resident_parameters(const struct resident *r)
{
    return r->parameters;
}

const char *resident_reason(const struct resident *r)
{
    return r->reason;
}

int resident_get(struct resident *r, enum resident_part part, float *to)
{
    return r->kind->copy(r, part, to, true);
}

int resident_put(struct resident *r, enum resident_part part, const float *from)
{
    return r->kind->copy(r, part, (float *)from, false); /* which it only reads */
}

int resident_run(struct resident *r, const struct resident_batch *batch, bool learn)
{
    return r->kind->run(r, batch, learn);
}

const struct resident_outcome *resident_outcome(const struct resident *r)
{
    return &r->outcome;
}

int resident_gradient(struct resident *r, float *to)
{
    return r->kind->gradient(r, to);
}

int resident_adam(struct resident *r, const struct adam *adam)
{
    return r->kind->adam(r, adam);
}

void resident_delay_rate(struct resident *r, float rate)
{
    r->delay_rate = rate;
}

size_t resident_bytes(const struct resident *r)
{
    return r->kind->bytes(r);
}
