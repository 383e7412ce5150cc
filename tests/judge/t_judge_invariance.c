/* SPDX-License-Identifier: MIT */
/* t_judge_invariance.c: changes that must not matter. Every one of them is met on some case and
 * holds for the engine; an engine that says something else the second time is caught by each. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"

#include "gpu/gpu.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

static const char *const name[] = {"again",        "threads",        "poison",      "permuted",
                                   "batch_of_1",   "batch_of_512",   "times",       "voltages",
                                   "zero_weights", "silent_neurons", "late_spikes", "negated",
                                   "shape"};
enum { NAMES = sizeof name / sizeof *name, CASES = 20 };

static size_t agreeing[NAMES], differing[NAMES];
static int calls; /* of the engine under test, on one case */
static bool forgetful;

/* The engine, but for one bit of every number that is compared, from its second run on. */
static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    (void)engine;
    struct engine_options host = *options;
    host.block = host.cluster = 0;
    enum result_status status = engine_run(&gpu_clock_host, result, c, &host);
    if (status == RESULT_OK && ++calls > 1 && forgetful)
        for (size_t s = 0; s < result->samples; s++)
            result->sample[s].loss += 1;
    return status;
}

static const struct engine engine = {
    .name = "under-test", .run = run, .scheme = true, .threads = true, .shapes = true};

/* Judges some cases of a family and counts outcomes by name of the invariance. */
static void judge_family(const char *family)
{
    struct ver_options options = VER_OPTIONS_DEFAULT;
    options.engine[0] = &engine;
    options.engines = 1;
    options.no_witness = true;
    options.how.round_delays = true;
    for (unsigned k = 0; k < CASES; k++) {
        struct case_made made = {0};
        struct ver_judgement judgement;
        ck_assert_int_eq(case_family_find(family)->make(&made, 1, k), 0);
        calls = 0;
        ver_judge(&judgement, "x", family, &made, &options);
        for (size_t i = 0; i < judgement.comparisons; i++)
            for (size_t n = 0; n < NAMES; n++) {
                const struct ver_comparison *c = &judgement.comparison[i];
                bool this = c->engine && c->kind == VER_KIND_INVARIANCE &&
                            strcmp(c->quantity, name[n]) == 0;
                agreeing[n] += this && c->outcome == VER_AGREES;
                differing[n] += this && c->outcome == VER_DIFFERS;
            }
        ver_judgement_clear(&judgement);
        case_made_clear(&made);
    }
}

static void judge_families(bool with_fault)
{
    forgetful = with_fault;
    memset(agreeing, 0, sizeof agreeing);
    memset(differing, 0, sizeof differing);
    judge_family("random-batch");
    judge_family("closed-output");
    judge_family("closed-quadratic");
}

TEST(every_invariance_is_met_and_holds)
{
    judge_families(false);
    for (size_t n = 0; n < NAMES; n++) {
        ck_assert_msg(agreeing[n] > 0, "%s was never met", name[n]);
        ck_assert_msg(differing[n] == 0, "%s", name[n]);
    }
}

TEST(every_invariance_sees_an_engine_that_changes_its_mind)
{
    judge_families(true);
    for (size_t n = 0; n < NAMES; n++) {
        ck_assert_msg(differing[n] > 0, "%s was never met", name[n]);
        ck_assert_msg(agreeing[n] == 0, "%s", name[n]);
    }
}

/* ---- changed cases ---- */

static struct case_problem *read_worked(void)
{
    struct case_error error;
    struct case_problem *c = case_read("cases/examples/first-spike.json", &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

TEST(scaled_times_are_all_scaled_and_the_original_is_untouched)
{
    struct case_problem *c = read_worked();
    struct scheme_case changed;
    char *before = case_text(c);
    scheme_case_start(&changed, c);
    scheme_case_scale_time(&changed, 8);
    ck_assert(!changed.failed);
    char *scaled = case_text(&changed.problem);
    scheme_case_scale_time(&changed, 0.125);
    char *back = case_text(&changed.problem), *after = case_text(c);
    ck_assert_str_eq(before, after);
    ck_assert_str_eq(before, back);
    ck_assert_str_ne(before, scaled);
    ck_assert_double_eq(changed.problem.end, c->end);
    scheme_case_clear(&changed);
    case_free(c);
    free(before);
    free(scaled);
    free(back);
    free(after);
}

TEST(grown_cases_obey_the_rules_of_cases)
{
    struct case_problem *c = read_worked();
    struct case_error error;
    struct scheme_case changed;
    const size_t sample[] = {0, 0, 0};
    scheme_case_start(&changed, c);
    scheme_case_add_zeros(&changed);
    scheme_case_add_silent(&changed);
    scheme_case_take_samples(&changed, sample, 3);
    ck_assert(!changed.failed);
    ck_assert_uint_eq(changed.problem.samples, 3);
    ck_assert_uint_eq(changed.problem.populations, c->populations + 1);
    ck_assert_uint_eq(changed.problem.projections, c->projections + 4);
    ck_assert_msg(case_check(&changed.problem, &error) == 0, "%s", error.text);
    scheme_case_clear(&changed);
    case_free(c);
}

static void cleanup(void)
{
    flint_cleanup();
    mpfr_free_cache();
}

SUITE("judge_invariance", .cleanup = cleanup)
