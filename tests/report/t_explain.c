/* SPDX-License-Identifier: MIT */
/* t_explain.c: engines with one mistake each; the explanation names the mistake and the step where
 * it shows first. */
#include "tests/clock_case.h"
#include "verify/diagnose/explain.h"
#include "tests/run_suite.h"

#include <math.h>

static struct case_made made;
static struct explain explain;
static char reason[512];

static void setup(void)
{
    made = (struct case_made){.problem = problem(RECURRENT, "\"delay\":0,", SAMPLE_A "," SAMPLE_B)};
}

static void teardown(void)
{
    case_made_clear(&made);
}

/* Explains what an engine says of the case; explain is to be cleared. */
static enum explain_status explained_by(const struct engine *engine, unsigned defects)
{
    struct ver_options options = VER_OPTIONS_DEFAULT;
    options.engine[options.engines++] = engine;
    options.how.defects = defects;
    options.how.round_delays = true;
    return explain_case(&explain, &made, "test", &options, reason, sizeof reason);
}

static void looks_like(const char *cause)
{
    char all[EXPLAIN_CAUSES * (EXPLAIN_CAUSE + 2)] = "";
    for (size_t k = 0; k < explain.causes; k++) {
        strcat(all, explain.cause[k]);
        strcat(all, "; ");
    }
    ck_assert_msg(strstr(all, cause) != NULL, "wanted %s, found %s", cause, all);
}

/* Runs a case that is changed before, as if it were the one asked for. */
static enum result_status run_changed(struct result *result, const struct case_problem *c,
                                      const struct engine_options *options,
                                      void (*change)(struct case_problem *c))
{
    struct case_problem *other = case_copy(c);
    ck_assert_ptr_nonnull(other);
    change(other);
    enum result_status status = engine_run(&gpu_clock_host, result, other, options);
    case_free(other);
    return status;
}

#define CHANGED_ENGINE(change)                                                                     \
    static enum result_status run_##change(const struct engine *engine, struct result *result,     \
                                           const struct case_problem *c,                           \
                                           const struct engine_options *options)                   \
    {                                                                                              \
        (void)engine;                                                                              \
        return run_changed(result, c, options, change);                                            \
    }                                                                                              \
    static const struct engine engine_##change = {                                                 \
        .name = #change, .says = "", .run = run_##change, .scheme = true};

static void transpose(struct case_problem *c)
{
    double *w = c->projection[1].weight;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < i; j++) {
            double kept = w[3 * i + j];
            w[3 * i + j] = w[3 * j + i];
            w[3 * j + i] = kept;
        }
}
CHANGED_ENGINE(transpose)

static void take_old_sample(struct case_problem *c)
{
    for (size_t n = 0; n < 2; n++) {
        const struct case_train *from = &c->sample[0].spikes[0][n];
        struct case_train *to = &c->sample[1].spikes[0][n];
        free(to->at);
        to->count = from->count;
        to->at = malloc((from->count + 1) * sizeof *to->at);
        memcpy(to->at, from->at, from->count * sizeof *to->at);
    }
}
CHANGED_ENGINE(take_old_sample)

static void come_late(struct case_problem *c)
{
    c->projection[0].delay.at[0] += c->step;
}
CHANGED_ENGINE(come_late)

static void never_spike(struct case_problem *c)
{
    c->population[1].threshold.at[0] = 1000;
}
CHANGED_ENGINE(never_spike)

static void reset_to_zero(struct case_problem *c)
{
    for (size_t n = 0; n < 3; n++)
        c->population[1].reset.at[n] = 0;
}
CHANGED_ENGINE(reset_to_zero)

static enum result_status run_mirrored(const struct engine *engine, struct result *result,
                                       const struct case_problem *c,
                                       const struct engine_options *options)
{
    (void)engine;
    enum result_status status = engine_run(&gpu_clock_host, result, c, options);
    double *g = result->gradient + 6; /* behind the 2 x 3 inputs */
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < i; j++) {
            double kept = g[3 * i + j];
            g[3 * i + j] = g[3 * j + i];
            g[3 * j + i] = kept;
        }
    return status;
}

/* ---- what is right ---- */

TEST(engine_within_its_bounds_has_nothing_to_explain)
{
    ck_assert_int_eq(explained_by(ver_engine_find("clock-host"), 0), EXPLAIN_AGREES);
    ck_assert_uint_eq(explain.causes, 0);
    explain_clear(&explain);
}

/* ---- published defects ---- */

TEST(late_jump_is_named_at_the_last_spike_that_has_one)
{
    ck_assert_int_eq(explained_by(ver_engine_find("clock-host"), 1u << 4), EXPLAIN_DIVERGES);
    looks_like("defect 4");
    looks_like("one step late: the spike of step");
    ck_assert(!explain.forward.found);
    ck_assert(explain.backward.found);
    ck_assert_int_eq(explain.backward.quantity, REF_GRID_LAMBDA_V);
    const struct explain_event *event = &explain.backward;
    ck_assert(explain_spiked(&explain, event->sample, event->cell, event->step + 1));
    ck_assert(explain.weighed);
    ck_assert_uint_gt(explain.terms, 0);
    explain_clear(&explain);
}

TEST(blocked_spike_is_named)
{
    struct case_error error;
    case_made_clear(&made);
    ck_assert_int_eq(ver_load(&made, "degenerate-end:1:0", &error), 0);
    ck_assert_int_eq(explained_by(ver_engine_find("clock-host"), 1u << 5), EXPLAIN_DIVERGES);
    looks_like("defect 5");
    ck_assert(explain.backward.found);
    explain_clear(&explain);
}

/* ---- other mistakes ---- */

TEST(transposed_weights_are_named_at_the_first_arrival)
{
    ck_assert_int_eq(explained_by(&engine_transpose, 0), EXPLAIN_DIVERGES);
    looks_like("transposed weights");
    ck_assert(explain.forward.found);
    ck_assert_int_eq(explain.forward.quantity, REF_GRID_I);
    explain_clear(&explain);
}

TEST(stale_batch_is_named)
{
    ck_assert_int_eq(explained_by(&engine_take_old_sample, 0), EXPLAIN_DIVERGES);
    looks_like("stale batch: I of sample 1 is that of sample 0");
    ck_assert_uint_eq(explain.forward.sample, 1);
    explain_clear(&explain);
}

/* Input spikes at 1 ms arrive at the start of step 2 + 1; the first that is missed. */
TEST(arrival_that_comes_late_is_named)
{
    ck_assert_int_eq(explained_by(&engine_come_late, 0), EXPLAIN_DIVERGES);
    looks_like("an arrival is missing");
    ck_assert_uint_eq(explain.forward.step, 3);
    explain_clear(&explain);
}

TEST(missing_spike_is_named_with_its_step)
{
    ck_assert_int_eq(explained_by(&engine_never_spike, 0), EXPLAIN_DIVERGES);
    looks_like("missing spike: V is above the threshold");
    ck_assert(explain.forward.decision);
    ck_assert_uint_eq(explain.forward.cell, 0);
    ck_assert_int_eq(explain.forward.exact, 1);
    explain_clear(&explain);
}

TEST(wrong_reset_is_named_a_step_after_the_spike)
{
    ck_assert_int_eq(explained_by(&engine_reset_to_zero, 0), EXPLAIN_DIVERGES);
    looks_like("wrong reset: V is set to 0");
    const struct explain_event *event = &explain.forward;
    ck_assert(explain_spiked(&explain, event->sample, event->cell, event->step - 1));
    explain_clear(&explain);
}

TEST(transposed_gradient_is_named)
{
    static const struct engine engine = {
        .name = "mirrored", .says = "", .run = run_mirrored, .scheme = true};
    ck_assert_int_eq(explained_by(&engine, 0), EXPLAIN_DIVERGES);
    ck_assert(!explain.forward.found && !explain.backward.found);
    looks_like("transposed gradient");
    explain_clear(&explain);
}

/* ---- what is printed ---- */

static char *printed(bool json)
{
    char *text = NULL;
    size_t size;
    struct ver_options options = VER_OPTIONS_DEFAULT;
    options.engine[options.engines++] = ver_engine_find("clock-host");
    options.how.defects = 1u << 4;
    ck_assert_int_eq(explain_case(&explain, &made, "test", &options, reason, sizeof reason),
                     EXPLAIN_DIVERGES);
    FILE *out = open_memstream(&text, &size);
    if (json)
        ck_assert_int_eq(explain_json(out, &explain, "test", 3), 0);
    else
        explain_text(out, &explain, "test", &options, 3);
    fclose(out);
    explain_clear(&explain);
    return text;
}

TEST(text_says_where_what_and_how_to_see_it)
{
    char *text = printed(false);
    ck_assert_ptr_nonnull(strstr(text, "first divergence backward in time: lambda_V of hid["));
    ck_assert_ptr_nonnull(strstr(text, "first divergence forward in time: none"));
    ck_assert_ptr_nonnull(strstr(text, "looks like: matches defect 4"));
    ck_assert_ptr_nonnull(strstr(text, "evident verify test --engine clock-host --defect 4"));
    free(text);
}

TEST(json_has_the_same)
{
    char *text = printed(true);
    ck_assert_int_eq(text[0], '{');
    ck_assert_ptr_nonnull(strstr(text, "\"format\": \"evident-explanation-1\""));
    ck_assert_ptr_nonnull(strstr(text, "\"forward\": null"));
    ck_assert_ptr_nonnull(strstr(text, "\"worst_weight\": {"));
    free(text);
}

SUITE("explain", .setup = setup, .teardown = teardown)
