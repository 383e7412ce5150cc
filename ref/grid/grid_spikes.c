/* SPDX-License-Identifier: MIT */
/* grid_spikes.c: the spikes of a sample by step, and which of them the backward pass of a defect
 * misses. */
#include "ref/grid/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct case_step_train *trains(const struct grid *g, size_t sample, size_t population)
{
    const struct case_raster *from =
        g->c->population[population].model == CASE_SPIKE_SOURCE ? &g->grid.input : g->raster;
    return g->c->population[population].model == CASE_LI ? NULL : from->train[sample][population];
}

int grid_spikes_init(struct grid *g)
{
    const struct case_problem *c = g->c;
    size_t largest = 0;
    g->spikes = calloc(c->populations + 1, sizeof *g->spikes);
    for (size_t p = 0; g->spikes && p < c->populations; p++) {
        struct grid_spikes *list = g->spikes + p;
        size_t size = c->population[p].size;
        largest = size > largest ? size : largest;
        for (size_t s = 0; s < c->samples; s++) {
            const struct case_step_train *train = trains(g, s, p);
            size_t count = 0;
            for (size_t k = 0; train && k < size; k++)
                count += train[k].count;
            list->room = count > list->room ? count : list->room;
        }
        list->first = calloc((size_t)g->steps + 1, sizeof *list->first);
        list->neuron = calloc(list->room + 1, sizeof *list->neuron);
        list->heard = calloc(list->room + 1, sizeof *list->heard);
        if (!list->first || !list->neuron || !list->heard)
            return -1;
        if (c->population[p].model != CASE_LIF)
            continue;
        list->slope = grid_numbers(list->room);
        list->rev = grid_numbers(list->room);
        if (!list->slope || !list->rev)
            return -1;
    }
    g->blocked = calloc(largest + 1, sizeof *g->blocked);
    return g->spikes && g->blocked ? 0 : -1;
}

void grid_spikes_clear(struct grid *g)
{
    for (size_t p = 0; g->spikes && p < g->c->populations; p++) {
        struct grid_spikes *list = g->spikes + p;
        free(list->first);
        free(list->neuron);
        free(list->heard);
        grid_numbers_clear(list->slope, list->room);
        grid_numbers_clear(list->rev, list->room);
    }
    free(g->spikes);
    free(g->blocked);
}

/* A counting sort by step that keeps neurons ascending. */
static void load(struct grid *g, struct grid_spikes *list, const struct case_step_train *train,
                 size_t size, bool merge)
{
    size_t *first = list->first;
    memset(first, 0, ((size_t)g->steps + 1) * sizeof *first);
    for (size_t n = 0; n < size; n++)
        for (size_t k = 0; k < train[n].count; k++)
            if (!merge || k == 0 || train[n].step[k] != train[n].step[k - 1])
                first[train[n].step[k] + 1]++;
    for (uint32_t n = 0; n < g->steps; n++)
        first[n + 1] += first[n];
    list->count = first[g->steps];
    for (size_t n = size; n-- > 0;)
        for (size_t k = train[n].count; k-- > 0;)
            if (!merge || k == 0 || train[n].step[k] != train[n].step[k - 1])
                list->neuron[--first[train[n].step[k] + 1]] = (uint32_t)n;
    /* first[n + 1] has become the beginning of step n */
    memmove(first, first + 1, g->steps * sizeof *first);
    first[g->steps] = list->count;
}

void grid_spikes_load(struct grid *g)
{
    for (size_t p = 0; p < g->c->populations; p++) {
        const struct case_step_train *train = trains(g, g->sample, p);
        struct grid_spikes *list = g->spikes + p;
        if (!train)
            continue;
        load(g, list, train, g->c->population[p].size,
             g->c->population[p].model == CASE_SPIKE_SOURCE && grid_has(g, SCHEME_MERGE));
        for (size_t k = 0; k < list->count; k++) {
            list->heard[k] = true;
            if (list->rev)
                grid_zero(list->rev + k);
        }
    }
}

/* Whether the published backward pass, whose clock counts up in binary32, meets the label n dt of a
 * spike: within 0x1.0624dep-10 = 1e-3 of a step. */
static bool met_by_float_clock(const struct grid *g, uint32_t n)
{
    double dt = g->c->end / (double)g->steps;
    float label = (float)((double)n * dt), step = (float)dt, end = (float)g->c->end;
    uint32_t m = g->steps - 1 - n;
    if (m == 0)
        return true;
    float clock = (2 * end - (end + (float)((double)(m - 1) * dt))) - step;
    return fabsf((clock - label) - step) < 0x1.0624dep-10f * step;
}

void grid_spikes_miss(struct grid *g)
{
    bool last = grid_has(g, SCHEME_BLOCKED), clock = grid_has(g, SCHEME_FLOAT_CLOCK);
    for (size_t p = 0; (last || clock) && p < g->c->populations; p++) {
        struct grid_spikes *list = g->spikes + p;
        memset(g->blocked, 0, g->c->population[p].size * sizeof *g->blocked);
        for (uint32_t n = g->steps; list->count > 0 && n-- > 0;)
            for (size_t k = list->first[n]; k < list->first[n + 1]; k++) {
                bool met = !(last && n == g->steps - 1) && (!clock || met_by_float_clock(g, n));
                g->blocked[list->neuron[k]] = g->blocked[list->neuron[k]] || !met;
                list->heard[k] = !g->blocked[list->neuron[k]];
            }
    }
}
