/* SPDX-License-Identifier: MIT */
/* t_witness_difference.c: differences of the loss against derivatives in closed form, and against
 * each other. */
#include "tests/witness_case.h"
#include "tests/run_suite.h"

#define UNIFORM "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"uniform\""

/* d/dw of -log softmax(m)[1] by a weight onto output 0 is p_0 dm_0/dw, p_0 = 1 - e^{-L}, and
 * dm_0/dw = (1/T) int_0^S k = (1/T) (tau_syn (1 - y) - tau_mem k) at S = T - arrival. */
static void softmax_slope(mpfr_ptr want, const struct case_problem *c, double span, bool by_voltage)
{
    struct witness_run run = simulate(c, CHECK - 64);
    mpfr_t s, x, y, zero, one;
    mpfr_inits2(CHECK, s, x, y, zero, one, (mpfr_ptr)0);
    mpfr_set_d(s, span, MPFR_RNDN);
    mpfr_set_zero(zero, 1);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    if (by_voltage) { /* int x = tau_mem (1 - x) */
        response(want, NULL, 20, 5, one, zero, s);
        mpfr_ui_sub(want, 1, want, MPFR_RNDN);
        mpfr_mul_ui(want, want, 20, MPFR_RNDN);
    } else {
        response(x, y, 20, 5, zero, one, s);
        mpfr_ui_sub(want, 1, y, MPFR_RNDN);
        mpfr_mul_ui(want, want, 5, MPFR_RNDN);
        mpfr_mul_ui(x, x, 20, MPFR_RNDN);
        mpfr_sub(want, want, x, MPFR_RNDN);
    }
    mpfr_div_ui(want, want, 40, MPFR_RNDN);
    mpfr_neg(s, run.loss, MPFR_RNDN);
    mpfr_expm1(s, s, MPFR_RNDN);
    mpfr_mul(want, want, s, MPFR_RNDN);
    mpfr_neg(want, want, MPFR_RNDN);
    mpfr_clears(s, x, y, zero, one, (mpfr_ptr)0);
    witness_run_clear(&run);
}

/* in[1] spikes twice: the slopes of its two arrivals add up. */
TEST(weight_derivative_of_a_linear_output_is_exact)
{
    struct case_problem *c = problem(LI_CASE, "\"label\":1", UNIFORM);
    struct witness_difference d =
        differentiate(c, "weights[0][1][0]", NULL, WITNESS_CENTRAL, 40, PREC, PREC);
    mpfr_t want, second;
    mpfr_inits2(CHECK, want, second, (mpfr_ptr)0);
    softmax_slope(want, c, 37, false);
    softmax_slope(second, c, 27.5, false);
    mpfr_add(want, want, second, MPFR_RNDN);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert(agree(d.value, want, 140));
    mpfr_sub(second, d.value, want, MPFR_RNDN);
    ck_assert(mpfr_cmpabs(second, d.error) <= 0);
    mpfr_clears(want, second, (mpfr_ptr)0);
    witness_difference_clear(&d);
    case_free(c);
}

TEST(impulses_have_the_derivatives_of_their_responses)
{
    struct case_problem *c = problem(LI_CASE, "\"label\":1", UNIFORM);
    mpfr_t want;
    mpfr_init2(want, CHECK);
    for (int port = WITNESS_V; port <= WITNESS_I; port++) {
        struct witness_impulse impulse = {0, 1, 0, 15, 1, (enum witness_port)port};
        struct witness_difference d =
            differentiate(c, NULL, &impulse, WITNESS_CENTRAL, 40, PREC, PREC);
        softmax_slope(want, c, 25, port == WITNESS_V);
        ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
        ck_assert(agree(d.value, want, 140));
        witness_difference_clear(&d);
    }
    mpfr_clear(want);
    case_free(c);
}

TEST(difference_of_a_quadratic_loss_has_no_order)
{
    struct case_problem *c =
        problem(LI_CASE, "\"voltages\":[0.5,1]", "\"kind\":\"voltage-squared-error\"");
    struct witness_difference d =
        differentiate(c, "weights[0][1][1]", NULL, WITNESS_CENTRAL, 40, PREC, PREC);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert(isnan(d.order));
    witness_difference_clear(&d);
    case_free(c);
}

/* The first-spike time depends on weight and arrival: dt/dw is smooth, dt/d(arrival) = 1. */
TEST(difference_of_a_smooth_loss_has_order_two)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]"));
    struct witness_difference d =
        differentiate(c, "weights[0][0][0]", NULL, WITNESS_CENTRAL, 40, PREC, 1024);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert(fabs(d.order - 2) <= ldexp(1, -10));
    ck_assert_uint_eq(d.simulations, 7);
    witness_difference_clear(&d);
    case_free(c);
}

TEST(forward_difference_at_zero_delay_is_that_of_the_spike_time)
{
    struct case_problem *c = problem(CHAIN("12", "5", "0"));
    struct witness_difference delay =
        differentiate(c, "delays[0][0][0]", NULL, WITNESS_FORWARD, 40, PREC, 1024);
    struct witness_difference time =
        differentiate(c, "spike_times[0].in[0][0]", NULL, WITNESS_CENTRAL, 40, PREC, 1024);
    ck_assert_int_eq(delay.class_, WITNESS_SMOOTH);
    ck_assert_int_eq(time.class_, WITNESS_SMOOTH);
    ck_assert(agree(delay.value, time.value, 130));
    ck_assert_uint_eq(delay.simulations, 5);
    witness_difference_clear(&delay);
    witness_difference_clear(&time);
    case_free(c);
}

/* Moving all spikes of in[1] is moving both of its delays, given as one number in the case. */
TEST(delay_derivatives_of_a_neuron_sum_to_those_of_its_spike_times)
{
    static const char *const name[] = {"delays[0][1][0]", "delays[0][1][1]",
                                       "spike_times[0].in[1][0]", "spike_times[0].in[1][1]"};
    struct case_problem *c = problem(LI_CASE, "\"label\":1", UNIFORM);
    mpfr_t sum[2];
    mpfr_inits2(CHECK, sum[0], sum[1], (mpfr_ptr)0);
    mpfr_set_zero(sum[0], 1);
    mpfr_set_zero(sum[1], 1);
    for (size_t i = 0; i < 4; i++) {
        struct witness_difference d =
            differentiate(c, name[i], NULL, WITNESS_CENTRAL, 40, PREC, PREC);
        ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
        mpfr_add(sum[i / 2], sum[i / 2], d.value, MPFR_RNDN);
        witness_difference_clear(&d);
    }
    ck_assert(agree(sum[0], sum[1], 136));
    mpfr_clears(sum[0], sum[1], (mpfr_ptr)0);
    case_free(c);
}

/* There tau_mem and tau_syn differ by h only, and x - y would lose 80 bits. */
TEST(derivative_at_equal_constants_needs_no_more_bits)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "20", ""), FROM_IN("4", ""), "[1]"));
    struct witness_difference d =
        differentiate(c, "tau_syn.lif[0]", NULL, WITNESS_CENTRAL, 40, PREC, 1024);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert_int_eq(d.precision, PREC);
    witness_difference_clear(&d);
    case_free(c);
}

TEST(nudges_of_one_parameter_add_up)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]"));
    struct ref_nudge nudge[] = {{0, 1}, {0, -0.25}};
    struct witness_direction both = {nudge, 2, NULL},
                             one = {&(struct ref_nudge){0, 0.75}, 1, NULL};
    mpfr_t a, b;
    mpfr_inits2(PREC, a, b, (mpfr_ptr)0);
    ck_assert_int_eq(witness_difference_at(a, c, &both, WITNESS_CENTRAL, -40, PREC), WITNESS_OK);
    ck_assert_int_eq(witness_difference_at(b, c, &one, WITNESS_CENTRAL, -40, PREC), WITNESS_OK);
    ck_assert(!mpfr_zero_p(a) && agree(a, b, PREC - 64));
    mpfr_clears(a, b, (mpfr_ptr)0);
    case_free(c);
}

SUITE("witness difference", .teardown = mpfr_free_cache)
