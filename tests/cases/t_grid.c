/* SPDX-License-Identifier: MIT */
/* t_grid.c: a case on a time grid in whole numbers. */
#include "cases/time_grid.h"
#include "tests/run_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* in (2) -> hid (lif, 2) -> out (li, 1): end, step, the delay of in -> hid, spikes. */
static struct case_problem *net(const char *end, const char *step, const char *delay,
                                const char *spikes)
{
    char text[2048];
    struct case_error error = {""};
    int length = snprintf(
        text, sizeof text,
        "{\"format\":\"evident-case-1\",\"name\":\"n\",\"time\":{\"end\":%s%s%s},\"populations\":["
        "{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"
        "{\"name\":\"hid\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"
        "\"threshold\":1},"
        "{\"name\":\"out\",\"size\":1,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5}],"
        "\"projections\":["
        "{\"source\":\"in\",\"target\":\"hid\",\"delay\":%s,\"weights\":[[1,2],[3,4]]},"
        "{\"source\":\"hid\",\"target\":\"out\",\"weights\":[[1],[2]]}],"
        "\"samples\":[{\"spikes\":{\"in\":%s},\"target\":{\"label\":0}}],"
        "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}",
        end, *step ? ",\"step\":" : "", step, delay, spikes);
    struct case_problem *c = case_read_text(text, (size_t)length, "net", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

static struct case_grid lay(const struct case_problem *c, double step, enum case_delay_rule rule)
{
    struct case_grid grid;
    struct case_error error = {""};
    ck_assert_msg(case_grid_make(&grid, c, step, rule, &error) == 0, "%s", error.text);
    return grid;
}

static void refuses(const struct case_problem *c, double step, const char *place)
{
    struct case_grid grid;
    struct case_error error = {""};
    ck_assert_int_eq(case_grid_make(&grid, c, step, CASE_WHOLE_DELAYS, &error), -1);
    ck_assert_msg(strstr(error.text, place) != NULL, "%s", error.text);
    case_grid_clear(&grid);
}

TEST(steps_are_the_whole_number_nearest_to_end_over_step)
{
    struct case_problem *c = net("10", "0.3", "0", "[[],[]]");
    const double step[] = {0, 0.1, 4, 2.9, 100};
    const uint32_t steps[] = {33, 100, 3, 3, 1}; /* 2.5 is rounded away from zero */
    for (size_t k = 0; k < 5; k++) {
        struct case_grid grid = lay(c, step[k], CASE_WHOLE_DELAYS);
        ck_assert_uint_eq(grid.steps, steps[k]);
        case_grid_clear(&grid);
    }
    case_free(c);
}

TEST(a_case_without_a_step_needs_one)
{
    struct case_problem *c = net("10", "", "0", "[[],[]]");
    refuses(c, 0, "step");
    struct case_grid grid = lay(c, 0.5, CASE_WHOLE_DELAYS);
    ck_assert_uint_eq(grid.steps, 20);
    case_grid_clear(&grid);
    case_free(c);
}

TEST(more_steps_than_fit_are_refused)
{
    struct case_problem *c = net("10", "1", "0", "[[],[]]");
    refuses(c, 0x1p-28, "step"); /* 10 * 2^28 > 2^30 */
    case_free(c);
}

TEST(a_spike_is_in_the_bin_that_begins_at_or_before_it)
{
    struct case_problem *c = net("1", "0.1", "0", "[[0,0.1,0.15,0.3,0.99],[0.7,0.75,0.999999]]");
    struct case_grid grid = lay(c, 0, CASE_WHOLE_DELAYS);
    const uint32_t first[] = {0, 1, 1, 3, 9}, second[] = {7, 7, 9};
    const struct case_step_train *train = grid.input.train[0][0];
    ck_assert_uint_eq(train[0].count, 5);
    ck_assert_uint_eq(train[1].count, 3);
    ck_assert_mem_eq(train[0].step, first, sizeof first);
    ck_assert_mem_eq(train[1].step, second, sizeof second);
    case_grid_clear(&grid);
    case_free(c);
}

/* The double before 0.4 times 17, over 0.4, is 17 in double arithmetic. */
TEST(no_bin_lies_behind_the_last_step)
{
    struct case_problem *c = net("0.4", "", "0", "[[0.39999999999999997],[]]");
    struct case_grid grid = lay(c, 0.4 / 17, CASE_WHOLE_DELAYS);
    ck_assert_uint_eq(grid.steps, 17);
    ck_assert_uint_eq(grid.input.train[0][0][0].step[0], 16);
    case_grid_clear(&grid);
    case_free(c);
}

TEST(delays_are_whole_where_double_arithmetic_finds_them_so)
{
    struct case_problem *c = net("10", "0.1", "[[0.3,0.7],[1.2,0]]", "[[],[]]");
    struct case_grid grid = lay(c, 0, CASE_WHOLE_DELAYS);
    const uint32_t steps[] = {3, 7, 12, 0};
    ck_assert_uint_eq(grid.delays[0], 4);
    ck_assert_mem_eq(grid.delay[0], steps, sizeof steps);
    ck_assert_uint_eq(grid.delays[1], 1);
    ck_assert_uint_eq(case_grid_delay(&grid, 1, 1), 0);
    case_grid_clear(&grid);
    case_free(c);
}

TEST(a_delay_that_is_not_whole_is_refused_by_its_place)
{
    struct case_problem *c = net("10", "0.1", "[[0.3,0.75],[1.2,0]]", "[[],[]]");
    refuses(c, 0, "projections[0].delay[0][1]");
    case_free(c);
    c = net("10", "0.1", "0.25", "[[],[]]");
    refuses(c, 0, "projections[0].delay");
    case_free(c);
}

TEST(rounded_delays_go_to_the_nearest_step_and_halves_away_from_zero)
{
    struct case_problem *c = net("8", "0.5", "[[0.74,0.76],[0.25,0.2]]", "[[],[]]");
    struct case_grid grid = lay(c, 0, CASE_ROUND_DELAYS);
    const uint32_t steps[] = {1, 2, 1, 0};
    ck_assert_mem_eq(grid.delay[0], steps, sizeof steps);
    case_grid_clear(&grid);
    case_free(c);
}

TEST(a_delay_beyond_the_end_is_one_step_more_than_there_are)
{
    struct case_problem *c = net("8", "0.5", "[[7.5,8],[8.5,1e9]]", "[[],[]]");
    struct case_grid grid = lay(c, 0, CASE_WHOLE_DELAYS);
    const uint32_t steps[] = {15, 16, 17, 17};
    ck_assert_mem_eq(grid.delay[0], steps, sizeof steps);
    case_grid_clear(&grid);
    case_free(c);
}

static size_t count_by_place(const void *context, size_t sample, size_t population, size_t neuron)
{
    return *(const size_t *)context + sample + population + neuron;
}

TEST(a_raster_has_room_for_the_spikes_of_one_model_only)
{
    struct case_problem *c = net("8", "0.5", "0", "[[],[]]");
    struct case_raster raster;
    const size_t base = 1;
    ck_assert_int_eq(case_raster_make(&raster, c, CASE_LIF, count_by_place, &base), 0);
    ck_assert_ptr_null(raster.train[0][0]);
    ck_assert_ptr_null(raster.train[0][2]);
    ck_assert_uint_eq(raster.train[0][1][0].count, 2);
    ck_assert_uint_eq(raster.train[0][1][1].count, 3);
    ck_assert_ptr_eq(raster.train[0][1][0].step + 2, raster.train[0][1][1].step);
    case_raster_clear(&raster);
    ck_assert_ptr_null(raster.train);
    case_free(c);
}

SUITE("grid")
