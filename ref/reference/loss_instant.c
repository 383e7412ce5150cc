/* SPDX-License-Identifier: MIT */
/* loss_instant.c: the cross entropy of the voltages at every instant (MATH.md, E15). */
#include "ref/reference/loss.h"

#include <math.h>

struct instant_context {
    struct pass *e;
    size_t entry, label;
    arb_ptr centred;          /* [outputs]: V - b at the start of the interval */
    arb_ptr voltage, softmax; /* [outputs] at a node */
    arb_ptr values;           /* [P_ALL] */
};

static const struct neuron *output(const struct instant_context *c, size_t k)
{
    return c->e->neuron + c->e->drive->first + k;
}

/* V of output k, with the propagators that stand in values. */
static void voltage_set(arb_t v, const struct instant_context *c, size_t k, long prec)
{
    const struct neuron *n = output(c, k);
    arb_mul(v, c->centred + k, c->values + P_EM, prec);
    arb_addmul(v, n->tape[c->entry].i, c->values + P_K, prec);
    arb_add(v, v, n->bias, prec);
}

/* f[0] = -log softmax(V)[label], f[1 + k P_DRIVEN + x] = (softmax(V)[k] - [k = label]) X of output
 * k. */
static void instant_value(arb_ptr f, void *context, const arb_t s, long prec)
{
    const struct instant_context *c = context;
    size_t const outputs = c->e->drive->outputs;
    for (size_t k = 0; k < outputs; k++) {
        const struct neuron *n = output(c, k);
        if (k == 0 || n->k != n[-1].k)
            propagate(c->values, n->k, s, COMPLETE, prec);
        voltage_set(c->voltage + k, c, k, prec);
        _arb_vec_set(f + 1 + k * P_DRIVEN, c->values, P_DRIVEN);
    }
    arb_zero(f);
    cross_entropy(f, c->softmax, c->voltage, outputs, c->label, prec);
    arb_sub_ui(c->softmax + c->label, c->softmax + c->label, 1, prec);
    for (size_t k = 0; k < outputs; k++) {
        arb_ptr moments = f + 1 + k * P_DRIVEN;
        arb_set(moments + P_ONE, c->softmax + k);
        for (int x = P_ONE + 1; x < P_DRIVEN; x++)
            arb_mul(moments + x, moments + x, c->softmax + k, prec);
    }
}

/* From a panel's start, with V' = V'(0) em - c I(0) k: no V of output k moves faster than this. */
static void speed_bound(mag_t speed, const struct instant_context *c, size_t k,
                        const struct propagators_bound *p, const arb_t v)
{
    const struct neuron *n = output(c, k);
    arb_t rise, i;
    mag_t part;
    arb_init(rise);
    arb_init(i);
    mag_init(part);
    arb_mul(i, n->tape[c->entry].i, c->values + P_ES, BOUND_BITS);
    arb_sub(rise, i, v, BOUND_BITS);
    arb_add(rise, rise, n->bias, BOUND_BITS);
    arb_mul(rise, rise, n->k->a, BOUND_BITS);
    arb_mul(i, i, n->k->c, BOUND_BITS);
    arb_get_mag(speed, rise);
    arb_get_mag(part, i);
    mag_mul(speed, speed, p->em);
    mag_mul(part, part, p->k);
    mag_add(speed, speed, part);
    arb_clear(rise);
    arb_clear(i);
    mag_clear(part);
}

/* Of all outputs: the fastest speed, and the largest propagator. Voltages at the start of the panel
 * are left in c->voltage. */
static void panel_bounds(mag_t speed, mag_t all, const struct instant_context *c,
                         const struct ellipse *x)
{
    struct propagators_bound here, moved;
    struct ellipse shifted;
    mag_t one;
    mag_init(one);
    ellipse_init(&shifted);
    arb_set(shifted.length, x->length);
    arb_set(shifted.behind, x->behind);
    arb_set(shifted.height, x->height);
    propagators_bound_init(&here);
    propagators_bound_init(&moved);
    mag_zero(all);
    mag_zero(speed);
    for (size_t k = 0; k < c->e->drive->outputs; k++) {
        const struct neuron *n = output(c, k);
        if (k == 0 || n->k != n[-1].k) {
            propagate(c->values, n->k, x->low, BRIEF, BOUND_BITS);
            propagators_bound(&moved, n->k, &shifted);
            mag_max(all, all, moved.all);
            if (!arb_is_zero(x->low)) {
                propagators_bound(&here, n->k, x);
                mag_max(all, all, here.all);
            }
        }
        voltage_set(c->voltage + k, c, k, BOUND_BITS);
        speed_bound(one, c, k, &moved, c->voltage + k);
        mag_max(speed, speed, one);
    }
    ellipse_clear(&shifted);
    propagators_bound_clear(&here);
    propagators_bound_clear(&moved);
    mag_clear(one);
}

/* Off the real line by y, Im V is at most y times the speed. Where it is within 3/2 < pi/2 of all
 * outputs, the e^V lie in the sector |arg| <= 3/2 of the plane, so that with S their sum and R the
 * largest Re V
 *     |S| >= cos(3/2) sum e^(Re V), |softmax| <= 1/cos(3/2) < 15,   |arg S| <= 3/2,
 *     R + log cos(3/2) <= log |S| <= R + log outputs,
 * and S is not 0: all is analytic. Re V lies within the way to the point, times the speed, of V at
 * the start of the panel. */
static bool instant_bound(mag_t bound, void *context, const struct ellipse *x)
{
    const struct instant_context *c = context;
    arb_t gap;
    mag_t speed, all, high, edge;
    arb_init(gap);
    mag_init(edge);
    mag_init(speed);
    mag_init(all);
    mag_init(high);
    panel_bounds(speed, all, c, x);
    arb_get_mag(high, x->height);
    mag_mul(high, high, speed);
    mag_set_ui_2exp_si(edge, 3, -1);
    bool const analytic = mag_cmp(high, edge) < 0;
    mag_mul_ui(all, all, 16);
    /* |log S - V_label| <= max V - V_label + 2 way speed + log outputs + 3 + 3 */
    ellipse_reach(high, x);
    mag_mul(speed, speed, high);
    mag_mul_2exp_si(speed, speed, 1);
    mag_add_ui(speed, speed, 6 + FLINT_BIT_COUNT(c->e->drive->outputs));
    mag_zero(bound);
    for (size_t k = 0; k < c->e->drive->outputs; k++) {
        arb_sub(gap, c->voltage + k, c->voltage + c->label, BOUND_BITS);
        arb_get_mag(high, gap);
        mag_max(bound, bound, high);
    }
    mag_add(bound, bound, speed);
    mag_max(bound, bound, all);
    arb_clear(gap);
    mag_clear(speed);
    mag_clear(all);
    mag_clear(high);
    mag_clear(edge);
    return analytic;
}

/* Bits beyond which the integrals of an interval are lost in the radii of its states. */
static long useful_bits(const struct pass *e, size_t entry)
{
    mag_t radius;
    mag_init(radius);
    for (size_t k = 0; k < e->drive->outputs; k++) {
        const struct entry *now = e->neuron[e->drive->first + k].tape + entry;
        mag_max(radius, radius, arb_radref(now->v));
        mag_max(radius, radius, arb_radref(now->i));
    }
    long const bits = mag_is_special(radius) ? e->prec : 32 - (long)mag_get_d_log2_approx(radius);
    mag_clear(radius);
    return bits < 64 ? 64 : bits > e->prec ? e->prec : bits;
}

static enum outcome instant_interval(struct instant_context *c, arb_ptr moments, size_t count)
{
    struct pass *e = c->e;
    const struct neuron *n = output(c, 0);
    arb_ptr length = e->scratch + 20, end = e->scratch + 21;
    arb_sub(length, e->event[interval_end(e, n, c->entry)].mark,
            e->event[n->tape[c->entry].event].mark, ARF_PREC_EXACT);
    if (arb_is_zero(length))
        return PROVEN;
    for (size_t k = 0; k < e->drive->outputs; k++)
        arb_sub(c->centred + k, n[k].tape[c->entry].v, n[k].bias, e->prec);
    struct integrand const f = {count, c, instant_value, instant_bound};
    enum outcome const outcome = integrate(e, moments, &f, length, useful_bits(e, c->entry));
    arb_set_d(end, e->c->end);
    _arb_vec_scalar_div(moments, moments, (slong)count, end, e->prec);
    /* each softmax moves by at most twice what the voltages move in all */
    mag_t doubt;
    mag_init(doubt);
    for (size_t k = 0; k < e->drive->outputs; k++) {
        interval_doubt(doubt, e, n + k, c->entry);
        spread(moments, count, doubt, 2 * fmax(1, 1 / e->c->end));
    }
    mag_clear(doubt);
    return outcome;
}

enum outcome instantaneous_loss(struct pass *e, arb_t value)
{
    struct drive *d = e->drive;
    size_t const count = 1 + d->outputs * P_DRIVEN;
    d->intervals = e->neuron[d->first].entries;
    d->moments = _arb_vec_init((slong)(d->intervals * count));
    struct instant_context c = {.e = e, .label = e->c->sample[e->sample].label};
    c.centred = _arb_vec_init((slong)d->outputs);
    c.voltage = _arb_vec_init((slong)d->outputs);
    c.softmax = _arb_vec_init((slong)d->outputs);
    c.values = _arb_vec_init(P_ALL);
    enum outcome outcome = PROVEN;
    for (c.entry = 0; c.entry < d->intervals && outcome == PROVEN; c.entry++) {
        arb_ptr moments = d->moments + c.entry * count;
        outcome = instant_interval(&c, moments, count);
        arb_add(value, value, moments, e->prec);
        _arb_vec_scalar_mul(moments + 1, moments + 1, (slong)count - 1, d->scale, e->prec);
    }
    _arb_vec_clear(c.centred, (slong)d->outputs);
    _arb_vec_clear(c.voltage, (slong)d->outputs);
    _arb_vec_clear(c.softmax, (slong)d->outputs);
    _arb_vec_clear(c.values, P_ALL);
    return outcome;
}
