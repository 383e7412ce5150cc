/* SPDX-License-Identifier: MIT */
/* t_shrink.c: a failing case becomes small, and still fails in the same way. */
#include "verify/run/engines.h"
#include "verify/shrink/shrink.h"

#include "gpu/gpu.h"
#include "tests/run_suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct case_made made;

static void load(const char *address)
{
    struct case_error error = {""};
    ck_assert_msg(ver_load(&made, address, &error) == 0, "%s", error.text);
}

static void teardown(void)
{
    case_made_clear(&made);
}

static struct shrink_judge judge_by(const struct engine *engine, unsigned defect)
{
    struct shrink_judge judge = {"test", VER_OPTIONS_DEFAULT, 2, NULL, NULL};
    judge.options.engine[judge.options.engines++] = engine;
    judge.options.how.round_delays = true;
    judge.options.how.defects = 1u << defect;
    judge.options.no_witness = true;
    judge.options.every = UINT64_MAX;
    judge.options.seconds = 30;
    return judge;
}

/* Shrinks what is loaded; the result is to be freed. */
static struct shrink shrunk(struct shrink_judge judge)
{
    struct shrink shrink = {.judge = judge, .problem = case_copy(made.problem)};
    ck_assert_ptr_nonnull(shrink.problem);
    shrink_judge(&shrink.way, &judge, &shrink.problem, 1);
    ck_assert(shrink_fails(&shrink.way));
    ck_assert_int_eq(shrink_search(&shrink), 0);
    ck_assert(shrink.finished);
    return shrink;
}

static const struct engine *host(void)
{
    return ver_engine_find("clock-host");
}

TEST(copy_of_a_case_is_the_same_text_and_shares_nothing)
{
    static const char *const some[] = {"random-batch:1:0", "random-delays:1:0",
                                       "cases/examples/voltage-squared-error.json"};
    for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
        load(some[k]);
        struct case_problem *copy = case_copy(made.problem);
        char *before = case_text(made.problem);
        case_made_clear(&made);
        char *after = case_text(copy);
        ck_assert_str_eq(before, after);
        free(before);
        free(after);
        case_free(copy);
    }
    load("random-deep:1:0");
}

TEST(smaller_case_fails_in_the_same_way)
{
    struct shrink_way way;
    load("random-recurrent:1:3");
    struct shrink shrink = shrunk(judge_by(host(), 4));
    shrink_judge(&way, &shrink.judge, &shrink.problem, 1);
    ck_assert(shrink_same(&way, &shrink.way));
    ck_assert_str_eq(way.difference[0].engine, "clock-host");
    ck_assert_str_eq(way.difference[0].quantity, "lambda_V");
    ck_assert_int_eq(way.difference[0].kind, VER_KIND_ROUNDING);
    ck_assert_uint_le(shrink.problem->populations, 3);
    case_free(shrink.problem);
}

TEST(same_case_gives_the_same_bytes_for_any_number_of_processes)
{
    struct shrink_judge judge = judge_by(host(), 4);
    char *text[3];
    load("random-recurrent:1:3");
    for (unsigned k = 0; k < 3; k++) {
        judge.workers = k + 1;
        struct shrink shrink = shrunk(judge);
        text[k] = case_text(shrink.problem);
        case_free(shrink.problem);
    }
    ck_assert_str_eq(text[0], text[1]);
    ck_assert_str_eq(text[0], text[2]);
    for (unsigned k = 0; k < 3; k++)
        free(text[k]);
}

/* One removal, of any kind, of any item: it passes then, or fails otherwise. */
TEST(nothing_can_be_removed_from_the_smallest_case)
{
    load("random-recurrent:1:3");
    struct shrink shrink = shrunk(judge_by(host(), 4));
    size_t removals = 0;
    for (const struct shrink_cut *cut = shrink_structure; cut->says; cut++)
        for (size_t k = 0; k < cut->items(shrink.problem); k++) {
            struct case_problem *less = case_copy(shrink.problem);
            struct case_error ignored;
            struct shrink_way way;
            if (cut->apply(less, k, 1) > 0 && case_check(less, &ignored) == 0) {
                removals++;
                shrink_judge(&way, &shrink.judge, &less, 1);
                ck_assert_msg(!shrink_same(&way, &shrink.way), "%s %zu", cut->says, k);
            }
            case_free(less);
        }
    ck_assert_uint_gt(removals, 5);
    case_free(shrink.problem);
}

/* Dies where a second input neuron spikes. */
static enum result_status crash(const struct engine *engine, struct result *result,
                                const struct case_problem *c, const struct engine_options *options)
{
    (void)engine;
    if (c->population[0].size > 1 && c->sample[0].spikes[0] && c->sample[0].spikes[0][1].count > 0)
        raise(SIGSEGV);
    return engine_run(&gpu_clock_host, result, c, options);
}

TEST(crash_is_a_way_of_failing)
{
    static const struct engine crashing = {
        .name = "crashing", .says = "", .run = crash, .scheme = true};
    char text[200];
    load("random-recurrent:1:3");
    struct shrink_judge judge = judge_by(&crashing, 4);
    judge.options.how.defects = 0;
    struct shrink shrink = shrunk(judge);
    shrink_way_text(text, sizeof text, &shrink.way);
    ck_assert_str_eq(text, "killed by signal 11");
    ck_assert_uint_eq(shrink.problem->population[0].size, 2);
    ck_assert_uint_eq(shrink.problem->sample[0].spikes[0][0].count, 0);
    ck_assert_uint_eq(shrink.problem->sample[0].spikes[0][1].count, 1);
    case_free(shrink.problem);
}

TEST(every_cut_leaves_a_case_or_is_refused_by_the_checker)
{
    static const char *const some[] = {
        "random-batch:1:0", "random-heterogeneous:1:0", "cases/examples/delay-matrix.json",
        "cases/examples/voltage-squared-error.json", "cases/examples/first-spike.json"};
    const struct shrink_cut *const all[] = {shrink_structure, shrink_numbers};
    for (size_t f = 0; f < sizeof some / sizeof *some; f++) {
        load(some[f]);
        for (size_t list = 0; list < 2; list++)
            for (const struct shrink_cut *cut = all[list]; cut->says; cut++)
                for (size_t k = 0; k < cut->items(made.problem); k++) {
                    struct case_problem *less = case_copy(made.problem);
                    struct case_error error = {""};
                    char *text = NULL;
                    if (cut->apply(less, k, 1) > 0 && case_check(less, &error) == 0)
                        text = case_text(less);
                    struct case_problem *again =
                        text ? case_read_text(text, strlen(text), "test", NULL, &error) : NULL;
                    ck_assert_msg(!text || again, "%s of %s: %s", cut->says, some[f], error.text);
                    case_free(again);
                    free(text);
                    case_free(less);
                }
        case_made_clear(&made);
    }
    load("random-deep:1:0");
}

SUITE("shrink", .teardown = teardown)
