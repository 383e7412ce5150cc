/* SPDX-License-Identifier: MIT */
/* result.c: memory and digest of a result, and running an engine. */
#include "cases/cases.h"
#include "cases/engine.h"
#include "cases/fnv.h"
#include "cases/time_grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *result_status_name(enum result_status status)
{
    static const char *const name[] = {"ok",     "refused", "absent",  "short",
                                       "broken", "fault",   "no-start"};
    return name[status];
}

/* ---- memory ---- */

/* [populations] pointers into one array of slopes for every lif population, shaped as the raster.
 */
static int make_slopes(struct result_sample *sample, const struct result *result,
                       const struct case_problem *c, size_t s)
{
    sample->slope = calloc(c->populations, sizeof *sample->slope);
    for (size_t p = 0; sample->slope && p < c->populations; p++) {
        size_t spikes = 0;
        if (!result->raster.train[s][p])
            continue;
        for (size_t n = 0; n < c->population[p].size; n++)
            spikes += result->raster.train[s][p][n].count;
        sample->slope[p] = calloc(spikes + 1, sizeof **sample->slope);
        if (!sample->slope[p])
            return -1;
    }
    return sample->slope ? 0 : -1;
}

static int make_trace(struct result_trace *trace, const struct result *result, bool gradients)
{
    size_t all = (size_t)result->steps * result->cells;
    trace->v = calloc(all + 1, sizeof *trace->v);
    trace->i = calloc(all + 1, sizeof *trace->i);
    if (!trace->v || !trace->i)
        return -1;
    if (!gradients)
        return 0;
    trace->lambda_v = calloc(all + 1, sizeof *trace->lambda_v);
    trace->lambda_i = calloc(all + 1, sizeof *trace->lambda_i);
    return trace->lambda_v && trace->lambda_i ? 0 : -1;
}

int result_make_raster(struct result *result, const struct case_problem *c, bool trace,
                       size_t (*count)(const void *context, size_t sample, size_t population,
                                       size_t neuron),
                       const void *context)
{
    if (case_raster_make(&result->raster, c, CASE_LIF, count, context) != 0)
        return -1;
    for (size_t s = 0; s < c->samples; s++)
        if (make_slopes(&result->sample[s], result, c, s) != 0 ||
            (trace && make_trace(&result->sample[s].trace, result, result->gradient) != 0))
            return -1;
    return 0;
}

struct case_train *result_train(const struct result *result, size_t sample, size_t population,
                                size_t neuron)
{
    size_t first = sample * (result->trains / result->samples) + result->first_train[population];
    return &result->spikes[first + neuron];
}

static int add_spike(struct result *result, size_t sample, size_t population, size_t neuron,
                     double ms)
{
    if (sample >= result->samples || population >= result->populations ||
        neuron >= result->first_train[population + 1] - result->first_train[population]) {
        result_end(result, RESULT_FAULT, "a spike of a neuron that there is not");
        return -1;
    }
    struct case_train *train = result_train(result, sample, population, neuron);
    /* Room is a power of two, full when the count is one. */
    if ((train->count & (train->count - 1)) == 0) {
        size_t room = train->count > 0 ? 2 * train->count : 1;
        double *grown = realloc(train->at, room * sizeof *grown);
        if (!grown) {
            result_end(result, RESULT_SHORT, "memory is short");
            return -1;
        }
        train->at = grown;
    }
    train->at[train->count++] = ms;
    return 0;
}

static int make_trains(struct result *result, const struct case_problem *c)
{
    size_t all = 0;
    result->first_train = calloc(c->populations + 1, sizeof *result->first_train);
    for (size_t p = 0; result->first_train && p < c->populations; p++) {
        all += c->population[p].model == CASE_LIF ? c->population[p].size : 0;
        result->first_train[p + 1] = all;
    }
    result->trains = c->samples * all;
    result->spikes = calloc(result->trains + 1, sizeof *result->spikes);
    result->spike = add_spike;
    return result->first_train && result->spikes ? 0 : -1;
}

int result_make(struct result *result, const struct case_problem *c, bool spikes, bool gradients)
{
    result->samples = c->samples;
    result->populations = c->populations;
    result->parameters = case_parameters(c);
    if (!result->sample)
        result->sample = calloc(c->samples, sizeof *result->sample);
    if (!result->gradient && gradients)
        result->gradient = calloc(result->parameters + 1, sizeof *result->gradient);
    if (!result->sample || (gradients && !result->gradient))
        return -1;
    return !spikes || result->spikes ? 0 : make_trains(result, c);
}

int result_make_times(struct result *result, const struct case_problem *c)
{
    double steps = (double)result->steps;
    if (result_make(result, c, true, false) != 0)
        return -1;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; n < result->raster.sizes[p]; n++) {
                const struct case_step_train *from = &result->raster.train[s][p][n];
                struct case_train *to = result_train(result, s, p, n);
                to->at = malloc((from->count + 1) * sizeof *to->at);
                if (!to->at)
                    return -1;
                for (to->count = 0; to->count < from->count; to->count++)
                    to->at[to->count] = ((double)from->step[to->count] + 1) * c->end / steps;
            }
    result->has_spikes = true;
    return 0;
}

void result_drop_spikes(struct result *result)
{
    for (size_t k = 0; result->spikes && k < result->trains; k++)
        free(result->spikes[k].at);
    free(result->spikes);
    result->spikes = NULL;
    result->trains = 0;
}

void result_clear(struct result *result)
{
    for (size_t s = 0; result->sample && s < result->samples; s++) {
        struct result_sample *sample = &result->sample[s];
        for (size_t p = 0; sample->slope && p < result->populations; p++)
            free(sample->slope[p]);
        free(sample->slope);
        free(sample->trace.v);
        free(sample->trace.i);
        free(sample->trace.lambda_v);
        free(sample->trace.lambda_i);
    }
    result_drop_spikes(result);
    free(result->first_train);
    free(result->sample);
    free(result->gradient);
    case_raster_clear(&result->raster);
    *result = (struct result){.status = RESULT_REFUSED};
}

enum result_status result_end(struct result *result, enum result_status status, const char *reason)
{
    snprintf(result->reason, sizeof result->reason, "%s", reason);
    return result->status = status;
}

bool result_has_gradient(const struct result *result)
{
    for (int q = 0; q < CASE_QUANTITIES; q++)
        if (result->provides[q])
            return true;
    return false;
}

/* ---- digest ---- */

static uint64_t add_numbers(uint64_t hash, const double *x, size_t count)
{
    return x ? fnv_add(hash, x, count * sizeof *x) : hash;
}

static uint64_t add_sample(uint64_t hash, const struct result *result, size_t s)
{
    const struct result_sample *sample = &result->sample[s];
    size_t all = (size_t)result->steps * result->cells;
    hash = add_numbers(hash, &sample->loss, 1);
    for (size_t p = 0; result->raster.train && p < result->populations; p++) {
        size_t spikes = 0;
        for (size_t n = 0; n < result->raster.sizes[p]; n++) {
            const struct case_step_train *train = &result->raster.train[s][p][n];
            hash = fnv_add(hash, &train->count, sizeof train->count);
            hash = fnv_add(hash, train->step, train->count * sizeof *train->step);
            spikes += train->count;
        }
        hash = add_numbers(hash, sample->slope[p], spikes);
    }
    hash = add_numbers(hash, sample->trace.v, all);
    hash = add_numbers(hash, sample->trace.i, all);
    hash = add_numbers(hash, sample->trace.lambda_v, all);
    return add_numbers(hash, sample->trace.lambda_i, all);
}

uint64_t result_digest(const struct result *result)
{
    uint64_t hash = add_numbers(0xcbf29ce484222325u, &result->loss, 1);
    for (size_t s = 0; s < result->samples; s++)
        hash = add_sample(hash, result, s);
    for (size_t k = 0; result->spikes && k < result->trains; k++)
        hash = add_numbers(hash, result->spikes[k].at, result->spikes[k].count);
    return add_numbers(hash, result->gradient, result->parameters);
}

enum result_status engine_run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    *result = (struct result){.status = RESULT_REFUSED};
    return result->status = engine->run(engine, result, c, options);
}
