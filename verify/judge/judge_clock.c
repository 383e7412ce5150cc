/* judge_clock.c: all engines on one case. The first that runs is held against the grid reference
 * and, in double precision, against the reference as its step shrinks; each later one against the
 * first, bit by bit, and against the grid only where it differs: the same bits have the same
 * distance from everything. */
#include "verify/judge/bounds.h"
#include "verify/judge/clock.h"
#include "verify/judge/program_judge.h"
#include "verify/exec/program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *ver_clock_state_name(enum ver_clock_state state)
{
    static const char *const name[] = {"ran",    "inexpressible", "large",
                                       "absent", "failed",        "unjudged"};
    return name[state];
}

struct ver_comparison *clock_compare(struct clock *clock, enum ver_kind kind, const char *quantity)
{
    struct ver_comparison *c = judge_compare(clock->judge, kind, quantity);
    if (c)
        c->engine = clock->engine->name;
    return c;
}

/* Steps times cells times samples. */
static double size_of(const struct case_problem *c, double step)
{
    double wanted = step > 0 ? step : c->step, cells = 0;
    for (size_t p = 0; p < c->populations; p++)
        cells += c->population[p].model != CASE_SPIKE_SOURCE ? (double)c->population[p].size : 0;
    return (wanted > 0 ? c->end / wanted : 0) * cells * (double)c->samples;
}

static enum ver_clock_state state_of(enum result_status status)
{
    switch (status) {
    case RESULT_OK:
        return VER_CLOCK_RAN;
    case RESULT_REFUSED:
        return VER_CLOCK_INEXPRESSIBLE;
    case RESULT_ABSENT:
        return VER_CLOCK_ABSENT;
    case RESULT_SHORT:
    case RESULT_BROKEN:
    case RESULT_FAULT:
    case RESULT_NO_START:
        break;
    }
    return VER_CLOCK_FAILED;
}

/* Defect 6 wants weights one update newer, by the gradient of a clean run. */
static int prepare_stale(struct clock *clock)
{
    const struct judge *judge = clock->judge;
    struct engine_options clean = clock->options;
    struct result result;
    if (!(clock->options.variant & SCHEME_STALE))
        return 0;
    clean.variant &= ~(unsigned)SCHEME_STALE;
    clean.trace = false;
    if (engine_run(clock->engine, &result, clock->problem, &clean) == RESULT_OK)
        clock->backward =
            clock_newer_weights(clock->problem, judge->block, judge->blocks, result.gradient);
    clock->options.backward_weight = (const double *const *)clock->backward;
    if (!clock->backward) /* the run itself says why */
        clock->options.variant = clean.variant;
    result_clear(&result);
    return 0;
}

int clock_run(struct clock *clock)
{
    struct ver_clock *out = clock->out;
    double size = size_of(clock->problem, clock->options.step);
    out->engine = clock->engine->name;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        out->ratios[q].largest = VER_NAN;
    if (size > (clock->engine->slow ? VER_EMULATED_MOST : VER_CLOCK_MOST)) {
        out->state = VER_CLOCK_LARGE;
        snprintf(out->reason, sizeof out->reason, "larger than is asked of this engine");
        return 0;
    }
    clock->options.trace = size <= VER_CLOCK_TRACED;
    prepare_stale(clock);
    out->state =
        state_of(engine_run(clock->engine, &clock->result, clock->problem, &clock->options));
    clock->ran = out->state == VER_CLOCK_RAN;
    if (!clock->ran) {
        snprintf(out->reason, sizeof out->reason, "%.250s", clock->result.reason);
        return out->state == VER_CLOCK_FAILED ? judge_end(clock->judge, VER_ERROR, out->reason) : 0;
    }
    out->traced = clock->options.trace;
    out->digest = result_digest(&clock->result);
    if (clock_places_make(&clock->places, clock->problem, &clock->result) != 0)
        return judge_no_memory(clock->judge);
    return 0;
}

static int judge_engine(struct clock *clock, const struct clock *first)
{
    int failed = 0;
    if (first)
        failed = clock_judge_bits(clock, first);
    if (!failed && (!first || !clock->out->same))
        failed = clock_judge_rounding(clock);
    if (!failed && clock->judge->thorough)
        failed = clock_judge_invariances(clock);
    return failed;
}

static int judge_one(struct clock *clock, const struct clock *first)
{
    int failed = clock_run(clock);
    if (failed || !clock->ran)
        return failed;
    failed = judge_engine(clock, first);
    if (!failed && clock->judge->thorough && clock->engine->doubles)
        failed = convergence_judge(clock);
    return failed;
}

static void clear(struct clock *clock, size_t engines)
{
    for (size_t e = 0; e < engines; e++) {
        clock_places_clear(&clock[e].places);
        result_clear(&clock[e].result);
        clock_weights_free(clock[e].backward);
    }
    free(clock);
}

int judge_clock(struct judge *judge)
{
    const struct ver_options *asked = judge->options;
    struct clock *clock = calloc(asked->engines, sizeof *clock), *first = NULL;
    judge->out->clock = calloc(asked->engines, sizeof *judge->out->clock);
    if (!clock || !judge->out->clock) {
        free(clock);
        return judge_no_memory(judge);
    }
    int failed = 0, ended = 0;
    judge->out->clocks = asked->engines;
    for (size_t e = 0; e < asked->engines; e++) {
        clock[e].judge = judge;
        clock[e].engine = asked->engine[e];
        clock[e].out = &judge->out->clock[e];
        clock[e].problem = judge->problem;
        clock[e].options = clock_options(&asked->clock);
    }
    for (size_t e = 0; e < asked->engines && !failed; e++) {
        double start = ver_now();
        if (!asked->engine[e]->scheme) /* whatever came of it, the others are judged */
            ended |= judge_program(judge, asked->engine[e], &judge->out->clock[e]);
        else
            failed = judge_one(&clock[e], first);
        if (!first && clock[e].ran)
            first = &clock[e];
        judge->out->seconds.engine[e] = ver_now() - start;
    }
    clear(clock, asked->engines);
    return failed | ended;
}
