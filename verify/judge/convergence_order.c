/* SPDX-License-Identifier: MIT */
/* convergence_order.c: does an error shrink with the step as it should?
 *
 * Two questions. The order, a least-squares slope over the rungs, fluctuates from case to case,
 * since the error of a spike is like a random number in (0, step]: it is reported, and judged over
 * a whole run by its median. The limit is judged case by case: an error that stays where it is as
 * the step shrinks is in the end larger than any multiple of the step. */
#include "verify/judge/judge_scheme.h"
#include "verify/judge/bounds.h"

#include <math.h>

const char *ver_ladder_quantity_name(enum ver_ladder_quantity quantity)
{
    static const char *const name[] = {"ladder_spikes", "ladder_weights", "ladder_delays",
                                       "ladder_tau_mem", "ladder_tau_syn"};
    return name[quantity];
}

static bool counts(const struct ver_rung *rung, enum ver_ladder_quantity quantity)
{
    return rung->agrees && rung->error[quantity] > 0 && isfinite(rung->error[quantity]);
}

double convergence_order(const struct ver_ladder *ladder, enum ver_ladder_quantity quantity)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (size_t k = 0; k < ladder->rungs; k++) {
        const struct ver_rung *rung = &ladder->rung[k];
        if (!counts(rung, quantity))
            continue;
        double step = log2(rung->step), error = log2(rung->error[quantity]);
        n++;
        x += step;
        y += error;
        xx += step * step;
        xy += step * error;
    }
    return n >= VER_ORDER_RUNGS ? (n * xy - x * y) / (n * xx - x * x) : VER_NAN;
}

double convergence_ratio(const struct ver_ladder *ladder, enum ver_ladder_quantity quantity,
                         double least)
{
    size_t coarse = 0;
    double most = least, finest = VER_NAN, step = 0;
    if (ladder->rungs == 0)
        return VER_NAN;
    const struct ver_rung *last = &ladder->rung[ladder->rungs - 1];
    if (last->agrees && isfinite(last->error[quantity])) {
        finest = last->error[quantity];
        step = last->step;
    }
    for (size_t k = 0; k + VER_LADDER_GAP < ladder->rungs; k++) {
        const struct ver_rung *rung = &ladder->rung[k];
        if (!rung->agrees || !isfinite(rung->error[quantity]))
            continue;
        most = fmax(most, rung->error[quantity] / rung->step);
        coarse++;
    }
    if (coarse < VER_LADDER_COARSE || isnan(finest))
        return VER_NAN;
    return finest / (VER_LADDER_FACTOR * most * step);
}
