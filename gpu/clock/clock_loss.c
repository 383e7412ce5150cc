/* SPDX-License-Identifier: MIT */
/* clock_loss.c: the losses of one sample on the host (gpu/step_loss.h has the arithmetic). */
#include "gpu/clock/plan.h"
#include "gpu/step.h"
#include "gpu/step_rules.h"

#include <stdlib.h>

void clock_loss_begin(const struct clock_plan *plan, struct clock_sample *s)
{
    for (size_t k = 0; k < plan->loss.outputs; k++) {
        s->score[k] = 0;
        s->kink[k] = 0;
        s->square[k] = 0;
        s->target[k] = 0;
        s->when[k] = plan->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY ? 0 : UINT32_MAX;
    }
}

/* ---- forward ---- */

static void raise_maximum(struct clock_sample *s, const real *v, size_t outputs, uint32_t index)
{
    for (size_t k = 0; k < outputs; k++)
        if (v[k] > s->score[k]) {
            s->score[k] = v[k];
            s->when[k] = index;
        }
}

/* The target voltage of output k at time n dt; n never falls. */
static real target_at(const struct clock_plan *plan, const struct case_steps *steps,
                      uint32_t *current, uint32_t n)
{
    double now = (double)n * plan->c->end / (double)plan->steps;
    while (*current + 1 < steps->count && steps->time[*current + 1] <= now)
        ++*current;
    return clock_real(steps->value[*current]);
}

/* The slope of V before the arrivals of a step. */
void clock_loss_waits(const struct clock_plan *plan, struct clock_sample *s)
{
    size_t first = plan->population[plan->loss.population].first;
    for (size_t k = 0; plan->loss.kinks && k < plan->loss.outputs; k++)
        s->rise[k] = step_slope(s->i[first + k], plan->bias[first + k], s->v[first + k]);
}

/* And after them, where V is the largest so far. */
static void look_for_kinks(const struct clock_plan *plan, struct clock_sample *s, uint32_t n)
{
    size_t first = plan->population[plan->loss.population].first;
    for (size_t k = 0; k < plan->loss.outputs; k++)
        if (s->when[k] == n)
            s->kink[k] = step_kink(
                s->rise[k], step_slope(s->i[first + k], plan->bias[first + k], s->v[first + k]));
}

/* V at the start of step n, after arrivals. */
void clock_loss_before(const struct clock_plan *plan, struct clock_sample *s, uint32_t n)
{
    const struct clock_loss *loss = &plan->loss;
    const struct clock_population *p = &plan->population[loss->population];
    const real *v = s->v + p->first;
    if (loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        real w = clock_real(loss_weight(loss->weighting, n, plan->steps) / (double)plan->steps);
        for (size_t k = 0; k < loss->outputs; k++)
            s->score[k] = s->score[k] + w * v[k];
    } else if (loss->kind == CASE_VOLTAGE_SQUARED_ERROR) {
        for (size_t k = 0; k < p->padded; k++)
            s->output[n * p->padded + k] = v[k];
    } else if (loss->kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        if (loss->before_only)
            raise_maximum(s, v, loss->outputs, n);
        if (loss->kinks)
            look_for_kinks(plan, s, n);
    }
}

/* V at the end of step n, before any reset. */
void clock_loss_after(const struct clock_plan *plan, struct clock_sample *s, uint32_t n)
{
    const struct clock_loss *loss = &plan->loss;
    const struct clock_population *p = &plan->population[loss->population];
    const real *v = s->v + p->first;
    if (loss->kind == CASE_INSTANTANEOUS_CROSS_ENTROPY)
        for (size_t k = 0; k < p->padded; k++)
            s->output[n * p->padded + k] = v[k];
    else if (loss->kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY && !loss->before_only)
        raise_maximum(s, v, loss->outputs, n + 1);
}

/* ---- at the end of the trial ---- */

/* 1, or tau_mem of an output where the published code divides by it. */
static double defect_of(const struct clock_plan *plan, unsigned variant, size_t output)
{
    size_t cell = plan->population[plan->loss.population].first + output;
    return plan->options.variant & variant ? plan->tau_mem[cell] : 1.0;
}

static void end_integral(const struct clock_plan *plan, struct clock_sample *s, size_t label)
{
    uint32_t outputs = (uint32_t)plan->loss.outputs;
    struct loss_softmax softmax = loss_softmax(s->score, outputs);
    for (size_t k = 0; k < outputs; k++)
        s->pull[k] = clock_real(loss_pull(softmax, s->score[k], k == label) / plan->c->end /
                                defect_of(plan, SCHEME_DRIVE_OVER_TAU, k));
    s->loss = loss_cross_entropy(softmax, s->score[label]);
}

static void end_maximum(const struct clock_plan *plan, struct clock_sample *s, size_t label)
{
    uint32_t outputs = (uint32_t)plan->loss.outputs;
    size_t first = plan->population[plan->loss.population].first;
    double over = plan->options.variant & SCHEME_MAX_OVER_T ? plan->c->end : 1.0;
    struct loss_softmax softmax = loss_softmax(s->score, outputs);
    for (size_t k = 0; k < outputs; k++) {
        s->pull[k] = clock_real(loss_pull(softmax, s->score[k], k == label) /
                                plan->tau_mem[first + k] / over);
        s->kink[k] = s->kink[k] * s->pull[k];
    }
    s->loss = loss_cross_entropy(softmax, s->score[label]);
}

static void end_instantaneous(const struct clock_plan *plan, struct clock_sample *s, size_t label)
{
    size_t width = plan->population[plan->loss.population].padded;
    double sum = 0;
    for (uint32_t n = 0; n < plan->steps; n++) {
        const real *v = s->output + n * width;
        sum = sum + loss_cross_entropy(loss_softmax(v, (uint32_t)plan->loss.outputs), v[label]);
        for (size_t k = 0; k < plan->loss.outputs; k++)
            s->square[k] = s->square[k] + (double)v[k];
    }
    for (size_t k = 0; k < plan->loss.outputs; k++)
        s->score[k] = clock_real(s->square[k] / (double)plan->steps);
    s->loss = sum / (double)plan->steps;
}

static void end_squares(const struct clock_plan *plan, struct clock_sample *s,
                        const struct case_sample *sample)
{
    size_t width = plan->population[plan->loss.population].padded;
    double sum = 0;
    for (size_t k = 0; k < plan->loss.outputs; k++) {
        for (uint32_t n = 0; n < plan->steps; n++) {
            real e =
                s->output[n * width + k] - target_at(plan, &sample->voltages[k], &s->target[k], n);
            s->square[k] = s->square[k] + (double)e * (double)e;
        }
        sum = sum + s->square[k];
    }
    s->loss = sum / (2.0 * (double)plan->steps);
}

/* by_time and t are on the stack for few outputs only; s->time has room for all. */
static void end_first(const struct clock_plan *plan, struct clock_sample *s, size_t sample)
{
    const struct clock_loss *loss = &plan->loss;
    uint32_t outputs = (uint32_t)loss->outputs, label = plan->label[sample];
    double *t = s->time, *by_time = s->time + outputs;
    for (size_t k = 0; k < outputs; k++) {
        double index = (double)s->when[k] + (loss->label_times ? 0.0 : 1.0);
        t[k] = s->when[k] == UINT32_MAX ? loss->silent : index * plan->c->end / (double)plan->steps;
    }
    if (loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY)
        s->loss = loss_first_cross_entropy(by_time, t, outputs, label, &loss->first);
    else if (loss->kind == CASE_FIRST_SPIKE_SQUARED_ERROR)
        s->loss = loss_first_squared_error(by_time, t, plan->c->sample[sample].times, outputs);
    else
        s->loss = loss_first_margin(by_time, t, outputs, label, &loss->first);
    bool skipped = plan->rules.skip_silent && s->when[label] == UINT32_MAX;
    for (size_t k = 0; k < outputs; k++)
        s->pull[k] = skipped ? 0 : clock_real(by_time[k]);
}

void clock_loss_end(const struct clock_plan *plan, struct clock_sample *s, size_t sample)
{
    switch (plan->loss.kind) {
    case CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY:
        end_integral(plan, s, plan->label[sample]);
        break;
    case CASE_MAX_VOLTAGE_CROSS_ENTROPY:
        end_maximum(plan, s, plan->label[sample]);
        break;
    case CASE_INSTANTANEOUS_CROSS_ENTROPY:
        end_instantaneous(plan, s, plan->label[sample]);
        break;
    case CASE_VOLTAGE_SQUARED_ERROR:
        end_squares(plan, s, &plan->c->sample[sample]);
        break;
    default:
        end_first(plan, s, sample);
    }
}

size_t clock_predict(const struct clock_plan *plan, const struct clock_sample *s)
{
    return step_predict(s->score, s->when, (uint32_t)plan->loss.outputs, plan->loss.by_voltage);
}

/* ---- backward ---- */

/* The target voltage at n dt where n falls. */
static real target_back(const struct clock_plan *plan, const struct case_steps *steps,
                        uint32_t *current, uint32_t n)
{
    double now = (double)n * plan->c->end / (double)plan->steps;
    while (*current > 0 && steps->time[*current] > now)
        --*current;
    return clock_real(steps->value[*current]);
}

void clock_loss_drive(const struct clock_plan *plan, struct clock_sample *s, size_t sample,
                      uint32_t step)
{
    const struct clock_loss *loss = &plan->loss;
    const struct case_sample *from = &plan->c->sample[sample];
    size_t width = plan->population[loss->population].padded;
    if (loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        real w = clock_real(loss_weight(loss->weighting, step, plan->steps));
        for (size_t k = 0; k < loss->outputs; k++)
            s->steady[k] = s->pull[k] * w;
    } else if (loss->kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        const real *v = s->output + step * width;
        struct loss_softmax softmax = loss_softmax(v, (uint32_t)loss->outputs);
        for (size_t k = 0; k < loss->outputs; k++)
            s->steady[k] = clock_real(loss_pull(softmax, v[k], k == plan->label[sample]) /
                                      plan->c->end / defect_of(plan, SCHEME_DRIVE_OVER_TAU, k));
    } else if (loss->kind == CASE_VOLTAGE_SQUARED_ERROR) {
        for (size_t k = 0; k < loss->outputs; k++) {
            real y = target_back(plan, &from->voltages[k], &s->target[k], step);
            real scale = clock_real(1.0 / plan->c->end / defect_of(plan, SCHEME_DRIVE_OVER_TAU, k));
            s->steady[k] = (y - s->output[step * width + k]) * scale;
        }
    } else {
        for (size_t k = 0; k < loss->outputs; k++)
            s->steady[k] = 0;
    }
}
