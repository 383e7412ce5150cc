/* SPDX-License-Identifier: MIT */
/* scheme_convergence.c: is the scheme of an engine right, but for its step? It runs in double
 * precision, where rounding is not seen, and is judged like any program with a fixed step
 * (convergence.c). The errors by quantity are kept: over a whole run their orders must be 1. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of all blocks of a quantity together, relative; NaN where the truth is zero. x: NULL, or in place
 * of the errors at a rung. */
static double relative_error(const struct convergence *ladder, enum case_quantity quantity,
                             size_t rung, const double *x)
{
    double squares = 0, size = 0;
    for (size_t k = 0; k < ladder->tracks; k++) {
        const struct convergence_part *track = &ladder->track[k];
        if (!track->block || track->block->quantity != quantity)
            continue;
        size_t count = track->block->rows * track->block->columns;
        double error = x ? convergence_fit_block(ladder->p->judge, track->block, 0, count, x).error
                         : track->ladder.rung[rung].error[track->like];
        squares += error * error;
        size += track->size * track->size;
    }
    return size > 0 ? sqrt(squares) / sqrt(size) : VER_NAN;
}

/* Twice the finest less the one before it is free of the first order. */
static double limit_error(const struct convergence *ladder)
{
    const struct ver_ladder *told = ladder->p->judge->out->ladder;
    size_t rungs = told->rungs, parameters = ladder->p->judge->parameters;
    if (rungs < 2 || !told->rung[rungs - 1].agrees || !told->rung[rungs - 2].agrees)
        return VER_NAN;
    double *x = malloc((parameters + 1) * sizeof *x), error = VER_NAN;
    for (size_t k = 0; x && k < parameters; k++)
        x[k] = 2 * ladder->gradient[rungs - 1][k] - ladder->gradient[rungs - 2][k];
    if (x)
        error = relative_error(ladder, CASE_WEIGHT, 0, x);
    free(x);
    return error;
}

static void record(const struct convergence *ladder)
{
    struct ver_ladder *told = ladder->p->judge->out->ladder;
    for (size_t r = 0; r < ladder->rungs && ladder->tracks > 0; r++) {
        told->rung[r] = ladder->track[0].ladder.rung[r]; /* spikes come first */
        for (int q = CASE_WEIGHT; q <= CASE_TAU_SYN; q++)
            told->rung[r].error[VER_LADDER_WEIGHTS + q] =
                relative_error(ladder, (enum case_quantity)q, r, NULL);
        told->rungs = r + 1;
    }
    if (told->rungs < VER_ORDER_RUNGS)
        return;
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        told->order[q] = convergence_order(told, (enum ver_ladder_quantity)q);
    told->limit = limit_error(ladder);
}

static int judge_in_doubles(struct scheme *scheme)
{
    struct judge *judge = scheme->judge;
    struct ver_ladder *told = judge->out->ladder;
    struct result answer;
    struct ver_judged out = *scheme->out; /* its diagnosis comes after that of rounding */
    struct judge_answer p = {.judge = judge,
                             .engine = scheme->engine,
                             .options = scheme->options,
                             .out = &out,
                             .answer = &answer,
                             .step = scheme->problem->end / (double)scheme->result.steps};
    struct convergence ladder = {.p = &p};
    size_t since = judge->out->comparisons;
    p.options.precision = ENGINE_DOUBLE;
    p.options.trace = false;
    answer_measure(&p);
    int got = answer_ask(&p, &answer, p.step, ladder.reason);
    if (got == 0)
        got = convergence_judge(&ladder, false);
    if (got >= 0)
        record(&ladder);
    if (got >= 0 && told->rungs < VER_ORDER_RUNGS)
        snprintf(told->reason, sizeof told->reason, "%.120s", ladder.reason);
    if (got >= 0 && judge_differing(judge->out, since) > 0) {
        scheme_look_closer(scheme);
        if (!scheme->out->diagnosis[0]) {
            memcpy(scheme->out->diagnosis, out.diagnosis, sizeof out.diagnosis);
            memcpy(scheme->out->reading, out.reading, sizeof out.reading);
        }
    }
    convergence_clear(&ladder);
    result_clear(&answer);
    return got < 0 ? -1 : 0;
}

int scheme_judge_convergence(struct scheme *scheme)
{
    struct judge *judge = scheme->judge;
    struct ver_ladder *ladder = judge->out->ladder = calloc(1, sizeof *judge->out->ladder);
    if (!ladder)
        return judge_no_memory(judge);
    ladder->limit = VER_NAN;
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        ladder->order[q] = VER_NAN;
    const char *none = judge->options->how.compat   ? "the published scheme has other limits"
                       : !scheme->options.gradients ? "no gradients"
                       : judge->truth->status != REF_OK || !judge->truth->gradient
                           ? "the reference is undecided"
                           : NULL;
    if (!none)
        return judge_in_doubles(scheme);
    snprintf(ladder->reason, sizeof ladder->reason, "%s", none);
    return 0;
}
