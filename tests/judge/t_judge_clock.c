/* SPDX-License-Identifier: MIT */
/* t_judge_clock.c: the comparisons with which engines are judged, each by itself on numbers made
 * up for it. */
#include "tests/store_case.h"
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static arb_t value;
static mag_t bound;

static void setup(void)
{
    arb_init(value);
    mag_init(bound);
}

static void teardown(void)
{
    arb_clear(value);
    mag_clear(bound);
    flint_cleanup();
}

/* ---- one number in units of its bound ---- */

TEST(number_at_exactly_its_bound_agrees)
{
    arb_set_d(value, 1);
    mag_set_ui_2exp_si(bound, 1, -10);
    ck_assert_double_eq(scheme_ratio(1 + 0x1p-10, value, bound), 1);
    ck_assert_double_eq(scheme_ratio(1 - 0x1p-10, value, bound), 1);
    ck_assert_double_gt(scheme_ratio(1 + 0x1p-10 + 0x1p-50, value, bound), 1);
    ck_assert_double_eq(scheme_ratio(1 + 0x1p-12, value, bound), 0.25);
}

TEST(nan_and_infinity_are_outside)
{
    struct scheme_tally tally = {.numbers = 0};
    mag_set_ui(bound, 1000);
    ck_assert(isnan(scheme_ratio(VER_NAN, value, bound)));
    ck_assert(isinf(scheme_ratio(VER_INFINITY, value, bound)));
    scheme_tally(&tally, 0, value, bound);
    ck_assert_uint_eq(tally.outside, 0);
    ck_assert(scheme_tally(&tally, VER_NAN, value, bound));
    ck_assert(!scheme_tally(&tally, VER_INFINITY, value, bound)); /* nothing is worse than NaN */
    ck_assert_uint_eq(tally.outside, 2);
    ck_assert(isnan(tally.worst));
    ck_assert_uint_eq(tally.bin[0], 2);
}

TEST(bound_of_zero_is_met_by_equality_only)
{
    arb_set_d(value, 3);
    ck_assert_double_eq(scheme_ratio(3, value, bound), 0);
    ck_assert(isinf(scheme_ratio(nextafter(3, 4), value, bound)));
}

TEST(uncertainty_of_the_value_counts_against_the_engine)
{
    arb_set_d(value, 1);
    mag_set_ui_2exp_si(arb_radref(value), 1, -10);
    mag_set_ui_2exp_si(bound, 1, -10);
    ck_assert_double_eq(scheme_ratio(1, value, bound), 1);
    ck_assert_double_gt(scheme_ratio(1 + 0x1p-30, value, bound), 1);
}

TEST(number_without_a_finite_bound_is_no_evidence)
{
    struct scheme_tally tally = {.numbers = 0};
    mag_inf(bound);
    ck_assert(!scheme_tally(&tally, VER_NAN, value, bound));
    ck_assert_uint_eq(tally.infinite, 1);
    ck_assert_uint_eq(tally.numbers, 0);
    ck_assert_uint_eq(tally.outside, 0);
}

TEST(ratios_fall_into_bins_of_powers_of_two)
{
    static const struct {
        double error;
        size_t bin;
    } known[] = {{1, 1},        {0.75, 1},     {0.5, 2}, {0.375, 2},
                 {0x1p-20, 21}, {0x1p-60, 26}, {0, 26},  {1.5, 0}};
    mag_one(bound);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        struct scheme_tally tally = {.numbers = 0};
        scheme_tally(&tally, known[k].error, value, bound);
        ck_assert_msg(tally.bin[known[k].bin] == 1, "%g", known[k].error);
    }
}

TEST(sum_of_ratios_keeps_the_largest_and_a_nan)
{
    struct ver_ratios sum = {.largest = VER_NAN}, one = {.largest = 0.25},
                      bad = {.largest = VER_NAN};
    const struct ver_ratios none = {.largest = VER_NAN};
    one.count[3] = 2;
    bad.count[0] = 1;
    ver_ratios_add(&sum, &one);
    ver_ratios_add(&sum, &none);
    ck_assert_double_eq(sum.largest, 0.25);
    ver_ratios_add(&sum, &bad);
    ver_ratios_add(&sum, &one);
    ck_assert(isnan(sum.largest));
    ck_assert_uint_eq(sum.count[3], 4);
}

/* ---- a common factor ---- */

static double factor_of(const double *engine, const double *truth, size_t count, double *cosine)
{
    arb_ptr balls = _arb_vec_init((slong)count);
    mag_ptr bounds = _mag_vec_init((slong)count);
    for (size_t k = 0; k < count; k++) {
        arb_set_d(balls + k, truth[k]);
        mag_set_d(bounds + k, fabs(truth[k]) * 0x1p-20);
    }
    double factor = reading_common_factor(engine, balls, bounds, count, cosine);
    _arb_vec_clear(balls, (slong)count);
    _mag_vec_clear(bounds, (slong)count);
    return factor;
}

TEST(common_factor_is_found_and_another_direction_is_not_one)
{
    const double truth[] = {1, -2, 0.5, 0}, twice[] = {0.05, -0.1, 0.025, 0},
                 turned[] = {0.05, 0.1, 0.025, 0}, one_off[] = {0.05, -0.1, 0.025, 0.001};
    double cosine;
    ck_assert_double_eq_tol(factor_of(twice, truth, 4, &cosine), 0.05, 1e-9);
    ck_assert_double_eq_tol(cosine, 1, 1e-12);
    ck_assert(isnan(factor_of(turned, truth, 4, &cosine)));
    ck_assert_double_lt(cosine, 0);
    ck_assert(isnan(factor_of(one_off, truth, 4, &cosine)));
    const double zero[] = {0, 0, 0, 0};
    ck_assert(isnan(factor_of(twice, zero, 4, &cosine)));
}

TEST(factor_has_its_likely_reading)
{
    const struct reading_units units = {20, 5, 100, 0.5, 32, NULL, 0};
    static const struct {
        double factor;
        const char *says;
    } known[] = {{0.05, "0.05 times the grid: 1/tau_mem?"},
                 {-1, "-1 times the grid: sign?"},
                 {0.2, "1/tau_syn?"},
                 {0.01, "1/T?"},
                 {0.03125, "1/N, N samples?"},
                 {0.5, ": dt?"},
                 {-0.05, "sign and 1/tau_mem?"},
                 {0.0005, "1/tau_mem and 1/T?"}};
    char text[96];
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        ck_assert(reading_factor_text(text, sizeof text, known[k].factor, &units));
        ck_assert_msg(strstr(text, known[k].says) != NULL, "%s", text);
    }
    ck_assert(!reading_factor_text(text, sizeof text, 1, &units));
    ck_assert(!reading_factor_text(text, sizeof text, VER_NAN, &units));
    ck_assert(!reading_factor_text(text, sizeof text, 0.777, &units));
}

/* ---- orders ---- */

/* error(step) = a step + b, on ten rungs. */
static struct ver_ladder ladder_of(double a, double b)
{
    struct ver_ladder ladder = {.rungs = 10};
    for (size_t k = 0; k < ladder.rungs; k++) {
        double step = ldexp(1, -(int)k);
        ladder.rung[k] = (struct ver_rung){.step = step, .agrees = true};
        ladder.rung[k].error[VER_LADDER_WEIGHTS] = a * step + b;
    }
    return ladder;
}

TEST(first_order_is_seen_and_converges)
{
    struct ver_ladder ladder = ladder_of(3, 0);
    ck_assert_double_eq_tol(convergence_order(&ladder, VER_LADDER_WEIGHTS), 1, 1e-12);
    double ratio = convergence_ratio(&ladder, VER_LADDER_WEIGHTS, 0);
    ck_assert_double_eq_tol(ratio, 1.0 / VER_LADDER_FACTOR, 1e-12);
}

TEST(wrong_limit_does_not_converge)
{
    struct ver_ladder ladder = ladder_of(0, 0.95), late = ladder_of(0.01, 0.95);
    ck_assert_double_eq_tol(convergence_order(&ladder, VER_LADDER_WEIGHTS), 0, 1e-12);
    ck_assert_double_gt(convergence_ratio(&ladder, VER_LADDER_WEIGHTS, 0), 1);
    ck_assert_double_gt(convergence_ratio(&late, VER_LADDER_WEIGHTS, 0), 1);
}

TEST(rungs_whose_counts_differ_are_no_evidence)
{
    struct ver_ladder ladder = ladder_of(3, 0);
    for (size_t k = 0; k < 6; k++) {
        ladder.rung[k].agrees = false;
        ladder.rung[k].error[VER_LADDER_WEIGHTS] = 1000;
    }
    ck_assert_double_eq_tol(convergence_order(&ladder, VER_LADDER_WEIGHTS), 1, 1e-12);
    ck_assert(isnan(convergence_ratio(&ladder, VER_LADDER_WEIGHTS, 0)));
    ladder.rung[6].agrees = false;
    ck_assert(isnan(convergence_order(&ladder, VER_LADDER_WEIGHTS)));
    ladder = ladder_of(3, 0);
    ladder.rung[9].agrees = false;
    ck_assert(isnan(convergence_ratio(&ladder, VER_LADDER_WEIGHTS, 0)));
}

TEST(error_that_a_shift_of_one_step_explains_is_no_failure)
{
    struct ver_ladder ladder = ladder_of(0, 0.001);
    ck_assert_double_gt(convergence_ratio(&ladder, VER_LADDER_WEIGHTS, 0), 1);
    ck_assert_double_le(convergence_ratio(&ladder, VER_LADDER_WEIGHTS, 1), 1);
}

/* What the finest step does not resolve excuses an error; a maximum by itself does not. */
TEST(only_what_the_step_does_not_resolve_excuses)
{
    struct case_made made;
    struct case_error error;
    struct ver_judgement out = {.name = NULL};
    ck_assert_int_eq(case_make(&made, "random-feedforward:1:189", &error), 0);
    struct judge judge = {.out = &out, .made = &made, .problem = made.problem};
    ck_assert_int_eq(made.problem->loss.kind, CASE_MAX_VOLTAGE_CROSS_ENTROPY);
    double step = 0x1p-10,
           shift = VER_LADDER_RESOLVED * step / convergence_shortest_constant(made.problem);
    for (int m = 0; m < REF_MARGINS; m++)
        out.margin[m] = 1;
    ck_assert_int_eq(convergence_excuse(&judge, VER_LADDER_WEIGHTS, step), VER_CAUSE_NONE);
    out.margin[REF_MAXIMUM_GAP] = shift;
    ck_assert_int_eq(convergence_excuse(&judge, VER_LADDER_WEIGHTS, step), VER_CAUSE_NONE);
    out.margin[REF_MAXIMUM_GAP] = shift * (1 - 0x1p-20);
    ck_assert_int_eq(convergence_excuse(&judge, VER_LADDER_DELAYS, step), VER_CAUSE_MAXIMA);
    ck_assert_int_eq(convergence_excuse(&judge, VER_LADDER_SPIKES, step), VER_CAUSE_NONE);
    out.margin[REF_MAXIMUM_GAP] = VER_INFINITY;
    static const enum ref_margin others[] = {REF_GRAZING, REF_COINCIDENCE, REF_END};
    static const enum ver_cause cause[] = {VER_CAUSE_GRAZING, VER_CAUSE_COINCIDENCE, VER_CAUSE_END};
    for (size_t k = 0; k < 3; k++) {
        out.margin[others[k]] =
            0.9 * (others[k] == REF_GRAZING ? shift : VER_LADDER_RESOLVED * step);
        ck_assert_int_eq(convergence_excuse(&judge, VER_LADDER_SPIKES, step), cause[k]);
        out.margin[others[k]] = 1;
    }
    case_made_clear(&made);
}

TEST(median_order_is_judged_over_enough_cases_only)
{
    enum { CASES = VER_ORDER_CASES };
    struct ver_judgement *judgement = calloc(CASES, sizeof *judgement);
    static struct ver_ladder ladder[CASES];
    static char name[] = "x";
    struct ver_totals totals;
    ck_assert_ptr_nonnull(judgement);
    for (size_t k = 0; k < CASES; k++) {
        for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
            ladder[k].order[q] = 0.5;
        judgement[k] = (struct ver_judgement){
            .name = name, .family = "file", .digits = VER_NAN, .ladder = &ladder[k]};
    }
    totals = totals_of(judgement, CASES - 1);
    ck_assert(!totals.ladder_wrong[VER_LADDER_SPIKES]);
    totals = totals_of(judgement, CASES);
    ck_assert(totals.ladder_wrong[VER_LADDER_SPIKES]);
    ck_assert_double_eq(totals.ladder_order[VER_LADDER_SPIKES], 0.5);
    for (size_t k = 0; k < CASES; k++)
        ladder[k].order[VER_LADDER_SPIKES] = 1;
    totals = totals_of(judgement, CASES);
    ck_assert(!totals.ladder_wrong[VER_LADDER_SPIKES]);
    ck_assert(totals.ladder_wrong[VER_LADDER_WEIGHTS]);
    free(judgement);
}

SUITE("judge_clock", .setup = setup, .teardown = teardown)
