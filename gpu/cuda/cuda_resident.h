/* SPDX-License-Identifier: MIT */
/* cuda_resident.h: what an engine that stays does on the device between forward and backward
 * passes, and after them. Device text: included by cuda.cu and by gpu/emulate/emulated.c.
 *
 * What is computed: gpu/step_rules.h, gpu/step_adam.h and gpu/step_tau.h, in the order of
 * gpu/resident/resident_host.c.
 *
 * Parallel layout: a thread a number that is written; no two threads meet. */
#ifndef EVIDENT_GPU_CUDA_RESIDENT_H
#define EVIDENT_GPU_CUDA_RESIDENT_H

#include "gpu/emulate/kernel.h"
#include "gpu/step_rules.h"
#include "gpu/step_tau.h"

DEVICE int is_hidden(const struct device *d, uint32_t cell)
{
    uint32_t population = d->tile[cell / LANES];
    const struct device_population *p = &d->population[population];
    return p->lif && population != d->loss.population && cell - p->first < p->size;
}

/* Spikes of every hidden neuron in every sample: a lane a neuron, which looks at the whole list of
 * its population, as all lanes of the warp do at once. */
KERNEL(DEVICE_SMALL_BLOCK)
kernel_count(PARAMETER struct device d, PARAMETER struct device_resident r)
{
    uint32_t warp = BLOCK * (THREADS / LANES) + THREAD / LANES, sample = warp / d.tiles;
    uint32_t tile = warp % d.tiles, cell = tile * LANES + THREAD % LANES, spikes = 0;
    if (sample >= d.samples)
        return;
    if (is_hidden(&d, cell)) {
        uint32_t neuron = cell - d.population[d.tile[tile]].first;
        const struct device_list *list = &d.list[(size_t)sample * d.populations + d.tile[tile]];
        /* A full list counts those that it had no room for. */
        uint32_t count = list->count < list->room ? list->count : list->room;
        UNROLL_BY(8)
        for (uint32_t k = 0; k < count; k++)
            spikes += read_only_word(&list->neuron[k]) == neuron;
    }
    r.spikes[(size_t)sample * d.cells + cell] = spikes;
}

DEVICE void end_cell(const struct device *d, const struct device_resident *r, uint32_t cell)
{
    uint32_t sum = 0;
    for (uint32_t sample = 0; sample < d->samples; sample++)
        sum += r->spikes[(size_t)sample * d->cells + cell];
    r->count[cell] = sum;
    r->pull[cell] =
        is_hidden(d, cell) ? step_pull(sum, (double)d->samples, r->strength, r->wanted) : 0;
}

DEVICE void end_sample(const struct device *d, const struct device_resident *r, uint32_t sample)
{
    size_t first = (size_t)sample * d->loss.width;
    float *score = d->score + first;
    if (d->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY)
        for (uint32_t k = 0; k < d->loss.outputs; k++)
            score[k] = (float)(d->square[first + k] / (double)d->steps);
    r->predicted[sample] =
        step_predict(score, d->when + first, d->loss.outputs, d->loss.by_voltage);
    r->silent[sample] = !d->loss.by_voltage && d->when[first + d->label[sample]] == UINT32_MAX;
}

/* After kernel_loss and kernel_count: a thread a cell, and a sample. */
KERNEL(DEVICE_SMALL_BLOCK)
kernel_outcome(PARAMETER struct device d, PARAMETER struct device_resident r)
{
    uint32_t k = BLOCK * THREADS + THREAD;
    if (k < d.cells)
        end_cell(&d, &r, k);
    if (k < d.samples)
        end_sample(&d, &r, k);
}

/* The cell that element k of the weights goes to. */
DEVICE uint32_t target_of(const struct device *d, size_t k)
{
    const struct device_projection *p = d->projection;
    while (k < p->weight || k >= p->weight + (size_t)p->rows * p->width)
        p++;
    return p->first + (uint32_t)((k - p->weight) % p->width);
}

/* Weights, then tau_mem of all cells, then tau_syn. */
KERNEL(DEVICE_SMALL_BLOCK)
kernel_adam(PARAMETER struct device d, PARAMETER struct device_resident r,
            PARAMETER struct adam adam)
{
    size_t k = (size_t)BLOCK * THREADS + THREAD;
    if (k < d.synapses) {
        adam_step(&adam, &r.weight[k], &r.mean[k], &r.square[k], d.gradient[k],
                  r.weight_scale[target_of(&d, k)]);
        return;
    }
    k -= d.synapses;
    uint32_t which = k >= d.cells, cell = (uint32_t)(which ? k - d.cells : k);
    if (!r.tau_learns || cell >= d.cells || !is_hidden(&d, cell))
        return;
    float *tau = &r.tau[which][cell];
    const float *sum = which ? d.tau_syn_sum : d.tau_mem_sum;
    adam_step(&adam, tau, &r.tau_mean[which][cell], &r.tau_square[which][cell], sum[cell],
              r.tau_scale[which][cell]);
    if (*tau < r.least[which])
        *tau = r.least[which];
}

/* Constants of a step, and factors of sums, from the time constants of hidden neurons. */
KERNEL(DEVICE_SMALL_BLOCK)
kernel_taus(PARAMETER struct device d, PARAMETER struct device_resident r)
{
    uint32_t cell = BLOCK * THREADS + THREAD;
    if (cell >= d.cells || !is_hidden(&d, cell))
        return;
    double tau_mem = (double)r.tau[0][cell], tau_syn = (double)r.tau[1][cell];
    struct step_tau made = step_tau(tau_mem, tau_syn, r.dt);
    struct step_scale scale = step_scale(tau_mem, tau_syn, r.dt, r.batch);
    r.tau_given[cell] = tau_mem;
    r.alpha[cell] = made.alpha;
    r.beta[cell] = made.beta;
    r.kappa[cell] = made.kappa;
    r.kappa_back[cell] = made.kappa_back;
    r.drive[cell] = step_drive(made.alpha, d.bias[cell]);
    r.weight_scale[cell] = scale.weight;
    r.tau_scale[0][cell] = scale.tau_mem;
    r.tau_scale[1][cell] = scale.tau_syn;
}

#endif
