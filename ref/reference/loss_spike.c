/* SPDX-License-Identifier: MIT */
/* loss_spike.c: losses of the first spikes t_k of the outputs, and dL/dt_k (MATH.md, E18
 * to E21). A silent output counts as spiking at T + silent_after, with zero derivative. */
#include "ref/reference/loss.h"

#include <stdlib.h>

/* t_l/tau0 + log sum_k e^(-t_k/tau0) + alpha (e^(t_l/tau1) - 1), or alpha/(1.01 T - t_l) last. */
static enum outcome time_cross_entropy(struct pass *e, arb_t value, arb_srcptr t, size_t count)
{
    const struct case_loss *loss = &e->c->loss;
    bool pole = false;
    size_t const label = e->c->sample[e->sample].label;
    arb_ptr by = e->drive->by_spike;
    arb_ptr x = _arb_vec_init((slong)count);
    arb_t tau, alpha, term;
    arb_init(tau);
    arb_init(alpha);
    arb_init(term);
    arb_set_d(tau, loss->tau0);
    arb_set_d(alpha, loss->alpha);
    for (size_t k = 0; k < count; k++) {
        arb_div(x + k, t + k, tau, e->prec);
        arb_neg(x + k, x + k);
    }
    cross_entropy(value, by, x, count, label, e->prec);
    /* dL/dt_k = ([k = label] - p_k)/tau0 */
    arb_sub_ui(by + label, by + label, 1, e->prec);
    for (size_t k = 0; k < count; k++) {
        arb_neg(by + k, by + k);
        arb_div(by + k, by + k, tau, e->prec);
    }
    if (loss->penalty == CASE_PENALTY_EXPONENTIAL) {
        arb_set_d(tau, loss->tau1);
        arb_div(term, t + label, tau, e->prec);
        arb_expm1(term, term, e->prec);
        arb_addmul(value, alpha, term, e->prec);
        arb_add_ui(term, term, 1, e->prec);
        arb_mul(term, term, alpha, e->prec);
        arb_div(term, term, tau, e->prec);
    } else {
        arb_set_d(term, e->c->end);
        arb_mul_ui(term, term, 101, e->prec);
        arb_div_ui(term, term, 100, e->prec);
        arb_sub(term, term, t + label, e->prec);
        pole = arb_contains_zero(term) && !arb_is_zero(alpha);
        arb_div(alpha, alpha, term, e->prec);
        arb_add(value, value, alpha, e->prec);
        arb_div(term, alpha, term, e->prec); /* alpha/(1.01 T - t_l)^2 */
    }
    arb_add(by + label, by + label, term, e->prec);
    arb_clear(tau);
    arb_clear(alpha);
    arb_clear(term);
    _arb_vec_clear(x, (slong)count);
    if (!pole)
        return PROVEN;
    return imprecise(e, "the label counts as spiking at 1.01 T, where the penalty has its pole");
}

/* value += residual^2 / 2 */
static void add_half_square(arb_t value, const arb_t residual, long prec)
{
    arb_t square;
    arb_init(square);
    arb_sqr(square, residual, prec);
    arb_mul_2exp_si(square, square, -1);
    arb_add(value, value, square, prec);
    arb_clear(square);
}

static void time_squared_error(struct pass *e, arb_t value, arb_srcptr t, size_t count)
{
    const double *times = e->c->sample[e->sample].times;
    for (size_t k = 0; k < count; k++) {
        arb_ptr residual = e->drive->by_spike + k;
        arb_set_d(residual, times[k]);
        arb_sub(residual, t + k, residual, e->prec);
        add_half_square(value, residual, e->prec);
    }
}

static void time_margin(struct pass *e, arb_t value, arb_srcptr t, size_t count)
{
    size_t const label = e->c->sample[e->sample].label;
    arb_ptr by = e->drive->by_spike;
    arb_t margin;
    arb_init(margin);
    arb_set_d(margin, e->c->loss.margin);
    arb_zero(by + label);
    for (size_t k = 0; k < count; k++) {
        if (k == label)
            continue;
        arb_sub(by + k, t + k, t + label, e->prec);
        arb_sub(by + k, by + k, margin, e->prec);
        add_half_square(value, by + k, e->prec);
        arb_sub(by + label, by + label, by + k, e->prec);
    }
    arb_clear(margin);
}

enum outcome first_spike_loss(struct pass *e, arb_t value)
{
    struct drive *d = e->drive;
    size_t const count = d->outputs;
    arb_ptr t = _arb_vec_init((slong)count);
    arb_t silent;
    arb_init(silent);
    arb_set_d(t, e->c->end);
    arb_set_d(silent, e->c->loss.silent_after);
    arb_add(silent, silent, t, e->prec);
    for (size_t k = 0; k < count; k++)
        arb_set(t + k, silent);
    for (size_t x = e->inputs; x < e->spikes; x++)
        if (e->spike[x].population == e->c->loss.population && e->spike[x].ordinal == 0)
            arb_set(t + e->spike[x].index, e->spike[x].time);
    enum outcome outcome = PROVEN;
    if (e->c->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY)
        outcome = time_cross_entropy(e, value, t, count);
    else if (e->c->loss.kind == CASE_FIRST_SPIKE_SQUARED_ERROR)
        time_squared_error(e, value, t, count);
    else
        time_margin(e, value, t, count);
    _arb_vec_scalar_mul(d->by_spike, d->by_spike, (slong)count, d->scale, e->prec);
    arb_clear(silent);
    _arb_vec_clear(t, (slong)count);
    return outcome;
}
