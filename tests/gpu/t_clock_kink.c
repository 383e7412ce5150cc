/* SPDX-License-Identifier: MIT */
/* t_clock_kink.c: a maximum of a voltage that sits at an arrival moves with it, in all texts of the
 * clock engine alike. */
#include "tests/clock_case.h"
#include "tests/emulated_case.h"

#include "gpu/step.h"
#include "tests/run_suite.h"

static void teardown(void)
{
    mpfr_free_cache();
}

/* Outputs rise until an inhibitory hidden spike arrives; 0.5 ms a step. %g: when hid is driven; in
 * the same step it spikes. */
#define INHIBITED                                                                                  \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":100,\"step\":0.5},"           \
    "\"populations\":[{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"hid\",\"size\":1,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"                 \
    "\"threshold\":1},{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":200,"              \
    "\"tau_syn\":100}],\"projections\":[{\"source\":\"in\",\"target\":\"hid\","                    \
    "\"weights\":[[0],[48]]},{\"source\":\"in\",\"target\":\"out\",\"weights\":[[4,3],[0,0]]},"    \
    "{\"source\":\"hid\",\"target\":\"out\",\"delay\":1,\"weights\":[[-6,-8]]}],"                  \
    "\"samples\":[{\"spikes\":{\"in\":[[1],[%g]]},\"target\":{\"label\":1}},"                      \
    "{\"spikes\":{\"in\":[[1.5],[%g]]},\"target\":{\"label\":0}}],"                                \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"

/* Arrivals from index 60 to 68, and one later in the other sample: the first and the last of a
 * chunk are among them. */
TEST_EACH(kernels_give_the_bits_of_the_host_wherever_a_chunk_begins, 0, 9)
{
    static const struct {
        unsigned block, cluster;
    } shapes[] = {{32, 1}, {64, 1}, {32, 2}, {32, 3}};
    double time = 28.25 + 0.5 * _i;
    struct case_problem *c = problem(INHIBITED, time, time + 30);
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        struct engine_options options = traced;
        struct emulated_settings settings = {.order = EMULATED_SHUFFLED, .seed = k};
        options.block = shapes[k].block;
        options.cluster = shapes[k].cluster;
        ck_assert_ptr_null(emulated_difference(c, &options, &settings));
    }
    struct engine_options moves = traced, still = traced;
    still.variant = SCHEME_MAX_STILL;
    struct result a = run(c, &moves), b = run(c, &still);
    size_t weight_of_drive = 1, apart = 0;
    for (size_t k = 0; k < a.parameters; k++)
        apart += a.gradient[k] < b.gradient[k] || a.gradient[k] > b.gradient[k];
    ck_assert_double_ne(a.gradient[weight_of_drive], b.gradient[weight_of_drive]);
    ck_assert_uint_ge(apart, 5); /* that weight, two delays, two time constants of hid */
    result_clear(&a);
    result_clear(&b);
    case_free(c);
}

TEST(share_is_where_the_slope_passes_through_zero)
{
    static const struct {
        real rise, fall, share;
    } known[] = {{1, -1, 0.5f}, {1, -3, 0.25f}, {3, -1, 0.75f}, {-1, -2, 0},
                 {0, -1, 0},    {1, 0, 1},      {1, 2, 1},      {-2, 1, 0}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        ck_assert_double_eq((double)step_kink(known[k].rise, known[k].fall),
                            (double)known[k].share);
}

/* Two inhibitory inputs in one step, %s: weights. */
#define TWO                                                                                        \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":20,\"step\":0.5},"            \
    "\"populations\":[{\"name\":\"in\",\"size\":3,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5}],"                \
    "\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"weights\":[[4,3],%s]}],"             \
    "\"samples\":[{\"spikes\":{\"in\":[[1],[4.1],[4.3]]},\"target\":{\"label\":1}}],"              \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"

/* dL/ddelay is that of one arrival, dealt out by weight: whichever comes first. */
TEST(arrivals_of_one_step_share_what_one_would_have)
{
    struct case_problem *c[] = {problem(TWO, "[-3,-1.5],[-9,-4.5]"),
                                problem(TWO, "[-9,-4.5],[-3,-1.5]"),
                                problem(TWO, "[-12,-6],[0,0]")};
    struct result r[3];
    for (int k = 0; k < 3; k++)
        r[k] = run(c[k], &traced);
    const double *delay[] = {r[0].gradient + 6, r[1].gradient + 6, r[2].gradient + 6};
    ck_assert_uint_gt(r[0].parameters, 12);
    for (int j = 0; j < 2; j++) {
        double one = delay[2][2 + j];
        ck_assert_double_gt(fabs(one), 0.01);
        ck_assert_double_eq_tol(delay[0][2 + j], one / 4, 1e-6);
        ck_assert_double_eq_tol(delay[0][4 + j], one * 3 / 4, 1e-6);
        ck_assert_double_eq_tol(delay[1][2 + j], one * 3 / 4, 1e-6);
        ck_assert_double_eq_tol(delay[1][4 + j], one / 4, 1e-6);
    }
    for (int k = 0; k < 3; k++) {
        result_clear(&r[k]);
        case_free(c[k]);
    }
}

SUITE("clock_kink", .teardown = teardown)
