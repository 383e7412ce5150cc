/* SPDX-License-Identifier: MIT */
/* cuda_list.h: the second phase of a step: words of lanes that spiked become lists of neurons, and
 * what arrives next is looked up. Device text; gpu/cuda/cuda_forward.h says how it is laid out. */
#ifndef EVIDENT_GPU_CUDA_LIST_H
#define EVIDENT_GPU_CUDA_LIST_H

#include "gpu/cuda/cuda_shared.h"
#include "gpu/emulate/kernel.h"

/* After step n: the counts before the next one, and the group. One thread of a block. */
DEVICE void close_step(const struct device *d, const struct forward_state *s,
                       const struct place *at, uint32_t population, uint32_t n, uint32_t spikes)
{
    uint32_t now = (n & 1) * d->populations + population;
    uint32_t next = (~n & 1) * d->populations + population;
    uint32_t count = s->count[now], groups = s->groups[now];
    const struct device_list *list = &s->list[population];
    int fits = count + spikes <= list->room;
    s->freshes[population] = spikes;
    s->count[next] = count + spikes;
    s->groups[next] = groups + (spikes > 0 && fits);
    if (!fits)
        *s->stop = 1;
    if (spikes > 0 && fits && at->rank == 0) {
        list->group[groups].step = n;
        list->group[groups].begin = count;
        list->group[groups + 1].begin = count + spikes;
    }
}

/* Spikes of the tiles [tile, end). Few are added up by every eight lanes alike. By a warp. */
DEVICE uint32_t spikes_before(const uint32_t *bits, uint32_t tile, uint32_t end, uint32_t lane)
{
    enum { FEW = 8 };
    uint32_t sum = 0, lanes = end - tile > FEW ? LANES : FEW;
    for (uint32_t t = tile + (lane & (lanes - 1)); t < end; t += lanes)
        sum += bits[t];
    if (lanes == LANES) {
        UNROLL
        for (uint32_t half = LANES / 2; half >= FEW; half /= 2)
            sum += warp_read_word(sum, lane ^ half);
    }
    UNROLL
    for (uint32_t half = FEW / 2; half > 0; half /= 2)
        sum += warp_read_word(sum, lane ^ half);
    return sum;
}

DEVICE void list_tile(const struct device *d, const struct forward_state *s, const struct place *at,
                      uint32_t tile, uint32_t n)
{
    const uint32_t *mask = s->mask + (n & 1) * d->tiles, *bits = s->bits + (n & 1) * d->tiles;
    uint32_t mine = mask[tile], bit = (uint32_t)1 << at->lane;
    uint32_t population = read_only_word(&d->tile[tile]);
    const struct device_population p = read_population(&d->population[population]);
    int last = p.lif && (tile + 1) * LANES == p.first + p.padded;
    if (mine == 0 && !last)
        return;
    uint32_t before = spikes_before(bits, p.first / LANES, tile, at->lane);
    if (mine & bit) {
        const struct device_list *list = &s->list[population];
        uint32_t neuron = tile * LANES + at->lane - p.first;
        uint32_t fresh = before + bits_set(mine & (bit - 1));
        uint32_t place = s->count[(n & 1) * d->populations + population] + fresh;
        s->fresh[p.first + fresh] = neuron;
        if (tile >= at->tile && tile < at->tile_end && place < list->room) {
            list->neuron[place] = neuron;
            list->slope[place] = s->slope[(tile - at->tile) * LANES + at->lane];
        }
    }
    if (last && at->lane == 0)
        close_step(d, s, at, population, n, before + bits_set(mine));
}

/* What arrives over a fan at the start of the next step. */
struct arrivals {
    uint32_t cursor, begin, count, neuron; /* the neuron of this lane, where it has one */
};

/* Over fan f at the start of step n + 1: spikes of step n - delay. By a warp. */
DEVICE void find_fan(const struct device *d, const struct forward_state *s, const struct place *at,
                     struct arrivals *found, uint32_t f, uint32_t n)
{
    const struct device_fan fan = read_fan(&d->fan[f]);
    const struct device_list *list = &s->list[fan.source];
    uint32_t now = (n & 1) * d->populations + fan.source, cursor = s->cursor[f];
    found->begin = found->count = 0;
    if (n >= fan.delay && cursor < s->groups[now] && list->group[cursor].step == n - fan.delay) {
        found->begin = list->group[cursor].begin;
        found->count = list->group[cursor + 1].begin - found->begin;
        if (at->lane < found->count && at->lane < d->stage)
            found->neuron = list->neuron[found->begin + at->lane];
        cursor++;
    }
    found->cursor = cursor;
}

DEVICE void stage_fan(const struct device *d, const struct forward_state *s, const struct place *at,
                      const struct arrivals *found, uint32_t f)
{
    if (at->lane < found->count && at->lane < d->stage)
        s->staged[f * d->stage + at->lane] = found->neuron;
    warp_barrier(BARRIER_FOUND); /* all lanes have read the cursor */
    if (at->lane == 0) {
        s->cursor[f] = found->cursor;
        s->begin[f] = found->begin;
        s->arrive[f] = found->count;
    }
}

#endif
