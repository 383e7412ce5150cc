/* SPDX-License-Identifier: MIT */
/* judge_forward.c: is the forward pass of the reference the truth? Its spikes and losses against
 * the witness, and everything against truths known by hand. */
#include "verify/judge/judge.h"

#include <math.h>
#include <stdlib.h>

/* 2^(VER_LOST_BITS - p) times the scale that slack is: see bounds.h. */
static void scale_slack(mpfr_t slack, mpfr_prec_t precision)
{
    mpfr_mul_2si(slack, slack, VER_LOST_BITS - (long)precision, MPFR_RNDU);
}

static void name_neuron(char *text, size_t size, const struct judge *judge, size_t sample,
                        size_t population, size_t neuron)
{
    snprintf(text, size, "[%zu].%.30s[%zu]", sample, judge->problem->population[population].name,
             neuron);
}

/* ---- spikes and loss against the witness ---- */

static int differing_count(struct judge *judge, const char *quantity, size_t sample,
                           size_t population, size_t neuron, size_t got, size_t want)
{
    struct ver_comparison *c = judge_compare(judge, VER_KIND_SPIKES, quantity);
    if (!c)
        return judge_no_memory(judge);
    name_neuron(c->index, sizeof c->index, judge, sample, population, neuron);
    snprintf(c->value, sizeof c->value, "%zu spikes", want);
    snprintf(c->reference, sizeof c->reference, "%zu spikes", got);
    c->distance = VER_INFINITY;
    return 0;
}

/* Folds one comparison into the worst one so far; all count. */
static void keep_worst(struct ver_comparison *worst, const struct ver_comparison *next)
{
    size_t numbers = worst->numbers + next->numbers;
    double digits = fmin(worst->digits, next->digits);
    bool worse = next->outcome == VER_DIFFERS && worst->outcome != VER_DIFFERS;
    if (worst->numbers == 0 || worse ||
        (next->outcome == worst->outcome && next->distance > worst->distance))
        *worst = *next;
    worst->numbers = numbers;
    worst->digits = numbers == next->numbers ? next->digits : digits;
}

/* One comparison a sample, carrying its worst spike, and one more for every neuron whose number of
 * spikes differs. */
static int compare_sample(struct judge *judge, const struct witness_run *run, size_t sample,
                          mpfr_srcptr slack)
{
    const struct ref_result *truth = judge->truth;
    struct ver_comparison worst = {.kind = VER_KIND_SPIKES, .quantity = "spikes"};
    for (size_t p = 0; p < truth->populations; p++)
        for (size_t n = 0; n < truth->size[p]; n++) {
            const struct ref_train *train = &truth->sample[sample].spikes[p][n];
            const struct witness_train *other = &run->spikes[sample][p][n];
            if (train->count != other->count &&
                differing_count(judge, "spikes", sample, p, n, train->count, other->count) != 0)
                return -1;
            for (size_t k = 0; k < train->count && k < other->count; k++) {
                struct ver_comparison next = worst;
                ver_compare_enclosure(&next, train->at + k, other->at[k], slack);
                snprintf(next.index, sizeof next.index, "[%zu].%.30s[%zu][%zu]", sample,
                         judge->problem->population[p].name, n, k);
                keep_worst(&worst, &next);
            }
        }
    if (worst.numbers == 0)
        return 0;
    struct ver_comparison *kept = judge_compare(judge, VER_KIND_SPIKES, "spikes");
    if (!kept)
        return judge_no_memory(judge);
    *kept = worst;
    return 0;
}

static void compare_loss(struct ver_comparison *c, const arb_t loss, mpfr_srcptr other,
                         mpfr_prec_t precision)
{
    mpfr_t slack;
    mpfr_init2(slack, 64);
    mpfr_abs(slack, other, MPFR_RNDU);
    if (mpfr_cmp_ui(slack, 1) < 0)
        mpfr_set_ui(slack, 1, MPFR_RNDU);
    scale_slack(slack, precision);
    ver_compare_enclosure(c, loss, other, slack);
    mpfr_clear(slack);
}

/* The mean, and the worst one of the samples. */
static int compare_losses(struct judge *judge, const struct witness_run *run, mpfr_prec_t precision)
{
    const struct ref_result *truth = judge->truth;
    struct ver_comparison worst = {.kind = VER_KIND_LOSS, .quantity = "sample_loss"};
    struct ver_comparison *c = judge_compare(judge, VER_KIND_LOSS, "loss");
    if (!c)
        return judge_no_memory(judge);
    compare_loss(c, truth->loss, run->loss, precision);
    for (size_t s = 0; s < truth->samples && s < run->samples; s++) {
        struct ver_comparison next = worst;
        compare_loss(&next, truth->sample[s].loss, run->sample_loss[s], precision);
        snprintf(next.index, sizeof next.index, "sample %zu", s);
        keep_worst(&worst, &next);
    }
    c = judge_compare(judge, VER_KIND_LOSS, "sample_loss");
    if (!c)
        return judge_no_memory(judge);
    *c = worst;
    return 0;
}

/* Whatever has a place in the result was looked at: every spike, every sample. */
static int count_forward(struct judge *judge)
{
    const struct ver_judgement *out = judge->out;
    size_t spikes = 0, losses = 0, differing = 0;
    for (size_t k = 0; k < out->comparisons; k++) {
        const struct ver_comparison *c = &out->comparison[k];
        bool count = c->kind == VER_KIND_SPIKES && c->outcome == VER_DIFFERS;
        differing += count && isinf(c->distance);
        spikes += c->kind == VER_KIND_SPIKES ? c->numbers : 0;
        losses += c->kind == VER_KIND_LOSS ? c->numbers : 0;
    }
    if (differing == 0 && (spikes != out->spikes || losses != judge->problem->samples + 1))
        return judge_end(judge, VER_ERROR, "not every spike and loss was compared");
    return 0;
}

int judge_forward(struct judge *judge)
{
    mpfr_prec_t precision = (mpfr_prec_t)judge->truth->precision + VER_GUARD_BITS;
    struct witness_run run;
    mpfr_t slack;
    mpfr_init2(slack, 64);
    mpfr_set_zero(slack, 1);
    enum witness_status status = witness_simulate(&run, judge->problem, NULL, slack, precision);
    int failed = 0;
    if (status != WITNESS_OK) {
        failed = judge_no_witness(judge, status);
    } else {
        mpfr_set_d(slack, judge->problem->end, MPFR_RNDU);
        scale_slack(slack, precision);
        for (size_t s = 0; s < judge->truth->samples && !failed; s++)
            failed = compare_sample(judge, &run, s, slack);
        if (!failed)
            failed = compare_losses(judge, &run, precision);
        if (!failed)
            failed = judge_margins(judge, &run);
        if (!failed)
            failed = count_forward(judge);
    }
    witness_run_clear(&run);
    mpfr_clear(slack);
    return failed;
}

/* ---- truths known by hand ---- */

/* The number of the reference that a known truth speaks about, or NULL if there is none. */
static arb_srcptr number_known(const struct judge *judge, const struct case_known *known)
{
    const struct ref_result *truth = judge->truth;
    const struct ref_train *train;
    switch (known->kind) {
    case CASE_KNOWN_LOSS:
        return truth->loss;
    case CASE_KNOWN_GRADIENT:
        return known->parameter < truth->parameters && !ref_none_of(truth, known->parameter)
                   ? truth->gradient + known->parameter
                   : NULL;
    case CASE_KNOWN_SPIKE:
        train = &truth->sample[known->sample].spikes[known->population][known->neuron];
        return known->index < train->count ? train->at + known->index : NULL;
    case CASE_KNOWN_COUNT:
        break;
    }
    return NULL;
}

static void compare_known_count(struct ver_comparison *c, const struct judge *judge,
                                const struct case_known *known)
{
    size_t count =
        judge->truth->sample[known->sample].spikes[known->population][known->neuron].count;
    c->outcome = count == known->index ? VER_AGREES : VER_DIFFERS;
    c->distance = count == known->index ? 0 : VER_INFINITY;
    snprintf(c->value, sizeof c->value, "%zu spikes", known->index);
    snprintf(c->reference, sizeof c->reference, "%zu spikes", count);
}

static void compare_known_value(struct ver_comparison *c, const struct judge *judge,
                                const struct case_known *known)
{
    arb_srcptr number = number_known(judge, known);
    judge_number_text(c->value, sizeof c->value, known->value);
    if (!number) {
        c->distance = VER_INFINITY;
        snprintf(c->reference, sizeof c->reference, "nothing");
        return;
    }
    /* documented in cases.h: relative error below 2^-(precision - 32) */
    mpfr_t slack;
    mpfr_init2(slack, 64);
    mpfr_abs(slack, known->value, MPFR_RNDU);
    mpfr_mul_2si(slack, slack, 32 - (long)mpfr_get_prec(known->value), MPFR_RNDU);
    ver_compare_enclosure(c, number, known->value, slack);
    mpfr_clear(slack);
}

int judge_known(struct judge *judge)
{
    static const char *const quantity[] = {
        [CASE_KNOWN_LOSS] = "known_loss",
        [CASE_KNOWN_SPIKE] = "known_spike",
        [CASE_KNOWN_COUNT] = "known_count",
        [CASE_KNOWN_GRADIENT] = "known_gradient",
    };
    for (size_t k = 0; k < judge->made->knowns; k++) {
        const struct case_known *known = &judge->made->known[k];
        struct ver_comparison *c = judge_compare(judge, VER_KIND_KNOWN, quantity[known->kind]);
        if (!c)
            return judge_no_memory(judge);
        if (known->kind == CASE_KNOWN_GRADIENT)
            case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block,
                                judge->blocks, known->parameter);
        else if (known->kind != CASE_KNOWN_LOSS)
            name_neuron(c->index, sizeof c->index, judge, known->sample, known->population,
                        known->neuron);
        if (known->kind == CASE_KNOWN_COUNT)
            compare_known_count(c, judge, known);
        else
            compare_known_value(c, judge, known);
        if (known->kind != CASE_KNOWN_GRADIENT || known->parameter >= judge->parameters)
            continue;
        if (judge->none[known->parameter]) {
            c->outcome = VER_EXCLUDED;
            c->class_ = VER_NO_DERIVATIVE;
        }
        judge->covered[known->parameter] |= c->outcome == VER_AGREES;
    }
    return 0;
}
