/* SPDX-License-Identifier: MIT */
/* scheme_place.c: names and places of the numbers of a clock engine. Cells are the lif and li
 * neurons in the order of the populations; slopes stand by neuron, then in time. */
#include "verify/judge/judge_scheme.h"

#include <stdlib.h>

int scheme_places_make(struct scheme_places *places, const struct case_problem *c,
                       const struct result *result)
{
    *places = (struct scheme_places){.problem = c};
    for (size_t p = 0; p < c->populations; p++)
        places->cells += c->population[p].model != CASE_SPIKE_SOURCE ? c->population[p].size : 0;
    size_t cells = places->cells;
    places->population = malloc((cells + 1) * sizeof *places->population);
    places->neuron = malloc((cells + 1) * sizeof *places->neuron);
    places->first = calloc(c->samples * cells + 1, sizeof *places->first);
    if (!places->population || !places->neuron || !places->first)
        return -1;
    size_t cell = 0;
    for (size_t p = 0; p < c->populations; p++) {
        if (c->population[p].model == CASE_SPIKE_SOURCE)
            continue;
        for (size_t n = 0; n < c->population[p].size; n++, cell++) {
            places->population[cell] = p;
            places->neuron[cell] = n;
            for (size_t s = 0; s < c->samples && n > 0; s++) {
                const struct case_step_train *train = result->raster.train[s][p];
                size_t before = train ? train[n - 1].count : 0;
                places->first[s * cells + cell] = places->first[s * cells + cell - 1] + before;
            }
        }
    }
    return 0;
}

void scheme_places_clear(struct scheme_places *places)
{
    free(places->population);
    free(places->neuron);
    free(places->first);
    *places = (struct scheme_places){0};
}

void scheme_place_text(char *text, size_t size, const struct scheme_places *places, size_t sample,
                       size_t cell, uint32_t step)
{
    snprintf(text, size, "[%zu].%.30s[%zu] step %lu", sample,
             places->problem->population[places->population[cell]].name, places->neuron[cell],
             (unsigned long)step);
}

double scheme_slope(const struct scheme_places *places, const struct result *result, size_t sample,
                    size_t cell, uint32_t step)
{
    size_t population = places->population[cell];
    const struct case_step_train *train = result->raster.train[sample][population];
    if (!train)
        return VER_NAN;
    train += places->neuron[cell];
    size_t low = 0, high = train->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (train->step[middle] < step)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == train->count || train->step[low] != step)
        return VER_NAN;
    size_t first = places->first[sample * places->cells + cell];
    return result->sample[sample].slope[population][first + low];
}
