/* clock_rounding.c: is an engine's scheme computed right, but for rounding?
 *
 * The grid reference follows the engine's own spikes without rounding and says beside each number
 * how far rounding can have taken an engine that does the documented operations in order. So every
 * voltage, current, slope, adjoint, loss and gradient has a bound of its own, and no tolerance is
 * tuned. A spike decision may differ from the exact one only where the exact voltage lies within
 * its bound of the threshold. */
#include "verify/judge/clock.h"

#include <math.h>
#include <stdlib.h>

const char *ver_clock_quantity_name(enum ver_clock_quantity quantity)
{
    static const char *const name[] = {"V",        "I",           "slope",  "lambda_V",
                                       "lambda_I", "sample_loss", "loss",   "weights",
                                       "delays",   "tau_mem",     "tau_syn"};
    return name[quantity];
}

/* ---- the numbers ---- */

struct watch { /* what the observer of the grid reference needs */
    struct clock_tallies *tallies;
    const struct clock *clock;
};

static void note_decision(struct clock_tallies *tallies, const struct ref_grid_number *number)
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
static bool engine_number(double *engine, const struct clock *clock,
                          const struct ref_grid_number *number)
{
    const struct result_sample *sample = &clock->result.sample[number->sample];
    const double *row[] = {
        [REF_GRID_V] = sample->trace.v,
        [REF_GRID_I] = sample->trace.i,
        [REF_GRID_LAMBDA_V] = sample->trace.lambda_v,
        [REF_GRID_LAMBDA_I] = sample->trace.lambda_i,
    };
    if (number->quantity == REF_GRID_SLOPE) {
        *engine =
            clock_slope(&clock->places, &clock->result, number->sample, number->cell, number->step);
        return true;
    }
    if (!row[number->quantity])
        return false;
    *engine = row[number->quantity][(size_t)number->step * clock->places.cells + number->cell];
    return true;
}

static void observe(void *context, const struct ref_grid_number *number)
{
    static const enum ver_clock_quantity of[] = {
        [REF_GRID_V] = VER_CLOCK_V,
        [REF_GRID_I] = VER_CLOCK_I,
        [REF_GRID_SLOPE] = VER_CLOCK_SLOPE,
        [REF_GRID_LAMBDA_V] = VER_CLOCK_LAMBDA_V,
        [REF_GRID_LAMBDA_I] = VER_CLOCK_LAMBDA_I,
    };
    struct watch *watch = context;
    const struct clock_places *places = &watch->clock->places;
    if (number->quantity == REF_GRID_V &&
        places->problem->population[places->population[number->cell]].model == CASE_LIF)
        note_decision(watch->tallies, number);
    struct clock_tally *tally = &watch->tallies->of[of[number->quantity]];
    double engine;
    if (engine_number(&engine, watch->clock, number) &&
        clock_tally(tally, engine, number->value, number->bound)) {
        tally->sample = number->sample;
        tally->cell = number->cell;
        tally->step = number->step;
    }
}

static void tally_losses(struct clock_tallies *tallies, const struct ref_grid_result *grid,
                         const struct result *result)
{
    struct clock_tally *tally = &tallies->of[VER_CLOCK_SAMPLE_LOSS];
    for (size_t s = 0; s < result->samples; s++)
        if (clock_tally(tally, result->sample[s].loss, grid->sample_loss + s,
                        grid->sample_loss_bound + s))
            tally->sample = s;
    clock_tally(&tallies->of[VER_CLOCK_LOSS], result->loss, grid->loss, grid->loss_bound);
}

static void tally_gradients(struct clock_tallies *tallies, const struct ref_grid_result *grid,
                            const struct clock *clock)
{
    const struct judge *judge = clock->judge;
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        if (block->quantity > CASE_TAU_SYN || !clock->result.provides[block->quantity] ||
            !grid->provides[block->quantity])
            continue;
        struct clock_tally *tally = &tallies->of[VER_CLOCK_WEIGHTS + (int)block->quantity];
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
            if (clock_tally(tally, clock->result.gradient[k], grid->gradient + k,
                            grid->gradient_bound + k))
                tally->parameter = k;
    }
}

int clock_against_grid(struct clock_tallies *tallies, struct ref_grid_result *grid,
                       struct clock *clock, unsigned variant, const double *const *backward)
{
    struct watch watch = {tallies, clock};
    struct ref_grid_options ask = {
        .step = clock->options.step,
        .delays = clock->options.delays,
        .unit = 24,
        .variant = variant,
        .backward_weight = backward,
        .gradients = clock->options.gradients,
        .observe = observe,
        .context = &watch,
    };
    *tallies = (struct clock_tallies){.decisions = 0};
    enum ref_status status = ref_grid_run(grid, clock->problem, &clock->result.raster, &ask);
    if (status == REF_CAPACITY)
        return -1;
    tally_losses(tallies, grid, &clock->result);
    if (ask.gradients)
        tally_gradients(tallies, grid, clock);
    tallies->differing = tallies->unexplained;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        tallies->differing += tallies->of[q].outside;
    return 0;
}

/* ---- the comparisons ---- */

/* Numbers without a finite bound are told apart: they are no evidence. */
static int tell_infinite(struct clock *clock, enum ver_clock_quantity q, size_t numbers)
{
    if (numbers == 0)
        return 0;
    struct ver_comparison *c = clock_compare(clock, VER_KIND_ROUNDING, ver_clock_quantity_name(q));
    if (!c)
        return judge_no_memory(clock->judge);
    c->outcome = VER_EXCLUDED;
    c->numbers = numbers;
    snprintf(c->index, sizeof c->index, "without a finite bound");
    return 0;
}

static void name_worst(char *text, size_t size, const struct clock *clock,
                       enum ver_clock_quantity q, const struct clock_tally *tally)
{
    const struct judge *judge = clock->judge;
    if (q >= VER_CLOCK_WEIGHTS)
        case_parameter_name(text, size, clock->problem, judge->block, judge->blocks,
                            tally->parameter);
    else if (q == VER_CLOCK_SAMPLE_LOSS)
        snprintf(text, size, "[%zu]", tally->sample);
    else if (q != VER_CLOCK_LOSS)
        clock_place_text(text, size, &clock->places, tally->sample, tally->cell, tally->step);
}

static int tell_quantity(struct clock *clock, enum ver_clock_quantity q,
                         const struct clock_tally *tally)
{
    if (tell_infinite(clock, q, tally->infinite) != 0)
        return -1;
    if (tally->numbers == 0)
        return 0;
    struct ver_comparison *c = clock_compare(clock, VER_KIND_ROUNDING, ver_clock_quantity_name(q));
    if (!c)
        return judge_no_memory(clock->judge);
    c->outcome = tally->outside == 0 ? VER_AGREES : VER_DIFFERS;
    c->numbers = tally->numbers;
    c->distance = tally->worst;
    name_worst(c->index, sizeof c->index, clock, q, tally);
    snprintf(c->reference, sizeof c->reference, "%.17g", tally->engine);
    snprintf(c->value, sizeof c->value, "%.17g", tally->value);
    return 0;
}

static int tell_decisions(struct clock *clock, const struct clock_tallies *tallies)
{
    if (tallies->decisions == 0)
        return 0;
    struct ver_comparison *c = clock_compare(clock, VER_KIND_DECISION, "decisions");
    if (!c)
        return judge_no_memory(clock->judge);
    bool explained = tallies->unexplained == 0;
    c->outcome = explained ? VER_AGREES : VER_DIFFERS;
    c->numbers = tallies->decisions;
    c->distance = explained ? 0 : VER_INFINITY;
    if (!explained) {
        clock_place_text(c->index, sizeof c->index, &clock->places, tallies->sample, tallies->cell,
                         tallies->step);
        snprintf(c->reference, sizeof c->reference, "%s", tallies->exact > 0 ? "silence" : "spike");
        snprintf(c->value, sizeof c->value, "%s", tallies->exact > 0 ? "spike" : "silence");
    }
    return 0;
}

int clock_judge_rounding(struct clock *clock)
{
    struct clock_tallies *tallies = malloc(sizeof *tallies);
    struct ref_grid_result grid;
    if (!tallies)
        return judge_no_memory(clock->judge);
    unsigned variant = clock->judge->options->clock.compat ? (unsigned)SCHEME_COMPAT : 0;
    int failed = 0;
    if (clock_against_grid(tallies, &grid, clock, variant, NULL) != 0) {
        failed = judge_end(clock->judge, VER_ERROR, grid.reason);
    } else {
        clock->out->decisions = tallies->decisions;
        clock->out->near = tallies->near;
        failed = tell_decisions(clock, tallies);
        for (int q = 0; q < VER_CLOCK_QUANTITIES && !failed; q++) {
            clock_tally_add(&clock->out->ratios[q], &tallies->of[q]);
            failed = tell_quantity(clock, (enum ver_clock_quantity)q, &tallies->of[q]);
        }
        if (!failed && tallies->differing > 0)
            clock_diagnose(clock, &grid);
    }
    ref_grid_clear(&grid);
    free(tallies);
    return failed;
}
