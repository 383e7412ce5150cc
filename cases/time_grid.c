/* SPDX-License-Identifier: MIT */
/* time_grid.c: see time_grid.h. */
#include "cases/time_grid.h"
#include "cases/internal.h"

#include <math.h>
#include <stdlib.h>

/* ---- rasters ---- */

int case_raster_make(struct case_raster *raster, const struct case_problem *c,
                     enum case_model model,
                     size_t (*count)(const void *context, size_t sample, size_t population,
                                     size_t neuron),
                     const void *context)
{
    size_t trains = 0, spikes = 0;
    *raster = (struct case_raster){c->samples, c->populations, NULL, NULL, NULL};
    for (size_t p = 0; p < c->populations; p++)
        trains += c->population[p].model == model ? c->population[p].size : 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->population[p].model == model && n < c->population[p].size; n++)
                spikes += count(context, s, p, n);
    size_t rows = c->samples * sizeof(struct case_step_train **);
    size_t columns = c->samples * c->populations * sizeof(struct case_step_train *);
    size_t sizes = c->populations * sizeof(size_t);
    char *memory =
        malloc(rows + columns + sizes + c->samples * trains * sizeof(struct case_step_train) +
               spikes * sizeof(uint32_t) + 1);
    if (!memory)
        return -1;
    struct case_step_train **column = (void *)(memory + rows);
    struct case_step_train *train = (void *)(memory + rows + columns + sizes);
    uint32_t *step = (void *)(train + c->samples * trains);
    raster->memory = memory;
    raster->train = (void *)memory;
    raster->sizes = (void *)(memory + rows + columns);
    for (size_t p = 0; p < c->populations; p++)
        raster->sizes[p] = c->population[p].model == model ? c->population[p].size : 0;
    for (size_t s = 0; s < c->samples; s++) {
        raster->train[s] = column + s * c->populations;
        for (size_t p = 0; p < c->populations; p++) {
            bool here = c->population[p].model == model;
            raster->train[s][p] = here ? train : NULL;
            for (size_t n = 0; here && n < c->population[p].size; n++) {
                *train = (struct case_step_train){count(context, s, p, n), step};
                step += train->count;
                train++;
            }
        }
    }
    return 0;
}

void case_raster_clear(struct case_raster *raster)
{
    free(raster->memory);
    *raster = (struct case_raster){0, 0, NULL, NULL, NULL};
}

/* ---- the grid ---- */

static size_t input_count(const void *context, size_t sample, size_t population, size_t neuron)
{
    const struct case_problem *c = context;
    return c->sample[sample].spikes[population][neuron].count;
}

static int make_input(struct case_grid *grid, const struct case_problem *c)
{
    if (case_raster_make(&grid->input, c, CASE_SPIKE_SOURCE, input_count, c) != 0)
        return -1;
    double steps = (double)grid->steps;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; grid->input.train[s][p] && n < c->population[p].size; n++) {
                const struct case_train *from = &c->sample[s].spikes[p][n];
                for (size_t k = 0; k < from->count; k++)
                    grid->input.train[s][p][n].step[k] =
                        (uint32_t)fmin(floor(from->at[k] * steps / c->end), steps - 1);
            }
    return 0;
}

/* The delay in steps, of which a trial has so many; *whole: rounded. */
static bool is_whole(const struct case_problem *c, double delay, double steps, double *whole)
{
    double exact = delay * steps / c->end;
    *whole = round(exact);
    return *whole == exact || *whole * (c->end / steps) == delay;
}

/* A delay beyond the end arrives never; so does steps + 1, which keeps the index small. */
static int make_delays(struct case_grid *grid, const struct case_problem *c, size_t projection,
                       enum case_delay_rule rule, const struct case_report *report)
{
    const struct case_values *delay = &c->projection[projection].delay;
    size_t columns = c->population[c->projection[projection].target].size;
    double steps = (double)grid->steps, wide = c->end / steps;
    grid->delays[projection] = delay->count;
    grid->delay[projection] = malloc((delay->count + 1) * sizeof **grid->delay);
    if (!grid->delay[projection])
        return case_refuse_memory(report);
    for (size_t k = 0; k < delay->count; k++) {
        double whole;
        bool fits = is_whole(c, delay->at[k], steps, &whole);
        const struct case_place *list =
            CASE_KEY(CASE_AT(CASE_KEY(CASE_ROOT, "projections"), projection), "delay");
        const struct case_place *at =
            delay->count == 1 ? list : CASE_AT(CASE_AT(list, k / columns), k % columns);
        char found[CASE_NUMBER], step[CASE_NUMBER];
        if (rule == CASE_WHOLE_DELAYS && !fits)
            return case_refuse(report, at, case_show_number(found, delay->at[k]),
                               "a whole number of steps of %s ms (or rounded delays)",
                               case_show_number(step, wide));
        grid->delay[projection][k] = (uint32_t)fmin(whole, steps + 1);
    }
    return 0;
}

/* Whole steps of a trial, of about this many ms each. */
static double steps_of(const struct case_problem *c, double wanted)
{
    return fmax(1, round(c->end / wanted));
}

int case_grid_make(struct case_grid *grid, const struct case_problem *c, double step,
                   enum case_delay_rule rule, struct case_error *error)
{
    struct case_report report = {c->name, error, 0, 0};
    const struct case_place *place = CASE_KEY(CASE_KEY(CASE_ROOT, "time"), "step");
    *grid = (struct case_grid){0};
    double wanted = step > 0 ? step : c->step;
    if (!(wanted > 0))
        return case_refuse(&report, place, "no step", "the step of a time grid, in ms");
    double steps = steps_of(c, wanted);
    if (!(steps <= (double)CASE_MOST_STEPS)) {
        char found[CASE_NUMBER];
        return case_refuse(&report, place, case_show_number(found, wanted),
                           "at most %lu steps in a trial", (unsigned long)CASE_MOST_STEPS);
    }
    grid->steps = (uint32_t)steps;
    grid->delay = calloc(c->projections + 1, sizeof *grid->delay);
    grid->delays = calloc(c->projections + 1, sizeof *grid->delays);
    if (!grid->delay || !grid->delays || make_input(grid, c) != 0)
        return case_refuse_memory(&report);
    for (size_t p = 0; p < c->projections; p++)
        if (make_delays(grid, c, p, rule, &report) != 0)
            return -1;
    return 0;
}

bool case_delays_whole(const struct case_problem *c, double step)
{
    double wanted = step > 0 ? step : c->step, whole;
    bool all = true;
    for (size_t p = 0; p < c->projections && wanted > 0; p++)
        for (size_t k = 0; k < c->projection[p].delay.count; k++)
            all &= is_whole(c, c->projection[p].delay.at[k], steps_of(c, wanted), &whole);
    return all;
}

void case_round_delays(struct case_problem *c, double step)
{
    double wanted = step > 0 ? step : c->step;
    double wide = c->end / steps_of(c, wanted);
    for (size_t p = 0; p < c->projections && wanted > 0; p++)
        for (size_t k = 0; k < c->projection[p].delay.count; k++)
            c->projection[p].delay.at[k] = round(c->projection[p].delay.at[k] / wide) * wide;
}

void case_grid_clear(struct case_grid *grid)
{
    for (size_t p = 0; grid->delay && grid->delay[p]; p++) /* ends with a NULL */
        free(grid->delay[p]);
    free(grid->delay);
    free(grid->delays);
    case_raster_clear(&grid->input);
    *grid = (struct case_grid){0};
}
