/* judge_forward.c: is the forward pass of the reference the truth? Its spikes and its loss against
 * the witness, all its numbers against what it promises of them, and everything against truths
 * known by hand. */
#include "verify/judge.h"

#include <math.h>
#include <stdlib.h>

/* 2^(VER_LOST_BITS - p) scale: see bounds.h. */
static void set_slack(mpfr_t slack, double scale, mpfr_prec_t precision)
{
    mpfr_set_d(slack, scale, MPFR_RNDU);
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

static int compare_loss(struct judge *judge, const struct witness_run *run, mpfr_prec_t precision)
{
    struct ver_comparison *c = judge_compare(judge, VER_KIND_LOSS, "loss");
    if (!c)
        return judge_no_memory(judge);
    mpfr_t slack;
    mpfr_init2(slack, 64);
    double size = fabs(mpfr_get_d(run->loss, MPFR_RNDA));
    set_slack(slack, size > 1 ? size : 1, precision);
    ver_compare_enclosure(c, judge->truth->loss, run->loss, slack);
    mpfr_clear(slack);
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
        set_slack(slack, judge->problem->end, precision);
        for (size_t s = 0; s < judge->truth->samples && !failed; s++)
            failed = compare_sample(judge, &run, s, slack);
        if (!failed)
            failed = compare_loss(judge, &run, precision);
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
    }
    return 0;
}

/* ---- what ref_run promises of its numbers ---- */

/* radius / (what it may be): the larger of 10^-digits |x| and 10^-(2 digits) largest. */
static double promise_ratio(const arb_t x, const mag_t relative, const mag_t at_zero)
{
    mag_t allowed;
    double quotient = 0;
    if (!arb_is_finite(x))
        return VER_NAN;
    mag_init(allowed);
    arf_get_mag(allowed, arb_midref(x));
    mag_mul(allowed, allowed, relative);
    mag_max(allowed, allowed, at_zero);
    if (!mag_is_zero(arb_radref(x))) {
        mag_div(allowed, arb_radref(x), allowed);
        quotient = mag_get_d(allowed);
    }
    mag_clear(allowed);
    return quotient;
}

/* Of a gradient, without what is none of it. */
static int keep_promise(struct judge *judge, const char *quantity, arb_srcptr x, size_t count)
{
    const struct ref_result *truth = judge->truth;
#if FAULT != 180 /* digits are asked of what has no derivative, too */
    bool const gradient = x == truth->gradient;
#else
    bool const gradient = false;
#endif
    mag_t relative, at_zero, size;
    mag_init(relative);
    mag_init(at_zero);
    mag_init(size);
    mag_set_ui(relative, 10);
    mag_pow_ui(relative, relative, (ulong)judge->options->digits);
    mag_inv(relative, relative);
    for (size_t k = 0; k < count; k++) {
        if (gradient && ref_none_of(truth, k))
            continue;
        arb_get_mag_lower(size, x + k); /* a ball around zero has no size */
        mag_max(at_zero, at_zero, size);
    }
    if (mag_is_zero(at_zero))
        mag_one(at_zero);
    mag_mul(at_zero, at_zero, relative);
    mag_mul(at_zero, at_zero, relative);

    double worst = 0;
    size_t worst_index = 0;
    for (size_t k = 0; k < count && !isnan(worst); k++) {
        if (gradient && ref_none_of(truth, k))
            continue;
        double quotient = promise_ratio(x + k, relative, at_zero);
        if (!(quotient <= worst)) {
            worst = quotient;
            worst_index = k;
        }
    }
    mag_clear(relative);
    mag_clear(at_zero);
    mag_clear(size);
    struct ver_comparison *c = judge_compare(judge, VER_KIND_PROMISE, quantity);
    if (!c)
        return judge_no_memory(judge);
    c->numbers = count - (gradient ? truth->nones : 0);
    c->distance = worst;
    c->outcome = worst <= 1 ? VER_AGREES : VER_DIFFERS;
    if (judge->truth->gradient && count == judge->parameters && count > 1)
        case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                            worst_index);
    snprintf(c->reference, sizeof c->reference, "%ld digits", judge->options->digits);
    snprintf(c->value, sizeof c->value, "%.1f digits",
             (double)judge->options->digits - log10(worst > 0 ? worst : 1));
    return 0;
}

int judge_promise(struct judge *judge)
{
    const struct ref_result *truth = judge->truth;
    if (truth->parameters != judge->parameters || !truth->gradient)
        return judge_end(judge, VER_ERROR, "the reference returned no gradient of this case");
    if (keep_promise(judge, "loss_digits", truth->loss, 1) != 0)
        return -1;
    return keep_promise(judge, "gradient_digits", truth->gradient, truth->parameters);
}
