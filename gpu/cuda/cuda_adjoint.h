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
    float height = d->height[cell], rev = s->rev[own], slope = s->slope[own];
    s->jumps[own] = 0;
    if (cell >= d->loss.first && k < d->loss.outputs && d->when[output] == step)
        return step_jump_loss(lambda_v, height, rev, d->pull[output], slope);
    return step_jump(lambda_v, height, rev, slope);
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

/* The negative derivative of the loss density by V. weight: of this step in the integral. */
DEVICE float drive_of(const struct device *d, const struct place *at, uint32_t k, uint32_t step,
                      float weight)
{
    size_t width = d->loss.width;
    if (k >= d->loss.outputs)
        return 0;
    if (d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)
        return d->pull[at->sample * width + k] * weight;
    return d->loss.traced ? d->output[((size_t)at->sample * d->steps + step) * width + k] : 0;
}

DEVICE float *history_row(const struct device *d, const struct place *at, uint32_t a)
{
    const uint32_t half = a / CHUNK & 1;
    return d->history + half * d->buffer + ((size_t)at->sample * CHUNK + a % CHUNK) * d->cells;
}

/* Row a of the history, if a chunk has one that is read. */
DEVICE void remember(const struct device *d, const struct place *at, uint32_t cell, uint32_t a,
                     float lambda_i, float across)
{
    float *row = history_row(d, at, a);
    row[cell] = lambda_i;
    if (d->histories > 1)
        row[(size_t)d->samples * CHUNK * d->cells + cell] = across;
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

/* From a to a - 1; low: the first index of the chunk. */
DEVICE void propagate_tile(const struct device *d, const struct adjoint_state *s,
                           const struct place *at, uint32_t tile, uint32_t a, uint32_t low,
                           float weight)
{
    uint32_t cell = tile * LANES + at->lane, own = cell - at->tile * LANES, step = a - 1;
    uint32_t population = d->tile[tile], k = cell - d->loss.first;
    int late = (d->variant & SCHEME_LATE_JUMP) != 0, jumps = s->jumps[own] != 0;
    int scored = population == d->loss.population;
    float lambda_v = s->lambda_v[own], lambda_i = s->lambda_i[own], to;
    if (d->saw[2]) {
        size_t row = ((size_t)at->sample * d->steps + step) * d->cells + cell;
        d->saw[2][row] = lambda_v;
        d->saw[3][row] = lambda_i;
    }
    if (scored && d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY && k < d->loss.outputs) {
        size_t output = (size_t)at->sample * d->loss.width + k;
        if (d->when[output] == a)
            lambda_v = lambda_v + d->pull[output];
    }
    if (jumps && !late)
        lambda_v = jump(d, s, at, cell, own, step, lambda_v);
    if (d->trace_v)
        add_tau(d, s, at, cell, own, step, lambda_v, lambda_i);
    if (scored && d->loss.by_voltage) {
        float drive = drive_of(d, at, k, step, weight);
        to = step_driven_i(lambda_i, lambda_v, drive, s->beta[own], s->kappa_back[own]);
        lambda_v = step_driven_v(lambda_v, drive, s->alpha[own]);
    } else {
        to = step_lambda_i(lambda_i, lambda_v, s->beta[own], s->kappa_back[own]);
        lambda_v = step_lambda_v(lambda_v, s->alpha[own]);
    }
    if (jumps && late)
        lambda_v = jump(d, s, at, cell, own, step, lambda_v);
    s->lambda_v[own] = lambda_v;
    s->lambda_i[own] = to;
    float across = across_at(d, at, cell, step, lambda_v, to);
    for (uint32_t rank = 0; rank < d->ranks; rank++)
        *(float *)peer(d, at, &s->across[cell], rank) = across;
    if (step >= low)
        remember(d, at, cell, step, to, across);
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

/* The state at index a. */
DEVICE void adjoint_load(const struct device *d, const struct adjoint_state *s,
                         const struct place *at, uint32_t a, int first)
{
    size_t sample = (size_t)at->sample * d->cells, lists = (size_t)at->sample * d->populations;
    uint32_t own = (at->tile_end - at->tile) * LANES;
    for (uint32_t j = THREAD; j < own; j += THREADS) {
        uint32_t cell = at->tile * LANES + j;
        s->alpha[j] = d->alpha[cell];
        s->beta[j] = d->beta[cell];
        s->kappa_back[j] = d->kappa_back[cell];
        s->lambda_v[j] = first ? 0 : d->lambda_v[sample + cell];
        s->lambda_i[j] = first ? 0 : d->lambda_i[sample + cell];
        s->tau_mem[j] = first || !d->trace_v ? 0 : d->tau_mem[sample + cell];
        s->tau_syn[j] = first || !d->trace_v ? 0 : d->tau_syn[sample + cell];
        s->jumps[j] = 0;
        if (!first)
            remember(d, at, cell, a, s->lambda_i[j],
                     across_at(d, at, cell, a, s->lambda_v[j], s->lambda_i[j]));
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
KERNEL(DEVICE_MOST_THREADS) kernel_adjoint(PARAMETER struct device d, uint32_t chunk)
{
    struct place at = place_of(&d, d.adjoint_spill, d.adjoint_bytes);
    const struct adjoint_state s = adjoint_at(&d.adjoint_places, at.base);
    int first = chunk == (d.steps - 1) / CHUNK;
    uint32_t low = chunk * CHUNK, a = first ? d.steps : low + CHUNK - 1, last = low > 0 ? low : 1;
    float weights = 0;
    adjoint_load(&d, &s, &at, a, first);
    clear_spikes(&d, &at, chunk, first);
    cluster_barrier(BARRIER_LOADED, d.ranks);
    for (uint32_t f = at.warp; f < d.backs; f += at.warps)
        look_back(&d, &s, &at, f, a);
    block_barrier(BARRIER_LOOKED);
    for (int begun = 0; a >= last; a--, begun = 1) {
        uint32_t step = a - 1;
        if (d.loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY &&
            (!begun || step % LANES == LANES - 1)) /* a lane a step */
            weights = (float)loss_weight(d.loss.weighting, step - step % LANES + at.lane, d.steps);
        float weight = warp_read(weights, step % LANES);
        reverse_all(&d, &s, &at, a);
        cluster_barrier(BARRIER_REVERSED, d.ranks);
        for (uint32_t tile = at.tile + at.warp; tile < at.tile_end; tile += at.warps)
            propagate_tile(&d, &s, &at, tile, a, low, weight);
        for (uint32_t f = at.warp; f < d.backs && a > last; f += at.warps)
            look_back(&d, &s, &at, f, a - 1);
        cluster_barrier(BARRIER_PROPAGATED, d.ranks);
    }
    adjoint_save(&d, &s, &at);
}

#endif
