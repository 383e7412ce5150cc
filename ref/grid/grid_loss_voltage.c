/* SPDX-License-Identifier: MIT */
/* grid_loss_voltage.c: the losses of voltages in a step: what they gather in the forward pass, and
 * the drive of the outputs' adjoint in the backward pass. What the engine does in plain doubles is
 * followed in binary64. */
#include "ref/grid/grid.h"

static enum case_loss_kind kind(const struct grid *g)
{
    return g->c->loss.kind;
}

/* 1 / T, or 1 / (T tau_mem) with the published defect, as often as the kind of loss wants it. */
void grid_loss_scale(arb_t z, const struct grid *g, size_t output, bool by_end, bool by_tau)
{
    arb_t x;
    arb_init(x);
    arb_one(z);
    if (by_end) {
        arb_set_d(x, g->c->end);
        arb_div(z, z, x, GRID_BITS);
    }
    if (by_tau) {
        arb_set_d(x, g->cell[g->loss.cell + output].tau_mem);
        arb_div(z, z, x, GRID_BITS);
    }
    arb_clear(x);
}

/* W of the voltage integral at x = n / N: 1; e^-x; 1 - x; 1 / (1 + e^((x - 1/2) / 0.2)). */
void grid_loss_shape(struct grid_number *z, struct grid *g, uint32_t n)
{
    const struct grid_rounding *r = &grid_binary64;
    struct grid_number *t = g->scratch, *one = t + 1;
    grid_set_d(one, 1);
    grid_set_d(z, (double)n);
    grid_set_d(t, (double)g->steps);
    grid_div(z, z, t, r);
    switch (g->c->loss.weighting) {
    case CASE_UNIFORM:
        grid_set(z, one);
        return;
    case CASE_LINEAR:
        grid_sub(z, one, z, r);
        return;
    case CASE_EXPONENTIAL:
        arb_neg(z->x, z->x);
        grid_exp(z, z);
        return;
    case CASE_SIGMOID:
        grid_set_d(t, 0.5);
        grid_sub(z, z, t, r);
        arb_set_ui(t->x, 5);
        arb_inv(t->x, t->x, GRID_BITS);
        grid_constant(t, t->x, r);
        grid_div(z, z, t, r);
        grid_exp(z, z);
        grid_add(z, one, z, r);
        grid_div(z, one, z, r);
    }
}

/* ---- in every step ---- */

/* pull = (delta - p) / divisors, in doubles, rounded to real at the end. */
void grid_loss_pull(struct grid_number *z, struct grid *g, size_t output, bool by_end, bool by_tau)
{
    struct grid_number *x = &g->term;
    grid_set_d(x, output == g->c->sample[g->sample].label ? 1 : 0);
    grid_sub(x, x, g->loss.part + output, &grid_binary64);
    grid_loss_scale(z->x, g, output, by_end, by_tau);
    grid_computed(z, z->x, by_end && by_tau ? GRID_SCALING : GRID_SCALING - 1, &grid_binary64);
    grid_mul(z, x, z, &grid_binary64);
    grid_round(z, z, g->real);
}

static void step_instantaneous(struct grid *g, uint32_t n)
{
    struct grid_loss *l = &g->loss;
    size_t row = g->options->gradients ? n : 0;
    grid_softmax(l->part, &l->value, grid_v(g, n + 1) + l->cell, l->outputs,
                 g->c->sample[g->sample].label, 1);
    grid_add(&l->sums, &l->sums, &l->value, &grid_binary64);
    for (size_t j = 0; g->options->gradients && j < l->outputs; j++)
        grid_loss_pull(l->steady + row * l->outputs + j, g, j, true,
                       grid_has(g, SCHEME_DRIVE_OVER_TAU));
}

/* y at time n dt. The engine compares n end / N, in doubles, with the times of the target. */
static void target(struct grid_number *z, const struct grid *g, uint32_t n, size_t output)
{
    const struct case_steps *steps = g->c->sample[g->sample].voltages + output;
    double time = (double)n * g->c->end / (double)g->steps;
    size_t low = 0, high = steps->count; /* time[low] <= time < time[high] */
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (steps->time[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    grid_set_rounded(z, steps->value[low], g->real);
}

static void step_squared(struct grid *g, uint32_t n)
{
    struct grid_loss *l = &g->loss;
    for (size_t j = 0; j < l->outputs; j++) {
        struct grid_number *x = &g->term;
        target(x, g, n, j);
        grid_sub(x, grid_v(g, n) + l->cell + j, x, g->real);
        grid_mul(x, x, x, &grid_binary64);
        grid_add(l->score + j, l->score + j, x, &grid_binary64);
    }
}

void grid_loss_step(struct grid *g, uint32_t n)
{
    struct grid_loss *l = &g->loss;
    bool before = grid_has(g, SCHEME_MAX_BEFORE);
    if (kind(g) == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        struct grid_number *w = &g->term, *t = g->scratch;
        grid_set_d(t, (double)g->steps);
        grid_div(w, l->shape + n, t, &grid_binary64);
        grid_round(w, w, g->real);
        for (size_t j = 0; j < l->outputs; j++) {
            grid_mul(t, w, grid_v(g, n) + l->cell + j, g->real);
            grid_add(l->score + j, l->score + j, t, g->real);
        }
    } else if (kind(g) == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        step_instantaneous(g, n);
    } else if (kind(g) == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        for (size_t j = 0; j < l->outputs; j++) {
            grid_maximum_see(l->maximum + j, before ? n : n + 1,
                             grid_v(g, before ? n : n + 1) + l->cell + j);
            if (g->options->gradients)
                l->drift[n * l->outputs + j] = grid_loss_drift(g, l->cell + j, n);
        }
    } else if (kind(g) == CASE_VOLTAGE_SQUARED_ERROR) {
        step_squared(g, n);
    }
}

/* ---- in the backward pass ---- */

bool grid_loss_drives(const struct grid *g)
{
    return kind(g) == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY ||
           kind(g) == CASE_INSTANTANEOUS_CROSS_ENTROPY || kind(g) == CASE_VOLTAGE_SQUARED_ERROR;
}

void grid_loss_drive_begin(struct grid *g, uint32_t k)
{
    struct grid_loss *l = &g->loss;
    struct grid_number *change = g->scratch;
    if (kind(g) != CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)
        return;
    l->shape_change = l->shape_error = HUGE_VAL;
    if (k + 1 < g->steps) {
        arb_sub(change->x, l->shape[k + 1].x, l->shape[k].x, GRID_BITS);
        l->shape_change = grid_size(change->x);
        l->shape_error = l->real_shape.e;
    }
    grid_round(&l->real_shape, l->shape + k, g->real);
    l->shape_error = grid_up(l->shape_error + l->real_shape.e);
}

/* fl(Q W) of this step and fl(Q W') of the next: their difference is off by at most
 * eq |w - w'| + |Q| (ew + ew') and two roundings; |w| <= 1. */
static double integral_drift(const struct grid *g, const struct grid_number *q)
{
    const struct grid_rounding *r = g->real;
    double size = grid_size(q->x) + q->e;
    return grid_up(q->e * g->loss.shape_change + size * (g->loss.shape_error + 2 * r->u_twice) +
                   2 * r->tiny);
}

double grid_loss_drive(struct grid_number *z, struct grid *g, uint32_t k, size_t output)
{
    const struct grid_loss *l = &g->loss;
    if (kind(g) == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        grid_mul(z, l->pull + output, &l->real_shape, g->real);
        return integral_drift(g, l->pull + output);
    } else if (kind(g) == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        grid_set(z, l->steady + k * l->outputs + output);
    } else {
        target(z, g, k, output);
        grid_sub(z, z, grid_v(g, k) + l->cell + output, g->real);
        grid_mul(z, z, l->factor + output, g->real);
    }
    return HUGE_VAL;
}
