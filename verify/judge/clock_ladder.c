/* clock_ladder.c: is the scheme right, but for its step? It runs in double precision at the case's
 * step and at halves of it; spikes and gradients must go to the reference's. Rungs on which some
 * neuron spikes more or less often than in the reference are another network's: counted, never
 * evidence. */
#include "verify/judge/clock.h"
#include "verify/judge/bounds.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *ver_ladder_quantity_name(enum ver_ladder_quantity quantity)
{
    static const char *const name[] = {"ladder_spikes", "ladder_weights", "ladder_delays",
                                       "ladder_tau_mem", "ladder_tau_syn"};
    return name[quantity];
}

/* ---- the truth, in doubles ---- */

struct climb {
    struct clock *clock;
    struct ver_ladder *ladder;
    double *truth;    /* [parameters] */
    double *gradient; /* [parameters], of the last rung */
    double *before;   /* [parameters], of the one before */
};

static int climb_start(struct climb *climb, struct clock *clock)
{
    const struct judge *judge = clock->judge;
    size_t bytes = (judge->parameters + 1) * sizeof(double);
    *climb = (struct climb){.clock = clock, .ladder = judge->out->ladder};
    climb->truth = malloc(bytes);
    climb->gradient = calloc(1, bytes);
    climb->before = calloc(1, bytes);
    if (!climb->truth || !climb->gradient || !climb->before)
        return -1;
    for (size_t k = 0; k < judge->parameters; k++)
        climb->truth[k] = middle(judge->truth->gradient + k);
    return 0;
}

static void climb_end(struct climb *climb)
{
    free(climb->truth);
    free(climb->gradient);
    free(climb->before);
}

/* ---- one rung ---- */

/* Root mean square error of the spike times, in ms, of the neurons whose counts are the
 * reference's; counts what the others have too few or too many. */
static double spike_error(struct ver_rung *rung, const struct climb *climb,
                          const struct result *result)
{
    const struct ref_result *truth = climb->clock->judge->truth;
    double end = climb->clock->problem->end, steps = (double)result->steps, squares = 0;
    size_t spikes = 0;
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t p = 0; p < truth->populations; p++)
            for (size_t n = 0; n < truth->size[p]; n++) {
                const struct ref_train *exact = &truth->sample[s].spikes[p][n];
                const struct case_step_train *grid = &result->raster.train[s][p][n];
                rung->spikes += exact->count;
                if (exact->count != grid->count) {
                    if (exact->count > grid->count)
                        rung->missing += exact->count - grid->count;
                    else
                        rung->extra += grid->count - exact->count;
                    continue;
                }
                for (size_t k = 0; k < exact->count; k++) {
                    double time = ((double)grid->step[k] + 1) * end / steps;
                    double error = time - middle(exact->at + k);
                    squares += error * error;
                    spikes++;
                }
            }
    rung->agrees = rung->missing + rung->extra == 0;
    return spikes > 0 ? sqrt(squares / (double)spikes) : VER_NAN;
}

/* |x - truth| / |truth| over all parameters of a quantity; NaN where the truth is zero. */
static double gradient_error(const struct climb *climb, const double *x,
                             enum case_quantity quantity)
{
    const struct judge *judge = climb->clock->judge;
    double squares = 0, size = 0;
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        if (block->quantity != quantity)
            continue;
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++) {
            if (ref_none_of(judge->truth, k))
                continue;
            double error = x[k] - climb->truth[k];
            squares += error * error;
            size += climb->truth[k] * climb->truth[k];
        }
    }
    return size > 0 ? sqrt(squares) / sqrt(size) : VER_NAN;
}

/* 0; 1 if the engine does not run at this step (reason says why); -1 if memory is short. */
static int climb_rung(struct climb *climb, double step)
{
    struct clock *clock = climb->clock;
    struct ver_ladder *ladder = climb->ladder;
    struct engine_options options = clock->options;
    struct result result;
    options.precision = ENGINE_DOUBLE;
    options.step = step;
    options.trace = false;
    enum result_status status = engine_run(clock->engine, &result, clock->problem, &options);
    if (status == RESULT_OK) {
        struct ver_rung *rung = &ladder->rung[ladder->rungs++];
        *rung = (struct ver_rung){.step = step};
        rung->error[VER_LADDER_SPIKES] = spike_error(rung, climb, &result);
        double *oldest = climb->before;
        climb->before = climb->gradient;
        climb->gradient = oldest;
        memcpy(climb->gradient, result.gradient,
               clock->judge->parameters * sizeof *climb->gradient);
        for (int q = CASE_WEIGHT; q <= CASE_TAU_SYN; q++)
            rung->error[VER_LADDER_WEIGHTS + q] =
                result.provides[q] ? gradient_error(climb, climb->gradient, (enum case_quantity)q)
                                   : VER_NAN;
    } else {
        snprintf(ladder->reason, sizeof ladder->reason, "%.120s", result.reason);
    }
    result_clear(&result);
    return status == RESULT_OK ? 0 : 1;
}

/* ---- the comparisons ---- */

static int tell_quantity(struct clock *clock, enum ver_ladder_quantity quantity)
{
    struct judge *judge = clock->judge;
    struct ver_ladder *ladder = judge->out->ladder;
    const struct ver_rung *last = &ladder->rung[ladder->rungs - 1];
    double least = clock_least_constant(judge, quantity);
    double ratio = clock_convergence(ladder, quantity, least);
    ladder->order[quantity] = clock_order(ladder, quantity);
    if (isnan(last->error[quantity])) /* no such spikes or gradients */
        return 0;
    struct ver_comparison *c =
        judge_compare(judge, VER_KIND_LADDER, ver_ladder_quantity_name(quantity));
    if (!c)
        return judge_no_memory(judge);
    const char *why = !last->agrees  ? "counts differ at the finest"
                      : isnan(ratio) ? "too few rungs agree"
                      : ratio > 1    ? clock_excuse(judge, quantity, last->step)
                                     : NULL;
    c->engine = clock->engine->name;
    c->outcome = why ? VER_EXCLUDED : ratio <= 1 ? VER_AGREES : VER_DIFFERS;
    c->distance = ratio;
    c->order = ladder->order[quantity];
    c->step = log2(last->step);
    snprintf(c->index, sizeof c->index, "%zu rungs to %.6g ms%s%s", ladder->rungs, last->step,
             why ? ": " : "", why ? why : "");
    snprintf(c->reference, sizeof c->reference, "error %.6g", last->error[quantity]);
    if (!isnan(ratio))
        snprintf(c->value, sizeof c->value, "at most %.6g", last->error[quantity] / ratio);
    return 0;
}

static int tell_count_changes(struct clock *clock)
{
    const struct ver_ladder *ladder = clock->judge->out->ladder;
    size_t changes = 0;
    for (size_t k = 0; k < ladder->rungs; k++)
        changes += !ladder->rung[k].agrees;
    if (changes == 0)
        return 0;
    struct ver_comparison *c = clock_compare(clock, VER_KIND_LADDER, "ladder_rungs");
    if (!c)
        return judge_no_memory(clock->judge);
    c->outcome = VER_EXCLUDED;
    c->numbers = changes;
    snprintf(c->index, sizeof c->index, "count-change");
    return 0;
}

/* Twice the finest less the one before it is free of the first order. */
static double limit_error(struct climb *climb)
{
    const struct ver_ladder *ladder = climb->ladder;
    size_t rungs = ladder->rungs;
    if (rungs < 2 || !ladder->rung[rungs - 1].agrees || !ladder->rung[rungs - 2].agrees)
        return VER_NAN;
    for (size_t k = 0; k < climb->clock->judge->parameters; k++)
        climb->before[k] = 2 * climb->gradient[k] - climb->before[k];
    return gradient_error(climb, climb->before, CASE_WEIGHT);
}

static bool any_differs(const struct clock *clock)
{
    const struct ver_judgement *out = clock->judge->out;
    for (size_t k = 0; k < out->comparisons; k++)
        if (out->comparison[k].kind == VER_KIND_LADDER && out->comparison[k].outcome == VER_DIFFERS)
            return true;
    return false;
}

/* Cells, each population rounded up to whole vectors: what a step costs. */
static double whole_vectors(const struct case_problem *c)
{
    size_t cells = 0;
    for (size_t p = 0; p < c->populations; p++)
        if (c->population[p].model != CASE_SPIKE_SOURCE)
            cells += (c->population[p].size + 31) / 32 * 32;
    return (double)cells;
}

static int climb_all(struct climb *climb)
{
    struct clock *clock = climb->clock;
    double steps = (double)clock->result.steps, factor = 1;
    double size = steps * whole_vectors(clock->problem) * (double)clock->problem->samples;
    for (int k = 0; k < VER_RUNGS && size * factor <= VER_LADDER_MOST; k++, factor *= 2)
        if (climb_rung(climb, clock->problem->end / (steps * factor)) != 0)
            break;
    if (climb->ladder->rungs < VER_ORDER_RUNGS) {
        if (!climb->ladder->reason[0])
            snprintf(climb->ladder->reason, sizeof climb->ladder->reason, "too large for a ladder");
        return 0;
    }
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        if (tell_quantity(clock, (enum ver_ladder_quantity)q) != 0)
            return -1;
    climb->ladder->limit = limit_error(climb);
    if (any_differs(clock))
        clock_look_closer(clock);
    return tell_count_changes(clock);
}

int clock_judge_ladder(struct clock *clock)
{
    struct judge *judge = clock->judge;
    struct ver_ladder *ladder = judge->out->ladder = calloc(1, sizeof *judge->out->ladder);
    if (!ladder)
        return judge_no_memory(judge);
    ladder->limit = VER_NAN;
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        ladder->order[q] = VER_NAN;
    const char *none = judge->options->clock.compat ? "the published scheme has other limits"
                       : !clock->options.gradients  ? "no gradients"
                       : judge->truth->status != REF_OK || !judge->truth->gradient
                           ? "the reference is undecided"
                           : NULL;
    if (none) {
        snprintf(ladder->reason, sizeof ladder->reason, "%s", none);
        return 0;
    }
    struct climb climb;
    int failed = climb_start(&climb, clock) != 0 ? judge_no_memory(judge) : climb_all(&climb);
    climb_end(&climb);
    return failed;
}
