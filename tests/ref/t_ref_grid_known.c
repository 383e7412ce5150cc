/* SPDX-License-Identifier: MIT */
/* t_ref_grid_known.c: the grid reference against values by hand: one cell, a few lines of algebra.
 */
#include "tests/grid_cell.h"

enum { BITS = 256 };

/* z = e^(-n dt / tau), dt = 1/4. */
static void decay(arb_t z, long n, double tau)
{
    arb_t t;
    arb_init(t);
    arb_set_d(t, tau);
    arb_set_si(z, -n);
    arb_mul_2exp_si(z, z, -2);
    arb_div(z, z, t, BITS);
    arb_exp(z, z, BITS);
    arb_clear(t);
}

/* Do two balls meet, and are both tight? */
static bool same(const arb_t x, const arb_t y)
{
    return arb_overlaps(x, y) && (arb_rel_accuracy_bits(x) > 90 || arb_is_exact(x));
}

/* weight tau_syn / (tau_mem - tau_syn) (e^(-t/tau_mem) - e^(-t/tau_syn)), or weight t/tau
 * e^(-t/tau)
 */
static void response(arb_t v, long n, double weight, double tau_mem, double tau_syn)
{
    arb_t t;
    arb_init(t);
    decay(v, n, tau_mem);
    if (tau_mem == tau_syn) {
        arb_mul_si(v, v, n, BITS);
        arb_mul_2exp_si(v, v, -2);
        arb_set_d(t, tau_mem / weight);
        arb_div(v, v, t, BITS);
    } else {
        decay(t, n, tau_syn);
        arb_sub(v, v, t, BITS);
        arb_set_d(t, weight * tau_syn);
        arb_mul(v, v, t, BITS);
        arb_set_d(t, tau_mem - tau_syn);
        arb_div(v, v, t, BITS);
    }
    arb_clear(t);
}

static void check_response(const char *text, double weight, double tau_mem, double tau_syn)
{
    struct case_problem *c = problem(text);
    struct told *told = run(c, NULL, 0, 24);
    arb_t v, i;
    arb_init(v);
    arb_init(i);
    for (long n = 0; n < STEPS; n++) {
        response(v, n < FIRST_STEP ? 0 : n + 1 - FIRST_STEP, weight, tau_mem, tau_syn);
        ck_assert(same(told->value[REF_GRID_V] + n, v));
        decay(i, n - FIRST_STEP, tau_syn);
        arb_mul_si(i, i, n < FIRST_STEP ? 0 : (slong)weight, BITS);
        ck_assert(same(told->value[REF_GRID_I] + n, i));
    }
    arb_clear(v);
    arb_clear(i);
    told_clear(told);
    case_free(c);
}

TEST(v_after_n_steps_is_the_response_at_n_dt)
{
    check_response(CASE("li", TAUS("20", "5"), "3", SQUARES), 3, 20, 5);
    check_response(CASE("li", TAUS("4", "8"), "3", SQUARES), 3, 4, 8);
}

TEST(equal_time_constants_have_the_limit_of_the_response)
{
    check_response(CASE("li", TAUS("8", "8"), "2", SQUARES), 2, 8, 8);
}

/* (1 - e^(-t/20)) bias */
TEST(a_bias_drives_v_to_itself)
{
    struct case_problem *c = problem(CASE("li", TAUS("20", "5") ",\"bias\":0.75", "0", SQUARES));
    struct told *told = run(c, NULL, 0, 53);
    arb_t v;
    arb_init(v);
    for (long n = 0; n < STEPS; n++) {
        decay(v, n + 1, 20);
        arb_sub_si(v, v, 1, BITS);
        arb_mul_si(v, v, -3, BITS);
        arb_mul_2exp_si(v, v, -2);
        ck_assert(same(told->value[REF_GRID_V] + n, v));
    }
    arb_clear(v);
    told_clear(told);
    case_free(c);
}

/* A silent output with target 1: drive A = 1 / T all the time, s = N - a steps from the end:
 *     lambda_V = A (1 - e^(-s/20))   lambda_I = A (1 - 4/3 e^(-s/20) + 1/3 e^(-s/5)) */
TEST(the_adjoint_under_a_constant_drive_is_the_closed_form)
{
    struct case_problem *c = problem(CASE("li", TAUS("20", "5"), "0", SQUARES));
    struct told *told = run(c, NULL, 0, 24);
    arb_t mem, syn, want;
    arb_init(mem);
    arb_init(syn);
    arb_init(want);
    for (long n = 0; n < STEPS; n++) {
        decay(mem, STEPS - n - 1, 20);
        decay(syn, STEPS - n - 1, 5);
        arb_sub_si(want, mem, 1, BITS);
        arb_div_si(want, want, -40, BITS);
        ck_assert(same(told->value[REF_GRID_LAMBDA_V] + n, want));
        arb_mul_2exp_si(mem, mem, 2);
        arb_sub(want, syn, mem, BITS);
        arb_add_si(want, want, 3, BITS);
        arb_div_si(want, want, 120, BITS);
        ck_assert(same(told->value[REF_GRID_LAMBDA_I] + n, want));
    }
    arb_clear(mem);
    arb_clear(syn);
    arb_clear(want);
    told_clear(told);
    case_free(c);
}

/* The jump of the only spike, at n: lambda_V = (t - 3) / slope, and back to the arrival in step 5:
 * lambda_I = lambda_V 4/3 (e^(-s/20) - e^(-s/5)) after s steps; dL/dw = -5 lambda_I. */
TEST(the_weight_gradient_of_a_first_spike_is_the_closed_form)
{
    struct case_problem *c = problem(CASE("lif", TAUS("20", "5") ",\"threshold\":1", "8", TIMES));
    struct told *told = run(c, NULL, 0, 53);
    uint32_t n = 0;
    while (n < STEPS && told->exact[n] != 1)
        n++;
    ck_assert_uint_lt(n, STEPS);
    told_clear(told);
    told = run(c, &n, 1, 53);
    ck_assert_uint_eq(told->result.unexplained, 0);
    arb_t want, t;
    arb_init(want);
    arb_init(t);
    response(want, (long)n + 1 - FIRST_STEP, 1, 20, 5);
    arb_mul_si(want, want, -20, BITS); /* 4/3 to 1/3 is tau_mem / tau_syn; times -5 */
    arb_set_d(t, 0.25 * (n + 1) - 3);
    arb_mul(want, want, t, BITS);
    arb_div(want, want, told->value[REF_GRID_SLOPE] + n, BITS);
    ck_assert(same(told->result.gradient, want));
    arb_clear(want);
    arb_clear(t);
    told_clear(told);
    case_free(c);
}

SUITE("ref_grid_known")
