/* SPDX-License-Identifier: MIT */
/* convergence_reading.c: what a program with a fixed step looks like that does not come nearer to
 * the truth: it is the limit of what it says that is read. */
#include "verify/judge/bounds.h"
#include "verify/judge/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How exactly a factor is known at a step: to what the step and the precision do to a gradient. */
static int factor_bits(const struct judge_answer *p, double step)
{
    double tau = convergence_shortest_constant(p->judge->problem);
    double reach = convergence_least_constant(p->judge, VER_LADDER_WEIGHTS);
    double known = reach * (step + convergence_rounding(p, step) * tau);
    int bits = known > 0 && known < 1 ? (int)floor(-log2(known)) : 0;
    return bits < VER_FACTOR_GRID_BITS ? VER_FACTOR_GRID_BITS
           : bits > VER_FACTOR_BITS    ? VER_FACTOR_BITS
                                       : bits;
}

/* Twice a rung less the one before it is free of the first order: of the last rung before which
 * errors do not grow, from number first on. A factor that goes with the step is no limit. */
static void put_limit(double *limit, const struct convergence *ladder,
                      const struct convergence_part *track, size_t first, size_t count)
{
    size_t best = convergence_best_step(track);
    const double *x = ladder->gradient[best];
    double ratio = best > 0 ? track->factor[best] / track->factor[best - 1] : 1;
    bool goes_with_step =
        fabs(ratio - 0.5) <= VER_LADDER_FLAT || fabs(ratio - 2) <= VER_LADDER_FLAT;
    for (size_t k = first; k < first + count; k++)
        limit[k] = best > 0 && !goes_with_step ? 2 * x[k] - ladder->gradient[best - 1][k] : x[k];
}

void convergence_name_gradient(struct convergence *ladder, const struct convergence_part *track)
{
    struct judge_answer *p = ladder->p, at = *p;
    size_t best = convergence_best_step(track), size = sizeof p->out->diagnosis;
    double step = at.step = track->ladder.rung[best].step;
    double *limit = malloc((p->judge->parameters + 1) * sizeof *limit);
    if (limit) {
        put_limit(limit, ladder, track, 0, p->judge->parameters);
        reading_gradient(&at, limit, track->block->quantity, NULL, factor_bits(p, step));
    }
    if (best + 1 < ladder->rungs && strlen(p->out->diagnosis) + 40 < size)
        snprintf(p->out->diagnosis + strlen(p->out->diagnosis), 40, "%sgrows again below %.4g ms",
                 p->out->diagnosis[0] ? "; " : "", step);
    free(limit);
}

void convergence_keep(struct convergence *ladder, struct result *answer, bool good)
{
    if (good && ladder->kept)
        result_clear(&ladder->finest);
    if (good)
        ladder->finest = *answer;
    else
        result_clear(answer);
    ladder->kept |= good;
}

/* What is not of the step cannot be the same at all of them. */
static bool ignores_step(const struct convergence *ladder)
{
    size_t bytes = ladder->p->judge->parameters * sizeof(double);
    bool same = true, zero = true;
    for (size_t k = 1; k < ladder->rungs && same; k++)
        same = memcmp(ladder->gradient[k], ladder->gradient[0], bytes) == 0;
    for (size_t k = 0; k < ladder->p->judge->parameters && zero; k++)
        zero = ladder->gradient[0][k] == 0;
    return same && !zero && ladder->rungs >= VER_ORDER_RUNGS;
}

void convergence_explain(struct convergence *ladder)
{
    struct judge_answer *p = ladder->p;
    if (!ladder->kept || ladder->tracks == 0 || ladder->rungs < VER_ORDER_RUNGS)
        return;
    if (ignores_step(ladder)) {
        reading_name(p, "ignores-step", false, "all steps alike: it ignores time.step");
        return;
    }
    double *limit = malloc((p->judge->parameters + 1) * sizeof *limit);
    double step = ladder->track[0].ladder.rung[ladder->rungs - 1].step;
    double within = ldexp(1, -VER_FACTOR_GRID_BITS);
    const struct reading_answer answer = {.has_loss = ladder->finest.has_loss,
                                          .loss = ladder->finest.loss,
                                          .loss_within = within,
                                          .spikes = ladder->finest.spikes,
                                          .time_within = VER_ANSWER_LATE_STEPS * step,
                                          .gradient = limit,
                                          .provides = ladder->finest.provides,
                                          .within = within};
    /* twice the finest less the one before it is free of the first order */
    for (size_t k = 0; limit && k < p->judge->parameters; k++)
        limit[k] =
            2 * ladder->gradient[ladder->rungs - 1][k] - ladder->gradient[ladder->rungs - 2][k];
    if (limit)
        reading_explain(p, &answer);
    free(limit);
}
