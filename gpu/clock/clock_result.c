/* SPDX-License-Identifier: MIT */
/* clock_result.c: what the host driver computed, widened to double. */
#include "gpu/clock/plan.h"
#include "cases/result.h"

#include <stdlib.h>

static size_t count_spikes(const void *context, size_t sample, size_t population, size_t neuron)
{
    const size_t *const *const *counts = context;
    return counts[sample][population][neuron];
}

/* ---- spikes: lists by step become trains by neuron ---- */

/* Spikes of every neuron of one list; to be freed. */
static size_t *count_list(const struct clock_list *list, size_t size)
{
    size_t *count = calloc(size + 1, sizeof *count);
    for (size_t k = 0; count && k < list->count; k++)
        count[list->neuron[k]]++;
    return count;
}

static void free_counts(size_t ***count, const struct clock_plan *plan)
{
    for (size_t s = 0; count && s < plan->samples; s++) {
        for (size_t p = 0; count[s] && p < plan->populations; p++)
            free(count[s][p]);
        free(count[s]);
    }
    free(count);
}

static size_t ***make_counts(const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t ***count = calloc(plan->samples, sizeof *count);
    for (size_t s = 0; count && s < plan->samples; s++) {
        count[s] = calloc(plan->populations, sizeof **count);
        for (size_t p = 0; count[s] && p < plan->populations; p++)
            if (plan->population[p].model == CASE_LIF &&
                !(count[s][p] = count_list(&run->sample[s].spikes[p], plan->population[p].size))) {
                free_counts(count, plan);
                return NULL;
            }
        if (!count[s]) {
            free_counts(count, plan);
            return NULL;
        }
    }
    return count;
}

/* place[n]: where the next spike of neuron n goes, counts are used up. */
static void sort_list(struct result *result, const struct clock_list *list, size_t *place,
                      size_t size, size_t s, size_t p)
{
    size_t first = 0;
    struct case_step_train *train = result->raster.train[s][p];
    for (size_t n = 0; n < size; n++) {
        place[n] = first;
        first += train[n].count;
    }
    for (size_t k = 0; k < list->count; k++) {
        size_t n = list->neuron[k], at = place[n]++;
        result->sample[s].slope[p][at] = (double)list->slope[k];
        /* The trains of a population lie one behind the other. */
        train[0].step[at] = list->step[k];
    }
}

/* ---- gradients ---- */

/* acc R(-tau_syn / samples), or (acc w) / samples of a delay: see step.h. */
static void fill_synapses(double *to, const struct clock_run *run, size_t projection, size_t h)
{
    const struct clock_plan *plan = run->plan;
    const struct clock_projection *p = &plan->projection[projection];
    const struct clock_population *target = &plan->population[p->target];
    for (size_t i = 0; i < p->rows; i++)
        for (size_t j = 0; j < target->size; j++) {
            size_t at = p->weight + i * p->width + j;
            real sum = run->gradient[h * plan->synapses + at];
            real value = h == 0 ? sum * plan->weight_scale[target->first + j]
                                : (sum * plan->weight_back[at]) / plan->samples_real;
            *to++ = (double)value;
        }
}

static void fill_cells(double *to, const struct clock_plan *plan, size_t population,
                       const real *sum, const real *scale)
{
    const struct clock_population *p = &plan->population[population];
    for (size_t k = 0; k < p->size; k++) {
        real value = sum[p->first + k] * scale[p->first + k];
        to[k] = (double)value;
    }
}

static int fill_gradient(struct result *result, const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, plan->c);
    if (blocks == 0)
        return -1;
    result->provides[CASE_WEIGHT] = true;
    result->provides[CASE_DELAY] = plan->options.delay_gradients;
    result->provides[CASE_TAU_MEM] = result->provides[CASE_TAU_SYN] = plan->options.tau_gradients;
    for (size_t b = 0; b < blocks; b++) {
        double *to = result->gradient + block[b].first;
        if (!result->provides[block[b].quantity])
            continue;
        if (block[b].quantity == CASE_WEIGHT)
            fill_synapses(to, run, block[b].projection, 0);
        else if (block[b].quantity == CASE_DELAY)
            fill_synapses(to, run, block[b].projection, 1);
        else if (block[b].quantity == CASE_TAU_MEM)
            fill_cells(to, plan, block[b].population, run->tau_mem, plan->tau_mem_scale);
        else
            fill_cells(to, plan, block[b].population, run->tau_syn, plan->tau_syn_scale);
    }
    free(block);
    return 0;
}

/* ---- traces: without the dead cells ---- */

static void fill_trace(double *to, const double *from, const struct clock_plan *plan)
{
    for (uint32_t n = 0; to && n < plan->steps; n++)
        for (size_t p = 0; p < plan->populations; p++)
            for (size_t k = 0;
                 plan->population[p].model != CASE_SPIKE_SOURCE && k < plan->population[p].size;
                 k++)
                *to++ = from[n * plan->cells + plan->population[p].first + k];
}

int clock_result(struct result *result, const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    const struct engine_options *options = &plan->options;
    size_t ***count = make_counts(run);
    result->steps = plan->steps;
    result->cells = 0;
    for (size_t p = 0; p < plan->populations; p++)
        if (plan->population[p].model != CASE_SPIKE_SOURCE)
            result->cells += plan->population[p].size;
    result->has_loss = result->has_sample_loss = true;
    if (!count || result_make(result, plan->c, false, options->gradients) != 0 ||
        result_make_raster(result, plan->c, options->trace, count_spikes, count) != 0 ||
        (options->gradients && fill_gradient(result, run) != 0)) {
        free_counts(count, plan);
        return -1;
    }
    for (size_t s = 0; s < plan->samples; s++) {
        const struct clock_sample *from = &run->sample[s];
        struct result_trace *trace = &result->sample[s].trace;
        result->sample[s].loss = (double)clock_real(from->loss);
        for (size_t p = 0; p < plan->populations; p++)
            if (plan->population[p].model == CASE_LIF)
                sort_list(result, &from->spikes[p], count[s][p], plan->population[p].size, s, p);
        fill_trace(trace->v, from->saw[0], plan);
        fill_trace(trace->i, from->saw[1], plan);
        fill_trace(trace->lambda_v, from->saw[2], plan);
        fill_trace(trace->lambda_i, from->saw[3], plan);
    }
    result->loss = run->loss;
    result->bytes = clock_run_bytes(run);
    free_counts(count, plan);
    return 0;
}
