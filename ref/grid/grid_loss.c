/* SPDX-License-Identifier: MIT */
/* grid_loss.c: the losses on a grid: their memory, and their value at the end of a trial. What the
 * engine does in plain doubles is followed in binary64. */
#include "ref/grid/grid.h"

#include <stdlib.h>

static enum case_loss_kind kind(const struct grid *g)
{
    return g->c->loss.kind;
}

static int lay_steps(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    if (kind(g) == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        l->shape = grid_numbers(g->steps);
        for (uint32_t n = 0; l->shape && n < g->steps; n++)
            grid_loss_shape(l->shape + n, g, n);
        return l->shape ? 0 : -1;
    }
    size_t rows = g->options->gradients ? g->steps : 1;
    if (kind(g) == CASE_INSTANTANEOUS_CROSS_ENTROPY)
        return (l->steady = grid_numbers(rows * l->outputs)) ? 0 : -1;
    if (kind(g) == CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        return (l->drift = calloc(rows * l->outputs, sizeof *l->drift)) ? 0 : -1;
    return 0;
}

int grid_loss_init(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    size_t outputs = g->c->population[g->c->loss.population].size;
    arb_t x;
    l->cell = g->first[g->c->loss.population];
    l->outputs = outputs;
    l->score = grid_numbers(outputs);
    l->pull = grid_numbers(outputs);
    l->part = grid_numbers(outputs);
    l->factor = grid_numbers(outputs);
    l->first = calloc(outputs, sizeof *l->first);
    l->maximum = calloc(outputs, sizeof *l->maximum);
    if (!l->score || !l->pull || !l->part || !l->factor || !l->first || !l->maximum)
        return -1;
    arb_init(x);
    for (size_t j = 0; j < outputs; j++) {
        grid_loss_scale(x, g, j, true, grid_has(g, SCHEME_DRIVE_OVER_TAU));
        grid_computed(l->factor + j, x, GRID_SCALING, &grid_binary64);
        grid_round(l->factor + j, l->factor + j, g->real);
    }
    arb_clear(x);
    return lay_steps(g);
}

void grid_loss_clear(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    grid_numbers_clear(l->score, l->outputs);
    grid_numbers_clear(l->pull, l->outputs);
    grid_numbers_clear(l->part, l->outputs);
    grid_numbers_clear(l->factor, l->outputs);
    grid_numbers_clear(l->shape, g->steps);
    grid_numbers_clear(l->steady, (g->options->gradients ? g->steps : 1) * l->outputs);
    for (size_t j = 0; l->maximum && j < l->outputs; j++) {
        arb_clear(l->maximum[j].best.x);
    }
    free(l->drift);
    free(l->maximum);
    free(l->first);
}

void grid_loss_begin(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    grid_zero(&l->sums);
    for (size_t j = 0; j < l->outputs; j++) {
        grid_zero(l->score + j);
        grid_zero(l->pull + j);
        grid_maximum_begin(l->maximum + j);
    }
}

/* ---- at the end ---- */

/* l->value = softmax loss of the scores, pulls beside it. */
static void end_scores(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    bool maximum = kind(g) == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    bool by_end = !maximum || grid_has(g, SCHEME_MAX_OVER_T);
    bool by_tau = maximum || grid_has(g, SCHEME_DRIVE_OVER_TAU);
    for (size_t j = 0; maximum && j < l->outputs; j++) {
        grid_maximum_end(l->score + j, l->maximum + j);
        l->maximum[j].sure = !g->options->gradients || grid_maximum_is_sure(g, j);
        if (!l->maximum[j].sure)
            grid_undecided(g, "sample %zu: when output %zu is largest is within rounding",
                           g->sample, j);
    }
    grid_softmax(l->part, &l->value, l->score, l->outputs, g->c->sample[g->sample].label, 1);
    for (size_t j = 0; j < l->outputs; j++)
        grid_loss_pull(l->pull + j, g, j, by_end, by_tau);
}

/* The mean over steps of what l->sums has added up, over 2 for squares. */
static void end_sums(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    bool squares = kind(g) == CASE_VOLTAGE_SQUARED_ERROR;
    for (size_t j = 0; squares && j < l->outputs; j++)
        grid_add(&l->sums, &l->sums, l->score + j, &grid_binary64);
    grid_set_d(g->scratch, (squares ? 2.0 : 1.0) * (double)g->steps);
    grid_div(&l->value, &l->sums, g->scratch, &grid_binary64);
}

void grid_loss_end(struct grid *g)
{
    switch (kind(g)) {
    case CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY:
    case CASE_MAX_VOLTAGE_CROSS_ENTROPY:
        end_scores(g);
        break;
    case CASE_INSTANTANEOUS_CROSS_ENTROPY:
    case CASE_VOLTAGE_SQUARED_ERROR:
        end_sums(g);
        break;
    case CASE_FIRST_SPIKE_CROSS_ENTROPY:
    case CASE_FIRST_SPIKE_SQUARED_ERROR:
    case CASE_FIRST_SPIKE_MARGIN:
        grid_loss_spike(g);
    }
    grid_sums_add(&g->loss_sums, 0, &g->loss.value);
    grid_round(&g->term, &g->loss.value, g->real);
    grid_report(g->result->sample_loss + g->sample, g->result->sample_loss_bound + g->sample,
                &g->term);
}
