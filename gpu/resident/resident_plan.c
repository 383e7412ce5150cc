/* SPDX-License-Identifier: MIT */
/* resident_plan.c: what engines that stay do alike: the plan of the network, its parameters in
 * their flat order, batches, sums of an outcome. */
#include "gpu/resident/resident_kind.h"

#include <math.h>
#include <stdio.h>

enum result_status resident_plan(struct clock_plan *plan, const struct case_problem *c,
                                 const struct resident_options *options, char reason[RESULT_REASON])
{
    struct engine_options ask = options->engine;
    ask.gradients = true;
    ask.tau_gradients = options->train_taus;
    ask.delay_gradients = options->train_delays;
    enum result_status status = clock_plan_make(plan, c, &ask, reason);
    double most = round(options->most_delay * (double)plan->steps / c->end);
    for (size_t k = 0; status == RESULT_OK && options->train_delays && k < plan->projections; k++)
        if (resident_is_input(plan, k) && clock_plan_delays(plan, k, (uint32_t)most) != 0) {
            status = RESULT_SHORT;
            snprintf(reason, RESULT_REASON, "memory is short");
        }
    return status;
}

bool resident_is_input(const struct clock_plan *plan, size_t projection)
{
    return plan->population[plan->projection[projection].source].model == CASE_SPIKE_SOURCE;
}

void resident_rules(struct clock_plan *plan, const struct resident_options *options,
                    const real *pull)
{
    const struct loss_first *first = &plan->loss.first;
    plan->rules.pull = options->strength != 0 ? pull : NULL;
    plan->rules.skip_silent = options->skip_silent;
    plan->rules.phantom = options->phantom ? (real)loss_penalty_slope(first, first->end) : 0;
}

bool resident_is_hidden(const struct clock_plan *plan, size_t population)
{
    return plan->population[population].model == CASE_LIF && population != plan->loss.population;
}

/* ---- parameters ---- */

void resident_start_taus(const struct clock_plan *plan, real *const tau[2])
{
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; resident_is_hidden(plan, p) && k < plan->population[p].size; k++) {
            const struct case_population *from = &plan->c->population[p];
            tau[0][plan->population[p].first + k] = (real)case_value(&from->tau_mem, k);
            tau[1][plan->population[p].first + k] = (real)case_value(&from->tau_syn, k);
        }
}

static float *copy_row(float *flat, real *row, size_t count, bool get)
{
    for (size_t j = 0; j < count; j++)
        if (get)
            flat[j] = row[j];
        else
            row[j] = flat[j];
    return flat + count;
}

void resident_flat(const struct resident *r, const struct clock_plan *plan, real *synapses,
                   real *const tau[2], real *delay, float *flat, bool get)
{
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        for (size_t i = 0; i < p->rows; i++)
            flat = copy_row(flat, synapses + p->weight + i * p->width,
                            plan->population[p->target].size, get);
    }
    for (size_t which = 0; r->options.train_taus && which < 2; which++)
        for (size_t p = 0; p < plan->populations; p++)
            if (resident_is_hidden(plan, p))
                flat = copy_row(flat, tau[which] + plan->population[p].first,
                                plan->population[p].size, get);
    for (size_t k = 0; r->options.train_delays && k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        for (size_t i = 0; resident_is_input(plan, k) && i < p->rows; i++)
            flat = copy_row(flat, delay + p->weight + i * p->width,
                            plan->population[p->target].size, get);
    }
}

void resident_scale(const struct resident *r, const struct clock_plan *plan, real *synapses,
                    const real *weight_scale, real *const tau[2], const real *const tau_scale[2])
{
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        const real *scale = weight_scale + plan->population[p->target].first;
        for (size_t i = 0; i < p->rows * p->width; i++)
            synapses[p->weight + i] = synapses[p->weight + i] * scale[i % p->width];
    }
    for (size_t j = 0; r->options.train_taus && j < plan->cells; j++)
        for (size_t which = 0; which < 2; which++)
            tau[which][j] = tau[which][j] * tau_scale[which][j];
}

/* ---- a batch ---- */

void resident_take(const struct resident *r, struct clock_plan *plan, struct clock_run *run,
                   const struct resident_batch *batch)
{
    plan->valid = batch->samples;
    for (size_t s = 0; s < batch->samples; s++) {
        struct clock_list *list = &plan->input[s * plan->populations + r->source];
        /* The engine reads its inputs only. */
        *list = (struct clock_list){.count = batch->begin[s + 1] - batch->begin[s],
                                    .step = (uint32_t *)batch->step + batch->begin[s],
                                    .neuron = (uint32_t *)batch->neuron + batch->begin[s]};
        run->sample[s].spikes[r->source] = run->sample[s].back[r->source] = *list;
        plan->label[s] = batch->label[s];
        plan->order[s] = s;
    }
}

int resident_room(struct resident *r, const struct clock_plan *plan, struct clock_memory *memory)
{
    size_t hidden = 0;
    for (size_t p = 0; p < plan->populations; p++)
        hidden += resident_is_hidden(plan, p) ? plan->population[p].size : 0;
    r->outcome = (struct resident_outcome){
        .sample_loss = clock_take(memory, plan->samples, sizeof *r->outcome.sample_loss),
        .predicted = clock_take(memory, plan->samples, sizeof *r->outcome.predicted),
        .count = clock_take(memory, hidden, sizeof *r->outcome.count),
        .hidden = hidden};
    return r->outcome.sample_loss && r->outcome.predicted && r->outcome.count ? 0 : -1;
}

/* They are const to those who ask only. */
struct resident_filled resident_filled(const struct resident *r)
{
    return (struct resident_filled){(double *)r->outcome.sample_loss,
                                    (uint32_t *)r->outcome.predicted, (uint32_t *)r->outcome.count};
}

void resident_sum(struct resident *r, const struct clock_plan *plan)
{
    struct resident_outcome *told = &r->outcome;
    told->loss = 0;
    told->right = 0;
    for (size_t s = 0; s < plan->valid; s++) {
        told->loss = told->loss + told->sample_loss[s];
        told->right += told->predicted[s] == plan->label[s];
    }
}
