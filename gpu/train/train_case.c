/* SPDX-License-Identifier: MIT */
/* train_case.c: samples of a training as a case.
 *
 * A spike of step n is given the time in the middle of its step, which every grid of the same step
 * finds in that step again; several of a neuron there stand at equal distances. The exact engines
 * take them as they are. */
#include "gpu/train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values in place of one or as many; delays on steps of the trial as the engine has them. */
static int put_numbers(struct case_values *values, const float *from, size_t count, double steps,
                       double end)
{
    double *grown = realloc(values->at, count * sizeof *grown);
    if (!grown)
        return -1;
    values->at = grown;
    values->count = count;
    for (size_t k = 0; k < count; k++)
        grown[k] =
            steps > 0 ? round((double)from[k] * steps / end) * (end / steps) : (double)from[k];
    return 0;
}

/* The present weights, time constants and delays, these on the grid. */
static int put_values(struct case_problem *c, struct train *t)
{
    float *value = malloc((t->parameters + 1) * sizeof *value), *at = value;
    struct resident_block block;
    double steps = (double)t->set[TRAIN_LEARN].steps;
    int failed = !value || resident_get(t->engine, RESIDENT_VALUE, value) != 0;
    for (size_t k = 0; !failed && resident_block(&block, t->engine, k); k++) {
        size_t count = block.rows * block.columns;
        if (block.quantity == RESIDENT_WEIGHT)
            for (size_t i = 0; i < count; i++)
                c->projection[block.of].weight[i] = (double)at[i];
        else
            failed =
                put_numbers(block.quantity == RESIDENT_TAU_MEM   ? &c->population[block.of].tau_mem
                            : block.quantity == RESIDENT_TAU_SYN ? &c->population[block.of].tau_syn
                                                                 : &c->projection[block.of].delay,
                            at, count, block.quantity == RESIDENT_DELAY ? steps : 0, c->end);
        at += count;
    }
    free(value);
    if (!failed)
        case_round_delays(c, 0); /* those of the start, where they are not trained */
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
