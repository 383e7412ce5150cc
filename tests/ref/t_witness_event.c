/* SPDX-License-Identifier: MIT */
/* t_witness_event.c: what happens first: delays, arrivals and crossings at one time, the end of the
 * trial, and excitation without end. */
#include "tests/witness_case.h"
#include "tests/run_suite.h"

TEST(spike_of_a_chain_comes_its_delay_later)
{
    struct case_problem *c = problem(CHAIN("12", "5", "0")),
                        *later = problem(CHAIN("12", "5", "2.5"));
    struct witness_run run = simulate(c, PREC), shifted = simulate(later, PREC);
    ck_assert_uint_gt(run.spikes[0][2][0].count, 0);
    mpfr_t want;
    mpfr_init2(want, CHECK);
    mpfr_add_d(want, run.spikes[0][2][0].at[0], 2.5, MPFR_RNDN);
    ck_assert(agree(shifted.spikes[0][2][0].at[0], want, PREC - 2));
    mpfr_clear(want);
    witness_run_clear(&run);
    witness_run_clear(&shifted);
    case_free(c);
    case_free(later);
}

/* Two projections, one with a matrix of delays, onto the neuron: as one weight, as one delay. */
TEST(arrivals_at_one_time_add_up)
{
    struct case_problem *one =
        problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("7", ",\"delay\":1.5"), "[1]"));
    struct case_problem *two = problem(
        LIF_CASE("40", LIF("20", "5", ""),
                 FROM_IN("9", ",\"delay\":1.5") "," FROM_IN("-2", ",\"delay\":[[1.5]]"), "[1]"));
    struct witness_run a = simulate(one, PREC), b = simulate(two, PREC);
    ck_assert(agree(spike(&a, 0, 0), spike(&b, 0, 0), PREC - 2));
    witness_run_clear(&a);
    witness_run_clear(&b);
    case_free(one);
    case_free(two);
}

/* Twins cross at one time; each would silence the other if its arrival came first. Many weights, as
 * V there may round to either side of the threshold. */
TEST(crossing_goes_before_an_arrival_at_its_very_time)
{
    const char *format =
        "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40},\"populations\":["
        "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"
        "{\"name\":\"lif\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"
        "\"threshold\":1}],\"projections\":["
        "{\"source\":\"in\",\"target\":\"lif\",\"weights\":[[%d,%d]]},"
        "{\"source\":\"lif\",\"target\":\"lif\",\"weights\":[[0,-99],[-99,0]]}],"
        "\"samples\":[{\"spikes\":{\"in\":[[1]]},\"target\":{\"times\":[0,0]}}],"
        "\"loss\":{\"kind\":\"first-spike-squared-error\",\"population\":\"lif\"}}";
    for (int weight = 8; weight < 24; weight++) {
        struct case_problem *c = problem(format, weight, weight);
        struct witness_run run = simulate(c, PREC);
        ck_assert_uint_eq(run.spikes[0][1][0].count, 1);
        ck_assert_uint_eq(run.spikes[0][1][1].count, 1);
        ck_assert(mpfr_equal_p(spike(&run, 0, 0), spike(&run, 1, 0)));
        witness_run_clear(&run);
        case_free(c);
    }
}

/* 20 ln 2 lies between the neighbouring doubles 0x1.bb9d3beb8c86bp3 and ...cp3. */
TEST(spike_just_before_the_end_happens_and_just_after_does_not)
{
    const char *format = LIF_CASE("%s", LIF("20", "5", ",\"bias\":2"), FROM_IN("0", ""), "[]");
    const char *end[] = {"\"0x1.bb9d3beb8c86bp3\"", "\"0x1.bb9d3beb8c86cp3\""};
    for (size_t i = 0; i < 2; i++) {
        struct case_problem *c = problem(format, end[i]);
        struct witness_run run = simulate(c, PREC);
        ck_assert_uint_eq(run.spikes[0][1][0].count, i);
        witness_run_clear(&run);
        case_free(c);
    }
}

TEST(runaway_excitation_is_given_up)
{
    struct case_problem *c = problem(LIF_CASE(
        "20", LIF("20", "5", ",\"bias\":2"),
        FROM_IN("9", "") ",{\"source\":\"lif\",\"target\":\"lif\",\"weights\":[[512]]}", "[1]"));
    struct witness_run run;
    mpfr_t h;
    mpfr_init_set_ui(h, 0, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, NULL, h, 53), WITNESS_CAPACITY);
    mpfr_clear(h);
    witness_run_clear(&run);
    case_free(c);
}

SUITE("witness event", .teardown = mpfr_free_cache)
