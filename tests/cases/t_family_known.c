/* SPDX-License-Identifier: MIT */
/* t_family_known.c: what the families claim to know holds by an independent route.
 *
 * First spikes are checked on V itself, the sum of the responses to all arrivals; gradients of the
 * closed families against differences of that sum with step 2^-STEP_BITS, whose relative error is
 * of order 2^(-2 STEP_BITS). Agreement is counted in bits. */
#include "cases/families/families.h"
#include "tests/run_suite.h"

#include <stdbool.h>
#include <stdlib.h>

enum { BITS = 900, STEP_BITS = 180, AGREE_BITS = 300, DIFFERENCE_BITS = 250, WANTED_BITS = 20 };

/* A case with one of its parameters moved. */
struct nudged {
    const struct case_problem *c;
    struct case_block *block;
    size_t blocks, parameter;
    mpfr_t by;
};

static void start(struct nudged *x, const struct case_problem *c)
{
    size_t parameters;
    x->c = c;
    x->blocks = case_blocks(&x->block, &parameters, c);
    x->parameter = SIZE_MAX;
    mpfr_init2(x->by, BITS);
    mpfr_set_zero(x->by, 1);
}

static void stop(struct nudged *x)
{
    free(x->block);
    mpfr_clear(x->by);
}

static void get(mpfr_t value, const struct nudged *x, enum case_quantity quantity, size_t of,
                size_t row, size_t column, double base)
{
    mpfr_set_d(value, base, MPFR_RNDN);
    for (size_t b = 0; b < x->blocks; b++) {
        const struct case_block *k = &x->block[b];
        size_t owner = quantity == CASE_WEIGHT || quantity == CASE_DELAY ? k->projection
                       : quantity == CASE_SPIKE_TIME                     ? k->neuron
                                                                         : k->population;
        if (k->quantity == quantity && owner == of &&
            k->first + row * k->columns + column == x->parameter) {
            mpfr_add(value, value, x->by, MPFR_RNDN);
        }
    }
}

/* Response at u and its slope; equal time constants by their own formula. */
static void respond(mpfr_t v, mpfr_t slope, mpfr_srcptr mem, mpfr_srcptr syn, mpfr_srcptr u)
{
    mpfr_t m, s, gap;
    mpfr_inits2(BITS, m, s, gap, (mpfr_ptr)0);
    mpfr_div(m, u, mem, MPFR_RNDN);
    mpfr_div(s, u, syn, MPFR_RNDN);
    mpfr_neg(s, s, MPFR_RNDN);
    mpfr_exp(s, s, MPFR_RNDN);
    mpfr_sub(gap, mem, syn, MPFR_RNDN);
    if (mpfr_zero_p(gap)) {
        mpfr_mul(v, m, s, MPFR_RNDN);
    } else {
        mpfr_neg(m, m, MPFR_RNDN);
        mpfr_exp(m, m, MPFR_RNDN);
        mpfr_sub(v, m, s, MPFR_RNDN);
        mpfr_mul(v, v, syn, MPFR_RNDN);
        mpfr_div(v, v, gap, MPFR_RNDN);
    }
    mpfr_sub(slope, s, v, MPFR_RNDN); /* tau_mem dV/dt = I - V */
    mpfr_div(slope, slope, mem, MPFR_RNDN);
    mpfr_clears(m, s, gap, (mpfr_ptr)0);
}

/* V - threshold and dV/dt of neuron n of population 1 at t, from the first inputs sources, as if it
 * had not spiked before. */
static void potential(mpfr_t v, mpfr_t slope, const struct nudged *x, size_t n, size_t inputs,
                      mpfr_srcptr t)
{
    const struct case_problem *c = x->c;
    const struct case_population *p = &c->population[1];
    mpfr_t mem, syn, value, part, rise, u;
    mpfr_inits2(BITS, mem, syn, value, part, rise, u, (mpfr_ptr)0);
    get(mem, x, CASE_TAU_MEM, 1, 0, n, case_value(&p->tau_mem, n));
    get(syn, x, CASE_TAU_SYN, 1, 0, n, case_value(&p->tau_syn, n));
    get(value, x, CASE_BIAS, 1, 0, n, case_value(&p->bias, n));
    mpfr_div(u, t, mem, MPFR_RNDN);
    mpfr_neg(u, u, MPFR_RNDN);
    mpfr_exp(u, u, MPFR_RNDN);
    mpfr_mul(part, u, value, MPFR_RNDN);
    mpfr_sub(v, value, part, MPFR_RNDN);
    mpfr_div(slope, part, mem, MPFR_RNDN);
    get(value, x, CASE_THRESHOLD, 1, 0, n, case_value(&p->threshold, n));
    mpfr_sub(v, v, value, MPFR_RNDN);
    for (size_t i = 0; i < inputs; i++) {
        const struct case_train *train = &c->sample[0].spikes[0][i];
        for (size_t s = 0; s < train->count; s++) {
            get(u, x, CASE_SPIKE_TIME, i, 0, s, train->at[s]);
            mpfr_sub(u, t, u, MPFR_RNDN);
            get(value, x, CASE_DELAY, 0, i, n, case_delay(c, &c->projection[0], i, n));
            mpfr_sub(u, u, value, MPFR_RNDN);
            if (mpfr_sgn(u) >= 0) {
                respond(part, rise, mem, syn, u);
                get(value, x, CASE_WEIGHT, 0, i, n, c->projection[0].weight[i * p->size + n]);
                mpfr_mul(part, part, value, MPFR_RNDN);
                mpfr_add(v, v, part, MPFR_RNDN);
                mpfr_mul(rise, rise, value, MPFR_RNDN);
                mpfr_add(slope, slope, rise, MPFR_RNDN);
            }
        }
    }
    mpfr_clears(mem, syn, value, part, rise, u, (mpfr_ptr)0);
}

static bool agree(mpfr_srcptr a, mpfr_srcptr b, long bits)
{
    mpfr_t gap;
    mpfr_init2(gap, BITS);
    mpfr_sub(gap, a, b, MPFR_RNDN);
    bool good =
        mpfr_number_p(gap) && (mpfr_zero_p(gap) || mpfr_get_exp(gap) < mpfr_get_exp(b) - bits);
    mpfr_clear(gap);
    return good;
}

static const struct case_known *first_spike(const struct case_made *made, size_t n)
{
    for (size_t i = 0; i < made->knowns; i++) {
        const struct case_known *k = &made->known[i];
        if (k->kind == CASE_KNOWN_SPIKE && k->population == 1 && k->neuron == n && k->index == 0) {
            return k;
        }
    }
    return NULL;
}

static const char *const spiking[] = {"closed-quadratic", "closed-lambert", "closed-chain",
                                      "conditioning-slope", "conditioning-peak-above"};

TEST_EACH(a_known_first_spike_lies_on_the_threshold_and_rises, 0, 5)
{
    const struct case_family *f = case_family_find(spiking[_i]);
    for (uint64_t k = 0; k < 12; k++) {
        struct case_made made;
        struct nudged x;
        mpfr_t v, slope;
        size_t seen = 0;
        ck_assert_int_eq(f->make(&made, 4, k), 0);
        start(&x, made.problem);
        mpfr_inits2(BITS, v, slope, (mpfr_ptr)0);
        for (size_t n = 0; n < made.problem->population[1].size; n++) {
            const struct case_known *spike = first_spike(&made, n);
            if (spike != NULL) {
                potential(v, slope, &x, n, made.problem->population[0].size, spike->value);
                ck_assert(mpfr_sgn(slope) > 0);
                ck_assert(mpfr_zero_p(v) || mpfr_get_exp(v) < -AGREE_BITS);
                seen++;
            }
        }
        ck_assert_uint_gt(seen, 0);
        mpfr_clears(v, slope, (mpfr_ptr)0);
        stop(&x);
        case_made_clear(&made);
    }
}

/* Half the sum of squares of (t_k - times_k), the first spikes found anew by Newton's method. */
static void squared_error(mpfr_t loss, const struct nudged *x, const struct case_made *made)
{
    mpfr_t t, v, slope;
    mpfr_inits2(BITS, t, v, slope, (mpfr_ptr)0);
    mpfr_set_zero(loss, 1);
    for (size_t n = 0; n < x->c->population[1].size; n++) {
        const struct case_known *spike = first_spike(made, n);
        if (spike == NULL) {
            mpfr_set_d(t, x->c->end, MPFR_RNDN);
            mpfr_add_d(t, t, x->c->loss.silent_after, MPFR_RNDN);
        } else {
            mpfr_set(t, spike->value, MPFR_RNDN);
        }
        for (int step = 0; spike != NULL && step < 4; step++) {
            potential(v, slope, x, n, x->c->population[0].size, t);
            mpfr_div(v, v, slope, MPFR_RNDN);
            mpfr_sub(t, t, v, MPFR_RNDN);
        }
        mpfr_sub_d(t, t, x->c->sample[0].times[n], MPFR_RNDN);
        mpfr_sqr(t, t, MPFR_RNDN);
        mpfr_div_2ui(t, t, 1, MPFR_RNDN);
        mpfr_add(loss, loss, t, MPFR_RNDN);
    }
    mpfr_clears(t, v, slope, (mpfr_ptr)0);
}

TEST_EACH(known_gradients_of_squared_errors_agree_with_differences, 0, 2)
{
    const struct case_family *f = case_family_find(spiking[_i]);
    for (uint64_t k = 0; k < 24; k += 4) {
        struct case_made made;
        struct nudged x;
        mpfr_t up, down, loss;
        size_t gradients = 0;
        mpfr_inits2(BITS, up, down, loss, (mpfr_ptr)0);
        ck_assert_int_eq(f->make(&made, 4, k), 0);
        ck_assert_int_eq(made.problem->loss.kind, CASE_FIRST_SPIKE_SQUARED_ERROR);
        start(&x, made.problem);
        squared_error(loss, &x, &made);
        ck_assert(agree(loss, made.known[0].value, AGREE_BITS));
        for (size_t i = 0; i < made.knowns; i++) {
            if (made.known[i].kind != CASE_KNOWN_GRADIENT) {
                continue;
            }
            x.parameter = made.known[i].parameter;
            mpfr_set_ui_2exp(x.by, 1, -STEP_BITS, MPFR_RNDN);
            squared_error(up, &x, &made);
            mpfr_neg(x.by, x.by, MPFR_RNDN);
            squared_error(down, &x, &made);
            mpfr_sub(up, up, down, MPFR_RNDN);
            mpfr_mul_2ui(up, up, STEP_BITS - 1, MPFR_RNDN);
            ck_assert_msg(agree(up, made.known[i].value, DIFFERENCE_BITS), "%s, parameter %zu",
                          made.problem->name, x.parameter);
            gradients++;
        }
        ck_assert_uint_gt(gradients, 4);
        mpfr_clears(up, down, loss, (mpfr_ptr)0);
        stop(&x);
        case_made_clear(&made);
    }
}

TEST(conditioning_slope_crosses_at_the_wanted_slope)
{
    double steepest = 0, shallowest = 1;
    for (uint64_t k = 0; k < 40; k++) {
        struct case_made made;
        struct nudged x;
        mpfr_t v, slope, wanted;
        mpfr_inits2(BITS, v, slope, wanted, (mpfr_ptr)0);
        ck_assert_int_eq(case_make_conditioning_slope(&made, 1, k), 0);
        double size = case_conditioning_wanted("conditioning-slope", 1, k);
        start(&x, made.problem);
        potential(v, slope, &x, 0, 6, first_spike(&made, 0)->value);
        mpfr_set_d(wanted, size, MPFR_RNDN);
        ck_assert_msg(agree(slope, wanted, WANTED_BITS), "%s", made.problem->name);
        steepest = size > steepest ? size : steepest;
        shallowest = size < shallowest ? size : shallowest;
        mpfr_clears(v, slope, wanted, (mpfr_ptr)0);
        stop(&x);
        case_made_clear(&made);
    }
    ck_assert(steepest > 0.01 && steepest <= 1);
    ck_assert(shallowest < 1e-10 && shallowest >= 1e-12);
}

/* The peak behind the last of the first six arrivals, by bisection of dV/dt. */
static void find_peak(mpfr_t v, const struct nudged *x)
{
    const struct case_problem *c = x->c;
    mpfr_t low, high, t, slope;
    mpfr_inits2(BITS, low, high, t, slope, (mpfr_ptr)0);
    double last = 0;
    for (size_t i = 0; i < 6; i++) {
        double at = c->sample[0].spikes[0][i].at[0];
        last = at > last ? at : last;
    }
    mpfr_set_d(low, last, MPFR_RNDN);
    mpfr_add_d(low, low, case_delay(c, &c->projection[0], 0, 0), MPFR_RNDN);
    mpfr_add_d(high, low, 8 * case_value(&c->population[1].tau_mem, 0), MPFR_RNDN);
    for (int step = 0; step < 200; step++) {
        mpfr_add(t, low, high, MPFR_RNDN);
        mpfr_div_2ui(t, t, 1, MPFR_RNDN);
        potential(v, slope, x, 0, 6, t);
        mpfr_set(mpfr_sgn(slope) > 0 ? low : high, t, MPFR_RNDN);
    }
    mpfr_clears(low, high, t, slope, (mpfr_ptr)0);
}

TEST_EACH(conditioning_peaks_have_the_wanted_distance, 0, 2)
{
    const char *name = _i ? "conditioning-peak-above" : "conditioning-peak-below";
    double smallest = 1;
    for (uint64_t k = 0; k < 30; k++) {
        struct case_made made;
        struct nudged x;
        mpfr_t v, wanted;
        mpfr_inits2(BITS, v, wanted, (mpfr_ptr)0);
        ck_assert_int_eq(case_family_find(name)->make(&made, 1, k), 0);
        double size = case_conditioning_wanted(name, 1, k);
        start(&x, made.problem);
        find_peak(v, &x);
        mpfr_set_d(wanted, _i ? size : -size, MPFR_RNDN);
        mpfr_mul_d(wanted, wanted, case_value(&made.problem->population[1].threshold, 0),
                   MPFR_RNDN);
        ck_assert_msg(agree(v, wanted, WANTED_BITS / 2), "%s", made.problem->name);
        smallest = size < smallest ? size : smallest;
        mpfr_clears(v, wanted, (mpfr_ptr)0);
        stop(&x);
        case_made_clear(&made);
    }
    ck_assert(smallest < 1e-26 && smallest >= 1e-30);
}

SUITE("family_known")
