/* SPDX-License-Identifier: MIT */
/* loss.c: the loss of one sample and the drive it puts on the adjoints. */
#include "ref/reference/loss.h"

#include <math.h>
#include <stdlib.h>

enum outcome drive_init(struct pass *e)
{
    struct drive *d = calloc(1, sizeof *d);
    if (!d)
        return FULL;
    e->drive = d;
    d->outputs = e->c->population[e->c->loss.population].size;
    d->first = e->first[e->c->loss.population];
    arb_init(d->scale);
    arb_set_ui(d->scale, e->c->samples);
    arb_inv(d->scale, d->scale, e->prec);
    d->amount = _arb_vec_init((slong)d->outputs);
    d->by_spike = _arb_vec_init((slong)d->outputs);
    d->weighted = _arb_vec_init(P_DRIVEN);
    d->peak = calloc(d->outputs, sizeof *d->peak);
    d->step = calloc(d->outputs, sizeof *d->step);
    for (size_t k = 0; d->peak && k < d->outputs; k++) {
        arb_init(d->peak[k].value);
        arb_init(d->peak[k].offset);
        arb_init(d->peak[k].rise);
    }
    return d->peak && d->step ? PROVEN : FULL;
}

static void moments_clear(struct drive *d)
{
    if (d->moments)
        _arb_vec_clear(d->moments, (slong)(d->intervals * (1 + d->outputs * P_DRIVEN)));
    d->moments = NULL;
    d->intervals = 0;
}

void drive_clear(struct pass *e)
{
    struct drive *d = e->drive;
    rules_clear(e);
    if (!d)
        return;
    moments_clear(d);
    kept_moments_clear(d);
    arb_clear(d->scale);
    _arb_vec_clear(d->amount, (slong)d->outputs);
    _arb_vec_clear(d->by_spike, (slong)d->outputs);
    _arb_vec_clear(d->weighted, P_DRIVEN);
    for (size_t k = 0; d->peak && k < d->outputs; k++) {
        arb_clear(d->peak[k].value);
        arb_clear(d->peak[k].offset);
        arb_clear(d->peak[k].rise);
    }
    free(d->peak);
    free(d->step);
    free(d);
    e->drive = NULL;
}

size_t interval_end(const struct pass *e, const struct neuron *n, size_t entry)
{
    return entry + 1 < n->entries ? n->tape[entry + 1].event : e->end_event;
}

void interval_doubt(mag_t doubt, const struct pass *e, const struct neuron *n, size_t entry)
{
    arb_t rates;
    mag_t square;
    arb_init(rates);
    mag_init(square);
    arb_add(rates, n->k->a, n->k->c, MAG_BITS);
    arb_add_ui(rates, rates, 1, MAG_BITS);
    arb_get_mag(square, rates);
    mag_mul(square, square, square);
    mag_add(doubt, arb_radref(e->event[n->tape[entry].event].time),
            arb_radref(e->event[interval_end(e, n, entry)].time));
    mag_mul(doubt, doubt, n->epsilon);
    mag_mul(doubt, doubt, square);
    mag_mul_2exp_si(doubt, doubt, 2);
    arb_clear(rates);
    mag_clear(square);
}

void spread(arb_ptr x, size_t count, const mag_t doubt, double factor)
{
    if (mag_is_zero(doubt))
        return;
    mag_t error;
    mag_init(error);
    mag_set_d(error, factor);
    mag_mul(error, error, doubt);
    for (size_t k = 0; k < count; k++)
        mag_add(arb_radref(x + k), arb_radref(x + k), error);
    mag_clear(error);
}

void rise_after(arb_t rise, const struct neuron *n, const struct entry *from, const arb_t span,
                long prec)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    propagate(values, n->k, span, BRIEF, prec);
    /* I + b - V = I0 (es - k) - (V0 - b) em */
    arb_t part;
    arb_init(part);
    arb_sub(part, values + P_ES, values + P_K, prec);
    arb_mul(rise, part, from->i, prec);
    arb_sub(part, from->v, n->bias, prec);
    arb_submul(rise, part, values + P_EM, prec);
    arb_clear(part);
    _arb_vec_clear(values, P_ALL);
}

void cross_entropy(arb_t value, arb_ptr p, arb_srcptr x, size_t count, size_t label, long prec)
{
    size_t largest = 0;
    for (size_t k = 1; k < count; k++)
        if (arf_cmp(arb_midref(x + k), arb_midref(x + largest)) > 0)
            largest = k;
    arb_t sum, shift;
    arb_init(sum);
    arb_init(shift);
    arb_get_mid_arb(shift, x + largest);
    for (size_t k = 0; k < count; k++) {
        arb_sub(p + k, x + k, shift, prec);
        arb_exp(p + k, p + k, prec);
        arb_add(sum, sum, p + k, prec);
    }
    for (size_t k = 0; k < count; k++)
        arb_div(p + k, p + k, sum, prec);
    arb_log(sum, sum, prec);
    arb_add(sum, sum, shift, prec);
    arb_sub(sum, sum, x + label, prec);
    arb_add(value, value, sum, prec);
    arb_clear(sum);
    arb_clear(shift);
}

/* amount = (softmax(x) - onehot(label)) / samples */
static void softmax_drive(struct pass *e, arb_t value, arb_srcptr x)
{
    struct drive *d = e->drive;
    size_t const label = e->c->sample[e->sample].label;
    cross_entropy(value, d->amount, x, d->outputs, label, e->prec);
    arb_sub_ui(d->amount + label, d->amount + label, 1, e->prec);
    _arb_vec_scalar_mul(d->amount, d->amount, (slong)d->outputs, d->scale, e->prec);
}

static enum outcome integral_loss(struct pass *e, arb_t value)
{
    struct drive *d = e->drive;
    enum outcome outcome = PROVEN;
    arb_ptr integral = _arb_vec_init((slong)d->outputs);
    arb_t centred;
    mag_t doubt;
    arb_init(centred);
    mag_init(doubt);
    for (size_t k = 0; k < d->outputs && outcome == PROVEN; k++) {
        const struct neuron *n = e->neuron + d->first + k;
        for (size_t x = 0; x < n->entries && outcome == PROVEN; x++) {
            outcome = weighting_moments(e, n, x);
            /* int w V = b int w + (V0 - b) int w em + I0 int w k */
            arb_sub(centred, n->tape[x].v, n->bias, e->prec);
            arb_addmul(integral + k, n->bias, d->weighted + P_ONE, e->prec);
            arb_addmul(integral + k, centred, d->weighted + P_EM, e->prec);
            arb_addmul(integral + k, n->tape[x].i, d->weighted + P_K, e->prec);
            interval_doubt(doubt, e, n, x);
            spread(integral + k, 1, doubt, fmax(1, 1 / e->c->end));
        }
    }
    if (outcome == PROVEN)
        softmax_drive(e, value, integral);
    arb_clear(centred);
    mag_clear(doubt);
    _arb_vec_clear(integral, (slong)d->outputs);
    return outcome;
}

static enum outcome maximum_loss(struct pass *e, arb_t value)
{
    struct drive *d = e->drive;
    enum outcome outcome = PROVEN;
    arb_ptr maximum = _arb_vec_init((slong)d->outputs);
    for (size_t k = 0; k < d->outputs && outcome == PROVEN; k++) {
        outcome = maximum_find(e, e->neuron + d->first + k, d->peak + k);
        arb_set(maximum + k, d->peak[k].value);
    }
    if (outcome == PROVEN)
        softmax_drive(e, value, maximum);
    _arb_vec_clear(maximum, (slong)d->outputs);
    return outcome;
}

static void squared_loss(struct pass *e, arb_t value)
{
    struct drive *d = e->drive;
    const struct case_sample *s = e->c->sample + e->sample;
    for (size_t k = 0; k < d->outputs; k++) {
        const struct neuron *n = e->neuron + d->first + k;
        d->step[k] = 0;
        for (size_t x = 0; x < n->entries; x++) {
            d->step[k] += e->event[n->tape[x].event].kind == EVENT_BREAK;
            squared_moments(e, n, x, s->voltages[k].value[d->step[k]], e->scratch + 16, value);
        }
    }
}

enum outcome loss_evaluate(struct pass *e, arb_t value)
{
    e->drive->k = NULL;
    moments_clear(e->drive);
    kept_moments_clear(e->drive);
    arb_zero(value);
    switch (e->c->loss.kind) {
    case CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY:
        return integral_loss(e, value);
    case CASE_INSTANTANEOUS_CROSS_ENTROPY:
        return instantaneous_loss(e, value);
    case CASE_MAX_VOLTAGE_CROSS_ENTROPY:
        return maximum_loss(e, value);
    case CASE_VOLTAGE_SQUARED_ERROR:
        squared_loss(e, value);
        return PROVEN;
    case CASE_FIRST_SPIKE_CROSS_ENTROPY:
    case CASE_FIRST_SPIKE_SQUARED_ERROR:
    case CASE_FIRST_SPIKE_MARGIN:
        return first_spike_loss(e, value);
    }
    return imprecise(e, "unknown loss %d", (int)e->c->loss.kind);
}

bool drive_moments(struct pass *e, struct neuron *n, size_t entry, arb_ptr moments)
{
    struct drive *d = e->drive;
    if (n->model != CASE_LI || n->population != e->c->loss.population)
        return false;
    size_t const k = n->index;
    switch (e->c->loss.kind) {
    case CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY:
        if (weighting_moments(e, n, entry) != PROVEN)
            return false; /* cannot be: loss_evaluate has computed the same */
        _arb_vec_scalar_mul(moments, d->weighted, P_DRIVEN, d->amount + k, e->prec);
        return true;
    case CASE_INSTANTANEOUS_CROSS_ENTROPY:
        _arb_vec_set(moments, d->moments + entry * (1 + d->outputs * P_DRIVEN) + 1 + k * P_DRIVEN,
                     P_DRIVEN);
        return true;
    case CASE_MAX_VOLTAGE_CROSS_ENTROPY:
        return maximum_moments(e, n, d->peak + k, entry, d->amount + k, moments);
    case CASE_VOLTAGE_SQUARED_ERROR:
        squared_moments(e, n, entry, e->c->sample[e->sample].voltages[k].value[d->step[k]], moments,
                        NULL);
        _arb_vec_scalar_mul(moments, moments, P_DRIVEN, d->scale, e->prec);
        d->step[k] -= e->event[n->tape[entry].event].kind == EVENT_BREAK;
        return true;
    default:
        return false;
    }
}
