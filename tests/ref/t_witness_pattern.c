/* SPDX-License-Identifier: MIT */
/* t_witness_pattern.c: differences across which spikes change in count or order are named so and
 * are no evidence. */
#include "tests/witness_case.h"
#include "tests/run_suite.h"

static enum witness_class class_of(const struct case_problem *c, const char *name, mpfr_prec_t cap)
{
    struct witness_difference d = differentiate(c, name, NULL, WITNESS_CENTRAL, 16, 128, cap);
    enum witness_class found = d.class_;
    witness_difference_clear(&d);
    return found;
}

/* w = 4 at tau_mem = 2 tau_syn peaks exactly at the threshold. */
TEST(peak_at_the_threshold_is_a_tangent)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("4", ""), "[1]"));
    ck_assert_int_eq(class_of(c, "weights[0][0][0]", 512), WITNESS_TANGENT);
    case_free(c);
}

/* The end lies within 2^-49 of the spike at 20 ln 2: seen at h = 2^-40, resolved at 2^-80. */
TEST(spike_lost_over_the_end_is_a_count_change)
{
    struct case_problem *c = problem(
        LIF_CASE("\"0x1.bb9d3beb8c86cp3\"", LIF("20", "5", ",\"bias\":2"), FROM_IN("0", ""), "[]"));
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 128), WITNESS_COUNT_CHANGE);
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 1024), WITNESS_SMOOTH);
    case_free(c);
}

TEST(spike_that_passes_an_arrival_is_an_order_change)
{
    const char *format = LIF_CASE("40", LIF("20", "5", ",\"bias\":2"), FROM_IN("%s", ""),
                                  "[\"0x1.bb9d3beb8c86cp3\"]");
    struct case_problem *c = problem(format, "0.5"), *unseen = problem(format, "0");
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 128), WITNESS_ORDER_CHANGE);
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 1024), WITNESS_SMOOTH);
    ck_assert_int_eq(class_of(unseen, "bias.lif[0]", 128), WITNESS_SMOOTH);
    case_free(c);
    case_free(unseen);
}

TEST(arrivals_that_pass_each_other_are_smooth)
{
    struct case_problem *c =
        problem(LIF_CASE("40", LIF("20", "5", ""),
                         FROM_IN("4", ",\"delay\":1") "," FROM_IN("5", ",\"delay\":1"), "[1]"));
    ck_assert_int_eq(class_of(c, "delays[1][0][0]", 256), WITNESS_SMOOTH);
    case_free(c);
}

/* V(T) of an output changes at first order where an arrival at T comes earlier, not where it comes
 * later: no central difference, and each side by itself is smooth. Its bias passes by nothing. */
TEST(arrival_at_the_end_is_an_order_change)
{
    struct case_problem *c = problem(
        "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":8},\"populations\":["
        "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"
        "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":40,\"tau_syn\":5,"
        "\"bias\":[5,3]}],\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"delay\":2,"
        "\"weights\":[[3,1.5]]}],\"samples\":[{\"spikes\":{\"in\":[[6]]},"
        "\"target\":{\"label\":0}}],\"loss\":{\"kind\":\"max-voltage-cross-entropy\","
        "\"population\":\"out\"}}");
    static const enum witness_side sides[] = {WITNESS_FORWARD, WITNESS_BACKWARD};
    static const double want[] = {0, 0.03077588295}; /* of delay 2.000001, of delay 1.999999 */
    ck_assert_int_eq(class_of(c, "delays[0][0][0]", 1024), WITNESS_ORDER_CHANGE);
    ck_assert_int_eq(class_of(c, "bias.out[0]", 1024), WITNESS_SMOOTH);
    for (int k = 0; k < 2; k++) {
        struct witness_difference d =
            differentiate(c, "delays[0][0][0]", NULL, sides[k], 16, 128, 1024);
        ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
        ck_assert_double_eq_tol(mpfr_get_d(d.value, MPFR_RNDN), want[k], 1e-7);
        witness_difference_clear(&d);
    }
    case_free(c);
}

/* 40 digits are asked of a difference at 64 bits. */
TEST(digits_out_of_reach_are_unresolved)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]"));
    struct witness_difference d =
        differentiate(c, "weights[0][0][0]", NULL, WITNESS_CENTRAL, 40, 64, 64);
    ck_assert_int_eq(d.class_, WITNESS_UNRESOLVED);
    witness_difference_clear(&d);
    case_free(c);
}

SUITE("witness pattern", .teardown = mpfr_free_cache)
