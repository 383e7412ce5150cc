/* SPDX-License-Identifier: MIT */
/* witness_loss.c: the losses of design.md section 4, from the segments of the outputs.
 *
 * On a segment [t, t1] without events, tau_mem u' = -u + I and tau_syn I' = -I. Multiplied by a
 * weight and integrated by parts (re-derived here; [f] = f(t1) - f(t), a = 1/T):
 *     int I          = -tau_syn [I]
 *     int u          = int I - tau_mem [u]
 *     int e^{-at} I  = -tau_syn [e^{-at} I] / (1 + a tau_syn)
 *     int e^{-at} u  = (int e^{-at} I - tau_mem [e^{-at} u]) / (1 + a tau_mem)
 *     int t I        = tau_syn (int I - [t I])
 *     int t u        = int t I + tau_mem (int u - [t u])
 *     int I^2        = -(tau_syn / 2) [I^2]
 *     int u I        = (int I^2 / tau_mem - [u I]) / (1/tau_mem + 1/tau_syn)
 *     int u^2        = int u I - (tau_mem / 2) [u^2]
 * The bias enters with int_0^T weight. Sigmoid and instantaneous losses: witness_quadrature.c. */
#include "ref/witness/witness.h"

#include <math.h>
#include <stdlib.h>

enum { A, B, C, D, SUM, SPAN, TOP, AT, BEST, LOSS_SCRATCH };
_Static_assert(LOSS_SCRATCH <= WITNESS_SCRATCH, "scratch numbers");

static bool integral_loss(const struct case_problem *c, enum case_weighting weighting)
{
    return c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY && c->loss.weighting == weighting;
}

bool witness_is_output(const struct witness_engine *e, const struct witness_neuron *n)
{
    return n->population == e->c->loss.population;
}

int witness_loss_init(struct witness_engine *e)
{
    const struct case_problem *c = e->c;
    e->outputs = c->population[c->loss.population].size;
    e->output = calloc(e->outputs, sizeof e->output[0]);
    mpfr_t *own = witness_store_take(&e->store, 5 * e->outputs, e->work);
    if (e->output == NULL || own == NULL) {
        return -1;
    }
    for (size_t k = 0; k < e->outputs; k++) {
        e->output[k] = (struct witness_output){.sum = own[5 * k],
                                               .maximum = own[5 * k + 1],
                                               .weight = own[5 * k + 2],
                                               .first = own[5 * k + 3],
                                               .target = own[5 * k + 4]};
    }
    e->clock = witness_decay_make(e);
    if (e->clock == NULL) {
        return -1;
    }
    witness_decay_set(e->clock, e->end);
    return witness_quadrature_needed(c) ? witness_quadrature_init(e) : 0;
}

/* Target voltages step at known times: each step ends a segment of its output. */
static int steps_begin(struct witness_engine *e)
{
    for (size_t k = 0; k < e->outputs; k++) {
        const struct case_steps *steps = &e->c->sample[e->sample].voltages[k];
        mpfr_set_d(e->output[k].target, steps->value[0], MPFR_RNDN);
        for (size_t i = 1; i < steps->count; i++) {
            mpfr_ptr time = witness_agenda_time(&e->agenda);
            if (time == NULL) {
                return -1;
            }
            size_t which = e->first[e->c->loss.population] + k;
            mpfr_set_d(time, steps->time[i], MPFR_RNDN);
            witness_agenda_push(&e->agenda,
                                (struct witness_entry){time, WITNESS_STEP, which, i, 0});
        }
    }
    return 0;
}

int witness_loss_begin(struct witness_engine *e)
{
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_set_zero(e->output[k].sum, 1);
        mpfr_set_zero(e->output[k].maximum, 1);
        mpfr_set_ui(e->output[k].weight, 1, MPFR_RNDN);
    }
    if (e->c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR) {
        return steps_begin(e);
    }
    return witness_quadrature_needed(e->c) ? witness_quadrature_begin(e) : 0;
}

void witness_loss_step(struct witness_engine *e, struct witness_neuron *n, size_t number)
{
    const struct case_steps *steps = &e->c->sample[e->sample].voltages[n->index];
    mpfr_set_d(e->output[n->index].target, steps->value[number], MPFR_RNDN);
}

/* sum += int u over the segment; leaves int I in A and int u in B. */
static void plain_segment(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr u1,
                          mpfr_srcptr current1)
{
    mpfr_t *w = e->loss_scratch;
    mpfr_sub(w[A], n->current, current1, MPFR_RNDN);
    mpfr_mul(w[A], w[A], n->tau_syn, MPFR_RNDN);
    mpfr_sub(w[B], n->u, u1, MPFR_RNDN);
    mpfr_fma(w[B], w[B], n->tau_mem, w[A], MPFR_RNDN);
    mpfr_ptr sum = e->output[n->index].sum;
    mpfr_add(sum, sum, w[B], MPFR_RNDN);
}

/* sum += int (1 - t/T) u. */
static void linear_segment(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr t,
                           mpfr_srcptr u1, mpfr_srcptr current1)
{
    mpfr_t *w = e->loss_scratch;
    plain_segment(e, n, u1, current1);
    mpfr_fmms(w[C], n->time, n->current, t, current1, MPFR_RNDN);
    mpfr_add(w[C], w[C], w[A], MPFR_RNDN);
    mpfr_mul(w[C], w[C], n->tau_syn, MPFR_RNDN);
    mpfr_fmms(w[D], n->time, n->u, t, u1, MPFR_RNDN);
    mpfr_add(w[D], w[D], w[B], MPFR_RNDN);
    mpfr_fma(w[C], w[D], n->tau_mem, w[C], MPFR_RNDN);
    mpfr_div(w[C], w[C], e->end, MPFR_RNDN);
    mpfr_ptr sum = e->output[n->index].sum;
    mpfr_sub(sum, sum, w[C], MPFR_RNDN);
}

/* sum += int e^{-t/T} u. */
static void exponential_segment(struct witness_engine *e, const struct witness_neuron *n,
                                mpfr_srcptr t, mpfr_srcptr u1, mpfr_srcptr current1)
{
    mpfr_t *w = e->loss_scratch;
    mpfr_ptr before = e->output[n->index].weight;
    mpfr_srcptr after = witness_decay_at(e, e->clock, t);
    mpfr_fmms(w[A], before, n->current, after, current1, MPFR_RNDN);
    mpfr_add(w[C], n->kind->synapse->rate, e->clock->rate, MPFR_RNDN);
    mpfr_div(w[A], w[A], w[C], MPFR_RNDN); /* -int e^{-t/T} I */
    mpfr_fmms(w[B], before, n->u, after, u1, MPFR_RNDN);
    mpfr_fma(w[B], w[A], n->kind->membrane->rate, w[B], MPFR_RNDN);
    mpfr_add(w[C], n->kind->membrane->rate, e->clock->rate, MPFR_RNDN);
    mpfr_div(w[B], w[B], w[C], MPFR_RNDN);
    mpfr_sub(e->output[n->index].sum, e->output[n->index].sum, w[B], MPFR_RNDN);
    mpfr_set(before, after, MPFR_RNDN);
}

/* sum += int (u + bias - target)^2. */
static void squared_segment(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr t,
                            mpfr_srcptr u1, mpfr_srcptr current1)
{
    mpfr_t *w = e->loss_scratch;
    mpfr_ptr sum = e->output[n->index].sum;
    mpfr_set(w[SUM], sum, MPFR_RNDN);
    plain_segment(e, n, u1, current1);
    mpfr_sub(w[D], n->bias, e->output[n->index].target, MPFR_RNDN);
    mpfr_mul(w[B], w[B], w[D], MPFR_RNDN);
    mpfr_mul_2ui(w[B], w[B], 1, MPFR_RNDN);
    mpfr_sub(w[SPAN], t, n->time, MPFR_RNDN);
    mpfr_sqr(w[D], w[D], MPFR_RNDN);
    mpfr_fma(w[B], w[D], w[SPAN], w[B], MPFR_RNDN);
    mpfr_add(w[SUM], w[SUM], w[B], MPFR_RNDN);
    mpfr_fmms(w[A], n->current, n->current, current1, current1, MPFR_RNDN);
    mpfr_mul(w[A], w[A], n->tau_syn, MPFR_RNDN);
    mpfr_div_2ui(w[A], w[A], 1, MPFR_RNDN);
    mpfr_fmms(w[B], n->u, n->current, u1, current1, MPFR_RNDN);
    mpfr_fms(w[A], w[A], n->kind->membrane->rate, w[B], MPFR_RNDN);
    mpfr_add(w[B], n->kind->membrane->rate, n->kind->synapse->rate, MPFR_RNDN);
    mpfr_div(w[A], w[A], w[B], MPFR_RNDN);
    mpfr_fmms(w[B], n->u, n->u, u1, u1, MPFR_RNDN);
    mpfr_mul(w[B], w[B], n->tau_mem, MPFR_RNDN);
    mpfr_div_2ui(w[B], w[B], 1, MPFR_RNDN);
    mpfr_add(w[A], w[A], w[B], MPFR_RNDN);
    mpfr_add(sum, w[SUM], w[A], MPFR_RNDN);
}

static void raise_maximum(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr u)
{
    mpfr_ptr voltage = e->loss_scratch[BEST];
    mpfr_ptr maximum = e->output[n->index].maximum;
    mpfr_add(voltage, u, n->bias, MPFR_RNDN);
    if (mpfr_greater_p(voltage, maximum)) {
        mpfr_set(maximum, voltage, MPFR_RNDN);
    }
}

/* Both ends of the segment (an impulse may have moved V at its begin) and its peak. */
static void maximum_segment(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr t,
                            mpfr_srcptr u1)
{
    mpfr_t *w = e->loss_scratch;
    raise_maximum(e, n, n->u);
    raise_maximum(e, n, u1);
    if (!mpfr_greater_p(n->current, n->u)) {
        return;
    }
    mpfr_sub(w[SPAN], t, n->time, MPFR_RNDN);
    mpfr_sub(w[TOP], e->output[n->index].maximum, n->bias, MPFR_RNDN);
    double margin;
    double top =
        witness_forecast_top(&margin, n->kind, mpfr_get_d(n->u, MPFR_RNDN),
                             mpfr_get_d(n->current, MPFR_RNDN), mpfr_get_d(w[SPAN], MPFR_RNDN));
    if (top + margin < mpfr_get_d(w[TOP], MPFR_RNDD) ||
        !witness_extremum(e, w[AT], n->kind, n->u, n->current) || !mpfr_less_p(w[AT], w[SPAN])) {
        return;
    }
    witness_kernel_fresh(e, w[A], w[B], w[C], n->kind, w[AT]);
    mpfr_fmma(w[A], n->u, w[A], n->current, w[C], MPFR_RNDN);
    raise_maximum(e, n, w[A]);
}

void witness_loss_segment(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr t,
                          mpfr_srcptr u1, mpfr_srcptr current1)
{
    const struct case_problem *c = e->c;
    if (integral_loss(c, CASE_UNIFORM)) {
        plain_segment(e, n, u1, current1);
    } else if (integral_loss(c, CASE_LINEAR)) {
        linear_segment(e, n, t, u1, current1);
    } else if (integral_loss(c, CASE_EXPONENTIAL)) {
        exponential_segment(e, n, t, u1, current1);
    } else if (c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR) {
        squared_segment(e, n, t, u1, current1);
    } else if (c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        maximum_segment(e, n, t, u1);
    }
}
