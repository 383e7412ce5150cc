/* SPDX-License-Identifier: MIT */
/* scheme_rounding.c: is an engine's scheme computed right, but for rounding?
 *
 * The grid reference follows the engine's own spikes without rounding and says beside each number
 * how far rounding can have taken an engine that does the documented operations in order. So every
 * voltage, current, slope, adjoint, loss and gradient has a bound of its own, and no tolerance is
 * tuned. A spike decision may differ from the exact one only where the exact voltage lies within
 * its bound of the threshold. */
#include "verify/judge/judge_scheme.h"

#include <math.h>
#include <stdlib.h>

const char *ver_scheme_quantity_name(enum ver_scheme_quantity quantity)
{
    static const char *const name[] = {"V",        "I",           "slope",  "lambda_V",
                                       "lambda_I", "sample_loss", "loss",   "weights",
                                       "delays",   "tau_mem",     "tau_syn"};
    return name[quantity];
}

/* ---- the numbers ---- */

struct watch { /* what the observer of the grid reference needs */
    struct scheme_tallies *tallies;
    const struct scheme *scheme;
};

static void note_decision(struct scheme_tallies *tallies, const struct ref_grid_number *number)
{
    tallies->decisions++;
    tallies->near += number->exact == 0;
    if (number->exact == 0 || (number->exact > 0) == number->spiked)
        return;
    if (tallies->unexplained++ == 0) {
        tallies->sample = number->sample;
        tallies->cell = number->cell;
        tallies->step = number->step;
        tallies->exact = number->exact;
    }
}

/* What the engine says where the grid reference speaks; false where it says nothing. */
static bool engine_number(double *engine, const struct scheme *scheme,
                          const struct ref_grid_number *number)
{
    const struct result_sample *sample = &scheme->result.sample[number->sample];
    const double *row[] = {
        [REF_GRID_V] = sample->trace.v,
        [REF_GRID_I] = sample->trace.i,
        [REF_GRID_LAMBDA_V] = sample->trace.lambda_v,
        [REF_GRID_LAMBDA_I] = sample->trace.lambda_i,
    };
    if (number->quantity == REF_GRID_SLOPE) {
        *engine = scheme_slope(&scheme->places, &scheme->result, number->sample, number->cell,
                               number->step);
        return true;
    }
    if (!row[number->quantity])
        return false;
    *engine = row[number->quantity][(size_t)number->step * scheme->places.cells + number->cell];
    return true;
}

static void observe(void *context, const struct ref_grid_number *number)
{
    static const enum ver_scheme_quantity of[] = {
        [REF_GRID_V] = VER_SCHEME_V,
        [REF_GRID_I] = VER_SCHEME_I,
        [REF_GRID_SLOPE] = VER_SCHEME_SLOPE,
        [REF_GRID_LAMBDA_V] = VER_SCHEME_LAMBDA_V,
        [REF_GRID_LAMBDA_I] = VER_SCHEME_LAMBDA_I,
    };
    struct watch *watch = context;
    const struct scheme_places *places = &watch->scheme->places;
    if (number->quantity == REF_GRID_V &&
        places->problem->population[places->population[number->cell]].model == CASE_LIF)
        note_decision(watch->tallies, number);
    struct scheme_tally *tally = &watch->tallies->of[of[number->quantity]];
    double engine;
    if (engine_number(&engine, watch->scheme, number) &&
        scheme_tally(tally, engine, number->value, number->bound)) {
        tally->sample = number->sample;
        tally->cell = number->cell;
        tally->step = number->step;
    }
}

static void tally_losses(struct scheme_tallies *tallies, const struct ref_grid_result *grid,
                         const struct result *result)
{
    struct scheme_tally *tally = &tallies->of[VER_SCHEME_SAMPLE_LOSS];
    for (size_t s = 0; s < result->samples; s++)
        if (scheme_tally(tally, result->sample[s].loss, grid->sample_loss + s,
                         grid->sample_loss_bound + s))
            tally->sample = s;
    scheme_tally(&tallies->of[VER_SCHEME_LOSS], result->loss, grid->loss, grid->loss_bound);
}

static void tally_gradients(struct scheme_tallies *tallies, const struct ref_grid_result *grid,
                            const struct scheme *scheme)
{
    const struct judge *judge = scheme->judge;
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        if (block->quantity > CASE_TAU_SYN || !scheme->result.provides[block->quantity] ||
            !grid->provides[block->quantity])
            continue;
        struct scheme_tally *tally = &tallies->of[VER_SCHEME_WEIGHTS + (int)block->quantity];
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
            if (scheme_tally(tally, scheme->result.gradient[k], grid->gradient + k,
                             grid->gradient_bound + k))
                tally->parameter = k;
    }
}

int scheme_against_grid(struct scheme_tallies *tallies, struct ref_grid_result *grid,
                        struct scheme *scheme, unsigned variant, const double *const *backward)
{
    struct watch watch = {tallies, scheme};
    struct ref_grid_options ask = {
        .step = scheme->options.step,
        .delays = scheme->options.delays,
        .unit = 24,
        .variant = variant,
        .backward_weight = backward,
        .gradients = scheme->options.gradients,
        .observe = observe,
        .context = &watch,
    };
    *tallies = (struct scheme_tallies){.decisions = 0};
    enum ref_status status = ref_grid_run(grid, scheme->problem, &scheme->result.raster, &ask);
    if (status == REF_CAPACITY)
        return -1;
    tally_losses(tallies, grid, &scheme->result);
    if (ask.gradients)
        tally_gradients(tallies, grid, scheme);
    tallies->differing = tallies->unexplained;
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        tallies->differing += tallies->of[q].outside;
    return 0;
}

/* ---- the comparisons ---- */

/* Numbers without a finite bound are told apart: they are no evidence. */
static int tell_infinite(struct scheme *scheme, enum ver_scheme_quantity q, size_t numbers)
{
    if (numbers == 0)
        return 0;
    struct ver_comparison *c =
        scheme_compare(scheme, VER_KIND_ROUNDING, ver_scheme_quantity_name(q));
    if (!c)
        return judge_no_memory(scheme->judge);
    c->outcome = VER_EXCLUDED;
    c->numbers = numbers;
    snprintf(c->index, sizeof c->index, "without a finite bound");
    return 0;
}

static void name_worst(char *text, size_t size, const struct scheme *scheme,
                       enum ver_scheme_quantity q, const struct scheme_tally *tally)
{
    const struct judge *judge = scheme->judge;
    if (q >= VER_SCHEME_WEIGHTS)
        case_parameter_name(text, size, scheme->problem, judge->block, judge->blocks,
                            tally->parameter);
    else if (q == VER_SCHEME_SAMPLE_LOSS)
        snprintf(text, size, "[%zu]", tally->sample);
    else if (q != VER_SCHEME_LOSS)
        scheme_place_text(text, size, &scheme->places, tally->sample, tally->cell, tally->step);
}

static int tell_quantity(struct scheme *scheme, enum ver_scheme_quantity q,
                         const struct scheme_tally *tally)
{
    if (tell_infinite(scheme, q, tally->infinite) != 0)
        return -1;
    if (tally->numbers == 0)
        return 0;
    struct ver_comparison *c =
        scheme_compare(scheme, VER_KIND_ROUNDING, ver_scheme_quantity_name(q));
    if (!c)
        return judge_no_memory(scheme->judge);
    c->outcome = tally->outside == 0 ? VER_AGREES : VER_DIFFERS;
    c->numbers = tally->numbers;
    c->distance = tally->worst;
    name_worst(c->index, sizeof c->index, scheme, q, tally);
    snprintf(c->reference, sizeof c->reference, "%.17g", tally->engine);
    snprintf(c->value, sizeof c->value, "%.17g", tally->value);
    return 0;
}

static int tell_decisions(struct scheme *scheme, const struct scheme_tallies *tallies)
{
    if (tallies->decisions == 0)
        return 0;
    struct ver_comparison *c = scheme_compare(scheme, VER_KIND_DECISION, "decisions");
    if (!c)
        return judge_no_memory(scheme->judge);
    bool explained = tallies->unexplained == 0;
    c->outcome = explained ? VER_AGREES : VER_DIFFERS;
    c->numbers = tallies->decisions;
    c->distance = explained ? 0 : VER_INFINITY;
    if (!explained) {
        scheme_place_text(c->index, sizeof c->index, &scheme->places, tallies->sample,
                          tallies->cell, tallies->step);
        snprintf(c->reference, sizeof c->reference, "%s", tallies->exact > 0 ? "silence" : "spike");
        snprintf(c->value, sizeof c->value, "%s", tallies->exact > 0 ? "spike" : "silence");
    }
    return 0;
}

int scheme_judge_rounding(struct scheme *scheme)
{
    struct scheme_tallies *tallies = malloc(sizeof *tallies);
    struct ref_grid_result grid;
    if (!tallies)
        return judge_no_memory(scheme->judge);
    unsigned variant = scheme->judge->options->how.compat ? (unsigned)SCHEME_COMPAT : 0;
    int failed = 0;
    if (scheme_against_grid(tallies, &grid, scheme, variant, NULL) != 0) {
        failed = judge_end(scheme->judge, VER_ERROR, grid.reason);
    } else {
        scheme->out->decisions = tallies->decisions;
        scheme->out->near = tallies->near;
        failed = tell_decisions(scheme, tallies);
        for (int q = 0; q < VER_SCHEME_QUANTITIES && !failed; q++) {
            scheme_tally_add(&scheme->out->ratios[q], &tallies->of[q]);
            failed = tell_quantity(scheme, (enum ver_scheme_quantity)q, &tallies->of[q]);
        }
        if (!failed && tallies->differing > 0)
            scheme_diagnose(scheme, &grid);
    }
    ref_grid_clear(&grid);
    free(tallies);
    return failed;
}
