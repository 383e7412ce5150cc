/* SPDX-License-Identifier: MIT */
/* judge_promise.c: what the reference promises of its own numbers: their digits, and how near each
 * of its decisions was to another. A margin must lie between what it is at least and at most by
 * what the witness saw (witness_margin.c): one that is too wide hides that a case is delicate,
 * one that is too narrow excuses. */
#include "verify/judge/judge.h"

#include <math.h>

/* ---- digits ---- */

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

/* without: what has no value, or NULL. */
static int keep_promise(struct judge *judge, const char *quantity, arb_srcptr x, size_t count,
                        const bool *without)
{
    mag_t relative, at_zero, size;
    mag_init(relative);
    mag_init(at_zero);
    mag_init(size);
    mag_set_ui(relative, 10);
    mag_pow_ui(relative, relative, (ulong)judge->options->digits);
    mag_inv(relative, relative);
    for (size_t k = 0; k < count; k++) {
        if (without && without[k])
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
        double quotient = without && without[k] ? 0 : promise_ratio(x + k, relative, at_zero);
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
    c->numbers = count - (without ? judge->truth->nones : 0);
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
    if (keep_promise(judge, "loss_digits", truth->loss, 1, NULL) != 0)
        return -1;
    const bool *without = judge->none;
    return keep_promise(judge, "gradient_digits", truth->gradient, truth->parameters, without);
}

/* ---- margins ---- */

static const char *const quantity[REF_MAXIMUM_GAP] = {"margin_grazing", "margin_slope",
                                                      "margin_coincidence", "margin_end"};

/* As far as its ball and the slack reach. */
static bool lies_between(const arb_t x, struct witness_margin seen)
{
    arb_t least, most;
    arb_init(least);
    arb_init(most);
    arb_set_d(least, seen.least * (1 - VER_MARGIN_SLACK));
    arb_set_d(most, seen.most * (1 + VER_MARGIN_SLACK));
    bool good = !arf_is_nan(arb_midref(x)) && !arb_lt(x, least) && !arb_gt(x, most);
    arb_clear(least);
    arb_clear(most);
    return good;
}

int judge_margins(struct judge *judge, const struct witness_run *run)
{
    for (int m = 0; m < REF_MAXIMUM_GAP; m++) {
        struct ver_comparison *c = judge_compare(judge, VER_KIND_PROMISE, quantity[m]);
        if (!c)
            return judge_no_memory(judge);
        bool good = lies_between(judge->truth->margin[m], run->margin[m]);
        c->outcome = good ? VER_AGREES : VER_DIFFERS;
        c->distance = good ? 0 : VER_INFINITY;
        snprintf(c->value, sizeof c->value, "%.10g .. %.10g", run->margin[m].least,
                 run->margin[m].most);
        snprintf(c->reference, sizeof c->reference, "%.17g", judge->out->margin[m]);
    }
    return 0;
}
