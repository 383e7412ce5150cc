/* SPDX-License-Identifier: MIT */
/* t_ref_grid_decision.c: what the grid reference says about spikes that the voltage does not
 * support, and about what has no bound or does not fit. */
#include "tests/grid_cell.h"

#define LIF CASE("lif", TAUS("20", "5") ",\"threshold\":1", "8", TIMES)

TEST(a_spike_left_out_is_unexplained)
{
    struct case_problem *c = problem(LIF);
    struct told *told = run(c, NULL, 0, 24);
    ck_assert_uint_eq(told->result.decisions, STEPS);
    ck_assert_uint_gt(told->result.unexplained, 0);
    told_clear(told);
    case_free(c);
}

TEST(a_spike_without_reason_is_unexplained)
{
    struct case_problem *c = problem(LIF);
    const uint32_t early = FIRST_STEP;
    struct told *told = run(c, &early, 1, 24);
    ck_assert_int_eq(told->exact[early], -1);
    ck_assert_uint_ge(told->result.unexplained, 1);
    told_clear(told);
    case_free(c);
}

/* The threshold is a number of binary32 that V of step 30 misses by less than the bound. */
TEST(within_the_bound_of_the_threshold_both_decisions_are_explained)
{
    struct case_problem *c = problem(CASE("lif", TAUS("20", "5") ",\"threshold\":1", "4", TIMES));
    const uint32_t step = 30;
    struct told *told = run(c, NULL, 0, 24);
    ck_assert_uint_eq(told->result.unexplained, 0);
    float v = (float)arf_get_d(arb_midref(told->value[REF_GRID_V] + step), ARF_RND_NEAR);
    told_clear(told);

    c->population[1].threshold.at[0] = (double)v;
    told = run(c, &step, 1, 24);
    ck_assert_int_eq(told->exact[step], 0);
    ck_assert_uint_eq(told->result.unexplained, 0);
    told_clear(told);
    told = run(c, &step, 0, 24);
    ck_assert_int_eq(told->exact[step], 0);
    told_clear(told);
    case_free(c);
}

TEST(a_voltage_that_is_exactly_the_threshold_is_a_spike)
{
    struct case_problem *c = problem(LIF);
    c->population[1].threshold.at[0] = 0; /* V is exactly zero until the arrival */
    const uint32_t steps[] = {0, 1, 2, 3, 4};
    struct told *told = run(c, steps, FIRST_STEP, 24);
    for (uint32_t n = 0; n < FIRST_STEP; n++)
        ck_assert_int_eq(told->exact[n], 1);
    told_clear(told);
    case_free(c);
}

/* ---- what has no bound, and what does not fit ---- */

TEST(a_slope_that_may_be_zero_is_undecided_and_named)
{
    struct case_problem *c = problem(LIF);
    const uint32_t silent = 0;
    struct told *told = run(c, &silent, 1, 24);
    ck_assert_int_eq(told->result.status, REF_UNDECIDED);
    ck_assert_msg(strstr(told->result.reason, "slope") != NULL, "%s", told->result.reason);
    ck_assert(mag_is_finite(told->result.loss_bound));
    told_clear(told);
    case_free(c);
}

/* V of steps n and n + 1 around the peak, as the tau_mem that the peak's place depends on grows. */
static double lead(struct case_problem *c, uint32_t n)
{
    struct told *told = run(c, NULL, 0, 53);
    arb_t gap;
    arb_init(gap);
    arb_sub(gap, told->value[REF_GRID_V] + n + 1, told->value[REF_GRID_V] + n, 128);
    double x = arf_get_d(arb_midref(gap), ARF_RND_NEAR);
    arb_clear(gap);
    told_clear(told);
    return x;
}

TEST(two_numbers_that_rounding_may_swap_leave_the_maximum_undecided)
{
    struct case_problem *c =
        problem(CASE("li", TAUS("20", "5"), "3", "max-voltage-cross-entropy", "\"label\":0"));
    const uint32_t n = FIRST_STEP + 36; /* the peak is 9.24 ms after the arrival */
    double low = 18, high = 22, *tau_mem = c->population[1].tau_mem.at;
    *tau_mem = low;
    ck_assert(lead(c, n) < 0);
    *tau_mem = high;
    ck_assert(lead(c, n) > 0);
    for (int k = 0; k < 100 && high - low > 0x1p-46; k++) {
        *tau_mem = low + (high - low) / 2;
        if (lead(c, n) < 0)
            low = *tau_mem;
        else
            high = *tau_mem;
    }
    struct told *told;
    for (int side = 0; side < 2; side++) { /* the rival comes later, or came earlier */
        *tau_mem = side ? high : low;
        ck_assert_int_eq(lead(c, n) > 0, side);
        told = run(c, NULL, 0, 24);
        ck_assert_int_eq(told->result.status, REF_UNDECIDED);
        ck_assert_msg(strstr(told->result.reason, "largest") != NULL, "%s", told->result.reason);
        ck_assert(mag_is_finite(told->result.loss_bound));
        ck_assert(!mag_is_finite(told->bound[REF_GRID_LAMBDA_V] + STEPS - 1)); /* jumps anywhere */
        ck_assert(!mag_is_finite(told->bound[REF_GRID_LAMBDA_V]));
        told_clear(told);
    }
    *tau_mem = 20;
    told = run(c, NULL, 0, 24);
    ck_assert_int_eq(told->result.status, REF_OK);
    ck_assert(mag_is_finite(told->bound[REF_GRID_LAMBDA_V]));
    told_clear(told);
    case_free(c);
}

TEST(a_weight_beyond_binary32_has_no_bound)
{
    struct case_problem *c = problem(CASE("li", TAUS("20", "5"), "1e39", SQUARES));
    struct told *told = run(c, NULL, 0, 24);
    ck_assert_int_eq(told->result.status, REF_UNDECIDED);
    ck_assert_msg(strstr(told->result.reason, "V may overflow in step 5"), "%s",
                  told->result.reason);
    ck_assert(!mag_is_finite(told->bound[REF_GRID_V] + FIRST_STEP));
    ck_assert(mag_is_finite(told->bound[REF_GRID_V] + FIRST_STEP - 1));
    told_clear(told);
    told = run(c, NULL, 0, 53);
    ck_assert_int_eq(told->result.status, REF_OK);
    told_clear(told);
    case_free(c);
}

/* The adjoint fits binary32, and its product with an arrival does not. */
TEST(a_gradient_beyond_binary32_has_no_bound)
{
    struct case_problem *c = problem(CASE("li", TAUS("20", "5"), "1e20", SQUARES));
    struct told *told = run(c, NULL, 0, 24);
    ck_assert_int_eq(told->result.status, REF_UNDECIDED);
    ck_assert_msg(strstr(told->result.reason, "gradient") != NULL, "%s", told->result.reason);
    ck_assert(mag_is_finite(told->bound[REF_GRID_LAMBDA_V]));
    told_clear(told);
    case_free(c);
}

TEST(a_raster_that_does_not_fit_the_grid_is_refused)
{
    struct case_problem *c = problem(LIF);
    const uint32_t behind[] = {3, STEPS}, twice[] = {3, 3};
    struct told *told = run(c, behind, 2, 24);
    ck_assert_int_eq(told->result.status, REF_CAPACITY);
    told_clear(told);
    told = run(c, twice, 2, 24);
    ck_assert_int_eq(told->result.status, REF_CAPACITY);
    ck_assert_msg(strstr(told->result.reason, "raster") != NULL, "%s", told->result.reason);
    told_clear(told);
    c->step = 0;
    told = run(c, NULL, 0, 24);
    ck_assert_int_eq(told->result.status, REF_CAPACITY);
    ck_assert_msg(strstr(told->result.reason, "step") != NULL, "%s", told->result.reason);
    told_clear(told);
    case_free(c);
}

static size_t none(const void *context, size_t sample, size_t population, size_t neuron)
{
    (void)context, (void)sample, (void)population, (void)neuron;
    return 0;
}

static const char *refusal(const struct case_problem *c, const struct case_raster *raster,
                           unsigned variant)
{
    static char reason[sizeof((struct ref_grid_result *)NULL)->reason];
    struct ref_grid_options options = {.unit = 24, .gradients = true, .variant = variant};
    struct ref_grid_result result;
    enum ref_status const status = ref_grid_run(&result, c, raster, &options);
    ck_assert(status == (result.reason[0] ? REF_CAPACITY : REF_OK));
    strcpy(reason, result.reason);
    ref_grid_clear(&result);
    return reason;
}

/* A raster of a case with other samples, populations, models or sizes. */
TEST(a_raster_of_another_case_is_refused)
{
    struct case_problem *c = problem(LIF);
    struct case_raster raster;
    ck_assert_int_eq(case_raster_make(&raster, c, CASE_LIF, none, NULL), 0);
    ck_assert_str_eq(refusal(c, &raster, 0), "");
    ck_assert_str_eq(refusal(c, &raster, SCHEME_STALE), "no weights for the backward pass");
    raster.samples++;
    ck_assert_str_eq(refusal(c, &raster, 0), "the raster is not one of this case");
    raster.samples--;
    raster.populations++;
    ck_assert_str_eq(refusal(c, &raster, 0), "the raster is not one of this case");
    raster.populations--;
    for (size_t p = 0; p < c->populations; p++) {
        raster.sizes[p]++;
        bool const lif = c->population[p].model == CASE_LIF;
        ck_assert_str_eq(refusal(c, &raster, 0), lif ? "the raster is not one of this case" : "");
        raster.sizes[p]--;
    }
    case_raster_clear(&raster);
    ck_assert_int_eq(case_raster_make(&raster, c, CASE_SPIKE_SOURCE, none, NULL), 0);
    ck_assert_str_eq(refusal(c, &raster, 0), "the raster is not one of this case");
    case_raster_clear(&raster);
    case_free(c);
}

SUITE("ref_grid_decision")
