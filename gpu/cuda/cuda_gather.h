/* SPDX-License-Identifier: MIT */
/* cuda_gather.h: sums of gradients over the arrivals of one chunk, in one launch. Device text.
 *
 * What is computed: for every synapse i -> j the sum of lambda_I,j(a), and for delays of lambda_V,j
 * - lambda_I,j, over the arrivals of i, added to what earlier launches left: chunks from late to
 * early, delays ascending, samples in canonical order, a from late to early.
 *
 * Parallel layout: a warp owns DEVICE_COLUMNS columns of one row i of one projection, a lane two of
 * them, so no two threads write one sum and each is added up in one register. The arrivals are
 * those of the masks that the adjoint left (source lif), or lists that the host has sorted (input);
 * a warp writes a window of them to its own part of shared memory, then has AHEAD rows of the
 * history on their way at once. */
#ifndef EVIDENT_GPU_CUDA_GATHER_H
#define EVIDENT_GPU_CUDA_GATHER_H

#include "gpu/emulate/kernel.h"

struct gathering {
    const float *history;  /* of the chunk, at this lane's first column */
    const uint32_t *delay; /* of this row at this lane's first column, or NULL */
    size_t stride;
    uint32_t *window; /* [DEVICE_WINDOW] of this warp */
    uint32_t lane;
    int two; /* there is a second column */
    float sum[2];
};

/* Adds the rows that the window lists. */
DEVICE void add_window(struct gathering *g, uint32_t count, uint32_t wanted)
{
    int take_first = !g->delay || g->delay[0] == wanted;
    int take_second = g->two && (!g->delay || g->delay[LANES] == wanted);
    for (uint32_t e = 0; e < count; e += AHEAD) {
        float first[AHEAD], second[AHEAD];
        UNROLL
        for (uint32_t u = 0; u < AHEAD; u++) {
            int there = e + u < count;
            const float *row = g->history + (there ? g->window[e + u] * g->stride : 0);
            first[u] = there && take_first ? read_only(&row[0]) : 0;
            second[u] = there && take_second ? read_only(&row[LANES]) : 0;
        }
        UNROLL
        for (uint32_t u = 0; u < AHEAD; u++) {
            int there = e + u < count;
            g->sum[0] = there && take_first ? g->sum[0] + first[u] : g->sum[0];
            g->sum[1] = there && take_second ? g->sum[1] + second[u] : g->sum[1];
        }
    }
}

/* Exclusive sum over the lanes; the sum of all in *total. */
DEVICE uint32_t sum_before(uint32_t x, uint32_t lane, uint32_t *total)
{
    uint32_t sum = x;
    for (uint32_t by = 1; by < LANES; by *= 2) {
        uint32_t below = warp_read_word(sum, lane >= by ? lane - by : lane);
        sum += lane >= by ? below : 0;
    }
    *total = warp_read_word(sum, LANES - 1);
    return sum - x;
}

/* LANES samples from `sample` on, a mask each. */
DEVICE void add_masks(struct gathering *g, const uint64_t *mask, uint32_t sample, uint32_t samples,
                      uint32_t wanted)
{
    uint32_t mine = sample + g->lane, total;
    uint64_t bits = mine < samples ? mask[mine] : 0;
    if (warp_ballot(bits != 0) == 0)
        return;
    uint32_t place = sum_before(bits_set_wide(bits), g->lane, &total);
    for (uint32_t base = 0; base < total; base += DEVICE_WINDOW) {
        while (bits != 0 && place < base + DEVICE_WINDOW) {
            uint32_t bit = highest_bit(bits);
            bits ^= (uint64_t)1 << bit;
            g->window[place++ - base] = mine * CHUNK + bit;
        }
        warp_barrier(BARRIER_WINDOW);
        add_window(g, total - base < DEVICE_WINDOW ? total - base : DEVICE_WINDOW, wanted);
        warp_barrier(BARRIER_TAKEN);
    }
}

DEVICE void add_segment(struct gathering *g, const uint32_t *entry,
                        const struct device_segment *segment)
{
    for (uint32_t base = segment->begin; base < segment->end; base += DEVICE_WINDOW) {
        uint32_t count = segment->end - base;
        count = count < DEVICE_WINDOW ? count : DEVICE_WINDOW;
        for (uint32_t k = g->lane; k < count; k += LANES)
            g->window[k] = entry[base + k];
        warp_barrier(BARRIER_WINDOW);
        add_window(g, count, segment->wanted);
        warp_barrier(BARRIER_TAKEN);
    }
}

/* One kind of history. input: NULL where the source is lif. */
DEVICE void gather_row(const struct device *d, struct gathering *g,
                       const struct device_projection *p, uint32_t row, uint32_t chunk,
                       const struct device_row *input)
{
    for (uint32_t f = 0; !input && f < p->fans; f++) {
        const struct device_fan *fan = &d->back[d->back_list[p->fan + f]];
        const uint64_t *mask =
            d->mask + (chunk & 1) * d->masks + fan->mask + (size_t)row * d->samples;
        for (uint32_t sample = 0; sample < d->samples; sample += LANES)
            add_masks(g, mask, sample, d->samples, fan->delay);
    }
    for (uint32_t k = 0; input && k < input->segments; k++)
        add_segment(g, d->entry, &d->segment[input->segment + k]);
}

/* Units are the rows of all projections from lif populations, then rows [from, to) of inputs. */
KERNEL(DEVICE_SMALL_BLOCK)
kernel_gather(PARAMETER struct device d, uint32_t chunk, uint32_t from, uint32_t to)
{
    uint32_t warp = THREAD / LANES, unit = BLOCK * (THREADS / LANES) + warp, row = unit;
    uint32_t left = BLOCK_Y * DEVICE_COLUMNS, column;
    const struct device_projection *p = d.projection;
    const struct device_row *input = NULL;
    struct gathering g;
    const uint32_t half = chunk & 1;
    if (unit >= d.lif_rows + (to - from))
        return;
    if (unit >= d.lif_rows) {
        input = &d.row[from + unit - d.lif_rows];
        p = &d.projection[input->projection];
        row = input->row;
    } else {
        for (; row >= p->rows; p++)
            row -= p->rows;
    }
    if (left >= p->width)
        return;
    g.lane = THREAD % LANES;
    g.window = (uint32_t *)SHARED + warp * DEVICE_WINDOW;
    g.two = left + LANES < p->width;
    g.stride = d.cells;
    column = left + g.lane;
    size_t place = (size_t)row * p->width + column;
    for (uint32_t h = 0; h < d.histories; h++) {
        float *sum = d.gradient + h * d.synapses + p->weight + place;
        g.history = d.history + half * d.buffer + (size_t)h * d.samples * CHUNK * d.cells +
                    p->first + column;
        g.delay = p->delay ? p->delay + place : NULL;
        g.sum[0] = sum[0];
        g.sum[1] = g.two ? sum[LANES] : 0;
        gather_row(&d, &g, p, row, chunk, input);
        sum[0] = g.sum[0];
        if (g.two)
            sum[LANES] = g.sum[1];
    }
}

/* Sums over the samples, a thread a cell. */
KERNEL(DEVICE_SMALL_BLOCK) kernel_sum_tau(PARAMETER struct device d)
{
    uint32_t cell = BLOCK * THREADS + THREAD;
    float mem = 0, syn = 0;
    if (cell >= d.cells)
        return;
    for (uint32_t sample = 0; sample < d.samples; sample++) {
        mem = mem + d.tau_mem[(size_t)sample * d.cells + cell];
        syn = syn + d.tau_syn[(size_t)sample * d.cells + cell];
    }
    d.tau_mem_sum[cell] = mem;
    d.tau_syn_sum[cell] = syn;
}

#endif
