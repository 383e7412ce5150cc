/* SPDX-License-Identifier: MIT */
/* device_lay.c: where everything lies in the arena of a device, and what the host sends there. */
#include "gpu/cuda/cuda_shared.h"
#include "gpu/device/device_run.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

static void count_fans(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    struct device *d = &h->d;
    d->fans = (uint32_t)plan->fans;
    d->backs = 0;
    for (size_t p = 0; p < plan->populations; p++) {
        bool at_once = false;
        if (plan->population[p].model != CASE_LIF)
            continue;
        for (size_t f = 0; f < plan->fans; f++)
            if (plan->fan[f].source == p) {
                at_once |= plan->fan[f].delay == 0;
                d->backs++;
            }
        d->backs += !at_once;
    }
    uint32_t most = d->fans > d->backs ? d->fans : d->backs;
    d->stage = most <= 64 ? 32 : most <= 256 ? 8 : 0;
}

/* Forward routes, backward routes, entries of back_list. */
static void count_routes(const struct clock_plan *plan, size_t *routes, size_t *backs)
{
    *routes = *backs = 0;
    for (size_t p = 0; p < plan->projections; p++) {
        const struct clock_projection *projection = &plan->projection[p];
        *routes += projection->fans;
        if (plan->population[projection->source].model == CASE_LIF)
            *backs += projection->fans;
    }
}

static void count_all(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    const struct clock_population *scored = &plan->population[plan->loss.population];
    struct device *d = &h->d;
    d->steps = plan->steps;
    d->samples = (uint32_t)plan->samples;
    d->populations = (uint32_t)plan->populations;
    d->cells = (uint32_t)plan->cells;
    d->tiles = (uint32_t)(plan->cells / LANES);
    d->projections = (uint32_t)plan->projections;
    d->histories = (uint32_t)plan->history;
    d->variant = plan->options.variant;
    d->synapses = plan->synapses;
    d->buffer = plan->history * plan->samples * CHUNK * plan->cells;
    d->lif_rows = d->widest = 0;
    for (size_t p = 0; p < plan->projections; p++) {
        const struct clock_projection *projection = &plan->projection[p];
        if (plan->population[projection->source].model == CASE_LIF)
            d->lif_rows += (uint32_t)projection->rows;
        d->widest = projection->width > d->widest ? (uint32_t)projection->width : d->widest;
    }
    d->loss = (struct device_loss){
        .kind = (int)plan->loss.kind,
        .weighting = plan->loss.weighting,
        .population = (uint32_t)plan->loss.population,
        .first = (uint32_t)scored->first,
        .outputs = (uint32_t)plan->loss.outputs,
        .width = (uint32_t)scored->padded,
        .by_voltage = plan->loss.by_voltage,
        .traced = plan->loss.traced,
        .label_times = plan->loss.label_times,
        .before_only = plan->loss.before_only,
        .kinks = plan->loss.kinks,
        .silent = plan->loss.silent,
        .end = plan->c->end,
        .times = plan->loss.first,
    };
    count_fans(h);
    d->masks = 0;
    for (size_t f = 0; f < plan->fans; f++)
        if (plan->population[plan->fan[f].source].model == CASE_LIF)
            d->masks += plan->population[plan->fan[f].source].size * plan->samples;
}

static void count_spikes(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    h->listed = h->grouped = h->input_spikes = h->input_groups = 0;
    for (size_t p = 0; p < plan->populations; p++) {
        if (plan->population[p].model == CASE_LIF) {
            h->list_at[p] = h->listed;
            h->group_at[p] = h->grouped;
            h->listed += plan->samples * h->room[p];
            h->grouped += plan->samples * ((size_t)h->room[p] + 1);
        }
        for (size_t s = 0; plan->population[p].model == CASE_SPIKE_SOURCE && s < plan->samples;
             s++) {
            const struct clock_list *list = &plan->input[s * plan->populations + p];
            h->input_spikes += list->count;
            for (size_t k = 0; k < list->count; k++)
                h->input_groups += k == 0 || list->step[k] != list->step[k - 1];
            h->input_groups++;
        }
    }
}

/* ---- places ---- */

struct arena {
    unsigned char *base;
    size_t bytes;
};

static void *lay_one(struct arena *a, size_t count, size_t size)
{
    size_t at = (a->bytes + 255) / 256 * 256;
    a->bytes = at + count * size;
    return (void *)((uintptr_t)a->base + at);
}

#define LAY(pointer, count) ((pointer) = lay_one(a, (count), sizeof *(pointer)))

static void lay_sent(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    struct device *d = &h->d;
    size_t routes, backs, voltages = 0, outputs = plan->loss.outputs;
    count_routes(plan, &routes, &backs);
    for (size_t s = 0; s < plan->samples; s++)
        for (size_t k = 0; plan->c->sample[s].voltages && k < outputs; k++)
            voltages += plan->c->sample[s].voltages[k].count;
    const float **const cell[] = {&d->alpha, &d->beta,      &d->kappa, &d->kappa_back, &d->drive,
                                  &d->bias,  &d->threshold, &d->reset, &d->height};
    for (size_t k = 0; k < sizeof cell / sizeof *cell; k++)
        LAY(*cell[k], plan->cells);
    LAY(d->tau, plan->cells);
    LAY(d->weight, plan->synapses);
    d->weight_back = d->weight;
    if (plan->weight_back != plan->weight)
        LAY(d->weight_back, plan->synapses);
    LAY(d->tile, d->tiles);
    LAY(d->population, plan->populations);
    LAY(d->fan, d->fans);
    LAY(d->back, d->backs);
    LAY(d->route, routes);
    LAY(d->back_route, backs);
    LAY(d->back_list, backs);
    LAY(d->projection, plan->projections);
    LAY(d->label, plan->samples);
    LAY(d->times, plan->samples * outputs);
    LAY(d->turn, plan->samples * outputs + 1);
    LAY(d->turn_time, voltages);
    LAY(d->turn_value, voltages);
    LAY(h->delay, h->delayed);
    LAY(h->input_neuron, h->input_spikes);
    LAY(h->input_group, h->input_groups);
    LAY(d->list, plan->samples * plan->populations);
    LAY(d->row, h->rows.rows);
    LAY(d->segment, h->rows.segments);
    LAY(d->entry, h->rows.entries);
}

static void lay_written(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    const struct engine_options *options = &plan->options;
    struct device *d = &h->d;
    size_t scores = plan->samples * d->loss.width, cells = plan->samples * plan->cells;
    size_t all = cells * plan->steps;
    bool back = options->gradients;
    LAY(h->neuron, h->listed);
    LAY(h->slope, h->listed);
    LAY(h->rev, back ? h->listed : 0);
    LAY(h->group, h->grouped);
    LAY(d->need, plan->samples * plan->populations);
    LAY(d->score, scores);
    LAY(d->when, scores);
    LAY(d->pull, scores);
    LAY(d->kink, scores);
    LAY(d->square, scores);
    LAY(d->scratch, 2 * plan->samples * plan->loss.outputs);
    LAY(d->loss_of, plan->samples);
    LAY(d->output, plan->loss.traced ? scores * plan->steps : 0);
    LAY(d->lambda_v, back ? cells : 0);
    LAY(d->lambda_i, back ? cells : 0);
    LAY(d->tau_mem, back ? cells : 0);
    LAY(d->tau_syn, back ? cells : 0);
    LAY(d->cursor, back ? plan->samples * d->backs : 0);
    LAY(d->mask, back ? 2 * d->masks : 0);
    LAY(d->history, back ? 2 * d->buffer : 0);
    LAY(d->gradient, back ? d->histories * d->synapses : 0);
    LAY(d->tau_mem_sum, back ? plan->cells : 0);
    LAY(d->tau_syn_sum, back ? plan->cells : 0);
    d->trace_v = d->trace_i = NULL;
    if (back && options->tau_gradients) {
        LAY(d->trace_v, all);
        LAY(d->trace_i, all);
    }
    for (size_t k = 0; k < 4; k++) {
        d->saw[k] = NULL;
        if (options->trace && (k < 2 || back))
            LAY(d->saw[k], all);
    }
    d->forward_bytes = forward_lay(&d->forward_places, d);
    d->adjoint_bytes = adjoint_lay(&d->adjoint_places, d);
    d->forward_spill = d->adjoint_spill = NULL;
    if (d->forward_bytes > h->driver->shared)
        LAY(d->forward_spill, plan->samples * d->ranks * d->forward_bytes);
    if (back && d->adjoint_bytes > h->driver->shared)
        LAY(d->adjoint_spill, plan->samples * d->ranks * d->adjoint_bytes);
}

void device_lay(struct device_host *h, unsigned char *base)
{
    struct arena a = {base, 0};
    count_all(h);
    count_spikes(h);
    h->delayed = 0;
    for (size_t p = 0; p < h->plan->projections; p++)
        if (h->plan->projection[p].delay)
            h->delayed += h->plan->projection[p].rows * h->plan->projection[p].width;
    h->base = base;
    lay_sent(h, &a);
    h->sent = a.bytes;
    lay_written(h, &a);
    h->bytes = a.bytes;
}
