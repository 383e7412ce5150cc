/* SPDX-License-Identifier: MIT */
/* time_grid.h: a case on a time grid, in whole numbers. What every engine with a fixed step, and
 * the reference that judges it, must agree on before any arithmetic starts.
 *
 * The grid has `steps` steps of exactly end / steps ms, steps being the whole number nearest to
 * end / step: the grid ends where the trial ends. Numbers are "whole" here if double arithmetic
 * finds them so, since 0.1 and 0.3 are not exact. */
#ifndef EVIDENT_TIME_GRID_H
#define EVIDENT_TIME_GRID_H

#include "cases/cases.h"

#include <stdbool.h>

/* More steps than this are refused; indices of steps fit 32 bits with room for every delay. */
#define CASE_MOST_STEPS ((uint32_t)1 << 30)

struct case_grid {
    uint32_t steps;           /* 1 .. CASE_MOST_STEPS */
    uint32_t **delay;         /* [projections][1 or source size * target size], in steps */
    size_t *delays;           /* [projections]: 1, or source size * target size */
    struct case_raster input; /* the bin of every input spike, 0 .. steps - 1 */
};

/* Lays a grid of about the given step in ms under a case (0: the case's own step). grid must be
 * cleared whatever comes out. 0, or -1 and error (one line: place, found, wanted). */
int case_grid_make(struct case_grid *grid, const struct case_problem *c, double step,
                   enum case_delay_rule rule, struct case_error *error);
void case_grid_clear(struct case_grid *grid);

/* Puts all delays of a case on the nearest whole steps of its grid of about that step in ms (0: the
 * case's own); without a step nothing is changed. */
void case_round_delays(struct case_problem *c, double step);

/* Are all delays whole numbers of steps of that grid? Without a step they are. */
bool case_delays_whole(const struct case_problem *c, double step);

/* A delay in steps. */
static inline uint32_t case_grid_delay(const struct case_grid *grid, size_t projection,
                                       size_t synapse)
{
    return grid->delay[projection][grid->delays[projection] == 1 ? 0 : synapse];
}

/* An empty raster with room for the spikes counted: count(context, sample, population, neuron) says
 * how many; trains start with that count and steps unset. Populations of another model than `model`
 * get NULL. 0, or -1 if memory is short. */
int case_raster_make(struct case_raster *raster, const struct case_problem *c,
                     enum case_model model,
                     size_t (*count)(const void *context, size_t sample, size_t population,
                                     size_t neuron),
                     const void *context);
void case_raster_clear(struct case_raster *raster);

#endif
