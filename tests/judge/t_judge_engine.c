/* SPDX-License-Identifier: MIT */
/* t_judge_engine.c: the clock engine before the judge: clean it passes, with a published defect it
 * fails and the defect is named, with one bit flipped the bit is named. */
#include "tests/store_case.h"
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"

#include "gpu/gpu.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* %s: the rest of the output population, the rest of the loss. */
static const char text[] =
    "{\"format\": \"evident-case-1\", \"name\": \"judged\", \"time\": {\"end\": 32, \"step\": "
    "0.25},"
    "\"populations\": ["
    " {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    " {\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0, \"bias\": 0},"
    " {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"bias\": 0}],"
    "\"projections\": ["
    " {\"source\": \"in\", \"target\": \"hid\", \"delay\": 0, \"weights\": [[9, 4], [5, 8]]},"
    " {\"source\": \"hid\", \"target\": \"hid\", \"delay\": 0.5,"
    "  \"weights\": [[0.25, -0.5], [0.75, 0.125]]},"
    " {\"source\": \"hid\", \"target\": \"out\", \"delay\": 1, \"weights\": [[1, 2], [3, -1]]}],"
    "\"samples\": ["
    " {\"spikes\": {\"in\": [[1, 9, 31.9], [2.5]]}, \"target\": {\"label\": 1}},"
    " {\"spikes\": {\"in\": [[3], [4.75, 12]]}, \"target\": {\"label\": 0}}],"
    "\"loss\": {\"kind\": \"%s-cross-entropy\", \"population\": \"out\"%s}}";

static const char weighting[] = ", \"weighting\": \"exponential\"";
static struct case_made made;
static struct ver_judgement judgement;
static struct ver_options options;

static void load(const char *kind, const char *rest)
{
    char whole[sizeof text + 128];
    struct case_error error;
    snprintf(whole, sizeof whole, text, kind, rest);
    made = (struct case_made){0};
    made.problem = case_read_text(whole, strlen(whole), "text", NULL, &error);
    ck_assert_msg(made.problem != NULL, "%s", error.text);
}

static void setup(void)
{
    load("voltage-integral", weighting);
    options = (struct ver_options)VER_OPTIONS_DEFAULT;
    options.engine[0] = ver_engine_find("clock-host");
    options.engines = 1;
    options.no_witness = true;
}

static void teardown(void)
{
    ver_judgement_clear(&judgement);
    case_made_clear(&made);
    flint_cleanup();
    mpfr_free_cache();
}

static void judge(void)
{
    ver_judgement_clear(&judgement);
    ver_judge(&judgement, "text", "file", &made, &options);
}

static size_t compared(enum ver_kind kind)
{
    size_t numbers = 0;
    for (size_t k = 0; k < judgement.comparisons; k++)
        if (judgement.comparison[k].kind == kind && judgement.comparison[k].outcome == VER_AGREES)
            numbers += judgement.comparison[k].numbers;
    return numbers;
}

TEST(clean_engine_passes_with_every_kind_of_evidence)
{
    judge();
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    ck_assert_uint_gt(compared(VER_KIND_ROUNDING), 1000);
    ck_assert_uint_eq(compared(VER_KIND_DECISION), 2 * 2 * 128);
    ck_assert_uint_gt(compared(VER_KIND_LADDER), 0);
    ck_assert_uint_gt(compared(VER_KIND_INVARIANCE), 0);
    ck_assert_uint_eq(judgement.engines, 1);
    ck_assert_int_eq(judgement.judged[0].state, VER_ENGINE_RAN);
    ck_assert(judgement.judged[0].traced);
    ck_assert_str_eq(judgement.judged[0].diagnosis, "");
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        ck_assert_msg(judgement.judged[0].ratios[q].largest <= 1, "%s",
                      ver_scheme_quantity_name((enum ver_scheme_quantity)q));
}

TEST(every_gradient_of_the_engine_is_compared)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, made.problem);
    ck_assert_uint_gt(blocks, 0);
    judge();
    for (int q = CASE_WEIGHT; q <= CASE_TAU_SYN; q++) {
        size_t wanted = 0, found = 0;
        const char *name =
            ver_scheme_quantity_name((enum ver_scheme_quantity)(VER_SCHEME_WEIGHTS + q));
        for (size_t b = 0; b < blocks; b++)
            wanted += (int)block[b].quantity == q ? block[b].rows * block[b].columns : 0;
        for (size_t k = 0; k < judgement.comparisons; k++)
            if (judgement.comparison[k].kind == VER_KIND_ROUNDING &&
                strcmp(judgement.comparison[k].quantity, name) == 0)
                found += judgement.comparison[k].numbers;
        ck_assert_msg(found == wanted, "%s: %zu of %zu", name, found, wanted);
    }
    free(block);
}

static const struct {
    unsigned number;
    const char *kind;
    double step;
} defect[] = {{1, "voltage-integral", 0},     {2, "max-voltage", 0},
              {4, "voltage-integral", 0},     {5, "voltage-integral", 0},
              {6, "voltage-integral", 0},     {7, "voltage-integral", 0},
              {18, "voltage-integral", 0.002}};

TEST_EACH(each_published_defect_is_caught_and_named, 0, sizeof defect / sizeof *defect)
{
    char named[40];
    case_made_clear(&made);
    load(defect[_i].kind, strcmp(defect[_i].kind, "max-voltage") == 0 ? "" : weighting);
    options.how.defects = 1u << defect[_i].number;
    options.how.step = defect[_i].step;
    judge();
    snprintf(named, sizeof named, "matches defect %u: ", defect[_i].number);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_msg(strstr(judgement.judged[0].diagnosis, named) != NULL, "%s",
                  judgement.judged[0].diagnosis);
}

TEST(clock_of_binary32_is_named_by_a_closer_look)
{
    /* A step of which binary32 has no multiples. */
    options.how.defects = 1u << 18;
    options.how.step = 0.3;
    options.how.round_delays = true;
    made.problem->samples = 1; /* a longer ladder */
    judge();
    made.problem->samples = 2;
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_uint_gt(compared(VER_KIND_ROUNDING), 500); /* at the case's own step all is well */
    ck_assert_msg(strstr(judgement.judged[0].diagnosis, "matches defect 18: ") != NULL, "%s",
                  judgement.judged[0].diagnosis);
}

TEST(published_scheme_passes_as_itself_and_fails_as_the_clean_one)
{
    options.how.compat = true;
    judge();
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    ck_assert_uint_eq(compared(VER_KIND_LADDER), 0);
    options.how.compat = false;
    options.how.defects = 1u << 1 | 1u << 4;
    judge();
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
}

TEST(factor_of_a_drive_over_tau_is_read_as_such)
{
    options.how.defects = 1u << 1;
    judge();
    ck_assert_msg(strstr(judgement.judged[0].diagnosis, "0.05 times the grid: 1/tau_mem?") != NULL,
                  "%s", judgement.judged[0].diagnosis);
}

TEST(case_that_the_scheme_cannot_say_is_not_run_and_says_why)
{
    made.problem->projection[0].delay.at[0] = 0.3;
    judge();
    ck_assert_int_eq(judgement.verdict, VER_NOT_RUN);
    ck_assert_int_eq(judgement.judged[0].state, VER_ENGINE_INEXPRESSIBLE);
    ck_assert_int_eq(judgement.judged[0].cause, VER_CAUSE_DELAYS);
    ck_assert_ptr_nonnull(strstr(judgement.reason, "whole number of steps"));
    options.how.round_delays = true;
    judge();
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
}

TEST(engine_that_cannot_run_here_hides_nothing)
{
    options.engine[1] = ver_engine_find("clock-emulated");
    options.engines = 2;
    judge();
    ck_assert_int_eq(judgement.verdict, VER_PASS);
    struct ver_totals totals = totals_of(&judgement, 1);
    ck_assert_uint_eq(totals.engines, 2);
    size_t all = 0;
    for (int s = 0; s < VER_ENGINE_STATES; s++)
        all += totals.engine[1].state[s];
    ck_assert_uint_eq(all, 1);
}

/* ---- bits ---- */

static struct result one, two;
static struct scheme_difference difference;

static void run_twice(void)
{
    struct engine_options how = ENGINE_OPTIONS_DEFAULT;
    how.trace = true;
    ck_assert_int_eq(engine_run(&gpu_clock_host, &one, made.problem, &how), RESULT_OK);
    ck_assert_int_eq(engine_run(&gpu_clock_host, &two, made.problem, &how), RESULT_OK);
}

static void clear_both(void)
{
    result_clear(&one);
    result_clear(&two);
}

static void compare(void)
{
    const struct scheme_sameness all = {
        .samples = 2, .traces = true, .losses = true, .loss = true, .gradients = true};
    ck_assert_int_eq(scheme_same(&difference, made.problem, &one, made.problem, &two, &all), 0);
}

static void flip(double *x)
{
    uint64_t bits;
    memcpy(&bits, x, sizeof bits);
    bits ^= 1;
    memcpy(x, &bits, sizeof bits);
}

TEST(one_flipped_bit_is_found_in_every_quantity)
{
    run_twice();
    compare();
    ck_assert(!difference.differs);
    ck_assert_uint_gt(difference.numbers, 4 * 2 * 4 * 128);
    const struct result_trace *trace = &two.sample[1].trace;
    const struct {
        const char *quantity, *index;
        double *at;
    } place[] = {
        {"slope", "[1].hid[1] step ", &two.sample[1].slope[1][two.raster.train[1][1][0].count]},
        {"V", "[1].out[1] step 127", &trace->v[127 * 4 + 3]},
        {"I", "[1].hid[0] step 5", &trace->i[5 * 4]},
        {"sample_loss", "[1]", &two.sample[1].loss},
        {"loss", "", &two.loss},
        {"lambda_V", "[1].hid[1] step 0", &trace->lambda_v[1]},
        {"lambda_I", "[1].out[0] step 100", &trace->lambda_i[100 * 4 + 2]},
        {"weights", "weights[2][1][0]", &two.gradient[10]},
        {"delays", "delays[0][0][0]", &two.gradient[12]},
        {"tau_mem", "tau_mem.hid[0]", &two.gradient[24]},
        {"tau_syn", "tau_syn.hid[0]", &two.gradient[28]},
    };
    for (size_t k = 0; k < sizeof place / sizeof *place; k++) {
        flip(place[k].at);
        compare();
        ck_assert_msg(difference.differs, "%s", place[k].quantity);
        ck_assert_str_eq(difference.quantity, place[k].quantity);
        ck_assert_msg(strncmp(difference.index, place[k].index, strlen(place[k].index)) == 0,
                      "%s: %s", place[k].quantity, difference.index);
        flip(place[k].at);
    }
    two.raster.train[0][1][1].step[0]++;
    compare();
    ck_assert_str_eq(difference.quantity, "spikes");
    ck_assert_str_eq(difference.index, "[0].hid[1][0]");
    clear_both();
}

TEST(zeros_of_both_signs_differ_in_bits_but_not_as_numbers)
{
    run_twice();
    two.sample[0].trace.v[0] = 0;
    one.sample[0].trace.v[0] = -0.0;
    compare();
    ck_assert(difference.differs);
    const struct scheme_sameness numbers = {.samples = 2, .traces = true, .numerically = true};
    ck_assert_int_eq(scheme_same(&difference, made.problem, &one, made.problem, &two, &numbers), 0);
    ck_assert(!difference.differs);
    clear_both();
}

/* ---- two engines ---- */

static bool one_bit_off;

static enum result_status run_other(const struct engine *engine, struct result *result,
                                    const struct case_problem *c, const struct engine_options *how)
{
    (void)engine;
    enum result_status status = engine_run(&gpu_clock_host, result, c, how);
    if (status == RESULT_OK && one_bit_off)
        flip(&result->gradient[3]);
    return status;
}

static const struct engine other = {.name = "other", .run = run_other, .scheme = true};

static const struct ver_comparison *find_bits(void)
{
    for (size_t k = 0; k < judgement.comparisons; k++)
        if (judgement.comparison[k].kind == VER_KIND_BITS)
            return &judgement.comparison[k];
    return NULL;
}

TEST(second_engine_has_the_bits_of_the_first_or_the_first_bit_that_differs_is_named)
{
    options.engine[1] = &other;
    options.engines = 2;
    one_bit_off = false;
    judge();
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    ck_assert(judgement.judged[1].same);
    ck_assert_uint_eq(judgement.judged[0].digest, judgement.judged[1].digest);
    ck_assert_uint_gt(find_bits()->numbers, 4 * 2 * 4 * 128);
    one_bit_off = true;
    judge();
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert(!judgement.judged[1].same);
    ck_assert_uint_ne(judgement.judged[0].digest, judgement.judged[1].digest);
    ck_assert_int_eq(find_bits()->outcome, VER_DIFFERS);
    ck_assert_str_eq(find_bits()->engine, "other");
    ck_assert_str_eq(find_bits()->index, "weights weights[0][1][1]");
    ck_assert_ptr_nonnull(strstr(find_bits()->value, "0x"));
}

SUITE("judge_engine", .setup = setup, .teardown = teardown)
