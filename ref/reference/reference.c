/* SPDX-License-Identifier: MIT */
/* reference.c: the public face of the reference: run, look whether everything was proven and
 * precise enough, and if not start again with more bits (precision.c). */
#include "ref/reference/reference.h"
#include "ref/reference/loss.h"

#include <stdio.h>

static enum outcome sample_run(struct pass *e, size_t sample)
{
    enum outcome outcome = sample_begin(e, sample);
    if (outcome == PROVEN)
        outcome = simulate(e);
    if (outcome == PROVEN)
        outcome = result_spikes(e);
    if (outcome == PROVEN && e->options->edges)
        outcome = edges_note(e);
    if (outcome == PROVEN && !e->options->no_loss)
        outcome = loss_evaluate(e, e->result->sample[sample].loss);
    if (outcome == PROVEN && !e->options->no_loss)
        outcome = maxima_note(e);
    if (outcome == PROVEN && e->options->gradients)
        outcome = adjoint_run(e);
    if (outcome == PROVEN)
        result_times(e);
    sample_end(e);
    return outcome;
}

static enum outcome run_at(struct ref_result *r, const struct case_problem *c,
                           const struct ref_options *options, long prec, double slack,
                           struct forecast *forecast)
{
    struct pass e;
    enum outcome outcome = result_init(r, c, options);
    if (outcome != PROVEN)
        return outcome;
    outcome = pass_init(&e, c, options, r, prec, slack);
    for (size_t x = 0; x < c->samples && outcome == PROVEN; x++) {
        outcome = sample_run(&e, x);
        arb_add(r->loss, r->loss, r->sample[x].loss, prec);
    }
    r->precision = prec;
    r->gradient = e.gradient;
    r->parameters = e.parameters;
    e.gradient = NULL;
    result_nones(&e);
    arb_div_ui(r->loss, r->loss, c->samples, prec);
    for (int m = 0; m < REF_MARGINS; m++)
        arb_set(r->margin[m], e.margin[m]);
    *forecast = e.forecast;
    pass_clear(&e);
    return outcome;
}

bool ref_slope(arb_t slope, const struct ref_result *result, const struct ref_nudge *nudge,
               size_t nudges)
{
    bool all = true;
    arb_t part;
    arb_init(part);
    arb_zero(slope);
    for (size_t x = 0; x < nudges; x++) {
        all = all && !ref_none_of(result, nudge[x].parameter);
        arb_set_d(part, nudge[x].coefficient);
        arb_addmul(slope, part, result->gradient + nudge[x].parameter, result->precision + 64);
    }
    arb_clear(part);
    return all;
}

enum ref_status ref_run(struct ref_result *result, const struct case_problem *c,
                        const struct ref_options *asked)
{
    struct ref_options own = *asked;
    const struct ref_options *options = &own;
    own.gradients = asked->gradients && !asked->no_loss;
    bool const point = !own.line || arb_is_exact(own.line->h);
    /* the digits, and 64 bits for what the flow of a small case loses */
    long prec = (options->digits * 3322 / 1000 + 64 + 63) / 64 * 64;
    double slack = 0x1p-30;
    for (;;) {
        struct forecast forecast = {0};
        if (prec > options->precision_cap)
            prec = options->precision_cap;
        enum outcome const outcome = run_at(result, c, options, prec, slack, &forecast);
        if (outcome == FULL) {
            result->status = result->reason[0] == '\0' ? REF_MEMORY : REF_CAPACITY;
            if (result->status == REF_MEMORY)
                snprintf(result->reason, sizeof result->reason, "memory is short");
            return result->status;
        }
        double const missing = outcome == PROVEN ? result_shortfall(result, options) : 0;
        if (outcome == PROVEN && (!point || !(missing > 0))) {
            result->status = REF_OK;
            return result->status;
        }
        if (!point || prec >= options->precision_cap) {
            if (outcome == PROVEN)
                snprintf(result->reason, sizeof result->reason,
                         "%ld bits do not give %ld digits of every number", prec, options->digits);
            result->status = REF_UNDECIDED;
            return result->status;
        }
        ref_clear(result);
        prec = outcome == PROVEN ? precision_after_shortfall(prec, missing)
                                 : precision_after_failure(&forecast, prec, options);
        slack = slack < 0x1p-10 ? 16 * slack : slack; /* in case a wrong hint was the cause */
    }
}
