/* SPDX-License-Identifier: MIT */
/* family_closed_output.c: the family closed-output: LI outputs driven by input spikes, losses by
 * hand.
 *
 * V of an output, less its target where it has one, and the weighting of the loss are sums of terms
 *     coefficient u^power e^{-rate u},  u = t - from,  from some time on,
 * so the integral of the product of two sums is one over pairs of terms, from the later beginning
 * b to T:  with dx = b - from of x, (u + dx)^power expanded, and rate r of both together,
 *     int_0^L u^m e^{-ru} du = m!/r^{m+1} (1 - e^{-rL} sum_{j <= m} (rL)^j/j!), or L^{m+1}/(m+1).
 * For max-voltage (E16) every output gets one excitatory arrival at a and bias 0: V is largest at
 * a + ln(q/p)/(q - p), or a + 1/p, or at T if that comes first (E6); to move that time moves V by
 * nothing. */
#include "cases/families/closed.h"
#include "cases/families/families.h"

enum { OUTPUTS = 3, TERMS = 32 };

/* LI variants of build_loss.c that have closed forms. */
static const size_t variants[5] = {0, 8, 4, 2, 6};

struct terms {
    size_t count;
    struct term {
        number coefficient, rate, from;
        unsigned power; /* 0 or 1 */
    } at[TERMS];
};

static void draw(struct case_builder *b, size_t variant)
{
    struct case_random *r = &b->random;
    bool maximum = case_build_loss_kind(variant) == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    size_t outputs = case_random_from(r, 2, OUTPUTS),
           inputs = maximum ? 1 : case_random_from(r, 1, 3);
    size_t samples = case_random_from(r, 1, 2), ratio = (size_t)(b->k / 5 % 4);
    struct case_build_neurons neurons = case_build_alike(outputs, 1, 1, 1);
    neurons.each = true;
    for (size_t n = 0; n < outputs; n++) {
        neurons.tau_mem[n] = case_random_between(r, 4, 30);
        neurons.tau_syn[n] = ratio == 0   ? neurons.tau_mem[n]
                             : ratio == 1 ? neurons.tau_mem[n] / 2
                                          : neurons.tau_mem[n] * case_random_between(r, 0.1, 0.8);
        if (ratio == 3) {
            neurons.tau_syn[n] *= 4;
        }
        neurons.bias[n] = maximum || b->k % 2 ? 0 : case_random_between(r, -0.4, 0.4);
    }
    case_build_source(b, "in", inputs);
    size_t out = case_build_population(b, "out", CASE_LI, &neurons);

    double weight[3 * OUTPUTS], delay[3 * OUTPUTS];
    size_t delays = case_random_below(r, 3);
    for (size_t s = 0; s < inputs * outputs; s++) {
        weight[s] = maximum ? case_random_between(r, 0.5, 6) : case_random_normal(r, 0.5, 3);
        delay[s] = delays == 0 ? 0 : case_random_between(r, 0.1, 6);
    }
    case_build_projection(b, 0, out, weight, delay, delays == 2 ? inputs * outputs : 1);
    case_build_random_loss(b, variant, out);
    for (size_t s = 0; s < samples; s++) {
        case_build_sample(b);
        for (size_t n = 0; n < inputs; n++) {
            double time[3];
            size_t count = maximum ? 1 : case_random_from(r, 1, 3);
            for (size_t i = 0; i < count; i++) {
                time[i] = case_random_between(r, 0, 18);
            }
            case_build_spikes(b, s, 0, n, time, count);
        }
    }
    case_build_random_targets(b);
}

static void add(struct terms *terms, number coefficient, unsigned power, number rate, number from)
{
    terms->at[terms->count++] = (struct term){coefficient, rate, from, power};
}

/* The weighting of voltage-integral (E14): 1, e^{-t/T} or 1 - t/T. */
static struct terms weighting(struct closed *x)
{
    struct formula *f = &x->f;
    struct terms terms = {0};
    number one = formula_given(f, 1), rate = over(f, one, formula_given(f, x->c->end));
    add(&terms, one, 0, x->c->loss.weighting == CASE_EXPONENTIAL ? rate : 0, 0);
    if (x->c->loss.weighting == CASE_LINEAR) {
        add(&terms, minus(f, 0, rate), 1, 0, 0);
    }
    return terms;
}

static number arrival(struct closed *x, size_t sample, size_t k, size_t neuron, size_t spike)
{
    size_t synapse = neuron * x->c->population[x->c->loss.population].size + k;
    return plus(&x->f, closed_input(x, sample, 0, neuron, spike),
                closed_parameter(x, CASE_DELAY, 0, synapse));
}

/* V of output k, less its target. */
static struct terms voltage(struct closed *x, const struct closed_membrane *m, size_t sample,
                            size_t k)
{
    struct formula *f = &x->f;
    const struct case_problem *c = x->c;
    struct terms v = {0};
    add(&v, m->bias, 0, 0, 0);
    add(&v, minus(f, 0, m->bias), 0, m->p, 0);
    for (size_t n = 0; n < c->population[0].size; n++) {
        size_t synapse = n * c->population[c->loss.population].size + k;
        number scale = times(f, m->scale, closed_parameter(x, CASE_WEIGHT, 0, synapse));
        for (size_t s = 0; s < c->sample[sample].spikes[0][n].count; s++) {
            number from = arrival(x, sample, k, n, s);
            add(&v, scale, m->equal ? 1 : 0, m->rate, from);
            if (!m->equal) {
                add(&v, minus(f, 0, scale), 0, m->q, from);
            }
        }
    }
    const struct case_steps *y = c->sample[sample].voltages;
    for (size_t i = 0; y != NULL && i < y[k].count; i++) {
        number before = formula_given(f, i > 0 ? y[k].value[i - 1] : 0);
        add(&v, minus(f, before, formula_given(f, y[k].value[i])), 0, 0,
            formula_given(f, y[k].time[i]));
    }
    return v;
}

/* int_0^length u^power e^{-rate u} du */
static number moment(struct formula *f, unsigned power, number rate, number length)
{
    number whole = formula_given(f, 1), sum = whole, term = whole;
    if (sign(f, rate) == 0) {
        for (unsigned j = 0; j <= power; j++) {
            whole = times(f, whole, length);
        }
        return over(f, whole, formula_given(f, power + 1));
    }
    number reach = times(f, rate, length);
    for (unsigned j = 1; j <= power; j++) {
        term = over(f, times(f, term, reach), formula_given(f, j));
        sum = plus(f, sum, term);
        whole = over(f, times(f, whole, formula_given(f, j)), rate);
    }
    sum = minus(f, formula_given(f, 1), times(f, e_to_minus(f, reach), sum));
    return over(f, times(f, whole, sum), rate);
}

/* (1/T) int_0^T a(t) b(t) dt */
static number mean_product(struct formula *f, const struct terms *a, const struct terms *b,
                           double end)
{
    number sum = 0, last = formula_given(f, end);
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            const struct term *x = &a->at[i], *y = &b->at[j];
            number from = less(f, x->from, y->from) ? y->from : x->from;
            if (!less(f, from, last)) {
                continue;
            }
            number rate = plus(f, x->rate, y->rate), length = minus(f, last, from);
            number dx = minus(f, from, x->from), dy = minus(f, from, y->from);
            number both = plus(f, times(f, x->rate, dx), times(f, y->rate, dy));
            number scale = times(f, times(f, x->coefficient, y->coefficient), e_to_minus(f, both));
            number part = moment(f, x->power + y->power, rate, length);
            if (x->power > 0) {
                part = plus(f, part, times(f, dx, moment(f, y->power, rate, length)));
            }
            if (y->power > 0) {
                part = plus(f, part, times(f, dy, moment(f, x->power, rate, length)));
            }
            if (x->power > 0 && y->power > 0) {
                part = plus(f, part, times(f, times(f, dx, dy), moment(f, 0, rate, length)));
            }
            sum = plus(f, sum, times(f, scale, part));
        }
    }
    return over(f, sum, last);
}

/* The largest voltage that the only arrival makes. */
static number largest(struct closed *x, const struct closed_membrane *m, size_t sample, size_t k)
{
    struct formula *f = &x->f;
    number end = formula_given(f, x->c->end), from = arrival(x, sample, k, 0, 0);
    number rise = m->equal ? m->tau_mem : over(f, ln(f, over(f, m->q, m->p)), minus(f, m->q, m->p));
    number at = plus(f, from, rise), peak = formula_constant(f, less(f, end, at) ? end : at);
    number weight = closed_parameter(x, CASE_WEIGHT, 0, k);
    return plus(f, closed_biased(x, m, peak),
                times(f, weight, closed_response(x, m, minus(f, peak, from))));
}

/* log sum_k e^{x_k} - x_l, or half the mean squared distance of the voltages from the target. */
static number sample_loss(struct closed *x, size_t sample)
{
    struct formula *f = &x->f;
    const struct case_problem *c = x->c;
    size_t out = c->loss.population, label = c->sample[sample].label;
    struct terms w = weighting(x);
    number sum = 0, of_label = 0, half = formula_given(f, 0.5);
    for (size_t k = 0; k < c->population[out].size; k++) {
        struct closed_membrane m = closed_membrane(x, out, k);
        struct terms v = voltage(x, &m, sample, k);
        if (c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR) {
            sum = plus(f, sum, times(f, half, mean_product(f, &v, &v, c->end)));
            continue;
        }
        number score = c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY
                           ? largest(x, &m, sample, k)
                           : mean_product(f, &v, &w, c->end);
        sum = plus(f, sum, e_to_minus(f, minus(f, 0, score)));
        of_label = k == label ? score : of_label;
    }
    return c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR ? sum : minus(f, ln(f, sum), of_label);
}

/* The loss is the mean over samples. */
static int publish(struct case_made *made)
{
    struct closed x;
    number sum = 0;
    int status = -1;
    if (closed_start(&x, made->problem, CLOSED_BITS)) {
        for (size_t s = 0; s < x.c->samples; s++) {
            sum = plus(&x.f, sum, sample_loss(&x, s));
        }
        sum = over(&x.f, sum, formula_given(&x.f, (double)x.c->samples));
        status = closed_publish(made, &x, sum);
    }
    closed_clear(&x);
    return status;
}

int case_make_closed_output(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    size_t variant = variants[k % 5];
    case_build_start(&b, "closed-output", seed, k, 1);
    case_build_end(&b, case_random_between(&b.random, 25, 80), 0x1p-3);
    draw(&b, variant);
    case_build_note(&b, "LI outputs driven by input spikes, integrated by hand; loss: %s.",
                    case_build_loss_name(variant));
    return case_build_finish(made, &b, CASE_DECIDED) == 0 ? publish(made) : -1;
}
