/* SPDX-License-Identifier: MIT */
/* witness_loss_end.c: the loss of a sample once its outputs are known. */
#include "ref/witness/witness.h"

enum { A, B, C, D };

/* sample_loss = -log softmax(value)[label] = log1p(sum of e^{v_k - v_max}, k not max) + v_max -
 * v_label, which keeps its relative precision where the loss is tiny. value: output[].sum. */
static void cross_entropy(struct witness_engine *e, size_t label)
{
    mpfr_t *w = e->loss_scratch;
    size_t top = 0;
    for (size_t k = 1; k < e->outputs; k++) {
        if (mpfr_greater_p(e->output[k].sum, e->output[top].sum)) {
            top = k;
        }
    }
    mpfr_set_zero(w[A], 1);
    for (size_t k = 0; k < e->outputs; k++) {
        if (k != top) {
            mpfr_sub(w[B], e->output[k].sum, e->output[top].sum, MPFR_RNDN);
            witness_exp(e, w[B], w[B]);
            mpfr_add(w[A], w[A], w[B], MPFR_RNDN);
        }
    }
    witness_log1p(e, w[A], w[A]);
    mpfr_sub(w[B], e->output[top].sum, e->output[label].sum, MPFR_RNDN);
    mpfr_add(e->sample_loss, w[A], w[B], MPFR_RNDN);
}

/* (1/T) int_0^T weight dt: 1, 1 - 1/e, 1/2 and, as the sigmoid is odd about T/2, again 1/2. */
static void mean_weight(mpfr_ptr value, enum case_weighting weighting)
{
    mpfr_set_ui(value, 1, MPFR_RNDN);
    if (weighting == CASE_EXPONENTIAL) {
        mpfr_neg(value, value, MPFR_RNDN);
        mpfr_expm1(value, value, MPFR_RNDN);
        mpfr_neg(value, value, MPFR_RNDN);
    } else if (weighting != CASE_UNIFORM) {
        mpfr_div_2ui(value, value, 1, MPFR_RNDN);
    }
}

static void voltage_integral(struct witness_engine *e, size_t label)
{
    mpfr_t *w = e->loss_scratch;
    mean_weight(w[A], e->c->loss.weighting);
    for (size_t k = 0; k < e->outputs; k++) {
        const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population] + k];
        mpfr_div(e->output[k].sum, e->output[k].sum, e->end, MPFR_RNDN);
        mpfr_fma(e->output[k].sum, n->bias, w[A], e->output[k].sum, MPFR_RNDN);
    }
    cross_entropy(e, label);
}

static void maximum_voltage(struct witness_engine *e, size_t label)
{
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_set(e->output[k].sum, e->output[k].maximum, MPFR_RNDN);
    }
    cross_entropy(e, label);
}

static void voltage_squared(struct witness_engine *e)
{
    mpfr_set_zero(e->sample_loss, 1);
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_add(e->sample_loss, e->sample_loss, e->output[k].sum, MPFR_RNDN);
    }
    mpfr_div(e->sample_loss, e->sample_loss, e->end, MPFR_RNDN);
    mpfr_div_2ui(e->sample_loss, e->sample_loss, 1, MPFR_RNDN);
}

/* A silent output counts as spiking at T + silent_after, a constant. */
static void silent_outputs(struct witness_engine *e)
{
    for (size_t k = 0; k < e->outputs; k++) {
        if (e->neuron[e->first[e->c->loss.population] + k].spikes == 0) {
            mpfr_add_d(e->output[k].first, e->end, e->c->loss.silent_after, MPFR_RNDN);
        }
    }
}

/* alpha (e^{t/tau1} - 1), or alpha / (1.01 T - t), 1.01 being 101/100. */
static void add_penalty(struct witness_engine *e, mpfr_srcptr t)
{
    mpfr_t *w = e->loss_scratch;
    const struct case_loss *loss = &e->c->loss;
    if (loss->penalty == CASE_PENALTY_RECIPROCAL) {
        mpfr_mul_ui(w[A], e->end, 101, MPFR_RNDN);
        mpfr_div_ui(w[A], w[A], 100, MPFR_RNDN);
        mpfr_sub(w[A], w[A], t, MPFR_RNDN);
        mpfr_d_div(w[A], loss->alpha, w[A], MPFR_RNDN);
    } else {
        mpfr_div_d(w[A], t, loss->tau1, MPFR_RNDN);
        mpfr_expm1(w[A], w[A], MPFR_RNDN);
        mpfr_mul_d(w[A], w[A], loss->alpha, MPFR_RNDN);
    }
    mpfr_add(e->sample_loss, e->sample_loss, w[A], MPFR_RNDN);
}

static void first_spike_entropy(struct witness_engine *e, size_t label)
{
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_div_d(e->output[k].sum, e->output[k].first, e->c->loss.tau0, MPFR_RNDN);
        mpfr_neg(e->output[k].sum, e->output[k].sum, MPFR_RNDN);
    }
    cross_entropy(e, label);
    if (!(e->c->loss.alpha == 0)) {
        add_penalty(e, e->output[label].first);
    }
}

static void first_spike_squares(struct witness_engine *e, const struct case_sample *sample)
{
    mpfr_t *w = e->loss_scratch;
    bool margin = e->c->loss.kind == CASE_FIRST_SPIKE_MARGIN;
    mpfr_set_zero(e->sample_loss, 1);
    for (size_t k = 0; k < e->outputs; k++) {
        if (margin && k == sample->label) {
            continue;
        }
        if (margin) {
            mpfr_sub(w[A], e->output[k].first, e->output[sample->label].first, MPFR_RNDN);
            mpfr_sub_d(w[A], w[A], e->c->loss.margin, MPFR_RNDN);
        } else {
            mpfr_sub_d(w[A], e->output[k].first, sample->times[k], MPFR_RNDN);
        }
        mpfr_sqr(w[A], w[A], MPFR_RNDN);
        mpfr_add(e->sample_loss, e->sample_loss, w[A], MPFR_RNDN);
    }
    mpfr_div_2ui(e->sample_loss, e->sample_loss, 1, MPFR_RNDN);
}

/* Outputs run on to T. */
static int outputs_end(struct witness_engine *e)
{
    size_t first = e->first[e->c->loss.population];
    if (witness_quadrature_needed(e->c)) {
        return witness_quadrature_sync(e, e->end);
    }
    for (size_t k = 0; k < e->outputs && e->neuron[first].model == CASE_LI; k++) {
        witness_advance(e, &e->neuron[first + k], e->end);
    }
    return 0;
}

int witness_loss_end(struct witness_engine *e)
{
    const struct case_sample *sample = &e->c->sample[e->sample];
    if (outputs_end(e) != 0) {
        return -1;
    }
    switch (e->c->loss.kind) {
    case CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY:
        voltage_integral(e, sample->label);
        break;
    case CASE_INSTANTANEOUS_CROSS_ENTROPY:
        mpfr_div(e->sample_loss, e->quadrature.integral, e->end, MPFR_RNDN);
        break;
    case CASE_MAX_VOLTAGE_CROSS_ENTROPY:
        maximum_voltage(e, sample->label);
        break;
    case CASE_FIRST_SPIKE_CROSS_ENTROPY:
        silent_outputs(e);
        first_spike_entropy(e, sample->label);
        break;
    case CASE_FIRST_SPIKE_SQUARED_ERROR:
    case CASE_FIRST_SPIKE_MARGIN:
        silent_outputs(e);
        first_spike_squares(e, sample);
        break;
    case CASE_VOLTAGE_SQUARED_ERROR:
        voltage_squared(e);
        break;
    }
    return 0;
}
