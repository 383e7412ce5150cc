/* SPDX-License-Identifier: MIT */
/* closed.c: spike times of LIF neurons where they have a formula, and how they move.
 *
 * From an event at which the state is (V0, I0), s = t - event, c = threshold - bias:
 *   tau_mem = 2 tau_syn, x = e^{-s/tau_mem}:  V = bias + (V0 - bias + I0) x - I0 x^2, so
 *       I0 x^2 - (V0 - bias + I0) x + c = 0;  the root at which V rises is (A + sqrt D) / (2 I0),
 *       because dV/dx = A - 2 I0 x = -sqrt D there and x falls with time;
 *   tau_mem = tau_syn = tau, y = s/tau:  V = bias + (V0 - bias + I0 y) e^{-y}, so with
 *       z = -y - (V0 - bias)/I0:  z e^z = -(c/I0) e^{-(V0 - bias)/I0};  V rises where z > -1: the
 *       principal branch of Lambert's W. With I0 <= 0 and bias < threshold nothing crosses.
 *
 * With all arrivals a_i before the first spike T, V(t) = bias (1 - e^{-pt}) + sum_i w_i K(t - a_i)
 * (ref/MATH.md, E4, E5), p = 1/tau_mem, q = 1/tau_syn,
 *       K(u) = p/(q - p) (e^{-pu} - e^{-qu}),   for p = q:  p u e^{-(p + q) u/2},
 * the latter with the derivatives of the former by p and q, since (e^{-pu} - e^{-qu})/(q - p) is
 * u e^{-(p + q) u/2} (1 + O((q - p)^2)). Newton's step T - (V(T) - threshold)/V'(T) is T itself
 * and, T held, has its derivatives: dT/dp = -(dV/dp)/V'. */
#include "cases/families/closed.h"

#include <stdlib.h>

/* A gradient that much smaller than the largest is 0: terms that cancel leave about 2^-CLOSED_BITS
 * of it, and what is not 0 is above 2^-31 of it in 5,300 cases. */
enum { ZERO_BITS = 512 };

/* Newton steps of at most doubling accuracy from a start that is good to some bits. */
enum { LAMBERT_STEPS = 200 };

struct arrival {
    bool later; /* of a spike that is not the first of a LIF neuron */
    number at, weight;
};

bool closed_start(struct closed *x, const struct case_problem *c, mpfr_prec_t bits)
{
    *x = (struct closed){.c = c};
    formula_start(&x->f, bits);
    x->blocks = case_blocks(&x->block, &x->parameters, c);
    x->parameter = x->f.count;
    for (size_t b = 0; b < x->blocks; b++)
        for (size_t i = 0; i < x->block[b].rows * x->block[b].columns; i++)
            formula_given(&x->f, case_parameter_value(c, &x->block[b], i));
    return x->block && !x->f.failed;
}

void closed_clear(struct closed *x)
{
    formula_clear(&x->f);
    free(x->block);
}

number closed_parameter(const struct closed *x, enum case_quantity quantity, size_t of,
                        size_t element)
{
    const struct case_block *b = x->block;
    while (b->quantity != quantity ||
           (quantity <= CASE_DELAY ? b->projection : b->population) != of)
        b++;
    return x->parameter + b->first + element;
}

number closed_input(const struct closed *x, size_t sample, size_t source, size_t neuron,
                    size_t spike)
{
    const struct case_block *b = x->block;
    while (b->quantity != CASE_SPIKE_TIME || b->sample != sample || b->population != source ||
           b->neuron != neuron)
        b++;
    return x->parameter + b->first + spike;
}

struct closed_membrane closed_membrane(struct closed *x, size_t population, size_t neuron)
{
    struct formula *f = &x->f;
    struct closed_membrane m = {
        .tau_mem = closed_parameter(x, CASE_TAU_MEM, population, neuron),
        .bias = closed_parameter(x, CASE_BIAS, population, neuron),
    };
    number tau_syn = closed_parameter(x, CASE_TAU_SYN, population, neuron);
    number one = formula_given(f, 1), two = formula_given(f, 2);
    m.equal = mpfr_equal_p(value(f, m.tau_mem), value(f, tau_syn)) != 0;
    m.p = over(f, one, m.tau_mem);
    m.q = over(f, one, tau_syn);
    m.scale = m.equal ? m.p : over(f, m.p, minus(f, m.q, m.p));
    m.rate = m.equal ? over(f, plus(f, m.p, m.q), two) : m.p;
    return m;
}

number closed_biased(struct closed *x, const struct closed_membrane *m, number t)
{
    struct formula *f = &x->f;
    return times(f, m->bias, minus(f, formula_given(f, 1), e_to_minus(f, times(f, m->p, t))));
}

number closed_response(struct closed *x, const struct closed_membrane *m, number u)
{
    struct formula *f = &x->f;
    number slow = e_to_minus(f, times(f, m->rate, u));
    if (m->equal)
        return times(f, m->scale, times(f, u, slow));
    return times(f, m->scale, minus(f, slow, e_to_minus(f, times(f, m->q, u))));
}

/* w e^w = h, principal branch. False where there is none (h < -1/e). */
static bool lambert(struct formula *f, number *w, number h)
{
    number one = formula_given(f, 1), two = formula_given(f, 2);
    number above = plus(f, times(f, e_to_minus(f, minus(f, 0, one)), h), one); /* e h + 1 */
    if (sign(f, above) <= 0)
        return false;
    if (sign(f, h) < 0) { /* w = -1 + r - r^2 / 3 + ..., r = sqrt(2 (e h + 1)) */
        number square = times(f, two, above), root = formula_apply(f, FORMULA_ROOT, square, 0);
        *w = minus(f, minus(f, root, over(f, square, formula_given(f, 3))), one);
    } else {
        *w = ln(f, plus(f, one, h));
    }
    for (int step = 0; step < LAMBERT_STEPS; step++) {
        number e = e_to_minus(f, minus(f, 0, *w)), product = times(f, *w, e);
        number change = over(f, minus(f, product, h), plus(f, product, e));
        *w = minus(f, *w, change);
        if (sign(f, change) == 0 || mpfr_get_exp(value(f, change)) < 16 - f->bits)
            break;
    }
    return true;
}

/* s / tau_mem from (V, I) to the upward crossing; above = V - bias, gap = threshold - bias. */
static bool crossing(struct formula *f, number *y, bool equal, number above, number gap, number i)
{
    if (equal) {
        if (sign(f, i) <= 0)
            return false;
        number ratio = over(f, above, i), w;
        if (!lambert(f, &w, minus(f, 0, over(f, times(f, gap, e_to_minus(f, ratio)), i))))
            return false;
        *y = minus(f, 0, plus(f, w, ratio));
        return sign(f, *y) > 0;
    }
    number a = plus(f, above, i), x;
    if (sign(f, i) == 0) {
        x = over(f, gap, a);
        if (sign(f, a) >= 0)
            return false;
    } else {
        number d = minus(f, times(f, a, a), times(f, formula_given(f, 4), times(f, gap, i)));
        if (sign(f, d) <= 0)
            return false;
        x = plus(f, a, formula_apply(f, FORMULA_ROOT, d, 0));
        x = over(f, x, times(f, formula_given(f, 2), i));
    }
    if (sign(f, x) <= 0 || mpfr_cmp_ui(value(f, x), 1) >= 0)
        return false;
    *y = minus(f, 0, ln(f, x));
    return true;
}

/* (V - bias, I) after y = s / tau_mem. */
static void advance(struct formula *f, number *above, number *i, bool equal, number y)
{
    number x = e_to_minus(f, y), before = times(f, *i, x);
    *i = equal ? before : times(f, before, x);
    number drive = equal ? times(f, before, y) : minus(f, before, *i);
    *above = plus(f, times(f, *above, x), drive);
}

/* All spikes in (0, end), from arrival to arrival. */
static enum closed_status solve_train(struct closed *x, struct closed_neuron *n,
                                      const struct closed_membrane *m,
                                      const struct arrival *arrival, size_t arrivals)
{
    struct formula *f = &x->f;
    const struct case_population *p = &x->c->population[n->population];
    number gap = minus(f, closed_parameter(x, CASE_THRESHOLD, n->population, n->index), m->bias);
    number reset = minus(f, formula_given(f, case_value(&p->reset, n->index)), m->bias);
    number end = formula_given(f, x->c->end), above = minus(f, 0, m->bias), i = 0, now = 0, y;
    for (size_t a = 0; a <= arrivals; a++) {
        number until = a < arrivals && less(f, arrival[a].at, end) ? arrival[a].at : end;
        while (crossing(f, &y, m->equal, above, gap, i)) {
            number t = plus(f, now, times(f, y, m->tau_mem));
            if (!less(f, t, until))
                break;
            if (n->spikes == CLOSED_SPIKES)
                return CLOSED_OUT_OF_REACH;
            n->spike[n->spikes++] = formula_constant(f, t);
            advance(f, &above, &i, m->equal, y);
            above = reset;
            now = t;
        }
        advance(f, &above, &i, m->equal, over(f, minus(f, until, now), m->tau_mem));
        now = until;
        if (a < arrivals)
            i = plus(f, i, arrival[a].weight);
    }
    return CLOSED_OK;
}

/* The slope at the first spike, tau_mem V' = bias - V + I, and the spike as the step of Newton. */
static void differentiate_spike(struct closed *x, struct closed_neuron *n,
                                const struct closed_membrane *m, const struct arrival *arrival,
                                size_t arrivals)
{
    struct formula *f = &x->f;
    number t = n->spike[0], v = closed_biased(x, m, t), drive = m->bias;
    for (size_t a = 0; a < arrivals; a++) {
        if (!less(f, arrival[a].at, t))
            continue;
        x->second |= arrival[a].later;
        number u = minus(f, t, arrival[a].at);
        v = plus(f, v, times(f, arrival[a].weight, closed_response(x, m, u)));
        number current = times(f, arrival[a].weight, e_to_minus(f, times(f, m->q, u)));
        drive = plus(f, drive, current);
    }
    n->slope = over(f, minus(f, drive, v), m->tau_mem);
    number miss = minus(f, v, closed_parameter(x, CASE_THRESHOLD, n->population, n->index));
    n->spike[0] = minus(f, t, over(f, miss, formula_constant(f, n->slope)));
}

static const struct closed_neuron *find(const struct closed *x, size_t population, size_t index)
{
    for (size_t n = 0; n < x->neurons; n++)
        if (x->neuron[n].population == population && x->neuron[n].index == index)
            return &x->neuron[n];
    return NULL;
}

/* The arrivals at a neuron, ascending in time. False if there are too many. */
static bool collect(struct closed *x, struct arrival *arrival, size_t *arrivals,
                    const struct closed_neuron *n)
{
    const struct case_problem *c = x->c;
    *arrivals = 0;
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        for (size_t pre = 0; p->target == n->population && pre < c->population[p->source].size;
             pre++) {
            const struct closed_neuron *from = find(x, p->source, pre);
            size_t synapse = pre * c->population[p->target].size + n->index;
            size_t count = from ? from->spikes : c->sample[0].spikes[p->source][pre].count;
            for (size_t s = 0; s < count; s++) {
                if (*arrivals == CLOSED_ARRIVALS)
                    return false;
                number spike = from ? from->spike[s] : closed_input(x, 0, p->source, pre, s);
                number at = plus(&x->f, spike, closed_parameter(x, CASE_DELAY, j, synapse));
                size_t a = (*arrivals)++;
                for (; a > 0 && less(&x->f, at, arrival[a - 1].at); a--)
                    arrival[a] = arrival[a - 1];
                arrival[a] = (struct arrival){from && s > 0, at,
                                              closed_parameter(x, CASE_WEIGHT, j, synapse)};
            }
        }
    }
    return true;
}

enum closed_status closed_solve(struct closed *x)
{
    const struct case_problem *c = x->c;
    for (size_t p = 0; p < c->populations; p++) {
        for (size_t i = 0; c->population[p].model == CASE_LIF && i < c->population[p].size; i++) {
            struct arrival arrival[CLOSED_ARRIVALS];
            size_t arrivals;
            if (x->neurons == CLOSED_NEURONS)
                return CLOSED_OUT_OF_REACH;
            struct closed_neuron *n = &x->neuron[x->neurons];
            *n = (struct closed_neuron){.population = p, .index = i};
            struct closed_membrane m = closed_membrane(x, p, i);
            if (!collect(x, arrival, &arrivals, n) ||
                solve_train(x, n, &m, arrival, arrivals) != CLOSED_OK)
                return x->f.failed ? CLOSED_NO_MEMORY : CLOSED_OUT_OF_REACH;
            if (n->spikes)
                differentiate_spike(x, n, &m, arrival, arrivals);
            x->neurons++;
        }
    }
    return x->f.failed ? CLOSED_NO_MEMORY : CLOSED_OK;
}

int closed_publish(struct case_made *made, struct closed *x, number loss)
{
    struct formula *f = &x->f;
    struct case_known known = {.kind = CASE_KNOWN_LOSS};
    formula_differentiate(f, loss);
    if (f->failed || (sign(f, loss) != 0 && case_build_known(made, &known, value(f, loss)) != 0))
        return -1;
    for (size_t k = 0; k < x->neurons; k++) {
        const struct closed_neuron *n = &x->neuron[k];
        known = (struct case_known){.population = n->population, .neuron = n->index};
        known.kind = CASE_KNOWN_COUNT;
        known.index = n->spikes;
        if (case_build_known(made, &known, NULL) != 0)
            return -1;
        known.kind = CASE_KNOWN_SPIKE;
        for (known.index = 0; known.index < n->spikes; known.index++)
            if (case_build_known(made, &known, value(f, n->spike[known.index])) != 0)
                return -1;
    }
    mpfr_exp_t largest = mpfr_get_emin();
    for (size_t i = 0; i < x->parameters; i++) {
        mpfr_srcptr gradient = f->at[x->parameter + i].adjoint;
        if (!mpfr_zero_p(gradient) && mpfr_get_exp(gradient) > largest)
            largest = mpfr_get_exp(gradient);
    }
    for (size_t i = 0; i < x->parameters; i++) {
        mpfr_srcptr gradient = f->at[x->parameter + i].adjoint;
        known = (struct case_known){.kind = CASE_KNOWN_GRADIENT, .parameter = i};
        bool zero = mpfr_zero_p(gradient) || mpfr_get_exp(gradient) < largest - ZERO_BITS;
        if (!zero && case_build_known(made, &known, gradient) != 0)
            return -1;
    }
    return 0;
}
