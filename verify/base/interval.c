/* SPDX-License-Identifier: MIT */
/* interval.c: see interval.h. */
#include "verify/base/interval.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

/* The largest k with P(fewer than k heads in count tosses) <= most; 0: there is none. */
static size_t find_rank(size_t count, double most)
{
    double term = exp2(-(double)count), below = term; /* of k = 1: no head at all */
    size_t k = 0;
    while (below <= most && k < count / 2) {
        k++;
        term *= (double)(count + 1 - k) / (double)k;
        below += term;
    }
    return k;
}

struct interval interval_of_median(double *x, size_t count, double level)
{
    size_t k = find_rank(count, (1 - level) / 2), half = count / 2;
    if (count == 0)
        return (struct interval){NAN, -INFINITY, INFINITY};
    qsort(x, count, sizeof *x, ascending);
    double middle = count % 2 ? x[half] : (x[half - 1] + x[half]) / 2;
    return k > 0 ? (struct interval){middle, x[k - 1], x[count - k]}
                 : (struct interval){middle, -INFINITY, INFINITY};
}

double interval_level_of(size_t intervals)
{
    return 1 - (1 - INTERVAL_LEVEL) / (double)(intervals > 0 ? intervals : 1);
}

size_t interval_least_count(double level)
{
    size_t count = 2;
    while (find_rank(count, (1 - level) / 2) == 0)
        count++;
    return count;
}

struct interval interval_ratio(struct interval before, struct interval after)
{
    struct interval ratio = {after.middle / before.middle, -INFINITY, INFINITY};
    if (before.high > 0 && isfinite(before.high) && isfinite(after.low))
        ratio.low = after.low / before.high;
    if (before.low > 0 && isfinite(before.low) && isfinite(after.high))
        ratio.high = after.high / before.low;
    return ratio;
}

double interval_noise(struct interval ratio)
{
    return ratio.middle > 1 ? ratio.middle - ratio.low : ratio.high - ratio.middle;
}

bool interval_larger(struct interval ratio)
{
    return ratio.low > 1;
}

bool interval_smaller(struct interval ratio)
{
    return ratio.high < 1;
}
