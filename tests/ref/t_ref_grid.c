/* SPDX-License-Identifier: MIT */
/* t_ref_grid.c: the grid reference against the scheme as written down in scheme.h: is every number
 * of an engine within its bound, and is a number that is wrong outside? */
#include "tests/grid_compare.h"
#include "tests/quiet_case.h"
#include "tests/run_suite.h"

static const char *const families[] = {
    "random-recurrent",     "random-delays",
    "random-heterogeneous", "random-batch",
    "random-deep",          "closed-output",
    "degenerate-taus",      "degenerate-end",
    "degenerate-scales",    "degenerate-simultaneous",
    "degenerate-twins",     "degenerate-bursting",
    "degenerate-undecided", "degenerate-zero-weights",
    "degenerate-silent",    "degenerate-inhibition",
};
enum { FAMILIES = sizeof families / sizeof *families, CASES = 11 }; /* k mod 11 is the loss */

static struct case_problem *make(struct case_made *made, const char *family, int k)
{
    char address[64];
    struct case_error error;
    snprintf(address, sizeof address, "%s:3:%d", family, k);
    ck_assert_msg(case_make(made, address, &error) == 0, "%s", error.text);
    return made->problem;
}

/* ---- numbers ---- */

static void all_within(const char *family, bool single)
{
    for (int k = 0; k < CASES; k++) {
        struct case_made made;
        struct scheme s = {.c = make(&made, family, k), .single = single};
        struct compare m = {0};
        double step = s.c->step > 0 ? 0 : s.c->end / 300;
        scheme_run(&s, step);
        compare(&m, &s, step);
        for (int q = 0; q < COMPARED; q++)
            ck_assert_msg(m.worst[q] <= 1, "%s:3:%d, quantity %d: %g bounds", family, k, q,
                          m.worst[q]);
        ck_assert_msg(m.result.status == REF_OK, "%s:3:%d: %s", family, k, m.result.reason);
        ck_assert_uint_eq(m.result.unexplained, 0);
        compare_clear(&m);
        scheme_clear(&s);
        case_made_clear(&made);
    }
}

TEST_EACH(every_number_in_binary32_is_within_its_bound, 0, FAMILIES)
{
    all_within(families[_i], true);
}

TEST_EACH(every_number_in_binary64_is_within_its_bound, 0, FAMILIES)
{
    all_within(families[_i], false);
}

/* An engine that does not flush is within the bounds, too. */
TEST_EACH(numbers_that_decay_through_the_flush_are_within_their_bounds, 0, 2 * QUIET_LOSSES)
{
    for (int kept = 0; kept <= 1; kept++) {
        struct case_problem *c = quiet_case(_i / 2);
        struct scheme s = {.c = c, .single = _i % 2, .unflushed = kept};
        struct compare m = {0};
        scheme_run(&s, 0);
        compare(&m, &s, 0);
        for (int q = 0; q < COMPARED; q++)
            ck_assert_msg(m.worst[q] <= 1, "quantity %d: %g bounds", q, m.worst[q]);
        for (int q = 0; q < REF_GRID_QUANTITIES; q++)
            ck_assert_msg(kept || !s.single || q == REF_GRID_SLOPE || m.worst[q] > 0.9,
                          "quantity %d: %g bounds", q, m.worst[q]);
        ck_assert_msg(m.result.status == REF_OK, "%s", m.result.reason);
        compare_clear(&m);
        scheme_clear(&s);
        case_free(c);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the distances that are not zero: at least these parts of the bound. Measured 1/15 of V, 1/10
 * of I, 1/20 of slopes, 1/60 to 1/90 of the adjoints, 1/120 to 1/250 of the gradients. */
TEST(half_of_the_distances_are_a_good_part_of_their_bounds)
{
    const double part[COMPARED] = {1 / 32., 1 / 32.,  1 / 64.,  1 / 256., 1 / 256.,
                                   1 / 64., 1 / 256., 1 / 512., 1 / 256., 1 / 256.};
    struct compare m = {.keep = true};
    for (int k = 0; k < 2 * CASES; k++) {
        struct case_made made;
        struct scheme s = {.c = make(&made, "random-recurrent", k), .single = true};
        scheme_run(&s, 0);
        compare(&m, &s, 0);
        ref_grid_clear(&m.result);
        scheme_clear(&s);
        case_made_clear(&made);
    }
    for (int q = 0; q < COMPARED; q++) {
        size_t zero = 0, n = m.count[q];
        qsort(m.ratio[q], n, sizeof *m.ratio[q], by_size);
        while (zero < n && !(m.ratio[q][zero] > 0))
            zero++;
        ck_assert_uint_lt(zero, n);
        double median = m.ratio[q][zero + (n - zero) / 2];
        ck_assert_msg(median >= part[q], "quantity %d: median %g", q, median);
        free(m.ratio[q]);
    }
}

TEST(an_error_of_1e_5_in_one_constant_is_found)
{
    for (int single = 0; single <= 1; single++)
        for (int k = 0; k < CASES; k++) {
            struct case_made made;
            struct scheme s = {
                .c = make(&made, "random-recurrent", k), .single = single, .planted = 1e-5};
            struct compare m = {0};
            scheme_run(&s, 0);
            compare(&m, &s, 0);
            ck_assert_msg(m.worst[REF_GRID_V] > 1, "case %d: %g", k, m.worst[REF_GRID_V]);
            compare_clear(&m);
            scheme_clear(&s);
            case_made_clear(&made);
        }
}

/* In binary64 the bounds are 2^-29 of those in binary32, so every gradient shows it. */
TEST(an_error_of_1e_5_in_one_gradient_is_found)
{
    struct case_made made;
    struct scheme s = {.c = make(&made, "random-heterogeneous", 3)};
    struct compare m = {0};
    scheme_run(&s, 0);
    compare(&m, &s, 0);
    size_t seen = 0;
    for (size_t k = 0; k < s.parameters; k++) {
        if (s.gradient[k] == 0)
            continue;
        double wrong = s.gradient[k] * (1 + 1e-5);
        ck_assert(compare_ratio(wrong, m.result.gradient + k, m.result.gradient_bound + k) > 1);
        seen++;
    }
    ck_assert_uint_gt(seen, 10);
    compare_clear(&m);
    scheme_clear(&s);
    case_made_clear(&made);
}

/* ---- what is told ---- */

TEST(every_step_of_every_cell_is_told_once_a_sample)
{
    struct case_made made;
    struct scheme s = {.c = make(&made, "random-batch", 0)};
    struct compare m = {0};
    scheme_run(&s, 0);
    compare(&m, &s, 0);
    size_t all = s.steps * s.cells * s.c->samples, spikes = 0;
    for (size_t k = 0; k < s.c->samples; k++)
        for (size_t p = 0; p < s.c->populations; p++)
            for (size_t n = 0; s.raster.train[k][p] && n < s.c->population[p].size; n++)
                spikes += s.raster.train[k][p][n].count;
    ck_assert_uint_gt(spikes, 0);
    ck_assert_uint_eq(m.count[REF_GRID_V], all);
    ck_assert_uint_eq(m.count[REF_GRID_I], all);
    ck_assert_uint_eq(m.count[REF_GRID_LAMBDA_V], all);
    ck_assert_uint_eq(m.count[REF_GRID_LAMBDA_I], all);
    ck_assert_uint_eq(m.count[REF_GRID_SLOPE], spikes);
    ck_assert_uint_eq(m.spikes, spikes);
    ck_assert_uint_eq(m.result.steps, s.steps);
    for (int q = 0; q < CASE_QUANTITIES; q++)
        ck_assert_int_eq(m.result.provides[q], q <= CASE_TAU_SYN);
    compare_clear(&m);
    scheme_clear(&s);
    case_made_clear(&made);
}

TEST(without_gradients_the_loss_is_the_same)
{
    for (int k = 0; k < CASES; k++) {
        struct case_made made;
        struct scheme s = {.c = make(&made, "random-batch", k)};
        struct ref_grid_result with, without;
        struct ref_grid_options options = {.unit = 24, .delays = CASE_ROUND_DELAYS};
        scheme_run(&s, 0);
        ck_assert_int_eq(ref_grid_run(&without, s.c, &s.raster, &options), REF_OK);
        options.gradients = true;
        ck_assert_int_eq(ref_grid_run(&with, s.c, &s.raster, &options), REF_OK);
        ck_assert(arb_equal(with.loss, without.loss));
        ck_assert_int_eq(mag_cmp(with.loss_bound, without.loss_bound), 0);
        ck_assert_ptr_null(without.gradient);
        ck_assert(!without.provides[CASE_WEIGHT]);
        ref_grid_clear(&with);
        ref_grid_clear(&without);
        scheme_clear(&s);
        case_made_clear(&made);
    }
}

/* Two samples with one arrival each, in the same step, and other labels: nothing that was computed
 * for the first holds for the second. */
#define SAMPLE(label) "{\"spikes\":{\"in\":[[1]]},\"target\":{\"label\":" label "}}"

TEST(a_sample_sees_nothing_of_the_one_before)
{
    static const char text[] =
        "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40,\"step\":0.25},"
        "\"populations\":[{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"
        "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5}],"
        "\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"weights\":[[1,2]]}],"
        "\"loss\":{\"kind\":\"voltage-integral-cross-entropy\",\"population\":\"out\","
        "\"weighting\":\"uniform\"},\"samples\":[" SAMPLE("0") "," SAMPLE("1") "]}";
    struct case_error error;
    struct scheme s = {.c = case_read_text(text, sizeof text - 1, "t", NULL, &error)};
    struct compare m = {0};
    ck_assert_msg(s.c != NULL, "%s", error.text);
    scheme_run(&s, 0);
    compare(&m, &s, 0);
    ck_assert_int_eq(m.result.status, REF_OK);
    ck_assert_uint_eq(m.outside, 0);
    compare_clear(&m);
    scheme_clear(&s);
    case_free((struct case_problem *)(uintptr_t)s.c);
}

SUITE("ref_grid")
