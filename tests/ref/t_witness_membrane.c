/* SPDX-License-Identifier: MIT */
/* t_witness_membrane.c: the spikes of one neuron against closed forms: crossings, reset, bias, and
 * peaks that touch the threshold. */
#include "tests/witness_case.h"
#include "tests/run_suite.h"

/* Is V = 1 at the first spike after a single arrival of this weight at start? */
static void check_first_crossing(const char *text, double tau_mem, double tau_syn, double weight,
                                 double start)
{
    struct case_problem *c = problem("%s", text);
    struct witness_run run = simulate(c, PREC);
    mpfr_t s, v, i, one;
    mpfr_inits2(CHECK, s, v, i, one, (mpfr_ptr)0);
    mpfr_sub_d(s, spike(&run, 0, 0), start, MPFR_RNDN);
    mpfr_set_zero(v, 1);
    mpfr_set_d(i, weight, MPFR_RNDN);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    response(v, NULL, tau_mem, tau_syn, v, i, s);
    ck_assert(agree(v, one, PREC - 8));
    mpfr_clears(s, v, i, one, (mpfr_ptr)0);
    witness_run_clear(&run);
    case_free(c);
}

/* tau_mem = 2 tau_syn, x = e^{-s/tau_mem}: w (x - x^2) = 1, the larger root. */
TEST(crossing_at_double_constant_solves_the_quadratic)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("5", ""), "[1]"));
    struct witness_run run = simulate(c, PREC);
    mpfr_t x;
    mpfr_init2(x, CHECK);
    mpfr_set_ui(x, 1, MPFR_RNDN);
    mpfr_div_ui(x, x, 5, MPFR_RNDN);
    mpfr_sqrt(x, x, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    mpfr_div_ui(x, x, 2, MPFR_RNDN);
    mpfr_log(x, x, MPFR_RNDN);
    mpfr_mul_si(x, x, -20, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    ck_assert(agree(spike(&run, 0, 0), x, PREC - 2));
    mpfr_clear(x);
    witness_run_clear(&run);
    case_free(c);
}

TEST(crossing_meets_the_threshold_for_equal_and_nearly_equal_constants)
{
    check_first_crossing(LIF_CASE("40", LIF("20", "20", ""), FROM_IN("4", ""), "[1.5]"), 20, 20, 4,
                         1.5);
    check_first_crossing(LIF_CASE("40", LIF("20", "20.00000000002", ""), FROM_IN("4", ""), "[1.5]"),
                         20, 20.00000000002, 4, 1.5);
    check_first_crossing(LIF_CASE("40", LIF("5", "20", ""), FROM_IN("4", ""), "[1.5]"), 5, 20, 4,
                         1.5);
}

TEST(after_a_spike_voltage_starts_at_the_reset_and_current_goes_on)
{
    struct case_problem *c =
        problem(LIF_CASE("60", LIF("20", "5", ",\"reset\":-0.5"), FROM_IN("30", ""), "[1]"));
    struct witness_run run = simulate(c, PREC);
    mpfr_t s, v, i, one;
    mpfr_inits2(CHECK, s, v, i, one, (mpfr_ptr)0);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    mpfr_set_zero(v, 1);
    mpfr_set_ui(i, 30, MPFR_RNDN);
    mpfr_sub_ui(s, spike(&run, 0, 0), 1, MPFR_RNDN);
    response(v, i, 20, 5, v, i, s);
    mpfr_set_d(v, -0.5, MPFR_RNDN);
    mpfr_sub(s, spike(&run, 0, 1), spike(&run, 0, 0), MPFR_RNDN);
    response(v, NULL, 20, 5, v, i, s);
    ck_assert(agree(v, one, PREC - 8));
    mpfr_clears(s, v, i, one, (mpfr_ptr)0);
    witness_run_clear(&run);
    case_free(c);
}

/* bias 2, threshold 1: V = 2 (1 - e^{-s/20}) reaches 1 every 20 ln 2 ms, 72 times in 1000 ms. */
TEST(bias_above_the_threshold_bursts_with_its_period)
{
    struct case_problem *c =
        problem(LIF_CASE("1000", LIF("20", "5", ",\"bias\":2"), FROM_IN("0", ""), "[]"));
    struct witness_run run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 72);
    mpfr_t period, want;
    mpfr_inits2(CHECK, period, want, (mpfr_ptr)0);
    mpfr_const_log2(period, MPFR_RNDN);
    mpfr_mul_ui(period, period, 20, MPFR_RNDN);
    for (size_t k = 0; k < 72; k++) {
        mpfr_mul_ui(want, period, k + 1, MPFR_RNDN);
        ck_assert(agree(spike(&run, 0, k), want, PREC - 2));
    }
    mpfr_clears(period, want, (mpfr_ptr)0);
    witness_run_clear(&run);
    case_free(c);
}

/* The bias equals the threshold: V creeps towards it for 1000 time constants and never crosses. */
TEST(bias_at_the_threshold_never_spikes)
{
    struct case_problem *c =
        problem(LIF_CASE("20000", LIF("20", "5", ",\"bias\":1"), FROM_IN("-0.5", ""), "[3]"));
    struct witness_run run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 0);
    witness_run_clear(&run);
    case_free(c);
}

/* The peak of w (x - x^2) is w/4; w = 4 + 2^-50 exceeds the threshold by 2^-52. */
TEST(peak_just_above_the_threshold_is_found_and_just_below_is_not)
{
    struct case_problem *c =
        problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("\"0x1.0000000000004p2\"", ""), "[1]"));
    struct witness_run run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 1);
    double gap = mpfr_get_d(run.closest, MPFR_RNDN);
    ck_assert(fabs(gap - ldexp(1, -50)) <= ldexp(1, -60));
    witness_run_clear(&run);
    case_free(c);
    c = problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("\"0x1.ffffffffffffcp1\"", ""), "[1]"));
    run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 0);
    witness_run_clear(&run);
    case_free(c);
}

SUITE("witness membrane", .teardown = mpfr_free_cache)
