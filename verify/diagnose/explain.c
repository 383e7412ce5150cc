/* SPDX-License-Identifier: MIT */
/* explain.c: where an engine leaves its bounds first. The grid reference is run twice: once for the
 * verdicts and the diagnosis, once to keep every number it says beside every number of the engine.
 */
#include "verify/diagnose/explain.h"
#include "verify/judge/bounds.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *explain_quantity_name(enum ref_grid_quantity quantity)
{
    static const char *const name[] = {"V", "I", "slope", "lambda_V", "lambda_I"};
    return name[quantity];
}

size_t explain_place(const struct explain *e, size_t sample, uint32_t step, size_t cell)
{
    return (sample * e->steps + step) * e->cells + cell;
}

double explain_engine(const struct explain *e, enum ref_grid_quantity quantity, size_t sample,
                      uint32_t step, size_t cell)
{
    const struct result_trace *trace = &e->scheme.result.sample[sample].trace;
    const double *row[] = {[REF_GRID_V] = trace->v,
                           [REF_GRID_I] = trace->i,
                           [REF_GRID_LAMBDA_V] = trace->lambda_v,
                           [REF_GRID_LAMBDA_I] = trace->lambda_i};
    if (quantity == REF_GRID_SLOPE)
        return scheme_slope(&e->scheme.places, &e->scheme.result, sample, cell, step);
    return row[quantity] ? row[quantity][(size_t)step * e->cells + cell] : VER_NAN;
}

size_t explain_spikes(const struct explain *e, size_t sample, size_t population, size_t neuron,
                      uint32_t step)
{
    const struct case_problem *c = e->scheme.problem;
    const struct case_raster *raster = c->population[population].model == CASE_SPIKE_SOURCE
                                           ? &e->grid.input
                                           : &e->scheme.result.raster;
    const struct case_step_train *train = raster->train[sample][population];
    size_t count = 0;
    for (size_t k = 0; train && k < train[neuron].count; k++)
        count += train[neuron].step[k] == step;
    return count;
}

bool explain_spiked(const struct explain *e, size_t sample, size_t cell, uint32_t step)
{
    const struct scheme_places *places = &e->scheme.places;
    return explain_spikes(e, sample, places->population[cell], places->neuron[cell], step) > 0;
}

void explain_guess(struct explain *e, const char *format, ...)
{
    va_list args;
    if (e->causes == EXPLAIN_CAUSES)
        return;
    va_start(args, format);
    vsnprintf(e->cause[e->causes++], EXPLAIN_CAUSE, format, args);
    va_end(args);
}

/* ---- events ---- */

static void take_event(struct explain_event *event, const struct ref_grid_number *number,
                       double engine, bool decision, bool later)
{
    bool better =
        !event->found || (later ? number->step > event->step : number->step < event->step);
    if (!better)
        return;
    *event = (struct explain_event){
        .found = true,
        .decision = decision,
        .quantity = number->quantity,
        .sample = number->sample,
        .cell = number->cell,
        .step = number->step,
        .engine = engine,
        .grid = middle(number->value),
        .bound = mag_get_d(number->bound),
        .exact = number->exact,
    };
}

static void observe(void *context, const struct ref_grid_number *number)
{
    struct explain *e = context;
    bool back = number->quantity == REF_GRID_LAMBDA_V || number->quantity == REF_GRID_LAMBDA_I;
    double engine = explain_engine(e, number->quantity, number->sample, number->step, number->cell);
    if (number->quantity != REF_GRID_SLOPE) {
        size_t place = explain_place(e, number->sample, number->step, number->cell);
        e->value[number->quantity][place] = middle(number->value);
        e->bound[number->quantity][place] = mag_get_d(number->bound);
    }
    if (mag_is_inf(number->bound))
        return;
    if (!(scheme_ratio(engine, number->value, number->bound) <= 1))
        take_event(back ? &e->backward : &e->forward, number, engine, false, back);
    bool lif =
        e->scheme.problem->population[e->scheme.places.population[number->cell]].model == CASE_LIF;
    if (number->quantity == REF_GRID_V && lif && number->exact != 0 &&
        (number->exact > 0) != number->spiked)
        take_event(&e->forward, number, engine, true, false);
}

static int keep_all(struct explain *e)
{
    size_t numbers = e->scheme.problem->samples * e->steps * e->cells;
    for (int q = 0; q < EXPLAIN_QUANTITIES; q++) {
        e->value[q] = calloc(numbers + 1, sizeof **e->value);
        e->bound[q] = calloc(numbers + 1, sizeof **e->bound);
        if (!e->value[q] || !e->bound[q])
            return -1;
    }
    struct ref_grid_options ask = {
        .step = e->scheme.options.step,
        .delays = e->scheme.options.delays,
        .unit = 24,
        .variant = e->judge.options->how.compat ? (unsigned)SCHEME_COMPAT : 0,
        .gradients = true,
        .observe = observe,
        .context = e,
    };
    struct ref_grid_result result;
    int failed =
        ref_grid_run(&result, e->scheme.problem, &e->scheme.result.raster, &ask) == REF_CAPACITY;
    ref_grid_clear(&result);
    return failed ? -1 : 0;
}

/* ---- the terms of the worst weight ---- */

static int add_term(struct explain *e, size_t sample, uint32_t spike, uint32_t row, size_t cell)
{
    struct explain_term *grown = realloc(e->term, (e->terms + 1) * sizeof *grown);
    if (!grown)
        return -1;
    e->term = grown;
    size_t place = explain_place(e, sample, row, cell);
    e->term[e->terms++] = (struct explain_term){
        sample,
        spike,
        row,
        explain_engine(e, REF_GRID_LAMBDA_I, sample, row, cell),
        e->value[REF_GRID_LAMBDA_I][place],
        e->bound[REF_GRID_LAMBDA_I][place],
    };
    return 0;
}

static size_t cell_of(const struct explain *e, size_t population, size_t neuron)
{
    const struct scheme_places *places = &e->scheme.places;
    size_t cell = 0;
    while (cell < places->cells &&
           (places->population[cell] != population || places->neuron[cell] != neuron))
        cell++;
    return cell;
}

static int keep_gradient(struct explain *e, const struct ref_grid_result *grid)
{
    size_t parameters = e->judge.parameters;
    e->gradient = calloc(parameters + 1, sizeof *e->gradient);
    e->gradient_bounds = calloc(parameters + 1, sizeof *e->gradient_bounds);
    for (size_t k = 0; e->gradient && e->gradient_bounds && k < grid->parameters; k++) {
        e->gradient[k] = middle(grid->gradient + k);
        e->gradient_bounds[k] = mag_get_d(grid->gradient_bound + k);
    }
    return e->gradient && e->gradient_bounds ? 0 : -1;
}

/* Arrivals at the very end are none. */
static int find_terms(struct explain *e, const struct ref_grid_result *grid)
{
    const struct scheme_tally *tally = &e->tallies.of[VER_SCHEME_WEIGHTS];
    const struct case_problem *c = e->scheme.problem;
    if (tally->outside == 0)
        return 0;
    const struct case_block *block =
        case_block_of(e->judge.block, e->judge.blocks, tally->parameter);
    const struct case_projection *p = &c->projection[block->projection];
    size_t synapse = tally->parameter - block->first;
    e->weighed = true;
    e->projection = block->projection;
    e->parameter = tally->parameter;
    e->pre = synapse / block->columns;
    e->post = synapse % block->columns;
    e->engine_gradient = e->scheme.result.gradient[tally->parameter];
    e->grid_gradient = middle(grid->gradient + tally->parameter);
    e->gradient_bound = mag_get_d(grid->gradient_bound + tally->parameter);
    e->scale = -case_value(&c->population[p->target].tau_syn, e->post) / (double)c->samples;
    size_t cell = cell_of(e, p->target, e->post);
    uint32_t delay = case_grid_delay(&e->grid, e->projection, synapse);
    for (size_t s = 0; s < c->samples; s++)
        for (uint32_t n = 0; (size_t)n + delay + 1 < e->steps; n++)
            for (size_t k = explain_spikes(e, s, p->source, e->pre, n); k > 0; k--)
                if (add_term(e, s, n, n + delay, cell) != 0)
                    return -1;
    return 0;
}

/* ---- the whole ---- */

static enum explain_status fail(char *reason, size_t size, const char *why)
{
    snprintf(reason, size, "%s", why);
    return EXPLAIN_CANNOT;
}

static enum explain_status explain_run(struct explain *e, char *reason, size_t size)
{
    struct ref_grid_result grid;
    struct case_error error;
    struct scheme *scheme = &e->scheme;
    if (!scheme->engine->scheme)
        return fail(reason, size,
                    "this engine does not follow the documented scheme: its V, I and "
                    "adjoints at every step are not known");
    if (scheme_run(scheme) != 0)
        return fail(reason, size, e->judgement.reason);
    if (!scheme->ran)
        return fail(reason, size, e->out.reason);
    if (!e->out.traced)
        return fail(reason, size, "too large to keep every V, I and adjoint; evident shrink first");
    e->cells = scheme->places.cells;
    e->steps = scheme->result.steps;
    if (case_grid_make(&e->grid, scheme->problem, scheme->options.step, scheme->options.delays,
                       &error) != 0)
        return fail(reason, size, error.text);
    unsigned variant = e->judge.options->how.compat ? (unsigned)SCHEME_COMPAT : 0;
    enum explain_status status = EXPLAIN_AGREES;
    if (scheme_against_grid(&e->tallies, &grid, scheme, variant, NULL) != 0)
        status = fail(reason, size, grid.reason);
    else if (e->tallies.differing > 0)
        status = EXPLAIN_DIVERGES;
    if (status == EXPLAIN_DIVERGES) {
        scheme_diagnose(scheme, &grid);
        if (keep_all(e) != 0 || keep_gradient(e, &grid) != 0 || find_terms(e, &grid) != 0)
            status = fail(reason, size, "memory is short");
        if (e->out.diagnosis[0])
            explain_guess(e, "%s", e->out.diagnosis);
    }
    ref_grid_clear(&grid);
    if (status != EXPLAIN_DIVERGES)
        return status;
    explain_forward_causes(e);
    explain_backward_causes(e);
    explain_gradient_causes(e);
    return status;
}

enum explain_status explain_case(struct explain *e, const struct case_made *made, const char *name,
                                 const struct ver_options *options, char *reason, size_t size)
{
    *e = (struct explain){.judgement = VER_NO_JUDGEMENT};
    e->judge = (struct judge){
        .out = &e->judgement,
        .made = made,
        .problem = made->problem,
        .options = options,
        .truth = &e->truth,
    };
    e->judgement.name = malloc(strlen(name) + 1);
    if (!e->judgement.name)
        return fail(reason, size, "memory is short");
    strcpy(e->judgement.name, name);
    if (judge_prepare(&e->judge) != 0)
        return fail(reason, size, "memory is short");
    e->scheme.judge = &e->judge;
    e->scheme.engine = options->engine[0];
    e->scheme.out = &e->out;
    e->scheme.problem = made->problem;
    e->scheme.options = scheme_options(&options->how);
    return explain_run(e, reason, size);
}

void explain_clear(struct explain *e)
{
    for (int q = 0; q < EXPLAIN_QUANTITIES; q++) {
        free(e->value[q]);
        free(e->bound[q]);
    }
    free(e->term);
    free(e->gradient);
    free(e->gradient_bounds);
    scheme_places_clear(&e->scheme.places);
    result_clear(&e->scheme.result);
    scheme_weights_free(e->scheme.backward);
    case_grid_clear(&e->grid);
    judge_release(&e->judge);
    ver_judgement_clear(&e->judgement);
}
