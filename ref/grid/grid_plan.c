/* SPDX-License-Identifier: MIT */
/* grid_plan.c: the constants of every cell, rounded as the engine rounds them, and which synapse
 * has which delay.
 *
 *     alpha = e^(-dt/tau_mem)   beta = e^(-dt/tau_syn)   drive = (1 - alpha) bias
 *     kappa = tau_syn (alpha - beta) / (tau_mem - tau_syn)   kappa_back: tau_mem instead of tau_syn
 *     equal time constants: kappa = kappa_back = dt alpha / tau_mem
 *     height = threshold - reset */
#include "ref/grid/grid.h"

#include <stdlib.h>
#include <string.h>

/* ---- constants ---- */

struct exact { /* of one cell, at GRID_CONSTANT_BITS */
    arb_t dt, tau_mem, tau_syn, alpha, beta, gain, t;
};

static void exact_init(struct exact *x)
{
    arb_init(x->dt);
    arb_init(x->tau_mem);
    arb_init(x->tau_syn);
    arb_init(x->alpha);
    arb_init(x->beta);
    arb_init(x->gain);
    arb_init(x->t);
}

static void exact_clear(struct exact *x)
{
    arb_clear(x->dt);
    arb_clear(x->tau_mem);
    arb_clear(x->tau_syn);
    arb_clear(x->alpha);
    arb_clear(x->beta);
    arb_clear(x->gain);
    arb_clear(x->t);
}

static void decay(arb_t z, const arb_t dt, const arb_t tau)
{
    arb_div(z, dt, tau, GRID_CONSTANT_BITS);
    arb_neg(z, z);
    arb_exp(z, z, GRID_CONSTANT_BITS);
}

static void lay_gains(struct grid_cell *cell, struct exact *x, const struct grid_rounding *r)
{
    if (cell->tau_mem == cell->tau_syn) {
        arb_mul(x->t, x->dt, x->alpha, GRID_CONSTANT_BITS);
        arb_div(x->t, x->t, x->tau_mem, GRID_CONSTANT_BITS);
        grid_constant(&cell->kappa, x->t, r);
        grid_set(&cell->kappa_back, &cell->kappa);
        return;
    }
    arb_sub(x->gain, x->alpha, x->beta, GRID_CONSTANT_BITS);
    arb_sub(x->t, x->tau_mem, x->tau_syn, GRID_CONSTANT_BITS);
    arb_div(x->gain, x->gain, x->t, GRID_CONSTANT_BITS);
    arb_mul(x->t, x->gain, x->tau_syn, GRID_CONSTANT_BITS);
    grid_constant(&cell->kappa, x->t, r);
    arb_mul(x->t, x->gain, x->tau_mem, GRID_CONSTANT_BITS);
    grid_constant(&cell->kappa_back, x->t, r);
}

static double size_of(const struct grid_number *x)
{
    return grid_up(grid_size(x->x) + x->e);
}

/* From alpha, beta and the kappas. The sums are of balls of GRID_BITS: what they lose is 2^-100. */
void grid_plan_bounds(struct grid_cell *cell)
{
    struct grid_bounds *b = &cell->bounds;
    arb_t t;
    arb_init(t);
    b->alpha = size_of(&cell->alpha);
    b->beta = size_of(&cell->beta);
    b->kappa = size_of(&cell->kappa);
    b->kappa_back = size_of(&cell->kappa_back);
    arb_sub_ui(t, cell->alpha.x, 1, GRID_BITS);
    b->rest_v = grid_up(grid_size(t) + cell->alpha.e);
    arb_sub_ui(t, cell->beta.x, 1, GRID_BITS);
    arb_add(t, t, cell->kappa_back.x, GRID_BITS);
    b->rest_i = grid_up(grid_size(t) + cell->beta.e + cell->kappa_back.e);
    arb_sub(t, cell->alpha.x, cell->beta.x, GRID_BITS);
    arb_sub(t, t, cell->kappa_back.x, GRID_BITS);
    b->cross_error = grid_up(cell->alpha.e + cell->beta.e + cell->kappa_back.e);
    b->cross = grid_up(grid_size(t) + b->cross_error);
    arb_clear(t);
}

static void lay_cell(struct grid_cell *cell, const struct case_population *p, struct exact *x,
                     const struct grid_rounding *r)
{
    double bias = case_value(&p->bias, cell->index);
    cell->tau_mem = case_value(&p->tau_mem, cell->index);
    cell->tau_syn = case_value(&p->tau_syn, cell->index);
    arb_set_d(x->tau_mem, cell->tau_mem);
    arb_set_d(x->tau_syn, cell->tau_syn);
    decay(x->alpha, x->dt, x->tau_mem);
    decay(x->beta, x->dt, x->tau_syn);
    grid_constant(&cell->alpha, x->alpha, r);
    grid_constant(&cell->beta, x->beta, r);
    lay_gains(cell, x, r);
    grid_plan_bounds(cell);
    arb_sub_ui(x->t, x->alpha, 1, GRID_CONSTANT_BITS);
    arb_neg(x->t, x->t);
    arb_set_d(x->gain, bias);
    arb_mul(x->t, x->t, x->gain, GRID_CONSTANT_BITS);
    grid_constant(&cell->drive, x->t, r);
    grid_set_rounded(&cell->bias, bias, r);
    if (p->model != CASE_LIF)
        return;
    grid_set_rounded(&cell->threshold, case_value(&p->threshold, cell->index), r);
    grid_set_rounded(&cell->reset, case_value(&p->reset, cell->index), r);
    arb_sub(x->t, cell->threshold.x, cell->reset.x, ARF_PREC_EXACT);
    grid_constant(&cell->height, x->t, r);
}

static int lay_cells(struct grid *g)
{
    const struct case_problem *c = g->c;
    struct exact x;
    g->first = calloc(c->populations + 1, sizeof *g->first);
    for (size_t p = 0; g->first && p < c->populations; p++) {
        g->first[p] = g->cells;
        g->cells += c->population[p].model == CASE_SPIKE_SOURCE ? 0 : c->population[p].size;
    }
    g->cell = calloc(g->cells + 1, sizeof *g->cell);
    if (!g->first || !g->cell)
        return -1;

    exact_init(&x);
    arb_set_d(x.dt, c->end);
    arb_div_ui(x.dt, x.dt, g->steps, GRID_CONSTANT_BITS);
    for (size_t p = 0; p < c->populations; p++)
        for (size_t k = 0; c->population[p].model != CASE_SPIKE_SOURCE && k < c->population[p].size;
             k++) {
            struct grid_cell *cell = g->cell + g->first[p] + k;
            cell->population = p;
            cell->index = k;
            lay_cell(cell, &c->population[p], &x, g->real);
        }
    exact_clear(&x);
    return 0;
}

/* ---- delays ---- */

struct wire {
    uint32_t delay, target;
};

static int by_delay(const void *a, const void *b)
{
    const struct wire *x = a, *y = b;
    if (x->delay != y->delay)
        return x->delay < y->delay ? -1 : 1;
    return (x->target > y->target) - (x->target < y->target);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int lay_delays(struct grid *g, size_t projection)
{
    struct grid_fan *fan = g->fan + projection;
    size_t count = g->grid.delays[projection];
    fan->delay = malloc((count + 1) * sizeof *fan->delay);
    if (!fan->delay)
        return -1;
    memcpy(fan->delay, g->grid.delay[projection], count * sizeof *fan->delay);
    qsort(fan->delay, count, sizeof *fan->delay, by_value);
    for (size_t k = 0; k < count; k++)
        if (k == 0 || fan->delay[k] != fan->delay[k - 1])
            fan->delay[fan->distinct++] = fan->delay[k];
    return 0;
}

static int lay_targets(struct grid *g, size_t projection)
{
    struct grid_fan *fan = g->fan + projection;
    struct wire *wire = malloc((fan->columns + 1) * sizeof *wire);
    fan->target = malloc((fan->rows * fan->columns + 1) * sizeof *fan->target);
    for (size_t i = 0; wire && fan->target && i < fan->rows; i++) {
        for (size_t j = 0; j < fan->columns; j++)
            wire[j] = (struct wire){case_grid_delay(&g->grid, projection, i * fan->columns + j),
                                    (uint32_t)j};
        qsort(wire, fan->columns, sizeof *wire, by_delay);
        for (size_t j = 0; j < fan->columns; j++)
            fan->target[i * fan->columns + j] = wire[j].target;
    }
    free(wire);
    return wire && fan->target ? 0 : -1;
}

void grid_fan_range(size_t *first, size_t *end, const struct grid *g, size_t projection, size_t row,
                    uint32_t delay)
{
    const struct grid_fan *fan = g->fan + projection;
    size_t low = 0, high = fan->columns, base = row * fan->columns;
    *first = 0;
    *end = fan->columns;
    if (!fan->target)
        return;
    while (low < high) { /* the first target with at least this delay */
        size_t middle = low + (high - low) / 2;
        if (case_grid_delay(&g->grid, projection, base + fan->target[base + middle]) < delay)
            low = middle + 1;
        else
            high = middle;
    }
    *first = *end = low;
    while (*end < fan->columns &&
           case_grid_delay(&g->grid, projection, base + fan->target[base + *end]) == delay)
        ++*end;
}

int grid_plan_init(struct grid *g)
{
    const struct case_problem *c = g->c;
    if (lay_cells(g) != 0)
        return -1;
    g->fan = calloc(c->projections + 1, sizeof *g->fan);
    if (!g->fan)
        return -1;
    for (size_t p = 0; p < c->projections; p++) {
        struct grid_fan *fan = g->fan + p;
        fan->rows = c->population[c->projection[p].source].size;
        fan->columns = c->population[c->projection[p].target].size;
        fan->first = g->synapses;
        g->synapses += fan->rows * fan->columns;
        if (lay_delays(g, p) != 0 || (fan->distinct > 1 && lay_targets(g, p) != 0))
            return -1;
    }
    return 0;
}

void grid_plan_clear(struct grid *g)
{
    for (size_t k = 0; g->cell && k < g->cells; k++) {
        struct grid_cell *cell = g->cell + k;
        arb_clear(cell->alpha.x);
        arb_clear(cell->beta.x);
        arb_clear(cell->kappa.x);
        arb_clear(cell->kappa_back.x);
        arb_clear(cell->drive.x);
        arb_clear(cell->bias.x);
        arb_clear(cell->threshold.x);
        arb_clear(cell->reset.x);
        arb_clear(cell->height.x);
    }
    for (size_t p = 0; g->fan && p < g->c->projections; p++) {
        free(g->fan[p].delay);
        free(g->fan[p].target);
    }
    free(g->first);
    free(g->cell);
    free(g->fan);
}
