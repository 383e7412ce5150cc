/* SPDX-License-Identifier: MIT */
/* cuda_forward.h: whole trials, forward, in one launch. Device text: included by cuda.cu and by
 * gpu/emulate/emulated.c.
 *
 * What is computed: gpu/step.h. A step has two phases:
 *   move  cells add up the weight rows of what arrives and move on; a warp writes the lanes that
 *         spike as one word                                               | BARRIER_MOVED
 *   list  the words become lists of neurons, and the arrivals of the next step are looked up
 *                                                                         | BARRIER_LISTED
 *
 * Parallel layout: a block, or a cluster of `ranks` blocks, owns a sample. Cells are dealt to the
 * blocks in tiles of LANES, a warp a tile, a lane a cell: all that belongs to a cell (V, I, slope,
 * score) is written by one thread in a phase, and its current is a sum in that thread's register,
 * so the order is that of the lists. A spike's place in its list is its rank among the bits before
 * it: ascending neurons, no atomics. The words go to all blocks of the cluster, each of which keeps
 * lists of its own in shared memory; only the owner of a tile writes to those in global memory. */
#ifndef EVIDENT_GPU_CUDA_FORWARD_H
#define EVIDENT_GPU_CUDA_FORWARD_H

#include "gpu/cuda/cuda_loss.h"

/* ---- move ---- */

/* i + the weights of one column, in the order of id[count]; column and delay start at it. */
DEVICE float add_rows(float i, const float *column, const uint32_t *delay, uint32_t wanted,
                      size_t width, const uint32_t *id, uint32_t count)
{
    for (uint32_t k = 0; k < count; k += AHEAD) {
        float w[AHEAD];
        int taken[AHEAD];
        UNROLL
        for (uint32_t u = 0; u < AHEAD; u++) {
            taken[u] = k + u < count;
            size_t row = taken[u] ? id[k + u] * width : 0;
            w[u] = taken[u] ? read_only(&column[row]) : 0;
            taken[u] = taken[u] && (!delay || read_only_word(&delay[row]) == wanted);
        }
        UNROLL
        for (uint32_t u = 0; u < AHEAD; u++)
            i = taken[u] ? i + w[u] : i;
    }
    return i;
}

/* All arrivals at neuron k of a population. */
DEVICE float receive(const struct device *d, const struct forward_state *s,
                     const struct device_population *p, uint32_t k, float i)
{
    for (uint32_t r = p->route; r < p->route + p->routes; r++) {
        const struct device_route *route = &d->route[r];
        const uint32_t *id = s->fresh + route->first;
        uint32_t count, rest = 0;
        if (route->fresh) {
            count = s->freshes[route->source];
        } else {
            count = s->arrive[route->fan];
            id = s->staged + (size_t)route->fan * d->stage;
            rest = count > d->stage ? count - d->stage : 0;
            count -= rest;
        }
        for (;;) {
            i = add_rows(i, d->weight + route->weight + k, route->delay ? route->delay + k : NULL,
                         route->wanted, route->width, id, count);
            if (rest == 0)
                break;
            id = s->list[route->source].neuron + s->begin[route->fan] + count;
            count = rest;
            rest = 0;
        }
    }
    return i;
}

DEVICE void move_tile(const struct device *d, const struct forward_state *s, const struct place *at,
                      uint32_t tile, uint32_t n, float weight)
{
    const struct device_population *p = &d->population[d->tile[tile]];
    uint32_t cell = tile * LANES + at->lane, own = cell - at->tile * LANES, k = cell - p->first;
    size_t row = ((size_t)at->sample * d->steps + n) * d->cells + cell;
    int scored = d->tile[tile] == d->loss.population && k < d->loss.outputs;
    float v = s->v[own], i = s->i[own], fresh, before;
    if ((d->variant & SCHEME_CLAMP) && n + 1 == d->steps)
        i = 0;
    i = receive(d, s, p, k, i);
    if (d->trace_v) {
        d->trace_v[row] = v;
        d->trace_i[row] = i;
    }
    if (scored)
        loss_before(d, s, at->sample, k, n, v, s->i[own], i, weight);
    before = i;
    fresh = step_voltage(v, i, s->alpha[own], s->kappa[own], s->drive[own]);
    s->i[own] = s->beta[own] * i;
    if (d->saw[0]) {
        d->saw[0][row] = fresh;
        d->saw[1][row] = before;
    }
    if (scored)
        loss_after(d, s, at->sample, k, n, fresh);
    int spikes = p->lif && fresh >= s->threshold[own];
    if (spikes) {
        s->slope[own] = step_slope(before, d->bias[cell], fresh);
        if (scored && s->when[k] == UINT32_MAX)
            s->when[k] = n;
    }
    s->v[own] = spikes ? d->reset[cell] : fresh;
    uint32_t word = warp_ballot(spikes);
    if (at->lane < d->ranks) /* a lane tells a block */
        tell_word(d, at, &s->mask[(n & 1) * d->tiles + tile], at->lane, word);
}

/* ---- list ---- */

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

DEVICE void list_tile(const struct device *d, const struct forward_state *s, const struct place *at,
                      uint32_t tile, uint32_t n)
{
    uint32_t population = d->tile[tile];
    const struct device_population *p = &d->population[population];
    const uint32_t *mask = s->mask + (n & 1) * d->tiles;
    uint32_t mine = mask[tile], before = 0, bit = (uint32_t)1 << at->lane;
    int last = (tile + 1) * LANES == p->first + p->padded;
    if (!p->lif || (mine == 0 && !last))
        return;
    for (uint32_t t = p->first / LANES; t < tile; t++)
        before += bits_set(mask[t]);
    if (mine & bit) {
        const struct device_list *list = &s->list[population];
        uint32_t neuron = tile * LANES + at->lane - p->first;
        uint32_t fresh = before + bits_set(mine & (bit - 1));
        uint32_t place = s->count[(n & 1) * d->populations + population] + fresh;
        s->fresh[p->first + fresh] = neuron;
        if (tile >= at->tile && tile < at->tile_end && place < list->room) {
            list->neuron[place] = neuron;
            list->slope[place] = s->slope[(tile - at->tile) * LANES + at->lane];
        }
    }
    if (last && at->lane == 0)
        close_step(d, s, at, population, n, before + bits_set(mine));
}

/* What arrives over fan f at the start of step n + 1: spikes of step n - delay. By a warp. */
DEVICE void look_up_fan(const struct device *d, const struct forward_state *s,
                        const struct place *at, uint32_t f, uint32_t n)
{
    const struct device_fan *fan = &d->fan[f];
    if (fan->fresh)
        return;
    const struct device_list *list = &s->list[fan->source];
    uint32_t now = (n & 1) * d->populations + fan->source, cursor = s->cursor[f];
    uint32_t begin = 0, count = 0;
    if (n >= fan->delay && cursor < s->groups[now] && list->group[cursor].step == n - fan->delay) {
        begin = list->group[cursor].begin;
        count = list->group[cursor + 1].begin - begin;
        cursor++;
    }
    for (uint32_t k = at->lane; k < count && k < d->stage; k += LANES)
        s->staged[(size_t)f * d->stage + k] = list->neuron[begin + k];
    warp_barrier(BARRIER_FOUND); /* all lanes have read the cursor */
    if (at->lane == 0) {
        s->cursor[f] = cursor;
        s->begin[f] = begin;
        s->arrive[f] = count;
    }
}

/* ---- the kernel ---- */

DEVICE void forward_begin(const struct device *d, const struct forward_state *s,
                          const struct place *at)
{
    uint32_t own = (at->tile_end - at->tile) * LANES, first = at->tile * LANES;
    const struct device_list *list = d->list + (size_t)at->sample * d->populations;
    for (uint32_t j = THREAD; j < own; j += THREADS) {
        s->alpha[j] = d->alpha[first + j];
        s->beta[j] = d->beta[first + j];
        s->kappa[j] = d->kappa[first + j];
        s->drive[j] = d->drive[first + j];
        s->threshold[j] = d->threshold[first + j];
        s->v[j] = 0;
        s->i[j] = 0;
    }
    for (uint32_t p = THREAD; p < d->populations; p += THREADS) {
        s->list[p] = list[p];
        s->freshes[p] = 0;
        for (uint32_t parity = 0; parity < 2;
             parity++) { /* kernels fill lists of lif populations */
            s->count[parity * d->populations + p] = d->population[p].lif ? 0 : list[p].count;
            s->groups[parity * d->populations + p] = d->population[p].lif ? 0 : list[p].groups;
        }
    }
    for (uint32_t f = THREAD; f < d->fans; f += THREADS)
        s->cursor[f] = s->begin[f] = s->arrive[f] = 0;
    if (THREAD == 0)
        *s->stop = 0;
    loss_begin(d, s);
}

/* Spikes there are, or would be; parity of the step that comes next. */
DEVICE void forward_count(const struct device *d, const struct forward_state *s,
                          const struct place *at, uint32_t parity)
{
    for (uint32_t p = THREAD; p < d->populations && at->rank == 0; p += THREADS) {
        size_t place = (size_t)at->sample * d->populations + p;
        uint32_t count = s->count[parity * d->populations + p];
        d->need[place] = d->population[p].lif ? count : 0;
        if (d->population[p].lif) {
            d->list[place].count = count;
            d->list[place].groups = s->groups[parity * d->populations + p];
        }
    }
}

DEVICE void forward_run(const struct device *d, unsigned char *base, size_t spilled)
{
    struct place at = place_of(d, base, spilled);
    const struct forward_state s = forward_at(&d->forward_places, base);
    float weights = 0;
    uint32_t n = 0;
    forward_begin(d, &s, &at);
    cluster_barrier(BARRIER_BEGUN, d->ranks);
    for (; n < d->steps && *s.stop == 0; n++) {
        if (d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY &&
            n % LANES == 0) /* a lane a step */
            weights =
                (float)(loss_weight(d->loss.weighting, n + at.lane, d->steps) / (double)d->steps);
        float weight = warp_read(weights, n % LANES);
        for (uint32_t tile = at.tile + at.warp; tile < at.tile_end; tile += at.warps)
            move_tile(d, &s, &at, tile, n, weight);
        cluster_barrier(BARRIER_MOVED, d->ranks);
        for (uint32_t tile = at.warp; tile < d->tiles; tile += at.warps)
            list_tile(d, &s, &at, tile, n);
        for (uint32_t f = at.warp; f < d->fans; f += at.warps)
            look_up_fan(d, &s, &at, f, n);
        block_barrier(BARRIER_LISTED);
    }
    forward_count(d, &s, &at, n & 1);
    loss_keep(d, &s, &at);
}

/* Two texts: loads and stores of memory that is known to be shared cost less. */
KERNEL(DEVICE_MOST_THREADS) kernel_forward(PARAMETER struct device d)
{
    if (d.forward_spill)
        forward_run(&d, d.forward_spill + (size_t)BLOCK * d.forward_bytes, d.forward_bytes);
    else
        forward_run(&d, SHARED, 0);
}

#endif
