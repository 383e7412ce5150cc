/* SPDX-License-Identifier: MIT */
/* cuda_loss.h: the losses, within and after kernel_forward. Device text.
 *
 * What is computed: gpu/step_loss.h, with the sums in the order of clock_loss.c. While the trial
 * runs, the owner of an output keeps its score in shared memory, at the end in global memory.
 *
 * Parallel layout of kernel_loss: a block a sample; sums are one thread's, the rest is a thread an
 * output, or a thread a step. What the backward pass needs of every step (drives of traced losses)
 * replaces the trace in place. */
#ifndef EVIDENT_GPU_CUDA_LOSS_H
#define EVIDENT_GPU_CUDA_LOSS_H

#include "gpu/cuda/cuda_shared.h"
#include "gpu/emulate/kernel.h"
#include "gpu/step.h"

/* 1, or tau_mem of an output where the published code divides by it. */
DEVICE double defect_of(const struct device *d, uint32_t k)
{
    return d->variant & SCHEME_DRIVE_OVER_TAU ? d->tau[d->loss.first + k] : 1.0;
}

DEVICE float *output_row(const struct device *d, uint32_t sample, uint32_t n)
{
    return d->output + ((size_t)sample * d->steps + n) * d->loss.width;
}

DEVICE void loss_begin(const struct device *d, const struct forward_state *s)
{
    int maximum = d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    for (uint32_t k = THREAD; k < d->loss.width; k += THREADS) {
        s->score[k] = 0;
        s->rise[k] = s->fall[k] = 0;
        s->square[k] = 0;
        s->turn[k] = 0;
        s->when[k] = maximum ? 0 : UINT32_MAX;
        s->scale[k] = k < d->loss.outputs ? (float)(1.0 / d->loss.end / defect_of(d, k)) : 0;
    }
}

DEVICE void raise_maximum(const struct forward_state *s, uint32_t k, float v, uint32_t index)
{
    if (v > s->score[k]) {
        s->score[k] = v;
        s->when[k] = index;
    }
}

/* The target voltage of output k at time n dt; n never falls. */
DEVICE float target_at(const struct device *d, const struct forward_state *s, uint32_t sample,
                       uint32_t k, uint32_t n)
{
    const uint32_t *first = &d->turn[(size_t)sample * d->loss.outputs + k];
    double now = (double)n * d->loss.end / (double)d->steps;
    uint32_t turn = s->turn[k];
    while (first[0] + turn + 1 < first[1] && d->turn_time[first[0] + turn + 1] <= now)
        turn++;
    s->turn[k] = turn;
    return (float)d->turn_value[first[0] + turn];
}

/* v at the start of step n, of output k, and I after arrivals; waited: before them; weight: of this
 * step in the integral. */
DEVICE void loss_before(const struct device *d, const struct forward_state *s, uint32_t sample,
                        uint32_t k, uint32_t n, float v, float waited, float i, float weight)
{
    if (d->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        s->score[k] = s->score[k] + weight * v;
    } else if (d->loss.kind == CASE_VOLTAGE_SQUARED_ERROR) {
        float y = target_at(d, s, sample, k, n), e = v - y;
        s->square[k] = s->square[k] + (double)e * (double)e;
        output_row(d, sample, n)[k] = (y - v) * s->scale[k];
    } else if (d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        if (d->loss.before_only)
            raise_maximum(s, k, v, n);
        if (d->loss.kinks && s->when[k] == n) {
            float bias = d->bias[d->loss.first + k];
            s->rise[k] = step_slope(waited, bias, v);
            s->fall[k] = step_slope(i, bias, v);
        }
    }
}

/* v at the end of step n, before any reset. */
DEVICE void loss_after(const struct device *d, const struct forward_state *s, uint32_t sample,
                       uint32_t k, uint32_t n, float v)
{
    if (d->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        output_row(d, sample, n)[k] = v;
        s->square[k] = s->square[k] + (double)v; /* for predictions: of V itself */
    } else if (d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY && !d->loss.before_only)
        raise_maximum(s, k, v, n + 1);
}

/* After the trial: for kernel_loss. */
DEVICE void loss_keep(const struct device *d, const struct forward_state *s, const struct place *at)
{
    size_t first = (size_t)at->sample * d->loss.width;
    for (uint32_t k = THREAD; k < d->loss.outputs; k += THREADS) {
        uint32_t tile = (d->loss.first + k) / LANES;
        if (tile < at->tile || tile >= at->tile_end)
            continue; /* another block's */
        d->score[first + k] = s->score[k];
        d->when[first + k] = s->when[k];
        d->kink[first + k] = step_kink(s->rise[k], s->fall[k]);
        d->square[first + k] = s->square[k];
    }
}

/* ---- the end of the trial ---- */

/* Integral and maximum: the softmax by one thread, then a thread an output. */
DEVICE void end_softmax(const struct device *d, double *term, uint32_t sample)
{
    const float *score = d->score + (size_t)sample * d->loss.width;
    float *pull = d->pull + (size_t)sample * d->loss.width;
    float *kink = d->kink + (size_t)sample * d->loss.width;
    int maximum = d->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    double over = d->variant & SCHEME_MAX_OVER_T ? d->loss.end : 1.0;
    struct loss_softmax softmax;
    if (THREAD == 0) {
        softmax = loss_softmax(score, d->loss.outputs);
        term[0] = softmax.maximum;
        term[1] = softmax.sum;
        d->loss_of[sample] = loss_cross_entropy(softmax, score[d->label[sample]]);
    }
    block_barrier(BARRIER_SOFTMAX);
    softmax.maximum = term[0];
    softmax.sum = term[1];
    for (uint32_t k = THREAD; k < d->loss.outputs; k += THREADS) {
        double x = loss_pull(softmax, score[k], k == d->label[sample]);
        pull[k] = (float)(maximum ? x / d->tau[d->loss.first + k] / over
                                  : x / d->loss.end / defect_of(d, k));
        kink[k] = kink[k] * pull[k];
    }
}

/* The loss of step n; its drives replace the voltages. */
DEVICE double end_step(const struct device *d, uint32_t sample, uint32_t n)
{
    float *row = output_row(d, sample, n);
    struct loss_softmax softmax = loss_softmax(row, d->loss.outputs);
    double loss = loss_cross_entropy(softmax, row[d->label[sample]]);
    for (uint32_t k = 0; k < d->loss.outputs; k++)
        row[k] = (float)(loss_pull(softmax, row[k], k == d->label[sample]) / d->loss.end /
                         defect_of(d, k));
    return loss;
}

DEVICE void end_instantaneous(const struct device *d, double *term, uint32_t sample)
{
    double sum = 0;
    for (uint32_t n = 0; n < d->steps; n += THREADS) {
        uint32_t some = d->steps - n < THREADS ? d->steps - n : THREADS;
        if (THREAD < some)
            term[THREAD] = end_step(d, sample, n + THREAD);
        block_barrier(BARRIER_TERMS);
        for (uint32_t k = 0; THREAD == 0 && k < some; k++)
            sum = sum + term[k];
        block_barrier(BARRIER_ADDED);
    }
    if (THREAD == 0)
        d->loss_of[sample] = sum / (double)d->steps;
}

/* By one thread. */
DEVICE void end_squares(const struct device *d, uint32_t sample)
{
    double sum = 0;
    for (uint32_t k = 0; k < d->loss.outputs; k++)
        sum = sum + d->square[(size_t)sample * d->loss.width + k];
    d->loss_of[sample] = sum / (2.0 * (double)d->steps);
}

/* By one thread. */
DEVICE void end_first(const struct device *d, uint32_t sample)
{
    uint32_t outputs = d->loss.outputs, label = d->label[sample];
    size_t first = (size_t)sample * d->loss.width;
    double *t = d->scratch + (size_t)sample * 2 * outputs, *by_time = t + outputs, loss;
    for (uint32_t k = 0; k < outputs; k++) {
        uint32_t when = d->when[first + k];
        double index = (double)when + (d->loss.label_times ? 0.0 : 1.0);
        t[k] = when == UINT32_MAX ? d->loss.silent : index * d->loss.end / (double)d->steps;
    }
    if (d->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY)
        loss = loss_first_cross_entropy(by_time, t, outputs, label, &d->loss.times);
    else if (d->loss.kind == CASE_FIRST_SPIKE_SQUARED_ERROR)
        loss = loss_first_squared_error(by_time, t, d->times + (size_t)sample * outputs, outputs);
    else
        loss = loss_first_margin(by_time, t, outputs, label, &d->loss.times);
    d->loss_of[sample] = loss;
    int skipped = d->rules.skip_silent && d->when[first + label] == UINT32_MAX;
    for (uint32_t k = 0; k < outputs; k++)
        d->pull[first + k] = skipped ? 0 : (float)by_time[k];
}

/* A block a sample. */
KERNEL(DEVICE_SMALL_BLOCK) kernel_loss(PARAMETER struct device d)
{
    double *term = (double *)SHARED; /* [threads] */
    uint32_t sample = BLOCK;
    if (d.loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY ||
        d.loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        end_softmax(&d, term, sample);
    else if (d.loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY)
        end_instantaneous(&d, term, sample);
    else if (THREAD == 0 && d.loss.kind == CASE_VOLTAGE_SQUARED_ERROR)
        end_squares(&d, sample);
    else if (THREAD == 0)
        end_first(&d, sample);
}

#endif
