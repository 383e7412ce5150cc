/* SPDX-License-Identifier: MIT */
/* cuda_adjoint.h: adjoints over one chunk of arrival indices, in one launch. Device text.
 *
 * What is computed: gpu/step.h, backward. An index a, at time a dt, has two phases:
 *   reverse    rev of every spike that arrives at a, a warp a spike: lane l adds j = l, l + LANES,
 *              ... and the lanes are folded in halves, as in clock_adjoint.c. A spike of step
 *              a - 1 hands its rev and slope to its cell                | BARRIER_REVERSED
 *   propagate  jumps, gradients of time constants, propagation to a - 1, the row of the history
 *                                                                       | BARRIER_PROPAGATED
 *
 * Parallel layout: as in cuda_forward.h. A spike arrives over one fan only at an index (fans of
 * one source differ in their delays), so one warp owns its rev, and one neuron spikes once a step,
 * so one warp owns what it hands over and the bit of its mask. Projections over the same fan are
 * added by that warp in the order of the case. All blocks of a cluster get all of lambda_V -
 * lambda_I, which the products need; a spike goes to any warp of the cluster. */
#ifndef EVIDENT_GPU_CUDA_ADJOINT_H
#define EVIDENT_GPU_CUDA_ADJOINT_H

#include "gpu/cuda/cuda_reverse.h"

DEVICE float jump(const struct device *d, const struct adjoint_state *s, const struct place *at,
                  uint32_t cell, uint32_t own, uint32_t step, float lambda_v)
{
    uint32_t k = cell - d->loss.first;
    size_t output = (size_t)at->sample * d->loss.width + k;
    float height = d->height[cell], rev = s->rev[own], slope = s->slope[own], to;
    s->jumps[own] = 0;
    if (cell >= d->loss.first && k < d->loss.outputs && d->when[output] == step)
        to = step_jump_loss(lambda_v, height, rev, d->pull[output], slope);
    else
        to = step_jump(lambda_v, height, rev, slope);
    return d->rules.pull ? to - d->rules.pull[cell] : to;
}

/* Published: one step late, and of the next neuron in the earlier half of the trial. */
DEVICE void add_tau(const struct device *d, const struct adjoint_state *s, const struct place *at,
                    uint32_t cell, uint32_t own, uint32_t step, float lambda_v, float lambda_i)
{
    const struct device_population *p = &d->population[d->tile[cell / LANES]];
    uint32_t k = cell - p->first, from = step, other = cell;
    if (k >= p->size)
        return;
    if (d->variant & SCHEME_TAU_PUBLISHED) {
        if (step + 1 == d->steps)
            return;
        from = step + 1;
        other = d->steps - 1 - step > d->steps / 2 && k + 1 < p->size ? cell + 1 : cell;
    }
    size_t place = ((size_t)at->sample * d->steps + from) * d->cells + other;
    float v = d->trace_v[place], i = d->trace_i[place];
    s->tau_mem[own] = s->tau_mem[own] + step_tau_mem(lambda_v, i, d->bias[cell], v);
    s->tau_syn[own] = s->tau_syn[own] + step_tau_syn(lambda_i, i);
}

/* What a lane of a warp knows of its cell in a tile. Mostly a warp has one tile only, and knows it
 * from the first index to the last. */
struct adjoint_tile {
    uint32_t tile, cell, own, k; /* own: within the block, k: within the outputs, if it is scored */
    int scored;                  /* of the population that the loss is of */
    float alpha, beta, kappa_back, pull, lambda_v, lambda_i;
    float *history; /* of index 0 of the chunk */
};

DEVICE struct adjoint_tile adjoint_tile_at(const struct device *d, const struct adjoint_state *s,
                                           const struct place *at, uint32_t tile, uint32_t chunk)
{
    struct adjoint_tile t;
    const uint32_t half = chunk & 1;
    t.tile = tile;
    t.cell = tile * LANES + at->lane;
    t.own = t.cell - at->tile * LANES;
    t.k = t.cell - d->loss.first;
    t.scored = d->tile[tile] == d->loss.population;
    t.alpha = d->alpha[t.cell];
    t.beta = d->beta[t.cell];
    t.kappa_back = d->kappa_back[t.cell];
    t.lambda_v = s->lambda_v[t.own];
    t.lambda_i = s->lambda_i[t.own];
    int pulls = d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY ||
                d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    t.pull = pulls && t.scored && t.k < d->loss.outputs
                 ? d->pull[(size_t)at->sample * d->loss.width + t.k]
                 : 0;
    t.history = d->history + half * d->buffer + (size_t)at->sample * CHUNK * d->cells + t.cell;
    return t;
}

/* The negative derivative of the loss density by V. weight: of this step in the integral. */
DEVICE float drive_of(const struct device *d, const struct place *at, const struct adjoint_tile *t,
                      uint32_t step, float weight)
{
    if (t->k >= d->loss.outputs)
        return 0;
    if (d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)
        return t->pull * weight;
    return d->loss.traced ? d->output[((size_t)at->sample * d->steps + step) * d->loss.width + t->k]
                          : 0;
}

/* Row a of the history, if a chunk has one that is read. */
DEVICE void remember(const struct device *d, const struct adjoint_tile *t, uint32_t a,
                     float lambda_i, float across)
{
    float *row = t->history + (size_t)(a % CHUNK) * d->cells;
    *row = lambda_i;
    if (d->histories > 1)
        row[(size_t)d->samples * CHUNK * d->cells] = across;
}

/* lambda_V - lambda_I as arrivals at a see it: at a maximum within its jump. */
DEVICE float across_at(const struct device *d, const struct place *at, uint32_t cell, uint32_t a,
                       float lambda_v, float lambda_i)
{
    uint32_t k = cell - d->loss.first;
    size_t output = (size_t)at->sample * d->loss.width + k;
    float across = lambda_v - lambda_i;
    if (d->loss.kinks && cell >= d->loss.first && k < d->loss.outputs && d->when[output] == a)
        across = across + d->kink[output];
    return across;
}

/* Lets others see the state before index a is passed. */
DEVICE void show(const struct device *d, const struct place *at, const struct adjoint_tile *t,
                 uint32_t step)
{
    size_t row = ((size_t)at->sample * d->steps + step) * d->cells + t->cell;
    d->saw[2][row] = t->lambda_v;
    d->saw[3][row] = t->lambda_i;
}

/* From a to a - 1; low: the first index of the chunk. */
DEVICE void propagate_tile(const struct device *d, const struct adjoint_state *s,
                           const struct place *at, struct adjoint_tile *t, uint32_t a, uint32_t low,
                           float weight)
{
    uint32_t step = a - 1;
    int jumps = s->jumps[t->own] != 0, late = (d->variant & SCHEME_LATE_JUMP) != 0;
    float lambda_v = t->lambda_v, lambda_i = t->lambda_i, to;
    if (d->saw[2])
        show(d, at, t, step);
    if (t->scored && d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY && t->k < d->loss.outputs &&
        d->when[(size_t)at->sample * d->loss.width + t->k] == a)
        lambda_v = lambda_v + t->pull;
    if (jumps && !late)
        lambda_v = jump(d, s, at, t->cell, t->own, step, lambda_v);
    if (d->trace_v)
        add_tau(d, s, at, t->cell, t->own, step, lambda_v, lambda_i);
    if (t->scored && d->loss.by_voltage) {
        float drive = drive_of(d, at, t, step, weight);
        to = step_driven_i(lambda_i, lambda_v, drive, t->beta, t->kappa_back);
        lambda_v = step_driven_v(lambda_v, drive, t->alpha);
    } else {
        to = step_lambda_i(lambda_i, lambda_v, t->beta, t->kappa_back);
        lambda_v = step_lambda_v(lambda_v, t->alpha);
    }
    if (jumps && late)
        lambda_v = jump(d, s, at, t->cell, t->own, step, lambda_v);
    s->lambda_v[t->own] = t->lambda_v = lambda_v;
    s->lambda_i[t->own] = t->lambda_i = to;
    float across = across_at(d, at, t->cell, step, lambda_v, to);
    for (uint32_t rank = 0; rank < d->ranks; rank++)
        tell(d, at, &s->across[t->cell], rank, across);
    if (step >= low)
        remember(d, t, step, to, across);
}

/* ---- the kernel ---- */

/* Groups of a list whose spikes arrive at `end` or before. */
DEVICE uint32_t groups_until(const struct device_list *list, uint32_t delay, uint32_t end)
{
    uint32_t low = 0, high = list->groups;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((uint64_t)list->group[middle].step + 1 + delay <= end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* No spike has a reverse input yet, no neuron of this chunk an arrival. */
DEVICE void clear_spikes(const struct device *d, const struct place *at, uint32_t chunk, int first)
{
    uint32_t thread = at->rank * THREADS + THREAD, all = d->ranks * THREADS;
    const struct device_list *list = d->list + (size_t)at->sample * d->populations;
    for (uint32_t p = 0; first && p < d->populations; p++)
        for (uint32_t k = thread; d->population[p].lif && k < list[p].count; k += all)
            list[p].rev[k] = 0;
    for (uint32_t f = 0; f < d->backs; f++) {
        uint32_t size = d->back[f].routes > 0 ? d->population[d->back[f].source].size : 0;
        uint64_t *mask = d->mask + (chunk & 1) * d->masks + d->back[f].mask;
        for (uint32_t k = thread; k < size; k += all)
            mask[(size_t)k * d->samples + at->sample] = 0;
    }
}

/* lambda_V at the end: 0, but for a silent label that training revives. */
DEVICE float lambda_at_end(const struct device *d, const struct place *at, uint32_t cell)
{
    uint32_t label = d->rules.phantom != 0 ? d->label[at->sample] : 0;
    return d->rules.phantom != 0 && cell == d->loss.first + label &&
                   d->when[(size_t)at->sample * d->loss.width + label] == UINT32_MAX
               ? d->rules.phantom
               : 0;
}

/* The state at index a. */
DEVICE void adjoint_load(const struct device *d, const struct adjoint_state *s,
                         const struct place *at, uint32_t a, int first)
{
    size_t sample = (size_t)at->sample * d->cells, lists = (size_t)at->sample * d->populations;
    uint32_t own = (at->tile_end - at->tile) * LANES;
    for (uint32_t j = THREAD; j < own; j += THREADS) {
        uint32_t cell = at->tile * LANES + j;
        s->lambda_v[j] = first ? lambda_at_end(d, at, cell) : d->lambda_v[sample + cell];
        s->lambda_i[j] = first ? 0 : d->lambda_i[sample + cell];
        s->tau_mem[j] = first || !d->trace_v ? 0 : d->tau_mem[sample + cell];
        s->tau_syn[j] = first || !d->trace_v ? 0 : d->tau_syn[sample + cell];
        s->jumps[j] = 0;
    }
    for (uint32_t j = THREAD; j < d->cells; j += THREADS)
        s->across[j] =
            first ? 0 : across_at(d, at, j, a, d->lambda_v[sample + j], d->lambda_i[sample + j]);
    for (uint32_t p = THREAD; p < d->populations; p += THREADS)
        s->list[p] = d->list[lists + p];
    for (uint32_t f = THREAD; f < d->backs; f += THREADS) {
        const struct device_list *list = &d->list[lists + d->back[f].source];
        s->cursor[f] = first ? groups_until(list, d->back[f].delay, d->steps)
                             : d->cursor[(size_t)at->sample * d->backs + f];
    }
}

DEVICE void adjoint_save(const struct device *d, const struct adjoint_state *s,
                         const struct place *at)
{
    size_t sample = (size_t)at->sample * d->cells;
    uint32_t own = (at->tile_end - at->tile) * LANES;
    for (uint32_t j = THREAD; j < own; j += THREADS) {
        size_t cell = sample + at->tile * LANES + j;
        d->lambda_v[cell] = s->lambda_v[j];
        d->lambda_i[cell] = s->lambda_i[j];
        if (d->trace_v) {
            d->tau_mem[cell] = s->tau_mem[j];
            d->tau_syn[cell] = s->tau_syn[j];
        }
    }
    for (uint32_t f = THREAD; f < d->backs && at->rank == 0; f += THREADS)
        d->cursor[(size_t)at->sample * d->backs + f] = s->cursor[f];
}

/* Index `steps`, the end of the trial, belongs to no chunk: it is passed before the first one. At
 * index 0 nothing arrives. */
DEVICE void adjoint_run(const struct device *d, uint32_t chunk, unsigned char *base, size_t spilled)
{
    struct place at = place_of(d, base, spilled);
    const struct adjoint_state s = adjoint_at(&d->adjoint_places, base);
    int first = chunk == (d->steps - 1) / CHUNK;
    uint32_t low = chunk * CHUNK, a = first ? d->steps : low + CHUNK - 1, last = low > 0 ? low : 1;
    float weights = 0;
    adjoint_load(d, &s, &at, a, first);
    clear_spikes(d, &at, chunk, first);
    cluster_barrier(BARRIER_LOADED, d->ranks);
    struct adjoint_tile t;
    t.tile = DEVICE_NONE;
    for (uint32_t tile = at.tile + at.warp; tile < at.tile_end; tile += at.warps) {
        t = adjoint_tile_at(d, &s, &at, tile, chunk);
        if (!first)
            remember(d, &t, a, t.lambda_i, across_at(d, &at, t.cell, a, t.lambda_v, t.lambda_i));
    }
    for (uint32_t f = at.warps - 1 - at.warp; f < d->backs; f += at.warps)
        look_back(d, &s, &at, f, a);
    block_barrier(BARRIER_LOOKED);
    for (int begun = 0; a >= last; a--, begun = 1) {
        uint32_t step = a - 1;
        reverse_all(d, &s, &at, a);
        cluster_barrier(BARRIER_REVERSED, d->ranks);
        for (uint32_t tile = at.tile + at.warp; tile < at.tile_end; tile += at.warps) {
            if (tile != t.tile)
                t = adjoint_tile_at(d, &s, &at, tile, chunk);
            float weight = 0;
            if (t.scored && d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
                if (!begun || step % LANES == LANES - 1) /* a lane a step */
                    weights = (float)loss_weight(d->loss.weighting, step - step % LANES + at.lane,
                                                 d->steps);
                weight = warp_read(weights, step % LANES);
            }
            propagate_tile(d, &s, &at, &t, a, low, weight);
        }
        for (uint32_t f = at.warps - 1 - at.warp; f < d->backs && a > last; f += at.warps)
            look_back(d, &s, &at, f, a - 1);
        cluster_barrier(BARRIER_PROPAGATED, d->ranks);
    }
    adjoint_save(d, &s, &at);
}

/* Two kernels, as forward. */
KERNEL(DEVICE_MOST_THREADS) kernel_adjoint(PARAMETER struct device d, uint32_t chunk)
{
    adjoint_run(&d, chunk, SHARED, 0);
}

KERNEL(DEVICE_GLOBAL_THREADS) kernel_adjoint_global(PARAMETER struct device d, uint32_t chunk)
{
    adjoint_run(&d, chunk, d.adjoint_spill + (size_t)BLOCK * d.adjoint_bytes, d.adjoint_bytes);
}

#endif
