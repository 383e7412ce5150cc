/* SPDX-License-Identifier: MIT */
/* t_ref_grid_limit.c: as the step shrinks, the grid reference tends to the reference, at first
 * order: so the scheme it follows is the right one. */
#include "tests/grid_compare.h"
#include "tests/run_suite.h"

enum { HALVINGS = 6 };

struct kinds {
    enum case_quantity from, to;
};

/* The distance of gradients, relative to their size: sqrt(sum of squares). */
static double distance(const struct ref_grid_result *grid, const struct ref_result *truth,
                       const struct case_problem *c, struct kinds kinds)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    double sum = 0, size = 0;
    for (size_t b = 0; b < blocks; b++)
        for (size_t k = block[b].first;
             block[b].quantity >= kinds.from && block[b].quantity <= kinds.to &&
             k < block[b].first + block[b].rows * block[b].columns;
             k++) {
            double x = arf_get_d(arb_midref(grid->gradient + k), ARF_RND_NEAR);
            double y = arf_get_d(arb_midref(truth->gradient + k), ARF_RND_NEAR);
            sum += (x - y) * (x - y);
            size += y * y;
        }
    free(block);
    ck_assert(size > 0);
    return sqrt(sum / size);
}

static void check_counts(const struct case_raster *raster, const struct ref_result *truth)
{
    for (size_t k = 0; k < truth->samples; k++)
        for (size_t p = 0; p < truth->populations; p++)
            for (size_t n = 0; n < truth->size[p]; n++)
                ck_assert_uint_eq(raster->train[k][p][n].count,
                                  truth->sample[k].spikes[p][n].count);
}

/* Mean order over the halvings: log2 of the first distance over the last, a halving. A single
 * halving says little, since spikes move by up to a step. Spike counts must agree from the first.
 */
static void check_order(const char *address, struct kinds kinds)
{
    struct case_made made;
    struct case_error error;
    struct ref_result truth;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    double at[HALVINGS];
    options.digits = 20;
    ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
    ck_assert_int_eq(ref_run(&truth, made.problem, &options), REF_OK);
    for (int h = 0; h < HALVINGS; h++) {
        struct scheme s = {.c = made.problem};
        struct compare m = {0};
        double step = made.problem->step / (1 << h);
        scheme_run(&s, step);
        compare(&m, &s, step);
        ck_assert_uint_eq(m.outside, 0);
        check_counts(&s.raster, &truth);
        at[h] = distance(&m.result, &truth, made.problem, kinds);
        compare_clear(&m);
        scheme_clear(&s);
    }
    double order = log2((at[0] + at[1]) / (at[HALVINGS - 2] + at[HALVINGS - 1])) / (HALVINGS - 2);
    ck_assert_msg(order > 0.7 && order < 1.4, "%s: order %g, from %g to %g", address, order, at[0],
                  at[HALVINGS - 1]);
    ck_assert_msg(at[HALVINGS - 1] < 0.02, "%s: still %g", address, at[HALVINGS - 1]);
    ref_clear(&truth);
    case_made_clear(&made);
}

/* One of every loss; the last four are outputs whose largest voltage is at an inhibitory arrival.
 */
static const char *const cases[] = {
    "random-feedforward:1:0", "random-heterogeneous:1:13",  "random-feedforward:1:3",
    "random-feedforward:1:7", "random-feedforward:1:8",     "random-feedforward:1:10",
    "random-recurrent:1:12",  "random-delays:1:4",          "random-heterogeneous:1:6",
    "random-batch:1:7",       "random-feedforward:1:189",   "random-feedforward:1:343",
    "random-delays:1:13",     "random-heterogeneous:1:167",
};

TEST_EACH(weight_gradients_tend_to_the_reference_at_first_order, 0, sizeof cases / sizeof *cases)
{
    check_order(cases[_i], (struct kinds){CASE_WEIGHT, CASE_WEIGHT});
}

TEST_EACH(gradients_of_delays_and_time_constants_tend_to_the_reference_at_first_order, 0,
          sizeof cases / sizeof *cases)
{
    check_order(cases[_i], (struct kinds){CASE_DELAY, CASE_TAU_SYN});
}

SUITE("ref_grid_limit")
