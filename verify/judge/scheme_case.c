/* SPDX-License-Identifier: MIT */
/* scheme_case.c: a case changed in a way whose effect on every number is known. What a change does
 * not touch is shared with the original, which must live longer. */
#include "verify/judge/judge_scheme.h"

#include <stdlib.h>
#include <string.h>

/* Memory that goes with the changed case; a dummy byte where none is needed. */
static void *keep(struct scheme_case *changed, const void *from, size_t bytes)
{
    if (changed->failed)
        return NULL;
    if (changed->blocks == changed->room) {
        size_t room = changed->room > 0 ? 2 * changed->room : 64;
        void **grown = realloc(changed->memory, room * sizeof *grown);
        if (!grown) {
            changed->failed = true;
            return NULL;
        }
        changed->memory = grown;
        changed->room = room;
    }
    void *block = calloc(1, bytes + 1);
    if (!block) {
        changed->failed = true;
        return NULL;
    }
    if (from)
        memcpy(block, from, bytes);
    changed->memory[changed->blocks++] = block;
    return block;
}

/* A copy with room for more elements behind, zeroed. */
static void *keep_longer(struct scheme_case *changed, const void *from, size_t count, size_t more,
                         size_t size)
{
    char *block = keep(changed, NULL, (count + more) * size);
    if (block && from)
        memcpy(block, from, count * size);
    return block;
}

void scheme_case_start(struct scheme_case *changed, const struct case_problem *c)
{
    *changed = (struct scheme_case){.problem = *c};
    struct case_problem *p = &changed->problem;
    p->population = keep(changed, c->population, c->populations * sizeof *c->population);
    p->projection = keep(changed, c->projection, c->projections * sizeof *c->projection);
    p->sample = keep(changed, c->sample, c->samples * sizeof *c->sample);
}

void scheme_case_clear(struct scheme_case *changed)
{
    for (size_t k = 0; k < changed->blocks; k++)
        free(changed->memory[k]);
    free(changed->memory);
    *changed = (struct scheme_case){.blocks = 0};
}

/* ---- scaling ---- */

static void scale(struct scheme_case *changed, double **at, size_t count, double factor)
{
    *at = keep(changed, *at, count * sizeof **at);
    for (size_t k = 0; *at && k < count; k++)
        (*at)[k] *= factor;
}

static void scale_values(struct scheme_case *changed, struct case_values *values, double factor)
{
    scale(changed, &values->at, values->count, factor);
}

static void scale_targets(struct scheme_case *changed, struct case_sample *sample, double time,
                          double voltage)
{
    const struct case_problem *c = &changed->problem;
    size_t outputs = c->population[c->loss.population].size;
    if (sample->times)
        scale(changed, &sample->times, outputs, time);
    if (!sample->voltages)
        return;
    sample->voltages = keep(changed, sample->voltages, outputs * sizeof *sample->voltages);
    for (size_t n = 0; sample->voltages && n < outputs; n++) {
        scale(changed, &sample->voltages[n].time, sample->voltages[n].count, time);
        scale(changed, &sample->voltages[n].value, sample->voltages[n].count, voltage);
    }
}

static void scale_spikes(struct scheme_case *changed, struct case_sample *sample, double factor)
{
    const struct case_problem *c = &changed->problem;
    sample->spikes = keep(changed, sample->spikes, c->populations * sizeof *sample->spikes);
    for (size_t p = 0; sample->spikes && p < c->populations; p++) {
        if (!sample->spikes[p])
            continue;
        size_t size = c->population[p].size;
        struct case_train *train = sample->spikes[p] =
            keep(changed, sample->spikes[p], size * sizeof **sample->spikes);
        for (size_t n = 0; train && n < size; n++)
            scale(changed, &train[n].at, train[n].count, factor);
    }
}

void scheme_case_add_late(struct scheme_case *changed, double time)
{
    struct case_problem *c = &changed->problem;
    for (size_t s = 0; s < c->samples && !changed->failed; s++) {
        struct case_sample *sample = &c->sample[s];
        sample->spikes = keep(changed, sample->spikes, c->populations * sizeof *sample->spikes);
        for (size_t p = 0; sample->spikes && p < c->populations; p++) {
            if (!sample->spikes[p])
                continue;
            size_t size = c->population[p].size;
            struct case_train *train = sample->spikes[p] =
                keep(changed, sample->spikes[p], size * sizeof **sample->spikes);
            for (size_t n = 0; train && n < size; n++) {
                if (train[n].count > 0 && !(train[n].at[train[n].count - 1] < time))
                    continue;
                train[n].at =
                    keep_longer(changed, train[n].at, train[n].count, 1, sizeof *train[n].at);
                if (train[n].at)
                    train[n].at[train[n].count++] = time;
            }
        }
    }
}

void scheme_case_scale_time(struct scheme_case *changed, double factor)
{
    struct case_problem *c = &changed->problem;
    if (changed->failed)
        return;
    c->end *= factor;
    c->step *= factor;
    c->loss.tau0 *= factor;
    c->loss.tau1 *= factor;
    c->loss.silent_after *= factor;
    c->loss.margin *= factor;
    if (c->loss.penalty == CASE_PENALTY_RECIPROCAL)
        c->loss.alpha *= factor; /* alpha / time */
    for (size_t p = 0; p < c->populations; p++)
        if (c->population[p].model != CASE_SPIKE_SOURCE) {
            scale_values(changed, &c->population[p].tau_mem, factor);
            scale_values(changed, &c->population[p].tau_syn, factor);
        }
    for (size_t j = 0; j < c->projections; j++)
        scale_values(changed, &c->projection[j].delay, factor);
    for (size_t s = 0; s < c->samples && !changed->failed; s++) {
        scale_spikes(changed, &c->sample[s], factor);
        scale_targets(changed, &c->sample[s], factor, 1);
    }
}

void scheme_case_scale_voltage(struct scheme_case *changed, double factor)
{
    struct case_problem *c = &changed->problem;
    for (size_t p = 0; p < c->populations && !changed->failed; p++) {
        if (c->population[p].model == CASE_SPIKE_SOURCE)
            continue;
        scale_values(changed, &c->population[p].bias, factor);
        if (c->population[p].model == CASE_LIF) {
            scale_values(changed, &c->population[p].threshold, factor);
            scale_values(changed, &c->population[p].reset, factor);
        }
    }
    for (size_t j = 0; j < c->projections && !changed->failed; j++)
        scale(changed, &c->projection[j].weight,
              c->population[c->projection[j].source].size *
                  c->population[c->projection[j].target].size,
              factor);
    for (size_t s = 0; s < c->samples && !changed->failed; s++)
        scale_targets(changed, &c->sample[s], 1, factor);
}

bool scheme_case_negate(struct scheme_case *changed)
{
    struct case_problem *c = &changed->problem;
    if (changed->failed)
        return true;
    if (c->loss.kind != CASE_VOLTAGE_SQUARED_ERROR ||
        c->population[c->loss.population].model != CASE_LI)
        return false;
    scale_values(changed, &c->population[c->loss.population].bias, -1);
    for (size_t j = 0; j < c->projections && !changed->failed; j++)
        if (c->projection[j].target == c->loss.population)
            scale(changed, &c->projection[j].weight,
                  c->population[c->projection[j].source].size *
                      c->population[c->projection[j].target].size,
                  -1);
    for (size_t s = 0; s < c->samples && !changed->failed; s++)
        scale_targets(changed, &c->sample[s], 1, -1);
    return true;
}

/* ---- growing ---- */

static struct case_values one_value(struct scheme_case *changed, double value)
{
    return (struct case_values){1, keep(changed, &value, sizeof value)};
}

static void add_projection(struct scheme_case *changed, size_t source, size_t target, double weight,
                           double delay)
{
    struct case_problem *c = &changed->problem;
    size_t synapses = c->population[source].size * c->population[target].size;
    c->projection = keep_longer(changed, c->projection, c->projections, 1, sizeof *c->projection);
    double *weights = keep(changed, NULL, synapses * sizeof *weights);
    struct case_values delays = one_value(changed, delay);
    if (changed->failed)
        return;
    for (size_t k = 0; k < synapses; k++)
        weights[k] = weight;
    c->projection[c->projections++] = (struct case_projection){source, target, delays, weights};
}

void scheme_case_add_zeros(struct scheme_case *changed)
{
    const struct case_problem *c = &changed->problem;
    if (changed->failed || c->projections == 0)
        return;
    /* The same pair of populations again, at once: every spike meets it. */
    add_projection(changed, c->projection[0].source, c->projection[0].target, 0, 0);
    size_t last = c->projections - 2;
    add_projection(changed, c->projection[last].source, c->projection[last].target, 0, 0);
}

void scheme_case_add_silent(struct scheme_case *changed)
{
    static char name[] = "evident-silent";
    struct case_problem *c = &changed->problem;
    size_t source = 0, silent = c->populations;
    if (changed->failed || c->projections == 0)
        return;
    source = c->projection[0].source;
    c->population = keep_longer(changed, c->population, c->populations, 1, sizeof *c->population);
    if (!c->population)
        return;
    c->population[silent] = (struct case_population){
        .name = name,
        .size = 3,
        .model = CASE_LIF,
        .tau_mem = one_value(changed, c->end),
        .tau_syn = one_value(changed, c->end / 2),
        .threshold = one_value(changed, 1),
        .reset = one_value(changed, 0),
        .bias = one_value(changed, 0),
    };
    for (size_t s = 0; s < c->samples && !changed->failed; s++)
        c->sample[s].spikes = keep_longer(changed, c->sample[s].spikes, c->populations, 1,
                                          sizeof *c->sample[s].spikes);
    c->populations++;
    /* Nothing comes in; what goes out would be seen. */
    add_projection(changed, source, silent, 0, 0);
    add_projection(changed, silent, c->loss.population, 1, 0);
}

void scheme_case_take_samples(struct scheme_case *changed, const size_t *sample, size_t samples)
{
    struct case_problem *c = &changed->problem;
    struct case_sample *taken = keep(changed, NULL, samples * sizeof *taken);
    for (size_t k = 0; taken && k < samples; k++)
        taken[k] = c->sample[sample[k]];
    c->sample = taken;
    c->samples = samples;
}
