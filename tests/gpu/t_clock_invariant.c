/* SPDX-License-Identifier: MIT */
/* t_clock_invariant.c: what must not change a bit of the host driver's answer, what it must refuse,
 * and what its memory depends on. */
#include "tests/clock_case.h"
#include "tests/run_suite.h"

#include <math.h>

static const struct engine_options traced = {
    .gradients = true, .tau_gradients = true, .delay_gradients = true, .trace = true};

static void teardown(void)
{
    mpfr_free_cache();
}

/* The digest of a case, which it frees. */
static uint64_t digest(struct case_problem *c, const struct engine_options *options)
{
    struct result r = run(c, options);
    uint64_t hash = result_digest(&r);
    result_clear(&r);
    case_free(c);
    return hash;
}

static struct case_problem *recurrent(const char *samples)
{
    return problem(RECURRENT, "\"delay\":2,", samples);
}

/* ---- the same bits ---- */

TEST(threads_and_poisoned_memory_change_nothing)
{
    struct engine_options two = traced, poisoned = traced;
    two.threads = 2;
    poisoned.poison = true;
    uint64_t one = digest(recurrent(SAMPLE_A "," SAMPLE_B "," SAMPLE_C), &traced);
    ck_assert(one == digest(recurrent(SAMPLE_A "," SAMPLE_B "," SAMPLE_C), &two));
    ck_assert(one == digest(recurrent(SAMPLE_A "," SAMPLE_B "," SAMPLE_C), &poisoned));
    ck_assert(one != digest(recurrent(SAMPLE_A "," SAMPLE_B "," SAMPLE_B), &traced));
}

TEST(permuted_samples_give_the_same_gradient_and_loss)
{
    struct case_problem *abc = recurrent(SAMPLE_A "," SAMPLE_B "," SAMPLE_C);
    struct case_problem *cab = recurrent(SAMPLE_C "," SAMPLE_A "," SAMPLE_B);
    struct result one = run(abc, &traced), other = run(cab, &traced);
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, abc);
    for (size_t b = 0; b < blocks; b++)
        if (one.provides[block[b].quantity])
            ck_assert_mem_eq(one.gradient + block[b].first, other.gradient + block[b].first,
                             block[b].rows * block[b].columns * sizeof(double));
    ck_assert(one.loss == other.loss);
    for (size_t s = 0; s < 3; s++)
        ck_assert(one.sample[s].loss == other.sample[(s + 1) % 3].loss);
    free(block);
    result_clear(&one);
    result_clear(&other);
    case_free(abc);
    case_free(cab);
}

TEST(a_sample_is_the_same_alone_and_in_a_batch)
{
    struct case_problem *many = recurrent(SAMPLE_B "," SAMPLE_A "," SAMPLE_C);
    struct case_problem *alone = recurrent(SAMPLE_A);
    struct result batch = run(many, &traced), single = run(alone, &traced);
    size_t all = (size_t)batch.steps * batch.cells * sizeof(double);
    ck_assert(batch.sample[1].loss == single.sample[0].loss);
    ck_assert_mem_eq(batch.sample[1].trace.v, single.sample[0].trace.v, all);
    ck_assert_mem_eq(batch.sample[1].trace.lambda_v, single.sample[0].trace.lambda_v, all);
    ck_assert_mem_eq(batch.sample[1].trace.lambda_i, single.sample[0].trace.lambda_i, all);
    result_clear(&batch);
    result_clear(&single);
    case_free(many);
    case_free(alone);
}

TEST(a_matrix_of_equal_delays_is_one_delay)
{
    ck_assert(digest(problem(RECURRENT, "\"delay\":2,", SAMPLE_A), &traced) ==
              digest(problem(RECURRENT, "\"delay\":[[2,2,2],[2,2,2]],", SAMPLE_A), &traced));
    ck_assert(digest(problem(RECURRENT, "\"delay\":2,", SAMPLE_A), &traced) !=
              digest(problem(RECURRENT, "\"delay\":[[2,2,2],[2,2,3]],", SAMPLE_A), &traced));
}

TEST(spikes_of_one_input_in_one_step_count_twice_and_once_when_merged)
{
    static const char once[] = "{\"spikes\":{\"in\":[[1],[]]},\"target\":{\"label\":1}}";
    static const char twice[] = "{\"spikes\":{\"in\":[[1,1.25],[]]},\"target\":{\"label\":1}}";
    struct engine_options merged = traced;
    merged.variant = SCHEME_MERGE;
    struct case_problem *c = recurrent(twice);
    struct result r = run(c, &traced);
    ck_assert(row(r.sample[0].trace.i, &r, 7)[0] == 12);
    result_clear(&r);
    struct case_problem *d = recurrent(once);
    struct result two = run(c, &merged), one = run(d, &traced);
    size_t all = (size_t)one.steps * one.cells * sizeof(double);
    ck_assert_mem_eq(two.sample[0].trace.v, one.sample[0].trace.v, all);
    ck_assert_mem_eq(two.sample[0].trace.lambda_i, one.sample[0].trace.lambda_i, all);
    ck_assert(two.gradient[0] == one.gradient[0]);
    result_clear(&two);
    result_clear(&one);
    case_free(c);
    case_free(d);
}

/* A chain of `size` like neurons, so that every one of them must do the same. */
static struct case_problem *twins(size_t size)
{
    char text[1 << 18];
    int at = snprintf(text, sizeof text,
                      "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":20,"
                      "\"step\":1},\"populations\":[{\"name\":\"in\",\"size\":1,\"model\":"
                      "\"spike-source\"},{\"name\":\"out\",\"size\":%zu,\"model\":\"lif\","
                      "\"tau_mem\":10,\"tau_syn\":5,\"threshold\":1,\"reset\":0,\"bias\":0}],"
                      "\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"weights\":[[",
                      size);
    for (size_t n = 0; n < size; n++)
        at += snprintf(text + at, sizeof text - (size_t)at, "%s7", n > 0 ? "," : "");
    at += snprintf(text + at, sizeof text - (size_t)at,
                   "]]}],\"samples\":[{\"spikes\":{\"in\":[[1,2]]},\"target\":{\"times\":[");
    for (size_t n = 0; n < size; n++)
        at += snprintf(text + at, sizeof text - (size_t)at, "%s3", n > 0 ? "," : "");
    at += snprintf(text + at, sizeof text - (size_t)at,
                   "]}}],\"loss\":{\"kind\":\"first-spike-squared-error\","
                   "\"population\":\"out\"}}");
    struct case_error error = {""};
    struct case_problem *c = case_read_text(text, (size_t)at, "test", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

TEST(twins_are_alike_at_every_width)
{
    static const size_t size[] = {1, 31, 32, 33, 255, 256, 257, 1023, 1024, 1025};
    double weight = 0;
    for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
        struct case_problem *c = twins(size[k]);
        struct result r = run(c, &traced);
        weight = k == 0 ? r.gradient[0] : weight;
        ck_assert(fabs(weight) > 0);
        for (size_t n = 0; n < size[k]; n++) {
            ck_assert(r.gradient[n] == weight);
            ck_assert_uint_eq(r.raster.train[0][1][n].count, r.raster.train[0][1][0].count);
        }
        result_clear(&r);
        case_free(c);
    }
}

/* ---- memory ---- */

static size_t bytes(struct case_problem *c, double step, bool tau)
{
    struct engine_options options = {.gradients = true, .tau_gradients = tau, .step = step};
    struct result r = run(c, &options);
    size_t used = r.bytes;
    result_clear(&r);
    return used;
}

TEST(memory_does_not_grow_with_steps_without_a_trace)
{
    struct case_problem *c = recurrent(SAMPLE_A);
    ck_assert_uint_ge(bytes(c, 0.5, false), bytes(c, 0.5 / 256, false));
    ck_assert_uint_lt(bytes(c, 0.5, true), bytes(c, 0.5 / 2, true));
    c->loss.kind = CASE_INSTANTANEOUS_CROSS_ENTROPY;
    ck_assert_uint_lt(bytes(c, 0.5, false), bytes(c, 0.5 / 2, false));
    case_free(c);
}

/* ---- refusals ---- */

static void refuses(struct case_problem *c, const struct engine_options *options, const char *part)
{
    struct result r;
    ck_assert_int_eq(engine_run(&gpu_clock_host, &r, c, options), RESULT_REFUSED);
    ck_assert_msg(strstr(r.reason, part) != NULL, "%s", r.reason);
    result_clear(&r);
    case_free(c);
}

TEST(delay_between_two_steps_is_refused_unless_rounded)
{
    struct engine_options rounded = traced;
    rounded.delays = CASE_ROUND_DELAYS;
    refuses(problem(RECURRENT, "\"delay\":2.2,", SAMPLE_A), &traced,
            "$.projections[0].delay: found 2.2, wanted a whole number of steps of 0.5 ms");
    ck_assert(digest(problem(RECURRENT, "\"delay\":2.2,", SAMPLE_A), &rounded) ==
              digest(problem(RECURRENT, "\"delay\":2,", SAMPLE_A), &traced));
}

TEST(case_without_a_step_and_numbers_beyond_binary32_are_refused)
{
    struct case_problem *c = recurrent(SAMPLE_A);
    c->step = 0;
    refuses(c, &traced, "the step of a time grid");
    c = recurrent(SAMPLE_A);
    c->projection[1].weight[4] = 1e39;
    refuses(c, &traced, "a weight is beyond the range of binary32");
    struct engine_options wide = traced;
    wide.precision = ENGINE_DOUBLE;
    c = recurrent(SAMPLE_A);
    c->projection[1].weight[4] = 1e39;
    digest(c, &wide);
}

/* ---- variants ---- */

TEST(a_spike_in_the_last_step_blocks_only_with_the_defect)
{
    struct engine_options blocked = traced;
    blocked.variant = SCHEME_BLOCKED;
    struct case_problem *c = recurrent(SAMPLE_A);
    struct result r = run(c, &traced);
    /* Cut the trial so that the last spike of hidden neuron 0 is in its last step. */
    const struct case_step_train *train = &r.raster.train[0][1][0];
    ck_assert_uint_gt(train->count, 1);
    c->end = 0.5 * (train->step[train->count - 1] + 1);
    for (size_t n = 0; n < 2; n++)
        while (c->sample[0].spikes[0][n].at[c->sample[0].spikes[0][n].count - 1] >= c->end)
            c->sample[0].spikes[0][n].count--;
    result_clear(&r);
    struct result clean = run(c, &traced), defect = run(c, &blocked);
    size_t from = 2 * 3 + 3 * 3; /* weights of hidden neuron 0 to the outputs */
    ck_assert(fabs(clean.gradient[from]) > 0);
    ck_assert(defect.gradient[from] == 0);
    result_clear(&clean);
    result_clear(&defect);
    case_free(c);
}

TEST(every_variant_but_blocking_changes_a_gradient_here)
{
    static const unsigned variants[] = {SCHEME_DRIVE_OVER_TAU, SCHEME_LATE_JUMP,
                                        SCHEME_TAU_PUBLISHED, SCHEME_CLAMP, SCHEME_COMPAT};
    uint64_t clean = digest(recurrent(SAMPLE_A), &traced);
    for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
        struct engine_options options = traced;
        options.variant = variants[k];
        ck_assert(digest(recurrent(SAMPLE_A), &options) != clean);
    }
}

SUITE("clock_invariant", .teardown = teardown, .seconds = 60)
