/* SPDX-License-Identifier: MIT */
/* device_lay.c: where everything lies in the arenas of a device. */
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

static void count_lists(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    h->listed = h->grouped = 0;
    for (size_t p = 0; p < plan->populations; p++)
        if (plan->population[p].model == CASE_LIF) {
            h->list_at[p] = h->listed;
            h->group_at[p] = h->grouped;
            h->listed += plan->samples * h->room[p];
            h->grouped += plan->samples * ((size_t)h->room[p] + 1);
        }
}

static void count_inputs(struct device_host *h)
{
    const struct clock_plan *plan = h->plan;
    h->input_spikes = h->input_groups = h->arrivals = 0;
    for (size_t p = 0; p < plan->populations; p++) {
        size_t spikes = 0, over = 0;
        for (size_t k = 0; k < plan->projections; k++)
            over += plan->projection[k].source == p ? plan->projection[k].fans : 0;
        for (size_t s = 0; plan->population[p].model == CASE_SPIKE_SOURCE && s < plan->valid; s++) {
            const struct clock_list *list = &plan->input[s * plan->populations + p];
            spikes += list->count;
            for (size_t k = 0; k < list->count; k++)
                h->input_groups += k == 0 || list->step[k] != list->step[k - 1];
            h->input_groups++;
        }
        h->input_spikes += spikes;
        h->arrivals += spikes * over;
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

static void lay_network_sent(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    struct device *d = &h->d;
    size_t routes, backs;
    count_routes(plan, &routes, &backs);
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
    LAY(h->delay, h->delayed);
}

/* What the network has is const where it is only read. */
#define OWN(place) ((void *)(uintptr_t)(place))

static void lay_stays(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    const struct device *d = &h->d;
    struct device_resident *r = &h->stays;
    float **const cell[] = {
        &r->tau[0],        &r->tau[1],       &r->tau_mean[0],  &r->tau_mean[1],  &r->tau_square[0],
        &r->tau_square[1], &r->weight_scale, &r->tau_scale[0], &r->tau_scale[1], &r->pull};
    LAY(r->mean, plan->synapses);
    LAY(r->square, plan->synapses);
    for (size_t k = 0; k < sizeof cell / sizeof *cell; k++)
        LAY(*cell[k], plan->cells);
    r->weight = OWN(d->weight);
    r->alpha = OWN(d->alpha);
    r->beta = OWN(d->beta);
    r->kappa = OWN(d->kappa);
    r->kappa_back = OWN(d->kappa_back);
    r->drive = OWN(d->drive);
    r->tau_given = OWN(d->tau);
}

void device_lay_network(struct device_host *h, unsigned char *base)
{
    const struct clock_plan *plan = h->plan;
    struct arena arena = {base, 0}, *a = &arena;
    struct device *d = &h->d;
    bool back = plan->options.gradients;
    count_all(h);
    h->delayed = 0;
    for (size_t p = 0; p < plan->projections; p++)
        if (plan->projection[p].delay)
            h->delayed += plan->projection[p].rows * plan->projection[p].width;
    lay_network_sent(h, a);
    h->network.sent = a->bytes;
    LAY(d->gradient, back ? d->histories * d->synapses : 0);
    LAY(d->tau_mem_sum, back ? plan->cells : 0);
    LAY(d->tau_syn_sum, back ? plan->cells : 0);
    if (h->stays.learns)
        lay_stays(h, a);
    d->rules = (struct device_rules){.pull = h->stays.strength != 0 ? h->stays.pull : NULL,
                                     .phantom = plan->rules.phantom,
                                     .skip_silent = plan->rules.skip_silent};
    h->network.base = base;
    h->network.bytes = a->bytes;
}

static void lay_batch_sent(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    struct device *d = &h->d;
    size_t voltages = 0, outputs = plan->loss.outputs;
    for (size_t s = 0; s < plan->valid; s++)
        for (size_t k = 0; plan->c->sample[s].voltages && k < outputs; k++)
            voltages += plan->c->sample[s].voltages[k].count;
    LAY(d->label, plan->samples);
    LAY(d->times, plan->samples * outputs);
    LAY(d->turn, plan->samples * outputs + 1);
    LAY(d->turn_time, voltages);
    LAY(d->turn_value, voltages);
    LAY(d->list, plan->samples * plan->populations);
    LAY(h->input_neuron, h->input_spikes);
    LAY(h->input_group, h->input_groups);
}

/* One piece without gaps, so that one copy takes it to the host. */
static void lay_outcome(struct device_host *h, struct arena *a)
{
    struct device *d = &h->d;
    struct device_resident *r = &h->stays;
    size_t samples = h->plan->valid, needs = samples * h->plan->populations;
    size_t words = needs + (r->learns ? 2 * samples + h->plan->cells : 0);
    h->outcome_bytes = samples * sizeof *d->loss_of + words * sizeof *d->need;
    LAY(h->outcome, h->outcome_bytes);
    d->loss_of = (double *)(void *)h->outcome;
    d->need = (uint32_t *)(uintptr_t)((uintptr_t)h->outcome + samples * sizeof *d->loss_of);
    r->predicted = r->silent = r->count = NULL;
    if (r->learns) {
        uintptr_t behind = (uintptr_t)d->need + needs * sizeof *d->need;
        r->predicted = (uint32_t *)behind;
        r->silent = (uint32_t *)(behind + samples * sizeof *d->need);
        r->count = (uint32_t *)(behind + 2 * samples * sizeof *d->need);
    }
}

static void lay_scores(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    struct device *d = &h->d;
    size_t scores = plan->samples * d->loss.width;
    LAY(d->score, scores);
    LAY(d->when, scores);
    LAY(d->pull, scores);
    LAY(d->kink, scores);
    LAY(d->square, scores);
    LAY(d->scratch, 2 * plan->samples * plan->loss.outputs);
    LAY(d->output, plan->loss.traced ? scores * plan->steps : 0);
}

static void lay_traces(struct device_host *h, struct arena *a)
{
    const struct engine_options *options = &h->plan->options;
    struct device *d = &h->d;
    size_t all = h->plan->samples * h->plan->cells * h->plan->steps;
    d->trace_v = d->trace_i = NULL;
    if (options->gradients && options->tau_gradients) {
        LAY(d->trace_v, all);
        LAY(d->trace_i, all);
    }
    for (size_t k = 0; k < 4; k++) {
        d->saw[k] = NULL;
        if (options->trace && (k < 2 || options->gradients))
            LAY(d->saw[k], all);
    }
}

/* Of the backward pass. Arrivals come last: they are sent when the forward pass is on its way. */
static void lay_back(struct device_host *h, struct arena *a)
{
    const struct clock_plan *plan = h->plan;
    struct device *d = &h->d;
    size_t cells = plan->samples * plan->cells;
    bool back = plan->options.gradients;
    LAY(d->lambda_v, back ? cells : 0);
    LAY(d->lambda_i, back ? cells : 0);
    LAY(d->tau_mem, back ? cells : 0);
    LAY(d->tau_syn, back ? cells : 0);
    LAY(d->cursor, back ? plan->samples * d->backs : 0);
    LAY(d->mask, back ? 2 * d->masks : 0);
    LAY(d->history, back ? 2 * d->buffer : 0);
    if (back && d->adjoint_bytes > h->driver->shared)
        LAY(d->adjoint_spill, plan->samples * d->ranks * d->adjoint_bytes);
    LAY(d->row, back ? h->arrivals : 0);
    LAY(d->segment, back ? h->arrivals : 0);
    LAY(d->entry, back ? h->arrivals : 0);
}

void device_lay_batch(struct device_host *h, unsigned char *base)
{
    const struct clock_plan *plan = h->plan;
    struct arena arena = {base, 0}, *a = &arena;
    struct device *d = &h->d;
    d->samples = (uint32_t)plan->valid;
    count_lists(h);
    count_inputs(h);
    lay_batch_sent(h, a);
    h->batch.sent = a->bytes;
    LAY(h->neuron, h->listed);
    LAY(h->slope, h->listed);
    LAY(h->rev, plan->options.gradients ? h->listed : 0);
    LAY(h->group, h->grouped);
    lay_outcome(h, a);
    lay_scores(h, a);
    LAY(h->stays.spikes, h->stays.learns ? plan->samples * plan->cells : 0);
    lay_traces(h, a);
    d->forward_bytes = forward_lay(&d->forward_places, d);
    d->adjoint_bytes = adjoint_lay(&d->adjoint_places, d);
    d->forward_spill = d->adjoint_spill = NULL;
    if (d->forward_bytes > h->driver->shared)
        LAY(d->forward_spill, plan->samples * d->ranks * d->forward_bytes);
    lay_back(h, a);
    h->batch.base = base;
    h->batch.bytes = a->bytes;
}
