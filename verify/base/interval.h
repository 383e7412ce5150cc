/* SPDX-License-Identifier: MIT */
/* interval.h: what a few measurements say of a time: their median, and between which two of them
 * the median of all that might be measured lies. Nothing is assumed of how measurements are
 * distributed, and one that was disturbed moves nothing. Private to verify/. */
#ifndef EVIDENT_VERIFY_INTERVAL_H
#define EVIDENT_VERIFY_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

/* How sure an interval is, of one quantity; of many at once, each is to be wrong less often. */
#define INTERVAL_LEVEL 0.95

struct interval {
    double middle, low, high; /* low and high infinite: too few measurements for the level */
};

/* Sorts x. The order statistics k and count + 1 - k, with the largest k for which fewer than k of
 * count tosses of a coin are heads with a probability of at most (1 - level) / 2. */
struct interval interval_of_median(double *x, size_t count, double level);

/* The level of each of so many intervals, at which all of them hold together with INTERVAL_LEVEL
 * (the inequality of Bonferroni). */
double interval_level_of(size_t intervals);

/* The least number of measurements whose interval at that level is finite. */
size_t interval_least_count(double level);

/* after / before, whose ends are the extreme quotients. */
struct interval interval_ratio(struct interval before, struct interval after);

/* Of a ratio: the distance from its middle to the end that is nearer to no change at all. Larger,
 * or smaller, is a ratio that is away from 1 by more than that. */
double interval_noise(struct interval ratio);
bool interval_larger(struct interval ratio);
bool interval_smaller(struct interval ratio);

#endif
