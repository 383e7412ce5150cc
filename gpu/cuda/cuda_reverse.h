/* SPDX-License-Identifier: MIT */
/* cuda_reverse.h: the first phase of an index of the adjoint: reverse inputs of the spikes that
 * arrive, and which spikes those are. Device text; gpu/cuda/cuda_adjoint.h says what and how. */
#ifndef EVIDENT_GPU_CUDA_REVERSE_H
#define EVIDENT_GPU_CUDA_REVERSE_H

#include "gpu/cuda/cuda_shared.h"
#include "gpu/emulate/kernel.h"
#include "gpu/step.h"

/* sum + w_j x_j over `rows` j, LANES apart: all weights are on their way before the first is used.
 * rows is known to the compiler. */
DEVICE float add_products(float sum, const float *w, const float *x, uint32_t rows)
{
    float y[AHEAD], z[AHEAD];
    UNROLL
    for (uint32_t u = 0; u < rows; u++)
        y[u] = read_only(&w[u * LANES]);
    UNROLL
    for (uint32_t u = 0; u < rows; u++)
        z[u] = x[u * LANES];
    UNROLL
    for (uint32_t u = 0; u < rows; u++)
        sum = sum + y[u] * z[u];
    return sum;
}

/* What a lane adds to sum_j w_j x_j; w and x start at it. */
DEVICE float dot_lane(const float *w, const float *x, uint32_t width)
{
    float sum = 0;
    uint32_t rows = width / LANES;
    for (; rows >= AHEAD; rows -= AHEAD, w += AHEAD * LANES, x += AHEAD * LANES)
        sum = add_products(sum, w, x, AHEAD);
    for (; rows >= 2; rows -= 2, w += 2 * LANES, x += 2 * LANES)
        sum = add_products(sum, w, x, 2);
    return rows > 0 ? add_products(sum, w, x, 1) : sum;
}

/* Of the synapses that have this delay. */
DEVICE float dot_delayed(const float *w, const float *x, const uint32_t *delay, uint32_t wanted,
                         uint32_t width, uint32_t lane)
{
    float sum = 0;
    UNROLL_BY(8)
    for (uint32_t j = lane; j < width; j += LANES)
        sum = sum + (read_only_word(&delay[j]) == wanted ? read_only(&w[j]) * x[j] : 0);
    return sum;
}

/* Route r of the spikes of a neuron, if there is one. */
DEVICE float dot(const struct device *d, const struct adjoint_state *s, uint32_t r, uint32_t neuron,
                 uint32_t lane)
{
    const struct device_route route = read_route(&d->back_route[r]);
    size_t row = wide_product(neuron, route.width);
    const float *w = d->weight_back + route.weight + row, *x = s->across + route.first;
    if (route.delay)
        return dot_delayed(w, x, route.delay + row, route.wanted, route.width, lane);
    return dot_lane(w + lane, x + lane, route.width);
}

/* By one thread. */
DEVICE void hand_over(const struct device *d, const struct adjoint_state *s, const struct place *at,
                      uint32_t cell, float rev, float slope)
{
    uint32_t rank = cell / LANES / at->tiles, own = cell - rank * at->tiles * LANES;
    tell(d, at, &s->rev[own], rank, rev);
    tell(d, at, &s->slope[own], rank, slope);
    tell_word(d, at, &s->jumps[own], rank, 1);
}

/* Spike k of the list of fan f. By a warp. Two routes at a time: one waits for the lanes of both.
 */
DEVICE void reverse_spike(const struct device *d, const struct adjoint_state *s,
                          const struct place *at, uint32_t f, uint32_t k, uint32_t a)
{
    const struct device_fan fan = read_fan(&d->back[f]);
    const struct device_list *list = &s->list[fan.source];
    uint32_t order = k - s->begin[f], lane = at->lane, staged = f * d->stage + order;
    int near = order < d->stage, arrives = fan.routes > 0 && a < d->steps;
    uint32_t neuron = near ? s->staged[staged] : list->neuron[k];
    float rev = near ? s->staged_rev[staged] : list->rev[k];
    float slope = near ? s->staged_slope[staged] : list->slope[k];
    uint64_t *mask =
        d->mask + (a / CHUNK & 1) * d->masks + fan.mask + (size_t)neuron * d->samples + at->sample;
    uint64_t arrivals = lane == 0 && arrives ? *mask : 0;
    uint32_t end = arrives ? fan.route + fan.routes : fan.route;
    for (uint32_t r = fan.route; r < end; r += 2) {
        float sum = dot(d, s, r, neuron, lane), next = 0;
        int two = r + 1 < end;
        if (two)
            next = dot(d, s, r + 1, neuron, lane);
        UNROLL
        for (uint32_t half = LANES / 2; half > 0; half /= 2) {
            sum = sum + warp_above(sum, half);
            next = next + warp_above(next, half);
        }
        rev = rev + sum;
        rev = two ? rev + next : rev;
    }
    if (lane != 0)
        return;
    if (arrives)
        *mask = arrivals | (uint64_t)1 << a % CHUNK;
    if (fan.delay == 0)
        hand_over(d, s, at, d->population[fan.source].first + neuron, rev, slope);
    else if (a < d->steps)
        list->rev[k] = rev;
}

/* Spikes are dealt to the warps of the cluster in turn, over all fans. */
DEVICE void reverse_all(const struct device *d, const struct adjoint_state *s,
                        const struct place *at, uint32_t a)
{
    uint32_t turn = at->rank * at->warps + at->warp, all = d->ranks * at->warps;
    for (uint32_t f = 0; f < d->backs; f++) {
        uint32_t k = s->begin[f] + turn, end = s->end[f];
        for (; k < end; k += all)
            reverse_spike(d, s, at, f, k, a);
        turn = k - end;
    }
}

/* The spikes that arrive over fan f at a, those of step a - 1 - delay. By a warp. */
DEVICE void look_back(const struct device *d, const struct adjoint_state *s, const struct place *at,
                      uint32_t f, uint32_t a)
{
    const struct device_fan fan = read_fan(&d->back[f]);
    const struct device_list *list = &s->list[fan.source];
    uint32_t left = s->cursor[f], begin = 0, end = 0;
    if (a > fan.delay && left > 0 && list->group[left - 1].step == a - 1 - fan.delay) {
        left--;
        begin = list->group[left].begin;
        end = list->group[left + 1].begin;
    }
    for (uint32_t k = at->lane; k < end - begin && k < d->stage; k += LANES) {
        uint32_t neuron = list->neuron[begin + k], place = f * d->stage + k;
        float rev = list->rev[begin + k], slope = list->slope[begin + k];
        s->staged[place] = neuron;
        s->staged_rev[place] = rev;
        s->staged_slope[place] = slope;
    }
    warp_barrier(BARRIER_FOUND); /* all lanes have read the cursor */
    if (at->lane == 0) {
        s->cursor[f] = left;
        s->begin[f] = begin;
        s->end[f] = end;
    }
}

#endif
