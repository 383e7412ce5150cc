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

#include "gpu/cuda/cuda_list.h"
#include "gpu/cuda/cuda_loss.h"

/* What a lane of a warp knows of its cell in a tile. Mostly a warp has one tile only, and knows it
 * from the first step to the last. */
struct forward_tile {
    uint32_t tile, cell, own, k; /* own: within the block, k: within its population */
    uint32_t route, route_end;
    int lif, scored; /* scored: an output of the loss */
    float alpha, beta, kappa, drive, threshold, v, i;
};

DEVICE struct forward_tile forward_tile_at(const struct device *d, const struct forward_state *s,
                                           const struct place *at, uint32_t tile)
{
    const struct device_population *p = &d->population[d->tile[tile]];
    struct forward_tile t;
    t.tile = tile;
    t.cell = tile * LANES + at->lane;
    t.own = t.cell - at->tile * LANES;
    t.k = t.cell - p->first;
    t.route = p->route;
    t.route_end = p->route + p->routes;
    t.lif = p->lif != 0;
    t.scored = d->tile[tile] == d->loss.population && t.k < d->loss.outputs;
    t.alpha = d->alpha[t.cell];
    t.beta = d->beta[t.cell];
    t.kappa = d->kappa[t.cell];
    t.drive = d->drive[t.cell];
    t.threshold = d->threshold[t.cell];
    t.v = s->v[t.own];
    t.i = s->i[t.own];
    return t;
}

/* ---- move ---- */

/* i + the weights of the rows of `some` neurons, at most AHEAD, in their order: all neurons are
 * read before the first weight is asked for, and all weights are on their way before the first is
 * added. Places beyond `some` ask for the first row again. */
DEVICE float add_some(float i, const float *column, uint32_t width, const uint32_t *id,
                      uint32_t some)
{
    uint32_t neuron[AHEAD];
    float w[AHEAD];
    UNROLL
    for (uint32_t u = 0; u < AHEAD; u++)
        neuron[u] = id[u < some ? u : 0];
    UNROLL
    for (uint32_t u = 0; u < AHEAD; u++)
        w[u] = read_only(&column[wide_product(neuron[u], width)]);
    UNROLL
    for (uint32_t u = 0; u < AHEAD; u++)
        i = u < some ? i + w[u] : i;
    return i;
}

/* i + the weights of one column, in the order of id[count]; column starts at it. */
DEVICE float add_rows(float i, const float *column, uint32_t width, const uint32_t *id,
                      uint32_t count)
{
    for (; count >= AHEAD; count -= AHEAD, id += AHEAD)
        i = add_some(i, column, width, id, AHEAD);
    return count > 0 ? add_some(i, column, width, id, count) : i;
}

/* Only the synapses that have this delay; half as many at a time, each of which has two places. */
DEVICE float add_delayed(float i, const float *column, const uint32_t *delay, uint32_t wanted,
                         uint32_t width, const uint32_t *id, uint32_t count)
{
    enum { SOME = AHEAD / 2 };
    for (uint32_t k = 0; k < count; k += SOME) {
        float w[SOME];
        int taken[SOME];
        UNROLL
        for (uint32_t u = 0; u < SOME; u++) {
            taken[u] = k + u < count;
            size_t row = taken[u] ? wide_product(id[k + u], width) : 0;
            w[u] = taken[u] ? read_only(&column[row]) : 0;
            taken[u] = taken[u] && read_only_word(&delay[row]) == wanted;
        }
        UNROLL
        for (uint32_t u = 0; u < SOME; u++)
            i = taken[u] ? i + w[u] : i;
    }
    return i;
}

/* Of one route at neuron k. */
DEVICE float add_route(const struct device *d, const struct device_route *route, uint32_t k,
                       float i, const uint32_t *id, uint32_t count)
{
    const float *column = d->weight + route->weight + k;
    if (count == 0)
        return i;
    return route->delay
               ? add_delayed(i, column, route->delay + k, route->wanted, route->width, id, count)
               : add_rows(i, column, route->width, id, count);
}

/* All arrivals at the cell of a lane. */
DEVICE float receive(const struct device *d, const struct forward_state *s,
                     const struct forward_tile *t, float i)
{
    for (uint32_t r = t->route; r < t->route_end; r++) {
        const struct device_route route = d->route[r]; /* all of it asked for at once would spill */
        if (route.fresh) {
            i = add_route(d, &route, t->k, i, s->fresh + route.first, s->freshes[route.source]);
            continue;
        }
        uint32_t count = s->arrive[route.fan], near = count < d->stage ? count : d->stage;
        i = add_route(d, &route, t->k, i, s->staged + route.fan * d->stage, near);
        if (count > near)
            i = add_route(d, &route, t->k, i,
                          s->list[route.source].neuron + s->begin[route.fan] + near, count - near);
    }
    return i;
}

/* For gradients of time constants, and for others to see. */
DEVICE void trace_cell(const struct device *d, const struct place *at, uint32_t cell, uint32_t n,
                       float v, float before, float fresh)
{
    size_t row = ((size_t)at->sample * d->steps + n) * d->cells + cell;
    if (d->trace_v) {
        d->trace_v[row] = v;
        d->trace_i[row] = before;
    }
    if (d->saw[0]) {
        d->saw[0][row] = fresh;
        d->saw[1][row] = before;
    }
}

DEVICE void move_tile(const struct device *d, const struct forward_state *s, const struct place *at,
                      struct forward_tile *t, uint32_t n, float weight)
{
    float v = t->v, i = t->i, fresh, before;
    if ((d->variant & SCHEME_CLAMP) && n + 1 == d->steps)
        i = 0;
    i = receive(d, s, t, i);
    if (t->scored)
        loss_before(d, s, at->sample, t->k, n, v, t->i, i, weight);
    before = i;
    fresh = step_voltage(v, i, t->alpha, t->kappa, t->drive);
    t->i = step_current(i, t->beta);
    if (d->trace_v || d->saw[0])
        trace_cell(d, at, t->cell, n, v, before, fresh);
    if (t->scored)
        loss_after(d, s, at->sample, t->k, n, fresh);
    int spikes = t->lif && fresh >= t->threshold;
    t->v = fresh;
    if (spikes) {
        float bias = read_only(&d->bias[t->cell]), reset = read_only(&d->reset[t->cell]);
        s->slope[t->own] = step_slope(before, bias, fresh);
        t->v = reset;
        if (t->scored && s->when[t->k] == UINT32_MAX)
            s->when[t->k] = n;
    }
    if (at->tile + at->warps < at->tile_end) { /* warps have several tiles */
        s->v[t->own] = t->v;
        s->i[t->own] = t->i;
    }
    uint32_t word = warp_ballot(spikes);
    if (at->lane < d->ranks) { /* a lane tells a block */
        uint32_t place = (n & 1) * d->tiles + t->tile;
        tell_word(d, at, &s->mask[place], at->lane, word);
        tell_word(d, at, &s->bits[place], at->lane, bits_set(word));
    }
}

/* ---- the kernel ---- */

DEVICE void forward_begin(const struct device *d, const struct forward_state *s,
                          const struct place *at)
{
    uint32_t own = (at->tile_end - at->tile) * LANES;
    const struct device_list *list = d->list + (size_t)at->sample * d->populations;
    for (uint32_t j = THREAD; j < own; j += THREADS) {
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
    /* The last warps have no tile, if any has none. */
    const uint32_t first = at.warps - 1 - at.warp;
    int early = first < d->fans && !d->population[d->fan[first].source].lif;
    int integral = d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY;
    struct arrivals found = {0, 0, 0, 0};
    struct forward_tile t;
    t.tile = DEVICE_NONE;
    for (; n < d->steps; n++) {
        uint32_t stop = *s.stop; /* lists are full: asked early, as it takes a while */
        for (uint32_t tile = at.tile + at.warp; tile < at.tile_end; tile += at.warps) {
            float weight = 0;
            if (tile != t.tile)
                t = forward_tile_at(d, &s, &at, tile);
            if (integral && d->tile[tile] == d->loss.population) {
                if (n % LANES == 0) /* a lane a step */
                    weights = (float)(loss_weight(d->loss.weighting, n + at.lane, d->steps) /
                                      (double)d->steps);
                weight = warp_read(weights, n % LANES);
            }
            move_tile(d, &s, &at, &t, n, weight);
        }
        if (early)
            find_fan(d, &s, &at, &found, first, n);
        if (stop)
            break;
        cluster_barrier(BARRIER_MOVED, d->ranks);
        for (uint32_t tile = at.warp; tile < d->tiles; tile += at.warps)
            list_tile(d, &s, &at, tile, n);
        for (uint32_t f = first; f < d->fans; f += at.warps) {
            if (d->fan[f].fresh)
                continue;
            if (f != first || !early)
                find_fan(d, &s, &at, &found, f, n);
            stage_fan(d, &s, &at, &found, f);
        }
        block_barrier(BARRIER_LISTED);
    }
    forward_count(d, &s, &at, n & 1);
    loss_keep(d, &s, &at);
}

/* Two kernels: loads and stores of memory that is known to be shared cost less, and registers that
 * one of them needs are not the other's. */
KERNEL(DEVICE_MOST_THREADS) kernel_forward(PARAMETER struct device d)
{
    forward_run(&d, SHARED, 0);
}

KERNEL(DEVICE_GLOBAL_THREADS) kernel_forward_global(PARAMETER struct device d)
{
    forward_run(&d, d.forward_spill + (size_t)BLOCK * d.forward_bytes, d.forward_bytes);
}

#endif
