/* SPDX-License-Identifier: MIT */
/* grid_run.c: the grid reference as a whole: memory, samples, result. */
#include "ref/grid/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void grid_undecided(struct grid *g, const char *format, ...)
{
    va_list args;
    if (g->result->status != REF_OK)
        return;
    g->result->status = REF_UNDECIDED;
    va_start(args, format);
    vsnprintf(g->result->reason, sizeof g->result->reason, format, args);
    va_end(args);
}

void grid_report(arb_t value, mag_t bound, const struct grid_number *x)
{
    arb_set(value, x->x);
    mag_set_d(bound, x->e);
    mag_add(bound, bound, arb_radref(x->x));
}

void grid_tell(struct grid *g, struct ref_grid_number *number, const struct grid_number *z)
{
    if (!g->options->observe)
        return;
    mag_t bound;
    mag_init(bound);
    mag_set_d(bound, z->e);
    mag_add(bound, bound, arb_radref(z->x));
    number->sample = g->sample;
    number->value = z->x;
    number->bound = bound;
    g->options->observe(g->options->context, number);
    mag_clear(bound);
}

/* ---- whether the raster is one of this case on this grid ---- */

static bool train_fits(const struct case_step_train *train, uint32_t steps)
{
    for (size_t k = 0; k < train->count; k++)
        if (train->step[k] >= steps || (k > 0 && train->step[k] <= train->step[k - 1]))
            return false;
    return true;
}

static bool raster_fits(const struct grid *g)
{
    const struct case_problem *c = g->c;
    if (g->raster->samples != c->samples || g->raster->populations != c->populations)
        return false;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++) {
            const struct case_step_train *train = g->raster->train[s][p];
            if (c->population[p].model != CASE_LIF)
                continue;
            if (!train || g->raster->sizes[p] != c->population[p].size)
                return false;
            for (size_t k = 0; k < c->population[p].size; k++)
                if (!train_fits(train + k, g->steps))
                    return false;
        }
    return true;
}

/* ---- memory ---- */

static int result_init(struct ref_grid_result *r, const struct case_problem *c, bool gradients)
{
    struct case_block *block = NULL;
    size_t parameters;
    r->sample_loss = calloc(c->samples + 1, sizeof *r->sample_loss);
    r->sample_loss_bound = calloc(c->samples + 1, sizeof *r->sample_loss_bound);
    r->samples = r->sample_loss && r->sample_loss_bound ? c->samples : 0;
    if (r->samples == 0 || case_blocks(&block, &parameters, c) == 0)
        return -1;
    free(block);
    if (!gradients)
        return 0;
    r->gradient = calloc(parameters + 1, sizeof *r->gradient);
    r->gradient_bound = calloc(parameters + 1, sizeof *r->gradient_bound);
    r->parameters = r->gradient && r->gradient_bound ? parameters : 0;
    return r->parameters > 0 ? 0 : -1;
}

static int run_init(struct grid *g)
{
    if (grid_plan_init(g) != 0 || grid_spikes_init(g) != 0 || grid_loss_init(g) != 0 ||
        grid_gradient_init(g) != 0)
        return -1;
    g->rows = g->options->gradients ? (size_t)g->steps + 1 : 2;
    g->v = grid_numbers(g->rows * g->cells);
    g->i = grid_numbers(g->rows * g->cells);
    return g->v && g->i ? 0 : -1;
}

static void run_clear(struct grid *g)
{
    grid_gradient_clear(g);
    grid_loss_clear(g);
    grid_spikes_clear(g);
    grid_plan_clear(g);
    grid_numbers_clear(g->v, g->rows * g->cells);
    grid_numbers_clear(g->i, g->rows * g->cells);
    for (size_t k = 0; k < GRID_LANES; k++)
        arb_clear(g->lane[k].x);
    for (size_t k = 0; k < GRID_SCRATCH; k++)
        arb_clear(g->scratch[k].x);
    arb_clear(g->term.x);
    arb_clear(g->loss.real_shape.x);
    arb_clear(g->loss.value.x);
    arb_clear(g->loss.sums.x);
}

void ref_grid_clear(struct ref_grid_result *r)
{
    arb_clear(r->loss);
    mag_clear(r->loss_bound);
    for (size_t k = 0; k < r->samples; k++) {
        arb_clear(r->sample_loss + k);
        mag_clear(r->sample_loss_bound + k);
    }
    for (size_t k = 0; k < r->parameters; k++) {
        arb_clear(r->gradient + k);
        mag_clear(r->gradient_bound + k);
    }
    free(r->sample_loss);
    free(r->sample_loss_bound);
    free(r->gradient);
    free(r->gradient_bound);
    *r = (struct ref_grid_result){0};
}

/* ---- the run ---- */

/* The sum of the samples' losses over B, rounded to real. */
static void end_loss(struct grid *g)
{
    struct grid_number *z = &g->term;
    grid_sums_end(z, &g->loss_sums, 0);
    grid_set_d(g->scratch, (double)g->c->samples);
    grid_div(z, z, g->scratch, &grid_binary64);
    grid_round(z, z, g->real);
    grid_report(g->result->loss, g->result->loss_bound, z);
    if (!(z->e < HUGE_VAL))
        grid_undecided(g, "the loss has no finite bound");
}

static enum ref_status run(struct grid *g)
{
    if (run_init(g) != 0)
        return REF_CAPACITY;
    for (g->sample = 0; g->sample < g->c->samples; g->sample++) {
        grid_spikes_load(g);
        grid_forward(g);
        grid_loss_end(g);
        if (!g->options->gradients)
            continue;
        grid_spikes_miss(g);
        grid_backward(g);
    }
    end_loss(g);
    if (g->options->gradients && grid_gradient_end(g) != 0)
        return REF_CAPACITY;
    return g->result->status;
}

enum ref_status ref_grid_run(struct ref_grid_result *result, const struct case_problem *c,
                             const struct case_raster *raster,
                             const struct ref_grid_options *options)
{
    struct case_error error;
    struct grid g = {.c = c, .raster = raster, .options = options, .result = result};
    *result = (struct ref_grid_result){.status = REF_OK};
    arb_init(result->loss);
    mag_init(result->loss_bound);
    g.real = options->unit == 53 ? &grid_binary64 : &grid_binary32;
    if (case_grid_make(&g.grid, c, options->step, options->delays, &error) != 0) {
        result->status = REF_CAPACITY;
        snprintf(result->reason, sizeof result->reason, "%.255s", error.text);
        case_grid_clear(&g.grid);
        return result->status;
    }
    result->steps = g.steps = g.grid.steps;
    if ((options->variant & SCHEME_STALE) && !options->backward_weight) {
        result->status = REF_CAPACITY;
        snprintf(result->reason, sizeof result->reason, "no weights for the backward pass");
    } else if (!raster_fits(&g)) {
        result->status = REF_CAPACITY;
        snprintf(result->reason, sizeof result->reason, "the raster is not one of this case");
    } else if (result_init(result, c, options->gradients) != 0 || run(&g) == REF_CAPACITY) {
        result->status = REF_CAPACITY;
        snprintf(result->reason, sizeof result->reason, "memory is short");
    }
    run_clear(&g);
    case_grid_clear(&g.grid);
    return result->status;
}
