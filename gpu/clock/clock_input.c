/* SPDX-License-Identifier: MIT */
/* clock_input.c: input spikes as lists by step, and the order in which samples are summed. */
#include "cases/fnv.h"
#include "gpu/clock/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lists: a counting sort by step keeps neurons ascending ---- */

static size_t spikes_of(const struct case_step_train *train, size_t size)
{
    size_t count = 0;
    for (size_t n = 0; n < size; n++)
        count += train[n].count;
    return count;
}

struct arrival {
    uint32_t step, neuron;
};

static int by_step(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

static int lay_list(struct clock_plan *plan, struct clock_list *list,
                    const struct case_step_train *train, size_t size)
{
    bool merge = (plan->options.variant & SCHEME_MERGE) != 0;
    size_t count = spikes_of(train, size), kept = 0;
    struct arrival *sorted = malloc((count + 1) * sizeof *sorted);
    list->step = clock_take(&plan->memory, count, sizeof *list->step);
    list->neuron = clock_take(&plan->memory, count, sizeof *list->neuron);
    if (sorted && list->step && list->neuron) {
        for (size_t n = 0; n < size; n++)
            for (size_t k = 0; k < train[n].count; k++)
                if (!merge || k == 0 || train[n].step[k] != train[n].step[k - 1])
                    sorted[kept++] = (struct arrival){train[n].step[k], (uint32_t)n};
        qsort(sorted, kept, sizeof *sorted, by_step);
        for (size_t k = 0; k < kept; k++) {
            list->step[k] = sorted[k].step;
            list->neuron[k] = sorted[k].neuron;
        }
        list->count = list->room = kept;
    }
    int failed = !sorted || !list->step || !list->neuron;
    free(sorted);
    return failed ? -1 : 0;
}

/* ---- the canonical order of the samples ---- */

/* Of everything that tells one sample from another; equal samples give equal sums in any order. */
static uint64_t digest_sample(const struct clock_plan *plan, size_t sample)
{
    const struct case_sample *s = &plan->c->sample[sample];
    uint64_t hash = fnv_add(FNV_START, &s->label, sizeof s->label);
    for (size_t p = 0; p < plan->populations; p++) {
        const struct clock_list *list = &plan->input[sample * plan->populations + p];
        hash = fnv_add(hash, &list->count, sizeof list->count);
        hash = fnv_add(hash, list->step, list->count * sizeof *list->step);
        hash = fnv_add(hash, list->neuron, list->count * sizeof *list->neuron);
    }
    for (size_t k = 0; s->times && k < plan->loss.outputs; k++)
        hash = fnv_add(hash, &s->times[k], sizeof *s->times);
    for (size_t k = 0; s->voltages && k < plan->loss.outputs; k++) {
        const struct case_steps *steps = &s->voltages[k];
        hash = fnv_add(hash, steps->time, steps->count * sizeof *steps->time);
        hash = fnv_add(hash, steps->value, steps->count * sizeof *steps->value);
    }
    return hash;
}

struct ranked {
    uint64_t digest;
    size_t sample;
};

static int by_digest(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->digest != y->digest)
        return x->digest < y->digest ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

static int rank_samples(struct clock_plan *plan)
{
    struct ranked *ranked = malloc(plan->valid * sizeof *ranked);
    plan->order = clock_take(&plan->memory, plan->samples, sizeof *plan->order);
    if (ranked && plan->order) {
        for (size_t s = 0; s < plan->valid; s++)
            ranked[s] = (struct ranked){digest_sample(plan, s), s};
        qsort(ranked, plan->valid, sizeof *ranked, by_digest);
        for (size_t s = 0; s < plan->valid; s++)
            plan->order[s] = ranked[s].sample;
    }
    int failed = !ranked || !plan->order;
    free(ranked);
    return failed ? -1 : 0;
}

enum result_status clock_inputs(struct clock_plan *plan, char reason[RESULT_REASON])
{
    size_t lists = plan->samples * plan->populations;
    int failed = 0;
    plan->input = clock_take(&plan->memory, lists, sizeof *plan->input);
    plan->label = clock_take(&plan->memory, plan->samples, sizeof *plan->label);
    failed = !plan->input || !plan->label;
    if (!failed)
        memset(plan->input, 0, lists * sizeof *plan->input);
    for (size_t s = 0; s < plan->samples && !failed; s++)
        plan->label[s] = (uint32_t)plan->c->sample[s].label;
    for (size_t s = 0; s < plan->samples && !failed; s++)
        for (size_t p = 0; p < plan->populations && !failed; p++)
            if (plan->population[p].model == CASE_SPIKE_SOURCE)
                failed = lay_list(plan, &plan->input[s * plan->populations + p],
                                  plan->grid.input.train[s][p], plan->population[p].size);
    if (failed || rank_samples(plan) != 0) {
        snprintf(reason, RESULT_REASON, "memory is short");
        return RESULT_SHORT;
    }
    return RESULT_OK;
}
