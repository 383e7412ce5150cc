/* SPDX-License-Identifier: MIT */
/* loss_quadrature.c: moments that have no closed form: the sigmoid weighting, and the cross entropy
 * of the voltages at every instant. An interval is mapped to u in [0, 1], s = length u, so that the
 * nodes stay exact while the length is a ball. */
#include "ref/reference/loss.h"

#include <math.h>
#include <stdlib.h>

/* sum (-x)^n/(n + 1)!: the terms fall by 1/8 or more, so the rest is below twice the first one left
 * out. */
void phi_series(acb_t phi, acb_t derivative, const acb_t x, long prec)
{
    acb_t term, minus;
    mag_t size;
    acb_init(term);
    acb_init(minus);
    mag_init(size);
    acb_neg(minus, x);
    acb_one(phi);
    acb_zero(derivative);
    acb_one(term);
    acb_mul_2exp_si(term, term, -1); /* (-x)^(n-1)/(n+1)! at n = 1 */
    ulong n = 1;
    for (acb_get_mag(size, term); mag_cmp_2exp_si(size, -prec) > 0; n++) {
        acb_submul_ui(derivative, term, n, prec);
        acb_addmul(phi, term, minus, prec);
        acb_mul(term, term, minus, prec);
        acb_div_ui(term, term, n + 2, prec);
        acb_get_mag(size, term);
    }
    mag_mul_ui(size, size, 2 * n);
    acb_add_error_mag(phi, size);
    acb_add_error_mag(derivative, size);
    acb_clear(term);
    acb_clear(minus);
    mag_clear(size);
}

/* phi and phi' = (e^-x - phi)/x anywhere. */
static void phi_find(acb_t phi, acb_t derivative, const acb_t x, long prec)
{
    mag_t size;
    mag_init(size);
    acb_get_mag(size, x);
    if (mag_cmp_2exp_si(size, -3) <= 0) {
        phi_series(phi, derivative, x, prec);
    } else {
        acb_t decay;
        acb_init(decay);
        acb_neg(decay, x);
        acb_exp(decay, decay, prec);
        acb_sub_ui(phi, decay, 1, prec);
        acb_neg(phi, phi);
        acb_div(phi, phi, x, prec);
        acb_sub(derivative, decay, phi, prec);
        acb_div(derivative, derivative, x, prec);
        acb_clear(decay);
    }
    mag_clear(size);
}

/* The functions of `enum propagator` at complex s. With K = k/a = s em phi((c - a) s),
 *     im = -a^2 (K + a dK/da),  is = -c^2 a dK/dc,  dK/dc = s^2 em phi',  dK/da = -s K - dK/dc,
 * which stays sharp on the wide boxes of the error bound when a and c are nearly equal. */
static void propagate_box(acb_ptr x, const struct constants *k, const acb_t s, long prec)
{
    acb_t phi, slope, step;
    arb_t gap;
    acb_init(phi);
    acb_init(slope);
    acb_init(step);
    arb_init(gap);
    arb_sub(gap, k->c, k->a, prec);
    if (k->equal)
        arb_zero(gap);
    acb_mul_arb(step, s, gap, prec);
    phi_find(phi, slope, step, prec);
    acb_one(x + P_ONE);
    acb_mul_arb(x + P_EM, s, k->a, prec);
    acb_neg(x + P_EM, x + P_EM);
    acb_exp(x + P_EM, x + P_EM, prec);
    acb_mul(step, s, x + P_EM, prec);
    acb_mul_arb(x + P_VM, step, k->aa, prec);
    acb_mul(phi, phi, step, prec); /* K */
    acb_mul_arb(x + P_K, phi, k->a, prec);
    acb_mul(step, step, s, prec);
    acb_mul(slope, slope, step, prec); /* dK/dc */
    acb_mul_arb(x + P_IS, slope, k->cc, prec);
    acb_mul_arb(x + P_IS, x + P_IS, k->a, prec);
    acb_neg(x + P_IS, x + P_IS);
    acb_mul(step, s, phi, prec);
    acb_add(step, step, slope, prec); /* -dK/da */
    acb_mul_arb(step, step, k->a, prec);
    acb_sub(x + P_IM, step, phi, prec);
    acb_mul_arb(x + P_IM, x + P_IM, k->aa, prec);
    acb_clear(phi);
    acb_clear(slope);
    acb_clear(step);
    arb_clear(gap);
}

/* The same at a real s, such as a node, as between events. */
static void propagate_real(acb_ptr x, const struct constants *k, const arb_t s, long prec)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    propagate(values, k, s, COMPLETE, prec);
    for (int y = 0; y < P_DRIVEN; y++)
        acb_set_arb(x + y, values + y);
    _arb_vec_clear(values, P_ALL);
}

static void propagate_complex(acb_ptr x, const struct constants *k, const acb_t s, long prec)
{
    if (acb_is_real(s))
        propagate_real(x, k, acb_realref(s), prec);
    else
        propagate_box(x, k, s, prec);
}

struct sigmoid_context {
    const struct constants *k;
    arb_srcptr start, length;
    arb_t end;
};

/* w(start + length u) X, w = 1/(1 + e^((t/T - 0.5)/0.2)) */
static void sigmoid_integrand(acb_ptr f, const acb_t u, void *context, long prec)
{
    const struct sigmoid_context *c = context;
    acb_t s, weight;
    acb_init(s);
    acb_init(weight);
    acb_mul_arb(s, u, c->length, prec);
    acb_add_arb(weight, s, c->start, prec);
    acb_div_arb(weight, weight, c->end, prec);
    acb_mul_2exp_si(weight, weight, 1);
    acb_sub_ui(weight, weight, 1, prec);
    acb_mul_ui(weight, weight, 5, prec);
    acb_mul_2exp_si(weight, weight, -1); /* (t/T - 1/2) 5 */
    acb_exp(weight, weight, prec);
    acb_add_ui(weight, weight, 1, prec);
    acb_inv(weight, weight, prec);
    propagate_complex(f, c->k, s, prec);
    for (int x = 0; x < P_DRIVEN; x++)
        acb_mul(f + x, f + x, weight, prec);
    acb_clear(s);
    acb_clear(weight);
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
    arb_ptr length = e->scratch + 20, factor = e->scratch + 21;
    struct sigmoid_context context = {.k = n->k, .start = e->event[from].mark, .length = length};
    arb_init(context.end);
    arb_set_d(context.end, e->c->end);
    arb_sub(length, e->event[to].mark, e->event[from].mark, ARF_PREC_EXACT);
    _arb_vec_zero(e->drive->weighted, P_DRIVEN);
    enum outcome outcome = PROVEN;
    if (!arb_is_zero(length))
        outcome = integrate(e, e->drive->weighted, P_DRIVEN, sigmoid_integrand, &context);
    arb_div(factor, length, context.end, e->prec);
    _arb_vec_scalar_mul(e->drive->weighted, e->drive->weighted, P_DRIVEN, factor, e->prec);
    arb_clear(context.end);
    return outcome == PROVEN ? keep_moments(e, n->k, from, to) : outcome;
}

struct instant_context {
    struct pass *e;
    size_t entry, label;
    arb_srcptr length;
    acb_ptr voltage, factor; /* [outputs] */
};

static void output_voltage(acb_t voltage, acb_srcptr x, const struct neuron *n, size_t entry,
                           long prec)
{
    arb_t centred;
    arb_init(centred);
    arb_sub(centred, n->tape[entry].v, n->bias, prec);
    acb_mul_arb(voltage, x + P_EM, centred, prec);
    acb_addmul_arb(voltage, x + P_K, n->tape[entry].i, prec);
    acb_add_arb(voltage, voltage, n->bias, prec);
    arb_clear(centred);
}

/* f[0] = -log softmax(V)[label], f[1 + k P_DRIVEN + x] = (softmax(V)[k] - [k = label]) X of output
 * k. Analytic where the real part of sum e^V is positive. */
static void instant_integrand(acb_ptr f, const acb_t u, void *context, long prec)
{
    struct instant_context *c = context;
    const struct drive *d = c->e->drive;
    acb_t s, sum;
    acb_init(s);
    acb_init(sum);
    acb_mul_arb(s, u, c->length, prec);
    arb_t shift;
    arb_init(shift);
    for (size_t k = 0; k < d->outputs; k++) {
        const struct neuron *n = c->e->neuron + d->first + k;
        acb_ptr x = f + 1 + k * P_DRIVEN;
        if (k > 0 && n->k == n[-1].k)
            _acb_vec_set(x, x - P_DRIVEN, P_DRIVEN);
        else
            propagate_complex(x, n->k, s, prec);
        output_voltage(c->voltage + k, x, n, c->entry, prec);
        if (k == 0 || arf_cmp(arb_midref(acb_realref(c->voltage + k)), arb_midref(shift)) > 0)
            arb_get_mid_arb(shift, acb_realref(c->voltage + k));
    }
    for (size_t k = 0; k < d->outputs; k++) {
        acb_sub_arb(c->factor + k, c->voltage + k, shift, prec);
        acb_exp(c->factor + k, c->factor + k, prec);
        acb_add(sum, sum, c->factor + k, prec);
    }
    if (!arb_is_positive(acb_realref(sum)))
        acb_indeterminate(sum);
    for (size_t k = 0; k < d->outputs; k++) {
        acb_div(c->factor + k, c->factor + k, sum, prec);
        if (k == c->label)
            acb_sub_ui(c->factor + k, c->factor + k, 1, prec);
        for (int x = 0; x < P_DRIVEN; x++)
            acb_mul(f + 1 + k * P_DRIVEN + x, f + 1 + k * P_DRIVEN + x, c->factor + k, prec);
    }
    acb_log(f, sum, prec);
    acb_add_arb(f, f, shift, prec);
    acb_sub(f, f, c->voltage + c->label, prec);
    acb_clear(s);
    acb_clear(sum);
    arb_clear(shift);
}

static enum outcome instant_interval(struct pass *e, struct instant_context *c, arb_ptr moments,
                                     size_t count)
{
    struct drive *d = e->drive;
    const struct neuron *n = e->neuron + d->first;
    arb_ptr length = e->scratch + 20, factor = e->scratch + 21;
    arb_sub(length, e->event[interval_end(e, n, c->entry)].mark,
            e->event[n->tape[c->entry].event].mark, ARF_PREC_EXACT);
    if (arb_is_zero(length))
        return PROVEN;
    c->length = length;
    enum outcome const outcome = integrate(e, moments, count, instant_integrand, c);
    arb_set_d(factor, e->c->end);
    arb_div(factor, length, factor, e->prec);
    _arb_vec_scalar_mul(moments, moments, (slong)count, factor, e->prec);
    /* each softmax moves by at most twice what the voltages move in all */
    mag_t doubt;
    mag_init(doubt);
    for (size_t k = 0; k < d->outputs; k++) {
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
    c.voltage = _acb_vec_init((slong)d->outputs);
    c.factor = _acb_vec_init((slong)d->outputs);
    enum outcome outcome = PROVEN;
    for (c.entry = 0; c.entry < d->intervals && outcome == PROVEN; c.entry++) {
        arb_ptr moments = d->moments + c.entry * count;
        outcome = instant_interval(e, &c, moments, count);
        arb_add(value, value, moments, e->prec);
        _arb_vec_scalar_mul(moments + 1, moments + 1, (slong)count - 1, d->scale, e->prec);
    }
    _acb_vec_clear(c.voltage, (slong)d->outputs);
    _acb_vec_clear(c.factor, (slong)d->outputs);
    return outcome;
}
