/* SPDX-License-Identifier: MIT */
/* t_judge_spoiled.c: engines that are right but for one thing, which the judge must see. */
#include "verify/judge/judge_scheme.h"

#include "gpu/gpu.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

static struct case_made made;
static struct ver_judgement judgement;
static struct ver_options options;

static void setup(void)
{
    struct case_error error;
    made = (struct case_made){0};
    made.problem = case_read("cases/examples/worked.json", &error);
    ck_assert_msg(made.problem != NULL, "%s", error.text);
    options = (struct ver_options)VER_OPTIONS_DEFAULT;
    options.engines = 1;
    options.no_witness = true;
    options.every = 1000000007; /* neither ladder nor invariances */
}

static void teardown(void)
{
    ver_judgement_clear(&judgement);
    case_made_clear(&made);
    flint_cleanup();
    mpfr_free_cache();
}

static void judge(enum result_status (*run)(const struct engine *, struct result *,
                                            const struct case_problem *,
                                            const struct engine_options *))
{
    struct engine spoiled = {.name = "spoiled", .says = "", .run = run, .scheme = true};
    options.engine[0] = &spoiled;
    ver_judge(&judgement, "worked", "file", &made, &options);
}

static enum ver_outcome outcome_of(const char *quantity)
{
    for (size_t k = 0; k < judgement.comparisons; k++)
        if (strcmp(judgement.comparison[k].quantity, quantity) == 0)
            return judgement.comparison[k].outcome;
    return VER_EXCLUDED;
}

static enum result_status run_last_number(const struct engine *engine, struct result *result,
                                          const struct case_problem *c,
                                          const struct engine_options *how)
{
    (void)engine;
    enum result_status status = engine_run(&gpu_clock_host, result, c, how);
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity == CASE_TAU_SYN)
            result->gradient[block[b].first + block[b].columns - 1] *= 1.001;
    free(block);
    return status;
}

TEST(difference_in_the_last_comparison_fails_the_case)
{
    judge(run_last_number);
    const struct ver_comparison *last = &judgement.comparison[judgement.comparisons - 1];
    ck_assert_str_eq(last->quantity, "tau_syn");
    ck_assert_int_eq(last->outcome, VER_DIFFERS);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
}

static enum result_status run_nan(const struct engine *engine, struct result *result,
                                  const struct case_problem *c, const struct engine_options *how)
{
    (void)engine;
    enum result_status status = engine_run(&gpu_clock_host, result, c, how);
    result->gradient[1] = VER_NAN;
    return status;
}

TEST(nan_in_a_gradient_fails_the_case)
{
    judge(run_nan);
    ck_assert_int_eq(outcome_of("weights"), VER_DIFFERS);
    ck_assert_int_eq(outcome_of("tau_syn"), VER_AGREES);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
}

/* Thresholds a little too high: a spike late here and there, all else follows. */
static enum result_status run_high(const struct engine *engine, struct result *result,
                                   const struct case_problem *c, const struct engine_options *how)
{
    (void)engine;
    struct case_problem high = *c;
    struct case_population population[3];
    double threshold = 1.03125;
    memcpy(population, c->population, sizeof population);
    population[1].threshold = (struct case_values){.at = &threshold, .count = 1};
    high.population = population;
    return engine_run(&gpu_clock_host, result, &high, how);
}

TEST(silence_above_the_threshold_is_not_explained)
{
    judge(run_high);
    ck_assert_int_eq(outcome_of("decisions"), VER_DIFFERS);
    ck_assert_int_eq(outcome_of("V"), VER_AGREES);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
}

static enum result_status run_moved(const struct engine *engine, struct result *result,
                                    const struct case_problem *c, const struct engine_options *how)
{
    (void)engine;
    enum result_status status = engine_run(&ref_engine, result, c, how);
    if (status == RESULT_OK)
        result->gradient[3] *= 1 + 0x1p-30;
    return status;
}

TEST(reference_is_an_engine_that_is_right_to_the_last_digits)
{
    static const struct engine moved = {.name = "moved", .run = run_moved};
    options.engine[0] = &ref_engine;
    ver_judge(&judgement, "worked", "file", &made, &options);
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    ck_assert_int_eq(outcome_of("spikes"), VER_AGREES);
    ck_assert_int_eq(outcome_of("tau_syn"), VER_AGREES);
    ver_judgement_clear(&judgement);
    options.engine[0] = &moved;
    ver_judge(&judgement, "worked", "file", &made, &options);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(outcome_of("weights"), VER_DIFFERS);
    ck_assert_int_eq(outcome_of("delays"), VER_AGREES);
}

SUITE("judge_spoiled", .setup = setup, .teardown = teardown, .seconds = 60)
