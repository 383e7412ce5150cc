/* cuda_reverse.h: the first phase of an index of the adjoint: reverse inputs of the spikes that
 * arrive, and which spikes those are. Device text; gpu/cuda/cuda_adjoint.h says what and how. */
#ifndef EVIDENT_GPU_CUDA_REVERSE_H
#define EVIDENT_GPU_CUDA_REVERSE_H

#include "gpu/cuda/cuda_shared.h"
#include "gpu/emulate/kernel.h"
#include "gpu/step.h"

/* sum_j w_j x_j, of lane 0. A delay: only the synapses that have it. By a warp. */
DEVICE float dot(const float *w, const float *x, const uint32_t *delay, uint32_t wanted,
                 uint32_t width, uint32_t lane)
{
    float sum = 0;
    UNROLL_BY(8)
    for (uint32_t j = lane; j < width; j += LANES)
        sum = sum + (!delay || read_only_word(&delay[j]) == wanted ? read_only(&w[j]) * x[j] : 0);
    UNROLL
    for (uint32_t half = LANES / 2; half > 0; half /= 2)
        sum = sum + warp_above(sum, half);
    return sum;
}

/* By one thread. The slope is still where the forward pass put it. */
DEVICE void hand_over(const struct device *d, const struct adjoint_state *s, const struct place *at,
                      uint32_t cell, float rev, float slope)
{
    uint32_t rank = cell / LANES / at->tiles, own = cell - rank * at->tiles * LANES;
    *(float *)peer(d, at, &s->rev[own], rank) = rev;
    *(float *)peer(d, at, &s->slope[own], rank) = slope;
    *(uint32_t *)peer(d, at, &s->jumps[own], rank) = 1;
}

/* Spike k of the list of fan f. By a warp. */
DEVICE void reverse_spike(const struct device *d, const struct adjoint_state *s,
                          const struct place *at, uint32_t f, uint32_t k, uint32_t a)
{
    const struct device_fan *fan = &d->back[f];
    const struct device_list *list = &s->list[fan->source];
    uint32_t order = k - s->begin[f], lane = at->lane;
    uint32_t neuron = order < d->stage ? s->staged[(size_t)f * d->stage + order] : list->neuron[k];
    float rev = lane == 0 ? list->rev[k] : 0;
    for (uint32_t r = fan->route; r < fan->route + fan->routes && a < d->steps; r++) {
        const struct device_route *route = &d->back_route[r];
        size_t row = (size_t)neuron * route->width;
        float sum =
            dot(d->weight_back + route->weight + row, s->across + route->first,
                route->delay ? route->delay + row : NULL, route->wanted, route->width, lane);
        rev = rev + sum;
    }
    if (lane != 0)
        return;
    if (fan->routes > 0 && a < d->steps) {
        uint64_t *mask = d->mask + (a / CHUNK & 1) * d->masks + fan->mask;
        mask[(size_t)neuron * d->samples + at->sample] |= (uint64_t)1 << a % CHUNK;
    }
    if (fan->delay == 0)
        hand_over(d, s, at, d->population[fan->source].first + neuron, rev, list->slope[k]);
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
    const struct device_fan *fan = &d->back[f];
    const struct device_list *list = &s->list[fan->source];
    uint32_t left = s->cursor[f], begin = 0, end = 0;
    if (a > fan->delay && left > 0 && list->group[left - 1].step == a - 1 - fan->delay) {
        left--;
        begin = list->group[left].begin;
        end = list->group[left + 1].begin;
    }
    for (uint32_t k = at->lane; k < end - begin && k < d->stage; k += LANES)
        s->staged[(size_t)f * d->stage + k] = list->neuron[begin + k];
    warp_barrier(BARRIER_FOUND); /* all lanes have read the cursor */
    if (at->lane == 0) {
        s->cursor[f] = left;
        s->begin[f] = begin;
        s->end[f] = end;
    }
}

#endif
