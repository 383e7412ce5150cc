/* SPDX-License-Identifier: MIT */
/* grid_forward.c: the forward pass, step by step, along given spikes.
 *
 * A step: arrivals are added to I, V = (kappa I + alpha V) + drive, I = beta I, both flushed; a
 * lif that spikes (the raster says so) leaves (I + bias) - V behind and is reset. Its decision is
 * compared with what the exact voltage says: |V - threshold| above the bounds of both is a
 * proof. */
#include "ref/grid/grid.h"

/* Adds the weights of the spikes of step n - 1 - delay. */
static void deliver(struct grid *g, size_t projection, uint32_t delay, uint32_t n)
{
    const struct case_projection *p = g->c->projection + projection;
    const struct grid_fan *fan = g->fan + projection;
    const struct grid_spikes *list = g->spikes + p->source;
    struct grid_number *i = grid_i(g, n) + g->first[p->target];
    uint32_t step = n - 1 - delay;
    for (size_t s = list->first[step]; s < list->first[step + 1]; s++) {
        size_t row = list->neuron[s], first, end;
        grid_fan_range(&first, &end, g, projection, row, delay);
        for (size_t k = first; k < end; k++) {
            size_t j = grid_fan_target(fan, row, k);
            grid_set_rounded(&g->term, p->weight[row * fan->columns + j], g->real);
            grid_add(i + j, i + j, &g->term, g->real);
        }
    }
}

static void deliver_all(struct grid *g, uint32_t n)
{
    bool clamp = n == g->steps - 1 && grid_has(g, SCHEME_CLAMP);
    for (size_t k = 0; clamp && k < g->cells; k++)
        grid_zero(grid_i(g, n) + k);
    for (size_t p = 0; p < g->c->projections; p++) {
        const struct grid_fan *fan = g->fan + p;
        for (size_t d = 0; d < fan->distinct && fan->delay[d] < n; d++)
            deliver(g, p, fan->delay[d], n);
    }
}

/* +1 if V >= threshold in every engine, -1 if V < threshold in every engine, 0 if neither. */
static int decide(struct grid *g, const struct grid_number *v, const struct grid_number *threshold)
{
    struct grid_number *gap = &g->scratch[0];
    int exact = 0;
    arb_sub(gap->x, v->x, threshold->x, GRID_BITS);
    gap->e = v->e > 0 || threshold->e > 0 ? grid_up(v->e + threshold->e) : 0;
    double least = grid_least(gap->x);
    if (least >= gap->e && arb_is_nonnegative(gap->x))
        exact = 1;
    else if (least > gap->e && arb_is_negative(gap->x))
        exact = -1;
    return exact;
}

static void spike(struct grid *g, size_t k, size_t number, uint32_t n, const struct grid_number *v)
{
    const struct grid_cell *cell = g->cell + k;
    struct grid_number *slope = g->spikes[cell->population].slope + number;
    grid_add(slope, grid_i(g, n) + k, &cell->bias, g->real);
    grid_sub(slope, slope, v, g->real);
    grid_tell(g, &(struct ref_grid_number){.quantity = REF_GRID_SLOPE, .cell = k, .step = n},
              slope);
}

static void move(struct grid *g, size_t k, uint32_t n, bool spiked, size_t number)
{
    const struct grid_cell *cell = g->cell + k;
    struct grid_number *i = grid_i(g, n) + k, *v = grid_v(g, n + 1) + k, *t = g->scratch;
    bool lif = g->c->population[cell->population].model == CASE_LIF;
    struct ref_grid_number told = {.quantity = REF_GRID_I, .cell = k, .step = n};
    grid_tell(g, &told, i);
    grid_mul(t, &cell->kappa, i, g->real);
    grid_mul(t + 1, &cell->alpha, grid_v(g, n) + k, g->real);
    grid_add(t, t, t + 1, g->real);
    grid_add(v, t, &cell->drive, g->real);
    grid_flush(v, g->real);
    if (!(v->e < HUGE_VAL))
        grid_undecided(g, "V may overflow in step %lu", (unsigned long)n);

    told.quantity = REF_GRID_V;
    if (lif) {
        told.spiked = spiked;
        told.exact = decide(g, v, &cell->threshold);
        g->result->decisions++;
        if (told.exact != 0 && (told.exact > 0) != spiked)
            g->result->unexplained++;
    }
    grid_tell(g, &told, v);
    if (spiked) {
        spike(g, k, number, n, v);
        grid_set(v, &cell->reset);
    }
    grid_mul(grid_i(g, n + 1) + k, &cell->beta, i, g->real);
    grid_flush(grid_i(g, n + 1) + k, g->real);
}

static void move_population(struct grid *g, size_t population, uint32_t n)
{
    const struct grid_spikes *list = g->spikes + population;
    size_t next = list->first[n], end = list->first[n + 1];
    for (size_t k = 0; k < g->c->population[population].size; k++) {
        bool spiked = next < end && list->neuron[next] == k;
        move(g, g->first[population] + k, n, spiked, next);
        next += spiked;
    }
}

void grid_forward(struct grid *g)
{
    for (size_t k = 0; k < g->cells; k++) {
        grid_zero(grid_v(g, 0) + k);
        grid_zero(grid_i(g, 0) + k);
    }
    grid_loss_begin(g);
    for (uint32_t n = 0; n < g->steps; n++) {
        deliver_all(g, n);
        for (size_t p = 0; p < g->c->populations; p++)
            if (g->c->population[p].model != CASE_SPIKE_SOURCE)
                move_population(g, p, n);
        grid_loss_step(g, n);
    }
}
