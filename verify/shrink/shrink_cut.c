/* SPDX-License-Identifier: MIT */
/* shrink_cut.c: cuts that take parts of a case away: samples, populations, neurons, projections,
 * time, spikes. All work in place on a case that owns its memory (case_copy). */
#include "verify/shrink/shrink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- samples ---- */

static void free_sample(const struct case_problem *c, struct case_sample *sample)
{
    for (size_t p = 0; p < c->populations; p++) {
        for (size_t n = 0; sample->spikes[p] && n < c->population[p].size; n++)
            free(sample->spikes[p][n].at);
        free(sample->spikes[p]);
    }
    free(sample->spikes);
    free(sample->times);
    for (size_t n = 0; sample->voltages && n < c->population[c->loss.population].size; n++) {
        free(sample->voltages[n].time);
        free(sample->voltages[n].value);
    }
    free(sample->voltages);
}

static size_t samples(const struct case_problem *c)
{
    return c->samples;
}

static size_t drop_samples(struct case_problem *c, size_t first, size_t count)
{
    if (count == c->samples)
        return 0;
    for (size_t s = first; s < first + count; s++)
        free_sample(c, &c->sample[s]);
    memmove(c->sample + first, c->sample + first + count,
            (c->samples - first - count) * sizeof *c->sample);
    c->samples -= count;
    return count;
}

/* ---- projections ---- */

static size_t projections(const struct case_problem *c)
{
    return c->projections;
}

static size_t drop_projections(struct case_problem *c, size_t first, size_t count)
{
    for (size_t j = first; j < first + count; j++) {
        free(c->projection[j].weight);
        free(c->projection[j].delay.at);
    }
    memmove(c->projection + first, c->projection + first + count,
            (c->projections - first - count) * sizeof *c->projection);
    c->projections -= count;
    return count;
}

/* ---- neurons ---- */

static void drop_values(struct case_values *values, size_t first, size_t count, size_t size)
{
    if (values->count != size || size == 1)
        return;
    memmove(values->at + first, values->at + first + count,
            (size - first - count) * sizeof *values->at);
    values->count -= count;
}

/* Rows or columns of a matrix, or both: of a recurrent projection. */
static void drop_matrix(double *at, size_t rows, size_t columns, const size_t row[2],
                        const size_t column[2])
{
    size_t kept = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            if (!(i >= row[0] && i < row[1]) && !(j >= column[0] && j < column[1]))
                at[kept++] = at[i * columns + j];
}

static void drop_synapses(struct case_problem *c, size_t population, size_t first, size_t count)
{
    for (size_t k = 0; k < c->projections; k++) {
        struct case_projection *p = &c->projection[k];
        size_t rows = c->population[p->source].size, columns = c->population[p->target].size;
        size_t row[2] = {0, 0}, column[2] = {0, 0};
        if (p->source == population)
            row[0] = first, row[1] = first + count;
        if (p->target == population)
            column[0] = first, column[1] = first + count;
        size_t left = (rows - (row[1] - row[0])) * (columns - (column[1] - column[0]));
        if (p->delay.count == rows * columns) {
            drop_matrix(p->delay.at, rows, columns, row, column);
            p->delay.count = left;
        }
        drop_matrix(p->weight, rows, columns, row, column);
    }
}

static void drop_targets(struct case_problem *c, struct case_sample *sample, size_t first,
                         size_t count)
{
    size_t size = c->population[c->loss.population].size, behind = size - first - count;
    if (sample->label >= first + count)
        sample->label -= count;
    else if (sample->label >= first)
        sample->label = 0;
    if (sample->times)
        memmove(sample->times + first, sample->times + first + count,
                behind * sizeof *sample->times);
    if (!sample->voltages)
        return;
    for (size_t n = first; n < first + count; n++) {
        free(sample->voltages[n].time);
        free(sample->voltages[n].value);
    }
    memmove(sample->voltages + first, sample->voltages + first + count,
            behind * sizeof *sample->voltages);
}

/* Some neurons of a population, not all. */
static void drop_of(struct case_problem *c, size_t population, size_t first, size_t count)
{
    struct case_population *p = &c->population[population];
    drop_synapses(c, population, first, count);
    drop_values(&p->tau_mem, first, count, p->size);
    drop_values(&p->tau_syn, first, count, p->size);
    drop_values(&p->threshold, first, count, p->size);
    drop_values(&p->reset, first, count, p->size);
    drop_values(&p->bias, first, count, p->size);
    for (size_t s = 0; s < c->samples; s++) {
        struct case_train *train = c->sample[s].spikes[population];
        for (size_t n = first; train && n < first + count; n++)
            free(train[n].at);
        if (train)
            memmove(train + first, train + first + count,
                    (p->size - first - count) * sizeof *train);
        if (population == c->loss.population)
            drop_targets(c, &c->sample[s], first, count);
    }
    p->size -= count;
}

static size_t neurons(const struct case_problem *c)
{
    size_t all = 0;
    for (size_t p = 0; p < c->populations; p++)
        all += c->population[p].size;
    return all;
}

/* Of every population that the range touches, its part of it; one neuron stays. */
static size_t drop_neurons(struct case_problem *c, size_t first, size_t count)
{
    size_t begin = 0, dropped = 0;
    for (size_t p = 0; p < c->populations; p++) {
        size_t size = c->population[p].size, end = begin + size;
        size_t from = first > begin ? first - begin : 0;
        size_t to = first + count < end ? first + count - begin : size;
        if (first < end && first + count > begin && to > from && to - from < size) {
            drop_of(c, p, from, to - from);
            dropped += to - from;
        }
        begin = end;
    }
    return dropped;
}

/* ---- populations ---- */

static size_t populations(const struct case_problem *c)
{
    return c->populations;
}

static void drop_population(struct case_problem *c, size_t population)
{
    struct case_population *p = &c->population[population];
    for (size_t j = c->projections; j-- > 0;)
        if (c->projection[j].source == population || c->projection[j].target == population)
            drop_projections(c, j, 1);
    for (size_t s = 0; s < c->samples; s++) {
        struct case_train **spikes = c->sample[s].spikes;
        for (size_t n = 0; spikes[population] && n < p->size; n++)
            free(spikes[population][n].at);
        free(spikes[population]);
        memmove(spikes + population, spikes + population + 1,
                (c->populations - population - 1) * sizeof *spikes);
    }
    free(p->name);
    free(p->tau_mem.at);
    free(p->tau_syn.at);
    free(p->threshold.at);
    free(p->reset.at);
    free(p->bias.at);
    memmove(p, p + 1, (c->populations - population - 1) * sizeof *p);
    c->populations--;
    for (size_t j = 0; j < c->projections; j++) {
        c->projection[j].source -= c->projection[j].source > population;
        c->projection[j].target -= c->projection[j].target > population;
    }
    c->loss.population -= c->loss.population > population;
}

static size_t drop_populations(struct case_problem *c, size_t first, size_t count)
{
    size_t dropped = 0;
    for (size_t p = first + count; p-- > first;)
        if (p != c->loss.population) {
            drop_population(c, p);
            dropped++;
        }
    return dropped;
}

/* ---- time ---- */

/* Steps; of a case without them, ms. */
static double part_of(const struct case_problem *c)
{
    return c->step > 0 ? c->step : 1;
}

static size_t parts(const struct case_problem *c)
{
    double count = rint(c->end / part_of(c));
    return count >= 1 && count < 0x1p30 ? (size_t)count : 0;
}

static void end_steps(struct case_steps *steps, double end)
{
    while (steps->count > 1 && steps->time[steps->count - 1] >= end)
        steps->count--;
}

/* Only the end of a trial can go. */
static size_t drop_time(struct case_problem *c, size_t first, size_t count)
{
    size_t all = parts(c);
    if (first + count != all || first == 0)
        return 0;
    double end = (double)first * part_of(c);
    for (size_t s = 0; s < c->samples; s++) {
        struct case_sample *sample = &c->sample[s];
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; sample->spikes[p] && n < c->population[p].size; n++) {
                struct case_train *train = &sample->spikes[p][n];
                while (train->count > 0 && train->at[train->count - 1] >= end)
                    train->count--;
            }
        for (size_t n = 0; sample->voltages && n < c->population[c->loss.population].size; n++)
            end_steps(&sample->voltages[n], end);
    }
    c->end = end;
    return count;
}

/* Whole steps before the first spike of all. */
static size_t silence(const struct case_problem *c)
{
    double first = c->end, count;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                if (c->sample[s].spikes[p][n].count > 0)
                    first = fmin(first, c->sample[s].spikes[p][n].at[0]);
    count = first < c->end ? floor(first / part_of(c)) : 0;
    return count < 0x1p30 ? (size_t)count : 0;
}

/* Only its beginning can go: everything comes earlier. */
static size_t drop_silence(struct case_problem *c, size_t first, size_t count)
{
    double by = (double)count * part_of(c);
    if (first > 0 || by >= c->end)
        return 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                for (size_t k = 0; k < c->sample[s].spikes[p][n].count; k++)
                    c->sample[s].spikes[p][n].at[k] -= by;
    c->end -= by;
    return count;
}

/* ---- spikes ---- */

static size_t spikes(const struct case_problem *c)
{
    size_t all = 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                all += c->sample[s].spikes[p][n].count;
    return all;
}

static void drop_of_train(struct case_train *train, size_t begin, size_t first, size_t end)
{
    size_t kept = 0;
    for (size_t k = 0; k < train->count; k++)
        if (begin + k < first || begin + k >= end)
            train->at[kept++] = train->at[k];
    train->count = kept;
}

static size_t drop_spikes(struct case_problem *c, size_t first, size_t count)
{
    size_t begin = 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++) {
                struct case_train *train = &c->sample[s].spikes[p][n];
                size_t before = train->count;
                drop_of_train(train, begin, first, first + count);
                begin += before;
            }
    return count;
}

const struct shrink_cut shrink_structure[] = {
    {"samples", samples, drop_samples, true},
    {"populations", populations, drop_populations, true},
    {"projections", projections, drop_projections, true},
    {"neurons", neurons, drop_neurons, true},
    {"steps", parts, drop_time, true},
    {"spikes", spikes, drop_spikes, true},
    {"steps of silence", silence, drop_silence, true},
    {NULL, NULL, NULL, false},
};
