/* SPDX-License-Identifier: MIT */
/* t_interval.c: medians, their intervals by order statistics, ratios and what is more than noise,
 * of numbers that are made up. */
#include "tests/run_suite.h"
#include "verify/base/interval.h"

#include <math.h>

static void is(struct interval got, double middle, double low, double high)
{
    ck_assert_msg(got.middle == middle && got.low == low && got.high == high,
                  "got %g (%g to %g), wanted %g (%g to %g)", got.middle, got.low, got.high, middle,
                  low, high);
}

TEST(the_interval_is_that_of_the_table_of_order_statistics)
{
    /* Ranks of a 95 % interval, as tables of the binomial distribution have them. */
    static const struct {
        size_t count, rank;
    } table[] = {{6, 1}, {8, 1}, {9, 2}, {11, 2}, {12, 3}, {15, 4}, {20, 6}, {25, 8}, {100, 40}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        double x[100];
        size_t count = table[k].count, rank = table[k].rank;
        for (size_t i = 0; i < count; i++) /* 1 .. count, not in order */
            x[i] = 1 + (double)((i * 37) % count);
        if (count % 37 == 0)
            continue;
        struct interval got = interval_of_median(x, count, INTERVAL_LEVEL);
        is(got, ((double)count + 1) / 2, (double)rank, (double)(count + 1 - rank));
    }
}

TEST(too_few_measurements_say_nothing)
{
    double x[5] = {3, 1, 2, 5, 4};
    is(interval_of_median(x, 5, INTERVAL_LEVEL), 3, -INFINITY, INFINITY);
    ck_assert(isnan(interval_of_median(x, 0, INTERVAL_LEVEL).middle));
    ck_assert_uint_eq(interval_least_count(INTERVAL_LEVEL), 6);
    ck_assert_uint_eq(interval_least_count(interval_level_of(110)), 13);
}

/* Of a thousand rows of random numbers about a hundredth may be off, by chance: the level counts
 * how often the interval holds the median, whatever the distribution. */
TEST(the_interval_holds_the_median_as_often_as_it_says)
{
    enum { ROWS = 4000, COUNT = 15 };
    size_t held = 0;
    unsigned long long state = 1;
    for (int row = 0; row < ROWS; row++) {
        double x[COUNT];
        for (int k = 0; k < COUNT; k++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            double u = (double)(state >> 11) * 0x1p-53;
            x[k] = 1 / (1 - u); /* a heavy tail, median 2 */
        }
        struct interval i = interval_of_median(x, COUNT, INTERVAL_LEVEL);
        held += i.low <= 2 && 2 <= i.high;
    }
    /* 0.9648 by the binomial distribution; five deviations of 4,000 tosses are 0.015. */
    ck_assert_msg(held > 0.95 * ROWS && held < 0.98 * ROWS, "%zu of %d", held, (int)ROWS);
}

TEST(one_that_was_disturbed_moves_nothing)
{
    double x[15], y[15];
    for (int k = 0; k < 15; k++)
        x[k] = y[k] = 100 + k;
    y[14] = 1e9;
    is(interval_of_median(y, 15, INTERVAL_LEVEL), interval_of_median(x, 15, INTERVAL_LEVEL).middle,
       103, 111);
}

TEST(a_ratio_is_larger_by_more_than_its_noise_or_it_is_not)
{
    struct interval old = {100, 99.75, 100.25}, slow = {103.1, 102.75, 103.25};
    struct interval ratio = interval_ratio(old, slow);
    ck_assert(interval_larger(ratio) && !interval_smaller(ratio));
    ck_assert_double_eq_tol(interval_noise(ratio), 1.031 - 102.75 / 100.25, 1e-12);
    ratio = interval_ratio(slow, old);
    ck_assert(interval_smaller(ratio) && !interval_larger(ratio));
    struct interval near = {100.4, 100.2, 100.6}; /* the intervals touch */
    ratio = interval_ratio(old, near);
    ck_assert(!interval_smaller(ratio) && !interval_larger(ratio));
    ck_assert(interval_noise(ratio) > ratio.middle - 1);
    struct interval unknown = {500, -INFINITY, INFINITY};
    ck_assert(!interval_larger(interval_ratio(old, unknown)));
    ck_assert(!interval_smaller(interval_ratio(unknown, old)));
}

SUITE("interval")
