/* SPDX-License-Identifier: MIT */
/* train_case.c: samples of a training as a case.
 *
 * A spike of step n is given the time in the middle of its step, which every grid of the same step
 * finds in that step again; several of a neuron there stand at equal distances. The exact engines
 * take them as they are. */
#include "gpu/train/train.h"

#include <stdlib.h>
#include <string.h>

/* The present weights and time constants. */
static int put_values(struct case_problem *c, struct train *t)
{
    float *value = malloc((t->parameters + 1) * sizeof *value), *at = value;
    if (!value || resident_get(t->engine, RESIDENT_VALUE, value) != 0) {
        free(value);
        return -1;
    }
    for (size_t k = 0; k < c->projections; k++) {
        const struct case_projection *p = &c->projection[k];
        size_t count = c->population[p->source].size * c->population[p->target].size;
        for (size_t i = 0; i < count; i++)
            p->weight[i] = (double)*at++;
    }
    int failed = 0;
    for (int which = 0; t->settings.train_taus && which < 2; which++)
        for (size_t p = 1; p + 1 < c->populations && !failed; p++) {
            struct case_population *to = &c->population[p];
            struct case_values *values = which == 0 ? &to->tau_mem : &to->tau_syn;
            double *grown = realloc(values->at, to->size * sizeof *grown);
            failed = !grown;
            if (failed)
                break;
            values->at = grown;
            values->count = to->size;
            for (size_t k = 0; k < to->size; k++)
                grown[k] = (double)*at++;
        }
    free(value);
    return failed ? -1 : 0;
}

static int put_spikes(struct case_sample *to, const struct resident_batch *batch, size_t sample,
                      size_t channels, double dt)
{
    struct case_train *train = to->spikes[0];
    for (size_t k = batch->begin[sample]; k < batch->begin[sample + 1]; k++)
        train[batch->neuron[k]].count++;
    for (size_t n = 0; n < channels; n++) {
        train[n].at = malloc((train[n].count + 1) * sizeof *train[n].at);
        if (!train[n].at)
            return -1;
        train[n].count = 0;
    }
    for (size_t k = batch->begin[sample], same; k < batch->begin[sample + 1]; k += same) {
        struct case_train *one = &train[batch->neuron[k]];
        for (same = 1; k + same < batch->begin[sample + 1] &&
                       batch->step[k + same] == batch->step[k] &&
                       batch->neuron[k + same] == batch->neuron[k];)
            same++;
        for (size_t n = 0; n < same; n++)
            one->at[one->count++] =
                ((double)batch->step[k] + (double)(n + 1) / (double)(same + 1)) * dt;
    }
    to->label = batch->label[sample];
    return 0;
}

static struct case_problem *take_samples(const struct train *t, size_t first, size_t samples)
{
    const struct resident_batch *batch = &t->batch.batch;
    struct case_problem *c = case_copy(t->problem);
    size_t channels = c ? c->population[0].size : 0;
    double dt = c ? c->end / (double)t->set[TRAIN_LEARN].steps : 0;
    for (size_t s = 0; c && s < samples; s++)
        if (put_spikes(&c->sample[s], batch, first + s, channels, dt) != 0) {
            case_free(c);
            return NULL;
        }
    for (size_t s = samples; c && s < c->samples; s++) {
        for (size_t n = 0; n < channels; n++)
            free(c->sample[s].spikes[0][n].at);
        free(c->sample[s].spikes[0]);
        free(c->sample[s].spikes);
    }
    if (c)
        c->samples = samples;
    return c;
}

struct case_problem *train_case(struct train *train, size_t first, size_t samples)
{
    struct case_problem *c = take_samples(train, first, samples);
    if (c && put_values(c, train) != 0) {
        case_free(c);
        return NULL;
    }
    return c;
}
