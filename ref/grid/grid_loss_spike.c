/* SPDX-License-Identifier: MIT */
/* grid_loss_spike.c: the losses of first spike times, and their derivatives by them. The times are
 * those of the raster; the engine computes in doubles and rounds the derivatives at the end.
 *
 *     t_j = (n + 1) end / N, or end + silent_after where output j is silent */
#include "ref/grid/grid.h"

static const struct grid_rounding *const doubles = &grid_binary64;

static void times(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    const struct case_step_train *train = g->raster->train[g->sample][g->c->loss.population];
    const struct grid_spikes *list = g->spikes + g->c->loss.population;
    struct grid_number *x = g->scratch;
    for (size_t j = 0; j < l->outputs; j++) {
        struct grid_number *t = l->score + j;
        l->first[j] = SIZE_MAX;
        if (train[j].count == 0) {
            grid_set_d(t, g->c->end);
            grid_set_d(x, g->c->loss.silent_after);
            grid_add(t, t, x, doubles);
            continue;
        }
        uint32_t n = train[j].step[0];
        l->first[j] = list->first[n];
        while (list->neuron[l->first[j]] != j)
            l->first[j]++;
        grid_set_d(t, (double)n + (grid_has(g, SCHEME_LABEL) ? 0 : 1));
        grid_set_d(x, g->c->end);
        grid_mul(t, t, x, doubles);
        grid_set_d(x, (double)g->steps);
        grid_div(t, t, x, doubles);
    }
}

/* value += alpha (e^(t/tau1) - 1), slope += (alpha/tau1) e^(t/tau1). */
static void penalty_exponential(struct grid_number *value, struct grid_number *slope,
                                struct grid *g, const struct grid_number *t)
{
    struct grid_number *grown = g->scratch, *x = grown + 1, *alpha = grown + 2;
    grid_set_d(x, g->c->loss.tau1);
    grid_set_d(alpha, g->c->loss.alpha);
    grid_div(grown, t, x, doubles);
    grid_exp(grown, grown);
    grid_div(x, alpha, x, doubles);
    grid_mul(x, x, grown, doubles);
    grid_add(slope, slope, x, doubles);
    grid_set_d(x, 1);
    grid_sub(grown, grown, x, doubles);
    grid_mul(grown, alpha, grown, doubles);
    grid_add(value, value, grown, doubles);
}

/* value += alpha / (1.01 T - t), slope += alpha / (1.01 T - t)^2, 1.01 being 101/100. */
static void penalty_reciprocal(struct grid_number *value, struct grid_number *slope, struct grid *g,
                               const struct grid_number *t)
{
    struct grid_number *rest = g->scratch, *x = rest + 1, *alpha = rest + 2;
    grid_set_d(alpha, g->c->loss.alpha);
    arb_set_ui(rest->x, 101);
    arb_div_ui(rest->x, rest->x, 100, GRID_BITS);
    grid_constant(rest, rest->x, doubles);
    grid_set_d(x, g->c->end);
    grid_mul(rest, rest, x, doubles);
    grid_sub(rest, rest, t, doubles);
    grid_div(x, alpha, rest, doubles);
    grid_add(value, value, x, doubles);
    grid_mul(rest, rest, rest, doubles);
    grid_div(x, alpha, rest, doubles);
    grid_add(slope, slope, x, doubles);
}

/* The softmax of -t / tau0: a subtraction and a division before the exponential. */
static void cross_entropy(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    size_t label = g->c->sample[g->sample].label;
    struct grid_number *scaled = l->pull, *tau0 = &g->term, *x = g->scratch;
    grid_set_d(tau0, g->c->loss.tau0);
    for (size_t j = 0; j < l->outputs; j++) {
        arb_div(scaled[j].x, l->score[j].x, tau0->x, GRID_BITS);
        arb_neg(scaled[j].x, scaled[j].x);
        scaled[j].e = grid_up(l->score[j].e / g->c->loss.tau0);
    }
    grid_softmax(l->part, &l->value, scaled, l->outputs, label, 2 + 1); /* (1 + u)^2 < 1 + 3 u */
    for (size_t j = 0; j < l->outputs; j++) {
        grid_set_d(x, j == label ? 1 : 0);
        grid_sub(l->pull + j, x, l->part + j, doubles);
        grid_div(l->pull + j, l->pull + j, tau0, doubles);
    }
    if (g->c->loss.penalty == CASE_PENALTY_RECIPROCAL)
        penalty_reciprocal(&l->value, l->pull + label, g, l->score + label);
    else
        penalty_exponential(&l->value, l->pull + label, g, l->score + label);
}

/* pull = t - times, value = half the sum of its squares. */
static void squared_error(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    struct grid_number *x = g->scratch;
    for (size_t j = 0; j < l->outputs; j++) {
        grid_set_d(x, g->c->sample[g->sample].times[j]);
        grid_sub(l->pull + j, l->score + j, x, doubles);
        grid_mul(x, l->pull + j, l->pull + j, doubles);
        grid_add(&l->value, &l->value, x, doubles);
    }
}

/* r_j = (t_j - t_l) - margin, pull_j = r_j, pull_l = -sum r_j. */
static void margin(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    size_t label = g->c->sample[g->sample].label;
    struct grid_number *x = g->scratch, *wanted = x + 1;
    grid_set_d(wanted, g->c->loss.margin);
    grid_zero(l->pull + label);
    for (size_t j = 0; j < l->outputs; j++) {
        if (j == label)
            continue;
        grid_sub(l->pull + j, l->score + j, l->score + label, doubles);
        grid_sub(l->pull + j, l->pull + j, wanted, doubles);
        grid_mul(x, l->pull + j, l->pull + j, doubles);
        grid_add(&l->value, &l->value, x, doubles);
        grid_sub(l->pull + label, l->pull + label, l->pull + j, doubles);
    }
}

void grid_loss_spike(struct grid *g)
{
    struct grid_loss *l = &g->loss;
    times(g);
    grid_zero(&l->value);
    if (g->c->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
        cross_entropy(g);
    } else {
        if (g->c->loss.kind == CASE_FIRST_SPIKE_SQUARED_ERROR)
            squared_error(g);
        else
            margin(g);
        arb_mul_2exp_si(l->value.x, l->value.x, -1);
        l->value.e = grid_up(l->value.e / 2);
    }
    for (size_t j = 0; j < l->outputs; j++)
        grid_round(l->pull + j, l->pull + j, g->real);
}
