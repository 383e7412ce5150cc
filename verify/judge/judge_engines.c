/* SPDX-License-Identifier: MIT */
/* judge_engines.c: all engines on one case. The first that runs is held against the grid reference
 * and, in double precision, against the reference as its step shrinks; each later one against the
 * first, bit by bit, and against the grid only where it differs: the same bits have the same
 * distance from everything. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"
#include "verify/judge/judge_answer.h"
#include "verify/exec/program.h"
#include "cases/time_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum ver_engine_state state_of(enum result_status status)
{
    switch (status) {
    case RESULT_OK:
        return VER_ENGINE_RAN;
    case RESULT_REFUSED:
        return VER_ENGINE_INEXPRESSIBLE;
    case RESULT_ABSENT:
        return VER_ENGINE_ABSENT;
    case RESULT_SHORT:
    case RESULT_BROKEN:
    case RESULT_FAULT:
    case RESULT_NO_START:
        break;
    }
    return VER_ENGINE_FAILED;
}

/* Defect 6 wants weights one update newer, by the gradient of a clean run. */
static void prepare_stale(struct scheme *scheme)
{
    const struct judge *judge = scheme->judge;
    struct engine_options clean = scheme->options;
    struct result result;
    if (!(scheme->options.variant & SCHEME_STALE))
        return;
    clean.variant &= ~(unsigned)SCHEME_STALE;
    clean.trace = false;
    if (engine_run(scheme->engine, &result, scheme->problem, &clean) == RESULT_OK)
        scheme->backward =
            scheme_newer_weights(scheme->problem, judge->block, judge->blocks, result.gradient);
    scheme->options.backward_weight = (const double *const *)scheme->backward;
    if (!scheme->backward) /* the run itself says why */
        scheme->options.variant = clean.variant;
    result_clear(&result);
}

int scheme_run(struct scheme *scheme)
{
    struct ver_judged *out = scheme->out;
    double step = scheme->options.step > 0 ? scheme->options.step : scheme->problem->step;
    double size = judge_cost(scheme->problem, step, 1);
    out->engine = scheme->engine->name;
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        out->ratios[q].largest = VER_NAN;
    if (size > (scheme->engine->slow ? VER_EMULATED_MOST : VER_SCHEME_MOST)) {
        out->state = VER_ENGINE_LARGE;
        snprintf(out->reason, sizeof out->reason, "larger than is asked of this engine");
        return 0;
    }
    scheme->options.trace = size <= VER_SCHEME_TRACED;
    prepare_stale(scheme);
    out->state =
        state_of(engine_run(scheme->engine, &scheme->result, scheme->problem, &scheme->options));
    scheme->ran = out->state == VER_ENGINE_RAN;
    if (out->state == VER_ENGINE_INEXPRESSIBLE && scheme->options.delays == CASE_WHOLE_DELAYS &&
        !case_delays_whole(scheme->problem, step))
        out->cause = VER_CAUSE_DELAYS;
    if (!scheme->ran) {
        snprintf(out->reason, sizeof out->reason, "%.250s", scheme->result.reason);
        return out->state == VER_ENGINE_FAILED ? judge_end(scheme->judge, VER_ERROR, out->reason)
                                               : 0;
    }
    out->traced = scheme->options.trace;
    out->digest = result_digest(&scheme->result);
    if (scheme_places_make(&scheme->places, scheme->problem, &scheme->result) != 0)
        return judge_no_memory(scheme->judge);
    return 0;
}

static int judge_engine(struct scheme *scheme, const struct scheme *first)
{
    int failed = 0;
    if (first)
        failed = scheme_judge_bits(scheme, first);
    if (!failed && (!first || !scheme->out->same))
        failed = scheme_judge_rounding(scheme);
    if (!failed && scheme->judge->thorough)
        failed = scheme_judge_invariances(scheme);
    return failed;
}

static int judge_one(struct scheme *scheme, const struct scheme *first)
{
    int failed = scheme_run(scheme);
    if (failed || !scheme->ran)
        return failed;
    failed = judge_engine(scheme, first);
    if (!failed && scheme->judge->thorough && scheme->engine->doubles)
        failed = scheme_judge_convergence(scheme);
    return failed;
}

static void clear(struct scheme *scheme, size_t engines)
{
    for (size_t e = 0; e < engines; e++) {
        scheme_places_clear(&scheme[e].places);
        result_clear(&scheme[e].result);
        scheme_weights_free(scheme[e].backward);
    }
    free(scheme);
}

int judge_engines(struct judge *judge)
{
    const struct ver_options *asked = judge->options;
    struct scheme *scheme = calloc(asked->engines, sizeof *scheme), *first = NULL;
    judge->out->judged = calloc(asked->engines, sizeof *judge->out->judged);
    if (!scheme || !judge->out->judged) {
        free(scheme);
        return judge_no_memory(judge);
    }
    int failed = 0, ended = 0;
    judge->out->engines = asked->engines;
    for (size_t e = 0; e < asked->engines; e++) {
        scheme[e].judge = judge;
        scheme[e].engine = asked->engine[e];
        scheme[e].out = &judge->out->judged[e];
        scheme[e].problem = judge->problem;
        scheme[e].options = scheme_options(&asked->how);
    }
    for (size_t e = 0; e < asked->engines && !failed; e++) {
        double start = ver_now();
        if (!asked->engine[e]->scheme) /* whatever came of it, the others are judged */
            ended |= judge_free_engine(judge, asked->engine[e], &judge->out->judged[e]);
        else
            failed = judge_one(&scheme[e], first);
        if (!first && scheme[e].ran)
            first = &scheme[e];
        judge->out->seconds.engine[e] = ver_now() - start;
    }
    clear(scheme, asked->engines);
    return failed | ended;
}
