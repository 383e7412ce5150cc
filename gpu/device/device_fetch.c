/* SPDX-License-Identifier: MIT */
/* device_fetch.c: what kernels wrote, as clock_result.c wants it: a clock_run, in the order of
 * the case. */
#include "gpu/device/device_run.h"

#include <stdio.h>
#include <string.h>

int device_short(struct device_host *h)
{
    h->driver->status = RESULT_SHORT;
    snprintf(h->driver->reason, sizeof h->driver->reason, "memory is short");
    return -1;
}

/* A copy of [count] of the device, in h->fetched; NULL after a reason. */
static void *fetch(struct device_host *h, const void *from, size_t count, size_t size)
{
    void *to = clock_take(&h->fetched, count, size);
    if (!to)
        device_short(h);
    else if (h->driver->get(h->driver, to, from, count * size) != 0)
        return NULL;
    return to;
}

/* ---- spikes ---- */

/* Steps of every spike of a list of the device. */
static void spread(uint32_t *step, const struct device_group *group, uint32_t groups)
{
    for (uint32_t g = 0; g < groups; g++)
        for (uint32_t k = group[g].begin; k < group[g + 1].begin; k++)
            step[k] = group[g].step;
}

int device_fetch_lists(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    struct device_list *list = fetch(h, h->d.list, plan->valid * plan->populations, sizeof *list);
    uint32_t *neuron = fetch(h, h->neuron, h->listed, sizeof *neuron);
    float *slope = fetch(h, h->slope, h->listed, sizeof *slope);
    struct device_group *group = fetch(h, h->group, h->grouped, sizeof *group);
    if (!list || !neuron || !slope || !group)
        return -1;
    for (size_t r = 0; r < plan->valid; r++)
        for (size_t p = 0; p < plan->populations; p++, list++) {
            struct clock_list *to = &h->run->sample[plan->order[r]].spikes[p];
            size_t place = h->list_at[p] + r * h->room[p];
            if (plan->population[p].model != CASE_LIF)
                continue;
            *to = (struct clock_list){.count = list->count, .room = list->count};
            to->neuron = neuron + place;
            to->slope = slope + place;
            to->step = clock_take(&h->fetched, list->count, sizeof *to->step);
            if (!to->step)
                return device_short(h);
            spread(to->step, group + h->group_at[p] + r * ((size_t)h->room[p] + 1), list->groups);
        }
    return 0;
}

/* ---- to the device ---- */

struct piece {
    const void *to, *from;
    size_t bytes;
};

static int put_pieces(struct device_host *h, const struct piece *piece, size_t pieces)
{
    for (size_t k = 0; k < pieces; k++)
        if (h->driver->put(h->driver, (void *)(uintptr_t)piece[k].to, piece[k].from,
                           piece[k].bytes) != 0)
            return -1;
    return 0;
}

int device_put_rows(struct device_host *h)
{
    const struct device *d = &h->d;
    const struct device_rows *rows = &h->rows;
    const struct piece piece[] = {
        {d->row, rows->row, rows->rows * sizeof *rows->row},
        {d->segment, rows->segment, rows->segments * sizeof *rows->segment},
        {d->entry, rows->entry, rows->entries * sizeof *rows->entry}};
    return put_pieces(h, piece, sizeof piece / sizeof *piece);
}

/* ---- what a published defect loses ---- */

bool device_loses(const struct device_host *h)
{
    return (h->plan->options.variant & (SCHEME_BLOCKED | SCHEME_FLOAT_CLOCK)) != 0;
}

static void put_list(struct device_host *h, size_t population, size_t rank, uint32_t *neuron,
                     float *slope, struct device_group *group, struct device_list *list)
{
    const struct clock_list *from = &h->run->sample[h->plan->order[rank]].back[population];
    size_t place = h->list_at[population] + rank * h->room[population];
    struct device_group *to =
        group + h->group_at[population] + rank * ((size_t)h->room[population] + 1);
    list->count = (uint32_t)from->count;
    list->groups = 0;
    for (size_t k = 0; k < from->count; k++) {
        neuron[place + k] = from->neuron[k];
        slope[place + k] = from->slope[k];
        if (k == 0 || from->step[k] != from->step[k - 1])
            to[list->groups++] = (struct device_group){from->step[k], (uint32_t)k};
    }
    to[list->groups] = (struct device_group){DEVICE_NONE, (uint32_t)from->count};
}

int device_put_back(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    struct clock_memory *m = &h->fetched;
    struct device_list *list = fetch(h, h->d.list, plan->valid * plan->populations, sizeof *list);
    uint32_t *neuron = clock_take(m, h->listed, sizeof *neuron);
    float *slope = clock_take(m, h->listed, sizeof *slope);
    struct device_group *group = clock_take(m, h->grouped, sizeof *group);
    if (!list || !neuron || !slope || !group)
        return device_short(h);
    for (size_t s = 0; s < plan->valid; s++)
        if (clock_block(plan, &h->run->sample[s]) != 0)
            return device_short(h);
    for (size_t r = 0; r < plan->valid; r++)
        for (size_t p = 0; p < plan->populations; p++)
            if (plan->population[p].model == CASE_LIF)
                put_list(h, p, r, neuron, slope, group, &list[r * plan->populations + p]);
    if (device_rows_make(&h->rows, h->run) != 0)
        return device_short(h);
    const struct piece piece[] = {{h->d.list, list, plan->valid * plan->populations * sizeof *list},
                                  {h->neuron, neuron, h->listed * sizeof *neuron},
                                  {h->slope, slope, h->listed * sizeof *slope},
                                  {h->group, group, h->grouped * sizeof *group}};
    return put_pieces(h, piece, sizeof piece / sizeof *piece) != 0 ? -1 : device_put_rows(h);
}

/* ---- numbers ---- */

/* Of the outcome that is on the host already. */
void device_take_losses(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    const double *loss = device_seen(h, h->d.loss_of);
    double sum = 0;
    for (size_t r = 0; r < plan->valid; r++) {
        h->run->sample[plan->order[r]].loss = loss[r];
        sum = sum + loss[r];
    }
    h->run->loss = (double)(real)(sum / (double)plan->valid);
}

int device_fetch_gradients(struct device_host *h)
{
    struct clock_run *run = h->run;
    bool tau = h->plan->options.tau_gradients;
    run->gradient = fetch(h, h->d.gradient, h->d.histories * h->d.synapses, sizeof(real));
    if (tau) {
        run->tau_mem = fetch(h, h->d.tau_mem_sum, h->plan->cells, sizeof(real));
        run->tau_syn = fetch(h, h->d.tau_syn_sum, h->plan->cells, sizeof(real));
    }
    return run->gradient && (!tau || (run->tau_mem && run->tau_syn)) ? 0 : -1;
}

int device_fetch_traces(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    size_t all = (size_t)plan->steps * plan->cells;
    for (size_t k = 0; k < 4; k++) {
        float *saw = h->d.saw[k] ? fetch(h, h->d.saw[k], plan->valid * all, sizeof *saw) : NULL;
        if (h->d.saw[k] && !saw)
            return -1;
        for (size_t r = 0; saw && r < plan->valid; r++) {
            double *to = clock_take(&h->fetched, all, sizeof *to);
            if (!to)
                return device_short(h);
            for (size_t j = 0; j < all; j++)
                to[j] = (double)saw[r * all + j];
            h->run->sample[plan->order[r]].saw[k] = to;
        }
    }
    return 0;
}
