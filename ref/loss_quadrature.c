/* loss_quadrature.c: moments that have no closed form: the sigmoid weighting, and the cross entropy
 * of the voltages at every instant. An interval is mapped to u in [0, 1], s = length u, so that the
 * nodes stay exact while the length is a ball. */
#include "ref/loss.h"

#include <math.h>

/* The functions of `enum propagator` at complex s, as in flow.c. */
static void propagate_complex(acb_ptr x, const struct constants *k, const acb_t s, long prec)
{
    acb_t em, es, product;
    acb_init(em);
    acb_init(es);
    acb_init(product);
    acb_mul_arb(em, s, k->a, prec);
    acb_neg(em, em);
    acb_exp(em, em, prec);
    acb_one(x + P_ONE);
    acb_set(x + P_EM, em);
    acb_mul(product, s, em, prec);
    acb_mul_arb(x + P_VM, product, k->aa, prec);
    if (k->equal) {
        acb_mul_arb(x + P_K, product, k->a, prec);
        acb_mul(product, product, s, prec);
        acb_mul_arb(product, product, k->a, prec);
        acb_mul_2exp_si(product, product, -1);
        acb_mul_arb(x + P_IS, product, k->cc, prec);
        acb_sub(x + P_IM, x + P_IS, x + P_VM, prec);
    } else {
        acb_mul_arb(es, s, k->c, prec);
        acb_neg(es, es);
        acb_exp(es, es, prec);
        acb_sub(em, em, es, prec);
        acb_mul_arb(x + P_K, em, k->gain, prec);
        acb_mul_arb(x + P_IM, product, k->gain, prec);
        acb_mul_arb(product, em, k->gain_a, prec);
        acb_sub(x + P_IM, x + P_IM, product, prec);
        acb_mul_arb(x + P_IM, x + P_IM, k->aa, prec);
        acb_mul(product, s, es, prec);
        acb_mul_arb(product, product, k->gain, prec);
        acb_mul_arb(x + P_IS, em, k->gain_c, prec);
        acb_sub(x + P_IS, x + P_IS, product, prec);
        acb_mul_arb(x + P_IS, x + P_IS, k->cc, prec);
    }
    acb_clear(em);
    acb_clear(es);
    acb_clear(product);
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

enum outcome sigmoid_moments(struct engine *e, const struct neuron *n, size_t entry)
{
    size_t const from = n->tape[entry].event, to = interval_end(e, n, entry);
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
    return outcome;
}

struct instant_context {
    struct engine *e;
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

static enum outcome instant_interval(struct engine *e, struct instant_context *c, arb_ptr moments,
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

enum outcome instantaneous_loss(struct engine *e, arb_t value)
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
