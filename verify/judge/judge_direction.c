/* SPDX-License-Identifier: MIT */
/* judge_direction.c: where to look. The random directions, the boundary direction and the probes of
 * a case, all from counter-based random numbers: number k of a case needs no other number and no
 * other case, so they do not depend on threads or on the order of cases. */
#include "verify/judge/judge.h"
#include "cases/fnv.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams of random numbers of one case; directions take the streams from STREAM_DIRECTION on. */
enum { STREAM_PROBE = 1, STREAM_BOUNDARY = 2, STREAM_SPIKE = 3, STREAM_DIRECTION = 16 };

static uint64_t hash_name(const char *name)
{
    return fnv_add(FNV_START, name, strlen(name));
}

static uint64_t random_word(const struct judge *judge, uint64_t stream, uint64_t counter)
{
    return mix(mix(judge->key ^ mix(stream)) ^ counter);
}

/* In [0, 1), 53 bits. */
static double random_unit(const struct judge *judge, uint64_t stream, uint64_t counter)
{
    return ldexp((double)(random_word(judge, stream, counter) >> 11), -53);
}

static size_t random_below(const struct judge *judge, uint64_t stream, uint64_t counter, size_t n)
{
    return (size_t)(random_unit(judge, stream, counter) * (double)n);
}

/* ---- parameters ---- */

double judge_voltage_size(const struct case_problem *c, size_t population, size_t neuron)
{
    const struct case_population *target = &c->population[population];
    double size = 0;
    if (target->model == CASE_LIF)
        size = fabs(case_value(&target->threshold, neuron));
    for (size_t p = 0; target->model == CASE_LI && p < c->projections; p++) {
        const struct case_projection *projection = &c->projection[p];
        size_t sources =
            projection->target == population ? c->population[projection->source].size : 0;
        for (size_t k = 0; k < sources; k++)
            size = fmax(size, fabs(projection->weight[k * target->size + neuron]));
    }
    return size > 0 && isfinite(size) ? size : 1;
}

/* What an element of a block of zeros is measured by. */
static double size_of_zero(const struct case_problem *c, const struct case_block *block,
                           size_t element)
{
    if (block->quantity == CASE_BIAS)
        return judge_voltage_size(c, block->population, element);
    if (block->quantity != CASE_WEIGHT)
        return 1;
    size_t target = c->projection[block->projection].target;
    return judge_voltage_size(c, target, element % c->population[target].size);
}

/* Natural size: the value, or the mean size of its block if that is larger; in a block of zeros
 * that of the voltage it adds to, or 1 ms: a step of 2^-80 where the threshold is 2^-100 would make
 * spikes without end. Only a quantity that cannot go below zero has a boundary. */
static void measure_block(struct judge *judge, const struct case_block *block)
{
    const struct case_problem *c = judge->problem;
    size_t count = block->rows * block->columns;
    bool bounded = block->quantity == CASE_DELAY || block->quantity == CASE_SPIKE_TIME;
    double edge = ldexp(c->end, VER_BOUNDARY_BITS), mean = 0;
    for (size_t k = 0; k < count; k++)
        mean += fabs(case_parameter_value(c, block, k)) / (double)count;
    for (size_t k = 0; k < count; k++) {
        double value = case_parameter_value(c, block, k), size = fmax(fabs(value), mean);
        judge->scale[block->first + k] =
            size > 0 && isfinite(size) ? size : size_of_zero(c, block, k);
        judge->boundary[block->first + k] = bounded && value < edge;
    }
}

static size_t arrivals_of(const struct case_problem *c)
{
    size_t arrivals = 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->projections; p++) {
            const struct case_projection *projection = &c->projection[p];
            const struct case_train *train = c->sample[s].spikes[projection->source];
            for (size_t n = 0; train && n < c->population[projection->source].size; n++)
                arrivals += train[n].count * c->population[projection->target].size;
        }
    return arrivals;
}

/* ---- probes ---- */

/* A random input spike of a sample, or NaN if it has none. */
static double random_input(const struct judge *judge, size_t sample, uint64_t counter)
{
    const struct case_problem *c = judge->problem;
    size_t spikes = 0;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->sample[sample].spikes[p] && n < c->population[p].size; n++)
            spikes += c->sample[sample].spikes[p][n].count;
    if (spikes == 0)
        return VER_NAN;
    size_t chosen = random_below(judge, STREAM_PROBE, counter, spikes);
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->sample[sample].spikes[p] && n < c->population[p].size; n++) {
            const struct case_train *train = &c->sample[sample].spikes[p][n];
            if (chosen < train->count)
                return train->at[chosen];
            chosen -= train->count;
        }
    return VER_NAN;
}

/* A random neuron, shortly (up to its tau_mem) after a random input: there is something to see
 * there. Where that is too late, or nothing comes in, any time will do. */
static void choose_probe(struct judge *judge, size_t number)
{
    const struct case_problem *c = judge->problem;
    struct ref_probe *probe = &judge->probe[number];
    uint64_t first = 8 * (uint64_t)number;
    size_t neurons = 0, chosen;
    for (size_t p = 0; p < c->populations; p++)
        if (c->population[p].model != CASE_SPIKE_SOURCE)
            neurons += c->population[p].size;
    probe->sample = random_below(judge, STREAM_PROBE, first, c->samples);
    chosen = random_below(judge, STREAM_PROBE, first + 1, neurons);
    for (size_t p = 0; p < c->populations; p++) {
        if (c->population[p].model == CASE_SPIKE_SOURCE)
            continue;
        if (chosen < c->population[p].size) {
            probe->population = p;
            probe->neuron = chosen;
            break;
        }
        chosen -= c->population[p].size;
    }
    double unit = random_unit(judge, STREAM_PROBE, first + 2);
    double tau = case_value(&c->population[probe->population].tau_mem, probe->neuron);
    probe->time = random_input(judge, probe->sample, first + 3) + unit * tau;
    if (!(probe->time > 0 && probe->time < c->end))
        probe->time = unit > 0 ? unit * c->end : c->end / 2;
}

size_t judge_random_spike(const struct judge *judge, size_t spikes)
{
    return random_below(judge, STREAM_SPIKE, 0, spikes);
}

double judge_probe_gap(const struct judge *judge, const struct ref_probe *probe)
{
    const struct case_problem *c = judge->problem;
    const struct ref_sample *sample = &judge->truth->sample[probe->sample];
    double gap = probe->time;
    for (size_t p = 0; p < c->projections; p++) {
        const struct case_projection *projection = &c->projection[p];
        if (projection->target != probe->population)
            continue;
        const struct case_train *input = c->sample[probe->sample].spikes[projection->source];
        const struct ref_train *spikes = sample->spikes[projection->source];
        for (size_t n = 0; n < c->population[projection->source].size; n++) {
            double delay = case_delay(c, projection, n, probe->neuron);
            for (size_t k = 0; input && k < input[n].count; k++)
                gap = fmin(gap, fabs(input[n].at[k] + delay - probe->time));
            for (size_t k = 0; spikes && k < spikes[n].count; k++) {
                double time = arf_get_d(arb_midref(spikes[n].at + k), ARF_RND_NEAR);
                gap = fmin(gap, fabs(time + delay - probe->time));
            }
        }
    }
    const struct ref_train *own = sample->spikes[probe->population];
    for (size_t k = 0; own && k < own[probe->neuron].count; k++) {
        double time = arf_get_d(arb_midref(own[probe->neuron].at + k), ARF_RND_NEAR);
        gap = fmin(gap, fabs(time - probe->time));
    }
    return gap;
}

/* ---- directions ---- */

size_t judge_random_direction(struct judge *judge, uint64_t number)
{
    size_t nudges = 0;
    for (size_t k = 0; k < judge->parameters; k++) {
        if (judge->boundary[k] || judge->none[k])
            continue;
        /* +-[1/2, 1): no parameter is forgotten by bad luck */
        double unit = random_unit(judge, STREAM_DIRECTION + number, k) - 0.5;
        double factor = unit < 0 ? unit - 0.5 : unit + 0.5;
        judge->nudge[nudges++] = (struct ref_nudge){k, factor * judge->scale[k]};
    }
    return nudges;
}

size_t judge_boundary_direction(struct judge *judge)
{
    size_t nudges = 0;
    for (size_t k = 0; k < judge->parameters; k++) {
        if (!judge->boundary[k] || judge->none[k])
            continue;
        double factor = 0.5 + random_unit(judge, STREAM_BOUNDARY, k) / 2;
        judge->nudge[nudges++] = (struct ref_nudge){k, factor * judge->scale[k]};
    }
    return nudges;
}

int judge_prepare(struct judge *judge)
{
    judge->key = hash_name(judge->problem->name) ^ mix(judge->options->seed);
    judge->blocks = case_blocks(&judge->block, &judge->parameters, judge->problem);
    size_t room = judge->parameters > 0 ? judge->parameters : 1;
    judge->scale = malloc(room * sizeof *judge->scale);
    judge->boundary = malloc(room * sizeof *judge->boundary);
    judge->none = calloc(room, sizeof *judge->none);
    judge->covered = calloc(room, sizeof *judge->covered);
    judge->nudge = malloc(room * sizeof *judge->nudge);
    judge->share = witness_share_new();
    arb_init(judge->all);
    if (!judge->block || !judge->scale || !judge->boundary || !judge->nudge || !judge->none ||
        !judge->covered || !judge->share)
        return -1;
    for (size_t b = 0; b < judge->blocks; b++)
        measure_block(judge, &judge->block[b]);
    judge->many = arrivals_of(judge->problem) > VER_MANY_ARRIVALS;
    judge->costly = judge->many || judge->problem->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY;
    judge->thorough =
        judge->options->every <= 1 || hash_name(judge->problem->name) % judge->options->every == 0;
    judge->probes = VER_PROBES;
    for (size_t k = 0; k < judge->probes; k++)
        choose_probe(judge, k);
    return 0;
}

void judge_release(struct judge *judge)
{
    free(judge->block);
    free(judge->scale);
    free(judge->boundary);
    free(judge->none);
    free(judge->covered);
    free(judge->nudge);
    witness_share_free(judge->share);
    arb_clear(judge->all);
}
