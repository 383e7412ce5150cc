/* SPDX-License-Identifier: MIT */
/* adjoint_time.c: p and q between the mark of an event, where they are kept, and its true time. */
#include "ref/reference/adjoint.h"

#include <math.h>

static void add_error(arb_t x, const mag_t error)
{
    mag_add(arb_radref(x), arb_radref(x), error);
}

void size_add(struct sweep *s, const arb_t x)
{
    mag_t size;
    mag_init(size);
    arb_get_mag(size, x);
    mag_add(s->size, s->size, size);
    mag_clear(size);
}

/* Upper bound of |drive| of an output near an entry. */
static void drive_size(struct sweep *s, const struct neuron *n)
{
    struct pass *e = s->e;
    if (n->model != CASE_LI || n->population != e->c->loss.population)
        return;
    arb_ptr bound = e->scratch + 11;
    if (e->c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR) {
        const struct case_steps *steps = e->c->sample[e->sample].voltages + n->index;
        for (size_t k = 0; k < steps->count; k++) {
            arb_set_d(bound, steps->value[k]);
            size_add(s, bound);
        }
        size_add(s, n->tape[n->cursor].v);
        mag_add(s->size, s->size, n->epsilon);
    } else if (e->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        arb_one(bound); /* |softmax - onehot| w <= 1 */
        size_add(s, bound);
    }
    arb_set_d(bound, fmin(e->c->end, 1)); /* and 1/T */
    arb_inv(bound, bound, MAG_BITS);
    mag_t factor;
    mag_init(factor);
    arb_get_mag(factor, bound);
    mag_mul(s->size, s->size, factor);
    mag_clear(factor);
}

void blur(struct sweep *s, struct neuron *n, size_t event, const mag_t on)
{
    struct pass *e = s->e;
    const struct offsets *o = s->population + n->population;
    arb_ptr rates = e->scratch + 11;
    mag_t error;
    mag_init(error);
    arb_add(rates, n->k->a, n->k->c, MAG_BITS);
    arb_add_ui(rates, rates, 1, MAG_BITS);
    arb_get_mag(error, rates);
    mag_mul(error, error, error);
    mag_mul(error, error, s->size);
    mag_mul(error, error, on);
    mag_mul(error, error, arb_radref(e->event[event].time));
    mag_mul_2exp_si(error, error, 4);
    add_error(e->gradient + o->tau_mem + n->index, error);
    add_error(e->gradient + o->tau_syn + n->index, error);
    add_error(e->gradient + o->bias + n->index, error);
    mag_clear(error);
}

void to_time(struct sweep *s, const struct neuron *n, size_t event, arb_t p, arb_t q)
{
    struct pass *e = s->e;
    if (arb_is_exact(e->event[event].time)) {
        arb_set(p, n->p);
        arb_set(q, n->q);
        return;
    }
    const struct flow_memo *shift = flow_shift(e, n, event, BRIEF);
    arb_mul(q, n->q, shift->values + P_ES, e->prec);
    arb_addmul(q, n->p, shift->values + P_K, e->prec);
    arb_mul(p, n->p, shift->values + P_EM, e->prec);
    mag_zero(s->size);
    drive_size(s, n);
    mag_t error;
    mag_init(error);
    mag_mul(error, s->size, arb_radref(e->event[event].time));
    mag_mul_2exp_si(error, error, 1);
    add_error(p, error);
    add_error(q, error);
    mag_clear(error);
}

void to_mark(struct pass *e, struct neuron *n, size_t event, const arb_t p, const arb_t q)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    arb_t span;
    arb_init(span);
    arb_sub(span, e->event[event].time, e->event[event].mark, e->prec);
    propagate(values, n->k, span, BRIEF, e->prec);
    arb_mul(n->q, q, values + P_ES, e->prec);
    arb_addmul(n->q, p, values + P_K, e->prec);
    arb_mul(n->p, p, values + P_EM, e->prec);
    arb_clear(span);
    _arb_vec_clear(values, P_ALL);
}

void jump_blur(struct pass *e, const struct neuron *n, size_t x, size_t y, arb_t q)
{
    mag_t error, rate;
    mag_init(error);
    mag_init(rate);
    mag_add(error, arb_radref(e->event[x].time), arb_radref(e->event[y].time));
    mag_mul(error, error, n->jump);
    arb_get_mag(rate, n->k->a);
    mag_mul(error, error, rate);
    mag_mul_2exp_si(error, error, 2);
    add_error(q, error);
    mag_clear(error);
    mag_clear(rate);
}
