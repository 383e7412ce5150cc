/* SPDX-License-Identifier: MIT */
/* loss_quadrature.c: the sigmoid weighting, whose moments have no closed form, and how large the
 * functions of `enum propagator` are off the real line. */
#include "ref/reference/loss.h"

#include <stdlib.h>

void propagators_bound_init(struct propagators_bound *p)
{
    mag_init(p->em);
    mag_init(p->k);
    mag_init(p->all);
}

void propagators_bound_clear(struct propagators_bound *p)
{
    mag_clear(p->em);
    mag_clear(p->k);
    mag_clear(p->all);
}

/* e^(-rate Re s) at most */
static void decay_bound(mag_t bound, const arb_t rate, const struct ellipse *x)
{
    arb_t power;
    arb_init(power);
    arb_sub(power, x->behind, x->low, BOUND_BITS);
    arb_mul(power, power, rate, BOUND_BITS);
    arb_exp(power, power, BOUND_BITS);
    arb_get_mag(bound, power);
    arb_clear(power);
}

/* |em| = e^(-a Re s), |es| = e^(-c Re s); E is the larger. Of
 *     k = a s int_0^1 e^(-(a (1 - y) + c y) s) dy:
 *     |k| <= a |s| E, |gain| (|em| + |es|);   |dk/da| <= |s| (1 + a |s|) E;   |dk/dc| <= a |s|^2 E
 * because each exponential under the integral lies between em and es in size. */
void propagators_bound(struct propagators_bound *p, const struct constants *k,
                       const struct ellipse *x)
{
    mag_t reach, both, es, part;
    mag_init(reach);
    mag_init(both);
    mag_init(es);
    mag_init(part);
    ellipse_reach(reach, x);
    decay_bound(p->em, k->a, x);
    decay_bound(es, k->c, x);
    mag_max(both, p->em, es);
    arb_get_mag(part, k->a);
    mag_mul(reach, reach, part); /* a |s| */
    mag_mul(p->k, reach, both);
    if (!k->equal) {
        mag_add(es, es, p->em);
        arb_get_mag(part, k->gain);
        mag_mul(part, part, es);
        mag_min(p->k, p->k, part);
    }
    mag_one(p->all);
    mag_max(p->all, p->all, p->em);
    mag_max(p->all, p->all, p->k);
    /* a^2 |s| (1 + a |s|) E of vm and im, c^2 a |s|^2 E of is */
    mag_mul(both, both, reach);
    arb_get_mag(part, k->a);
    mag_mul(es, both, part);
    mag_add_ui(part, reach, 1);
    mag_mul(es, es, part);
    mag_max(p->all, p->all, es);
    mag_mul(both, both, reach);
    arb_get_mag(part, k->cc);
    mag_mul(both, both, part);
    arb_get_mag(part, k->tau_mem);
    mag_mul(both, both, part);
    mag_max(p->all, p->all, both);
    mag_clear(reach);
    mag_clear(both);
    mag_clear(es);
    mag_clear(part);
}

struct sigmoid_context {
    const struct constants *k;
    arb_srcptr start;
    arb_t end;
};

/* w(start + s) X, w = 1/(1 + e^((t/T - 0.5)/0.2)) */
static void sigmoid_value(arb_ptr f, void *context, const arb_t s, long prec)
{
    const struct sigmoid_context *c = context;
    arb_ptr values = _arb_vec_init(P_ALL);
    arb_t weight;
    arb_init(weight);
    arb_add(weight, s, c->start, prec);
    arb_div(weight, weight, c->end, prec);
    arb_mul_2exp_si(weight, weight, 1);
    arb_sub_ui(weight, weight, 1, prec);
    arb_mul_ui(weight, weight, 5, prec);
    arb_mul_2exp_si(weight, weight, -1); /* (t/T - 1/2) 5 */
    arb_exp(weight, weight, prec);
    arb_add_ui(weight, weight, 1, prec);
    arb_inv(weight, weight, prec);
    propagate(values, c->k, s, COMPLETE, prec);
    for (int x = 0; x < P_DRIVEN; x++)
        arb_mul(f + x, values + x, weight, prec);
    arb_clear(weight);
    _arb_vec_clear(values, P_ALL);
}

/* Where the imaginary part y of the exponent is within +-3/2, below pi/2, Re e^(x + iy) > 0 and
 * |w| < 1. */
static bool sigmoid_bound(mag_t bound, void *context, const struct ellipse *x)
{
    const struct sigmoid_context *c = context;
    arb_t high;
    arb_init(high);
    arb_div(high, x->height, c->end, BOUND_BITS);
    arb_mul_ui(high, high, 10, BOUND_BITS);
    arb_sub_ui(high, high, 3, BOUND_BITS);
    bool const analytic = arb_is_negative(high);
    if (analytic) {
        struct propagators_bound p;
        propagators_bound_init(&p);
        propagators_bound(&p, c->k, x);
        mag_set(bound, p.all);
        propagators_bound_clear(&p);
    }
    arb_clear(high);
    return analytic;
}

struct kept_moments {
    size_t to;
    const struct constants *k;
    arb_ptr weighted; /* [P_DRIVEN] */
    struct kept_moments *next;
};

void kept_moments_clear(struct drive *d)
{
    for (size_t x = 0; x < d->kept_events; x++) {
        while (d->kept[x]) {
            struct kept_moments *next = d->kept[x]->next;
            _arb_vec_clear(d->kept[x]->weighted, P_DRIVEN);
            free(d->kept[x]);
            d->kept[x] = next;
        }
    }
    free(d->kept);
    d->kept = NULL;
    d->kept_events = 0;
}

static const struct kept_moments *find_kept(const struct drive *d, const struct constants *k,
                                            size_t from, size_t to)
{
    const struct kept_moments *m = from < d->kept_events ? d->kept[from] : NULL;
    while (m && (m->k != k || m->to != to))
        m = m->next;
    return m;
}

static enum outcome keep_moments(struct pass *e, const struct constants *k, size_t from, size_t to)
{
    struct drive *d = e->drive;
    if (!d->kept && (d->kept = calloc(e->events, sizeof(struct kept_moments *))))
        d->kept_events = e->events;
    struct kept_moments *m = from < d->kept_events ? malloc(sizeof *m) : NULL;
    if (!m)
        return FULL;
    *m = (struct kept_moments){to, k, _arb_vec_init(P_DRIVEN), d->kept[from]};
    _arb_vec_set(m->weighted, d->weighted, P_DRIVEN);
    d->kept[from] = m;
    return PROVEN;
}

enum outcome sigmoid_moments(struct pass *e, const struct neuron *n, size_t entry)
{
    size_t const from = n->tape[entry].event, to = interval_end(e, n, entry);
    const struct kept_moments *kept = find_kept(e->drive, n->k, from, to);
    if (kept) {
        _arb_vec_set(e->drive->weighted, kept->weighted, P_DRIVEN);
        return PROVEN;
    }
    arb_ptr length = e->scratch + 20;
    struct sigmoid_context context = {.k = n->k, .start = e->event[from].mark};
    struct integrand const f = {P_DRIVEN, &context, sigmoid_value, sigmoid_bound};
    arb_init(context.end);
    arb_set_d(context.end, e->c->end);
    arb_sub(length, e->event[to].mark, e->event[from].mark, ARF_PREC_EXACT);
    _arb_vec_zero(e->drive->weighted, P_DRIVEN);
    enum outcome outcome = PROVEN;
    if (!arb_is_zero(length))
        outcome = integrate(e, e->drive->weighted, &f, length, e->prec);
    _arb_vec_scalar_div(e->drive->weighted, e->drive->weighted, P_DRIVEN, context.end, e->prec);
    arb_clear(context.end);
    return outcome == PROVEN ? keep_moments(e, n->k, from, to) : outcome;
}
