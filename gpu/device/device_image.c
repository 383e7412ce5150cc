/* SPDX-License-Identifier: MIT */
/* device_image.c: what the host sends to a device: the first part of an arena, as it will be
 * there. */
#include "gpu/device/device_run.h"

#include <stdlib.h>
#include <string.h>

/* Where a place of the device is in the image. */
static void *at(const struct device_arena *arena, unsigned char *image, const void *place)
{
    return image + ((uintptr_t)place - (uintptr_t)arena->base);
}

static void copy(const struct device_arena *arena, unsigned char *image, const void *place,
                 const void *from, size_t bytes)
{
    if (bytes > 0)
        memcpy(at(arena, image, place), from, bytes);
}

/* ---- cells, weights, delays ---- */

static void send_cells(const struct device_host *h, unsigned char *image)
{
    const struct clock_plan *plan = h->plan;
    const struct device *d = &h->d;
    size_t bytes = plan->cells * sizeof(float), synapses = plan->synapses * sizeof(float);
    copy(&h->network, image, d->alpha, plan->alpha, bytes);
    copy(&h->network, image, d->beta, plan->beta, bytes);
    copy(&h->network, image, d->kappa, plan->kappa, bytes);
    copy(&h->network, image, d->kappa_back, plan->kappa_back, bytes);
    copy(&h->network, image, d->drive, plan->drive, bytes);
    copy(&h->network, image, d->bias, plan->bias, bytes);
    copy(&h->network, image, d->threshold, plan->threshold, bytes);
    copy(&h->network, image, d->reset, plan->reset, bytes);
    copy(&h->network, image, d->height, plan->height, bytes);
    copy(&h->network, image, d->tau, plan->tau_mem, plan->cells * sizeof(double));
    copy(&h->network, image, d->weight, plan->weight, synapses);
    copy(&h->network, image, d->weight_back, plan->weight_back, synapses);
    uint32_t *tile = at(&h->network, image, d->tile);
    for (size_t p = 0; p < plan->populations; p++) {
        const struct clock_population *from = &plan->population[p];
        for (size_t k = 0; from->model != CASE_SPIKE_SOURCE && k < from->padded; k += LANES)
            tile[(from->first + k) / LANES] = (uint32_t)p;
    }
}

/* Where the delays of a projection are on the device. */
static const uint32_t *delays_of(const struct device_host *h, size_t projection)
{
    const uint32_t *delay = h->delay;
    const struct clock_projection *p = h->plan->projection;
    for (size_t k = 0; k < projection; k++)
        if (p[k].delay)
            delay += p[k].rows * p[k].width;
    return p[projection].delay ? delay : NULL;
}

static void send_delays(const struct device_host *h, unsigned char *image)
{
    for (size_t k = 0; k < h->plan->projections; k++) {
        const struct clock_projection *p = &h->plan->projection[k];
        if (p->delay)
            copy(&h->network, image, delays_of(h, k), p->delay,
                 p->rows * p->width * sizeof *p->delay);
    }
}

/* ---- populations, fans, routes, projections ---- */

static struct device_route route_of(const struct device_host *h, size_t projection, size_t fan,
                                    size_t first)
{
    const struct clock_projection *p = &h->plan->projection[projection];
    const struct clock_fan *f = &h->plan->fan[p->fan[fan]];
    bool lif = h->plan->population[p->source].model == CASE_LIF;
    return (struct device_route){
        .weight = p->weight,
        .delay = delays_of(h, projection),
        .wanted = f->delay,
        .fan = (uint32_t)p->fan[fan],
        .source = (uint32_t)p->source,
        .width = (uint32_t)p->width,
        .first = (uint32_t)first,
        .fresh = lif && f->delay == 0,
    };
}

static void send_forward(const struct device_host *h, unsigned char *image)
{
    const struct clock_plan *plan = h->plan;
    struct device_population *population = at(&h->network, image, h->d.population);
    struct device_fan *fan = at(&h->network, image, h->d.fan);
    struct device_route *route = at(&h->network, image, h->d.route);
    uint32_t routes = 0;
    for (size_t q = 0; q < plan->populations; q++) {
        const struct clock_population *from = &plan->population[q];
        bool source = from->model == CASE_SPIKE_SOURCE;
        population[q] = (struct device_population){
            .lif = from->model == CASE_LIF,
            .first = source ? 0 : (uint32_t)from->first,
            .size = (uint32_t)from->size,
            .padded = source ? 0 : (uint32_t)from->padded,
            .route = routes,
        };
        for (size_t k = 0; k < from->incomings; k++) {
            size_t p = plan->incoming[from->incoming + k];
            size_t first = plan->population[plan->projection[p].source].first;
            for (size_t f = 0; f < plan->projection[p].fans; f++)
                route[routes++] = route_of(h, p, f, first);
        }
        population[q].routes = routes - population[q].route;
    }
    for (size_t f = 0; f < plan->fans; f++)
        fan[f] = (struct device_fan){
            .source = (uint32_t)plan->fan[f].source,
            .delay = plan->fan[f].delay,
            .fresh =
                plan->population[plan->fan[f].source].model == CASE_LIF && plan->fan[f].delay == 0,
        };
}

/* The routes of one fan, by projection; returns how many. */
static uint32_t send_back_routes(const struct device_host *h, struct device_route *route,
                                 size_t fan)
{
    const struct clock_plan *plan = h->plan;
    uint32_t routes = 0;
    for (size_t p = 0; p < plan->projections; p++)
        for (size_t f = 0; f < plan->projection[p].fans; f++)
            if (plan->projection[p].fan[f] == fan)
                route[routes++] =
                    route_of(h, p, f, plan->population[plan->projection[p].target].first);
    return routes;
}

/* number[f]: of a plan's fan among those of the backward pass. */
static void send_backward(const struct device_host *h, unsigned char *image, uint32_t *number)
{
    const struct clock_plan *plan = h->plan;
    struct device_fan *back = at(&h->network, image, h->d.back);
    struct device_route *route = at(&h->network, image, h->d.back_route);
    uint32_t backs = 0, routes = 0;
    size_t masks = 0;
    for (size_t q = 0; q < plan->populations; q++) {
        bool at_once = false;
        if (plan->population[q].model != CASE_LIF)
            continue;
        for (size_t f = 0; f < plan->fans; f++) {
            if (plan->fan[f].source != q)
                continue;
            struct device_fan *to = &back[backs];
            *to = (struct device_fan){.source = (uint32_t)q, .delay = plan->fan[f].delay};
            to->mask = masks;
            to->route = routes;
            to->routes = send_back_routes(h, route + routes, f);
            routes += to->routes;
            masks += plan->population[q].size * plan->samples;
            at_once |= plan->fan[f].delay == 0;
            number[f] = backs++;
        }
        if (!at_once)
            back[backs++] = (struct device_fan){.source = (uint32_t)q};
    }
}

static void send_projections(const struct device_host *h, unsigned char *image,
                             const uint32_t *number)
{
    const struct clock_plan *plan = h->plan;
    struct device_projection *to = at(&h->network, image, h->d.projection);
    uint32_t *list = at(&h->network, image, h->d.back_list), listed = 0;
    for (int inputs = 0; inputs < 2; inputs++)
        for (size_t k = 0; k < plan->projections; k++) {
            const struct clock_projection *p = &plan->projection[k];
            bool input = plan->population[p->source].model == CASE_SPIKE_SOURCE;
            if (input != (inputs == 1))
                continue;
            *to++ = (struct device_projection){
                .weight = p->weight,
                .delay = delays_of(h, k),
                .rows = (uint32_t)p->rows,
                .width = (uint32_t)p->width,
                .first = (uint32_t)plan->population[p->target].first,
                .fan = listed,
                .fans = input ? 0 : (uint32_t)p->fans,
            };
            for (size_t f = 0; !input && f < p->fans; f++)
                list[listed++] = number[p->fan[f]];
        }
}

/* ---- samples, in the order of the plan ---- */

static void send_targets(const struct device_host *h, unsigned char *image)
{
    const struct clock_plan *plan = h->plan;
    size_t outputs = plan->loss.outputs;
    uint32_t *label = at(&h->batch, image, h->d.label), *turn = at(&h->batch, image, h->d.turn),
             turns = 0;
    double *times = at(&h->batch, image, h->d.times), *time = at(&h->batch, image, h->d.turn_time);
    double *value = at(&h->batch, image, h->d.turn_value);
    for (size_t r = 0; r < plan->valid; r++) {
        const struct case_sample *s = &plan->c->sample[plan->order[r]];
        label[r] = plan->label[plan->order[r]];
        for (size_t k = 0; k < outputs; k++) {
            times[r * outputs + k] = s->times ? s->times[k] : 0;
            turn[r * outputs + k] = turns;
            for (size_t n = 0; s->voltages && n < s->voltages[k].count; n++) {
                time[turns] = s->voltages[k].time[n];
                value[turns++] = s->voltages[k].value[n];
            }
        }
    }
    turn[plan->valid * outputs] = turns;
}

/* Groups of an input's list, in the image; returns how many, without the end. */
static uint32_t group(struct device_group *to, const struct clock_list *from)
{
    uint32_t groups = 0;
    for (size_t k = 0; k < from->count; k++)
        if (k == 0 || from->step[k] != from->step[k - 1])
            to[groups++] = (struct device_group){from->step[k], (uint32_t)k};
    to[groups] = (struct device_group){DEVICE_NONE, (uint32_t)from->count};
    return groups;
}

static void send_lists(const struct device_host *h, unsigned char *image)
{
    const struct clock_plan *plan = h->plan;
    struct device_list *list = at(&h->batch, image, h->d.list);
    size_t spikes = 0, groups = 0;
    for (size_t r = 0; r < plan->valid; r++)
        for (size_t p = 0; p < plan->populations; p++, list++) {
            size_t place = h->list_at[p] + r * h->room[p];
            const struct clock_list *from = &plan->input[plan->order[r] * plan->populations + p];
            *list = (struct device_list){NULL, NULL, NULL, NULL, 0, 0, 0};
            if (plan->population[p].model == CASE_LIF) {
                list->room = h->room[p];
                list->neuron = h->neuron + place;
                list->slope = h->slope + place;
                list->rev = h->rev + place;
                list->group = h->group + h->group_at[p] + r * ((size_t)h->room[p] + 1);
            } else if (plan->population[p].model == CASE_SPIKE_SOURCE) {
                list->count = list->room = (uint32_t)from->count;
                list->neuron = h->input_neuron + spikes;
                list->group = h->input_group + groups;
                copy(&h->batch, image, list->neuron, from->neuron,
                     from->count * sizeof *from->neuron);
                list->groups = group(at(&h->batch, image, list->group), from);
                spikes += from->count;
                groups += list->groups + 1;
            }
        }
}

/* ---- the whole ---- */

int device_image_network(const struct device_host *h, unsigned char *image)
{
    uint32_t *number = malloc((h->plan->fans + 1) * sizeof *number);
    if (!number)
        return -1;
    send_cells(h, image);
    send_delays(h, image);
    send_forward(h, image);
    send_backward(h, image, number);
    send_projections(h, image, number);
    free(number);
    return 0;
}

void device_image_batch(const struct device_host *h, unsigned char *image)
{
    send_targets(h, image);
    send_lists(h, image);
}
