/* SPDX-License-Identifier: MIT */
/* loss_integral.c: moments of drives that are sums of terms  coefficient s^power e^(-rate s), where
 * s is the time since the start of an interval. V, the propagators and the weightings uniform,
 * exponential and linear are such sums, so their products integrate in closed form (MATH.md, E23):
 *     J_n(beta) = int_0^D s^n e^(-beta s) ds,  J_0 = (1 - e^(-beta D))/beta,
 *     J_n = (n J_(n-1) - D^n e^(-beta D))/beta,  and D^(n+1)/(n+1) for beta = 0. */
#include "ref/reference/loss.h"

#include <math.h>

enum rate { RATE_ZERO, RATE_A, RATE_C, RATE_WEIGHT, RATES };
#define POWERS 6 /* highest: (s e^-as of V at equal constants) times s^2, plus one */

struct term {
    arb_t coefficient;
    int power;
    enum rate rate;
};

#define TERMS 3

struct sum {
    int terms;
    struct term term[TERMS];
};

struct integrals {
    long prec;
    arb_srcptr length;
    arb_t rate[RATES], decay[RATES];
    bool known[RATES][RATES];
    arb_t value[RATES][RATES][POWERS];
};

static void integrals_init(struct integrals *j, const struct pass *e, const struct constants *k,
                           const arb_t length)
{
    j->prec = e->prec;
    j->length = length;
    for (int x = 0; x < RATES; x++) {
        arb_init(j->rate[x]);
        arb_init(j->decay[x]);
        for (int y = 0; y < RATES; y++) {
            j->known[x][y] = false;
            for (int n = 0; n < POWERS; n++)
                arb_init(j->value[x][y][n]);
        }
    }
    arb_set(j->rate[RATE_A], k->a);
    arb_set(j->rate[RATE_C], k->c);
    arb_set_d(j->rate[RATE_WEIGHT], e->c->end);
    arb_inv(j->rate[RATE_WEIGHT], j->rate[RATE_WEIGHT], e->prec);
    for (int x = 0; x < RATES; x++) {
        arb_mul(j->decay[x], j->rate[x], length, e->prec);
        arb_neg(j->decay[x], j->decay[x]);
        arb_exp(j->decay[x], j->decay[x], e->prec);
    }
}

static void integrals_clear(struct integrals *j)
{
    for (int x = 0; x < RATES; x++) {
        arb_clear(j->rate[x]);
        arb_clear(j->decay[x]);
        for (int y = 0; y < RATES; y++)
            for (int n = 0; n < POWERS; n++)
                arb_clear(j->value[x][y][n]);
    }
}

static arb_srcptr integral_of(struct integrals *j, enum rate x, enum rate y, int power)
{
    arb_t *value = j->value[x][y];
    if (j->known[x][y])
        return value[power];
    j->known[x][y] = true;
    if (x == RATE_ZERO && y == RATE_ZERO) {
        arb_set(value[0], j->length);
        for (int n = 1; n < POWERS; n++) {
            arb_mul(value[n], value[n - 1], j->length, j->prec);
            arb_mul_ui(value[n], value[n], (ulong)n, j->prec);
            arb_div_ui(value[n], value[n], (ulong)n + 1, j->prec);
        }
        return value[power];
    }
    arb_t beta, edge;
    arb_init(beta);
    arb_init(edge);
    arb_add(beta, j->rate[x], j->rate[y], j->prec);
    arb_mul(edge, j->decay[x], j->decay[y], j->prec);
    arb_sub_ui(value[0], edge, 1, j->prec);
    arb_neg(value[0], value[0]);
    arb_div(value[0], value[0], beta, j->prec);
    for (int n = 1; n < POWERS; n++) {
        arb_mul(edge, edge, j->length, j->prec);
        arb_mul_ui(value[n], value[n - 1], (ulong)n, j->prec);
        arb_sub(value[n], value[n], edge, j->prec);
        arb_div(value[n], value[n], beta, j->prec);
    }
    arb_clear(beta);
    arb_clear(edge);
    return value[power];
}

static void product_integral(arb_t value, struct integrals *j, const struct sum *f,
                             const struct sum *g)
{
    arb_t product;
    arb_init(product);
    arb_zero(value);
    for (int x = 0; x < f->terms; x++) {
        for (int y = 0; y < g->terms; y++) {
            arb_mul(product, f->term[x].coefficient, g->term[y].coefficient, j->prec);
            arb_addmul(value, product,
                       integral_of(j, f->term[x].rate, g->term[y].rate,
                                   f->term[x].power + g->term[y].power),
                       j->prec);
        }
    }
    arb_clear(product);
}

static void sum_init(struct sum *f)
{
    f->terms = 0;
    for (int x = 0; x < TERMS; x++)
        arb_init(f->term[x].coefficient);
}

static void sum_clear(struct sum *f)
{
    for (int x = 0; x < TERMS; x++)
        arb_clear(f->term[x].coefficient);
}

static arb_ptr sum_add(struct sum *f, int power, enum rate rate)
{
    struct term *t = f->term + f->terms++;
    t->power = power;
    t->rate = rate;
    return t->coefficient;
}

/* The propagators of `enum propagator`, as in flow.c. */
static void propagator_sum(struct sum *f, enum propagator which, const struct constants *k,
                           long prec)
{
    f->terms = 0;
    switch (which) {
    case P_ONE:
        arb_one(sum_add(f, 0, RATE_ZERO));
        return;
    case P_EM:
        arb_one(sum_add(f, 0, RATE_A));
        return;
    case P_K:
        if (k->equal) {
            arb_set(sum_add(f, 1, RATE_A), k->a);
            return;
        }
        arb_set(sum_add(f, 0, RATE_A), k->gain);
        arb_neg(sum_add(f, 0, RATE_C), k->gain);
        return;
    case P_VM:
        arb_set(sum_add(f, 1, RATE_A), k->aa);
        return;
    case P_IM:
        if (k->equal) {
            arb_neg(sum_add(f, 1, RATE_A), k->aa);
            arb_mul(sum_add(f, 2, RATE_A), k->aa, k->a, prec);
            arb_mul_2exp_si(f->term[1].coefficient, f->term[1].coefficient, -1);
            return;
        }
        arb_mul(sum_add(f, 1, RATE_A), k->aa, k->gain, prec);
        arb_mul(sum_add(f, 0, RATE_C), k->aa, k->gain_a, prec);
        arb_neg(sum_add(f, 0, RATE_A), f->term[1].coefficient);
        return;
    default: /* P_IS */
        if (k->equal) {
            arb_mul(sum_add(f, 2, RATE_A), k->cc, k->a, prec);
            arb_mul_2exp_si(f->term[0].coefficient, f->term[0].coefficient, -1);
            return;
        }
        arb_mul(sum_add(f, 0, RATE_A), k->cc, k->gain_c, prec);
        arb_neg(sum_add(f, 0, RATE_C), f->term[0].coefficient);
        arb_mul(sum_add(f, 1, RATE_C), k->cc, k->gain, prec);
        arb_neg(f->term[2].coefficient, f->term[2].coefficient);
        return;
    }
}

static void all_moments(arb_ptr moments, struct integrals *j, const struct sum *drive,
                        const struct constants *k)
{
    struct sum x;
    sum_init(&x);
    for (int which = 0; which < P_DRIVEN; which++) {
        propagator_sum(&x, (enum propagator)which, k, j->prec);
        product_integral(moments + which, j, drive, &x);
    }
    sum_clear(&x);
}

/* (1/T) w(t0 + s) */
static void weighting_sum(struct sum *f, const struct pass *e, const arb_t t0)
{
    arb_t end, part;
    arb_init(end);
    arb_init(part);
    arb_set_d(end, e->c->end);
    arb_div(part, t0, end, e->prec); /* t0/T */
    if (e->c->loss.weighting == CASE_EXPONENTIAL) {
        arb_ptr amount = sum_add(f, 0, RATE_WEIGHT);
        arb_neg(part, part);
        arb_exp(amount, part, e->prec);
        arb_div(amount, amount, end, e->prec);
    } else {
        arb_ptr amount = sum_add(f, 0, RATE_ZERO);
        arb_one(amount);
        if (e->c->loss.weighting == CASE_LINEAR) {
            arb_sub(amount, amount, part, e->prec);
            arb_ptr slope = sum_add(f, 1, RATE_ZERO);
            arb_sqr(part, end, e->prec);
            arb_inv(slope, part, e->prec);
            arb_neg(slope, slope);
        }
        arb_div(amount, amount, end, e->prec);
    }
    arb_clear(end);
    arb_clear(part);
}

enum outcome weighting_moments(struct pass *e, const struct neuron *n, size_t entry)
{
    struct drive *d = e->drive;
    size_t const from = n->tape[entry].event, to = interval_end(e, n, entry);
    if (d->k == n->k && d->from == from && d->to == to)
        return PROVEN;
    d->k = n->k;
    d->from = from;
    d->to = to;
    if (e->c->loss.weighting == CASE_SIGMOID)
        return sigmoid_moments(e, n, entry);
    arb_t length;
    struct integrals j;
    struct sum weighting;
    arb_init(length);
    arb_sub(length, e->event[to].mark, e->event[from].mark, ARF_PREC_EXACT);
    integrals_init(&j, e, n->k, length);
    sum_init(&weighting);
    weighting_sum(&weighting, e, e->event[from].mark);
    all_moments(d->weighted, &j, &weighting, n->k);
    sum_clear(&weighting);
    integrals_clear(&j);
    arb_clear(length);
    return PROVEN;
}

/* V(s) - target after an entry. */
static void voltage_sum(struct sum *f, const struct neuron *n, size_t entry, double target,
                        long prec)
{
    const struct constants *k = n->k;
    const struct entry *now = n->tape + entry;
    arb_ptr constant = sum_add(f, 0, RATE_ZERO), slow = sum_add(f, 0, RATE_A), fast;
    arb_set_d(constant, target);
    arb_sub(constant, n->bias, constant, prec);
    arb_sub(slow, now->v, n->bias, prec);
    if (k->equal) {
        fast = sum_add(f, 1, RATE_A);
        arb_mul(fast, k->a, now->i, prec);
        return;
    }
    fast = sum_add(f, 0, RATE_C);
    arb_mul(fast, k->gain, now->i, prec);
    arb_add(slow, slow, fast, prec);
    arb_neg(fast, fast);
}

void squared_moments(struct pass *e, const struct neuron *n, size_t entry, double target,
                     arb_ptr moments, arb_ptr value)
{
    size_t const from = n->tape[entry].event, to = interval_end(e, n, entry);
    arb_t length, half;
    struct integrals j;
    struct sum residual;
    arb_init(length);
    arb_init(half);
    arb_sub(length, e->event[to].mark, e->event[from].mark, ARF_PREC_EXACT);
    integrals_init(&j, e, n->k, length);
    sum_init(&residual);
    voltage_sum(&residual, n, entry, target, e->prec);
    all_moments(moments, &j, &residual, n->k);
    arb_set_d(length, e->c->end);
    for (int which = 0; which < P_DRIVEN; which++)
        arb_div(moments + which, moments + which, length, e->prec);
    if (value) {
        product_integral(half, &j, &residual, &residual);
        arb_mul_2exp_si(half, half, -1);
        arb_div(half, half, length, e->prec);
        arb_add(value, value, half, e->prec);
    }
    /* |(V - y)^2|' = 2 |V - y| */
    mag_t doubt;
    mag_init(doubt);
    interval_doubt(doubt, e, n, entry);
    if (!mag_is_zero(doubt)) {
        mag_t size;
        mag_init(size);
        spread(moments, P_DRIVEN, doubt, fmax(1, 1 / e->c->end));
        mag_mul_2exp_si(size, n->size, 1);
        mag_set_d(doubt, 2 * (1 + fabs(target)));
        mag_add(size, size, doubt);
        interval_doubt(doubt, e, n, entry);
        mag_mul(doubt, doubt, size);
        if (value)
            spread(value, 1, doubt, fmax(1, 1 / e->c->end));
        mag_clear(size);
    }
    mag_clear(doubt);
    sum_clear(&residual);
    integrals_clear(&j);
    arb_clear(length);
    arb_clear(half);
}
