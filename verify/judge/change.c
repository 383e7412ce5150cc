/* SPDX-License-Identifier: MIT */
/* change.c: what is done to a case.
 *
 *  - split_weights: a projection becomes two of half the weights (exact in binary). Losses and
 * spikes stay; each half has the derivative of the whole by its weights, and the derivatives by the
 * two delays add up to that of the one.
 *  - duplicated_samples: the mean over every sample twice is the mean.
 *  - reversed_neurons: neurons of every population in the opposite order, labels and targets with
 *    them: every number is found at its mirrored place.
 *  - late_spikes: input spikes that arrive after the end change nothing.
 *  - negated: a squared distance of voltages stays if the weights into outputs without a threshold,
 * their biases and the targets change sign; the derivatives by those weights and biases change it.
 */
#include "verify/judge/change.h"
#include "verify/judge/judge_scheme.h"

#include <stdlib.h>
#include <string.h>

static void *grow(struct change *change, void *at, size_t bytes)
{
    void *grown = realloc(at, bytes);
    change->failed |= !grown;
    return grown ? grown : at;
}

static double *copy_numbers(struct change *change, const double *from, size_t count)
{
    double *copy = malloc((count + 1) * sizeof *copy);
    change->failed |= !copy;
    if (copy && count > 0)
        memcpy(copy, from, count * sizeof *copy);
    return copy;
}

static size_t synapses(const struct case_problem *c, const struct case_projection *p)
{
    return c->population[p->source].size * c->population[p->target].size;
}

static void split_weights(struct change *change)
{
    struct case_problem *c = change->problem;
    if (c->projections == 0) {
        change->excluded = "no projection";
        return;
    }
    size_t j = change->split = (size_t)(change->judge->key >> 20) % c->projections;
    c->projection = grow(change, c->projection, (c->projections + 1) * sizeof *c->projection);
    if (change->failed)
        return;
    struct case_projection *one = &c->projection[j], *other = &c->projection[c->projections];
    size_t count = synapses(c, one);
    for (size_t k = 0; k < count; k++)
        one->weight[k] /= 2;
    *other = *one;
    other->weight = copy_numbers(change, one->weight, count);
    other->delay.at = copy_numbers(change, one->delay.at, one->delay.count);
    c->projections++; /* from here on case_free takes both; NULL is no harm to it */
}

static void duplicate_samples(struct change *change)
{
    struct case_problem *c = change->problem, *again = case_copy(c);
    change->failed = !again;
    if (!again)
        return;
    c->sample = grow(change, c->sample, 2 * c->samples * sizeof *c->sample);
    if (!change->failed) {
        memcpy(c->sample + c->samples, again->sample, c->samples * sizeof *c->sample);
        c->samples *= 2;
        again->samples = 0; /* they went over */
    }
    case_free(again);
}

static void mirror(void *at, size_t count, size_t size)
{
    char *low = at, *high = low + (count > 0 ? count - 1 : 0) * size, kept[64];
    for (; low < high; low += size, high -= size) {
        memcpy(kept, low, size);
        memcpy(low, high, size);
        memcpy(high, kept, size);
    }
}

static void mirror_values(struct case_values *values)
{
    if (values->at)
        mirror(values->at, values->count, sizeof *values->at);
}

/* A matrix read backwards is the one of mirrored rows and columns. */
static void reverse_neurons(struct change *change)
{
    struct case_problem *c = change->problem;
    size_t outputs = c->population[c->loss.population].size;
    change->reversed = true;
    for (size_t p = 0; p < c->populations; p++) {
        struct case_population *population = &c->population[p];
        struct case_values *const all[] = {&population->tau_mem, &population->tau_syn,
                                           &population->threshold, &population->reset,
                                           &population->bias};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            mirror_values(all[k]);
    }
    for (size_t j = 0; j < c->projections; j++) {
        mirror(c->projection[j].weight, synapses(c, &c->projection[j]), sizeof(double));
        mirror_values(&c->projection[j].delay);
    }
    for (size_t s = 0; s < c->samples; s++) {
        struct case_sample *sample = &c->sample[s];
        for (size_t p = 0; p < c->populations; p++)
            if (sample->spikes[p])
                mirror(sample->spikes[p], c->population[p].size, sizeof **sample->spikes);
        if (sample->label < outputs)
            sample->label = outputs - 1 - sample->label;
        if (sample->times)
            mirror(sample->times, outputs, sizeof *sample->times);
        if (sample->voltages)
            mirror(sample->voltages, outputs, sizeof *sample->voltages);
    }
}

/* The shortest way from a source population to anywhere; infinity where it leads nowhere. */
static double shortest_delay(const struct case_problem *c, size_t population)
{
    double shortest = VER_INFINITY;
    for (size_t j = 0; j < c->projections; j++)
        for (size_t k = 0;
             c->projection[j].source == population && k < c->projection[j].delay.count; k++)
            shortest = fmin(shortest, c->projection[j].delay.at[k]);
    return shortest;
}

static void add_late_spikes(struct change *change)
{
    struct case_problem *c = change->problem;
    size_t added = 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++) {
            struct case_train *train = c->sample[s].spikes[p];
            double delay = train ? shortest_delay(c, p) : 0;
            double time = c->end - fmin(delay, c->end) / 2;
            for (size_t n = 0; train && delay > 0 && n < c->population[p].size; n++) {
                size_t count = train[n].count;
                if (!(time < c->end) || (count > 0 && !(train[n].at[count - 1] < time)))
                    continue;
                train[n].at = grow(change, train[n].at, (count + 1) * sizeof(double));
                if (change->failed)
                    return;
                train[n].at[train[n].count++] = time;
                added++;
            }
        }
    if (added == 0)
        change->excluded = "no delay leads beyond the end";
}

static void negate_outputs(struct change *change)
{
    struct scheme_case negated;
    scheme_case_start(&negated, change->problem);
    if (!scheme_case_negate(&negated))
        change->excluded = "not odd";
    struct case_problem *copy = negated.failed ? NULL : case_copy(&negated.problem);
    scheme_case_clear(&negated);
    change->failed |= !copy;
    change->negated = true;
    if (copy) {
        case_free(change->problem);
        change->problem = copy;
    }
}

bool change_turns(const struct change *change, const struct case_block *block)
{
    const struct case_problem *c = change->problem;
    return change->negated &&
           ((block->quantity == CASE_WEIGHT &&
             c->projection[block->projection].target == c->loss.population) ||
            (block->quantity == CASE_BIAS && block->population == c->loss.population));
}

const struct change_kind change_kind[CHANGES] = {
    {"split_weights", split_weights},      {"duplicated_samples", duplicate_samples},
    {"reversed_neurons", reverse_neurons}, {"late_spikes", add_late_spikes},
    {"negated", negate_outputs},
};
