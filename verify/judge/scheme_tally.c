/* SPDX-License-Identifier: MIT */
/* scheme_tally.c: one quantity of an engine in units of its bounds. Agreement is what is proved, so
 * the uncertainty of the value counts against the engine, and NaN is outside. */
#include "verify/judge/judge_scheme.h"

#include <math.h>

/* Enough for a distance of which the first bits count, rounded up. */
enum { DISTANCE_BITS = 64 };

double scheme_ratio(double engine, const arb_t value, const mag_t bound)
{
    if (isnan(engine) || !arb_is_finite(value))
        return VER_NAN;
    if (isinf(engine))
        return VER_INFINITY;
    arf_t distance, limit;
    arf_init(distance);
    arf_init(limit);
    arf_set_d(distance, engine);
    arf_sub(distance, distance, arb_midref(value), DISTANCE_BITS, ARF_RND_UP);
    arf_abs(distance, distance);
    arf_set_mag(limit, arb_radref(value));
    arf_add(distance, distance, limit, DISTANCE_BITS, ARF_RND_UP);
    arf_set_mag(limit, bound);
    bool within = arf_cmp(distance, limit) <= 0;
    double ratio = 0;
    if (!arf_is_zero(distance)) {
        arf_div(distance, distance, limit, DISTANCE_BITS, ARF_RND_UP);
        ratio = arf_is_zero(limit) ? VER_INFINITY : arf_get_d(distance, ARF_RND_UP);
    }
    /* The quotient is rounded, the verdict is not. */
    ratio = within ? fmin(ratio, 1) : fmax(ratio, nextafter(1, 2));
    arf_clear(distance);
    arf_clear(limit);
    return ratio;
}

static size_t bin_of(double ratio)
{
    int exponent;
    if (!(ratio <= 1))
        return 0;
    if (ratio == 0)
        return VER_RATIO_BINS - 1;
    double mantissa = frexp(ratio, &exponent); /* ratio in [2^(exponent - 1), 2^exponent) */
    int bin = mantissa == 0.5 ? 2 - exponent : 1 - exponent;
    return bin < VER_RATIO_BINS ? (size_t)bin : VER_RATIO_BINS - 1;
}

bool scheme_tally(struct scheme_tally *tally, double engine, const arb_t value, const mag_t bound)
{
    if (mag_is_inf(bound)) {
        tally->infinite++;
        return false;
    }
    double ratio = scheme_ratio(engine, value, bound);
    bool worst = tally->numbers == 0 || (!isnan(tally->worst) && !(ratio <= tally->worst));
    tally->numbers++;
    tally->outside += !(ratio <= 1);
    tally->bin[bin_of(ratio)]++;
    if (worst) {
        tally->worst = ratio;
        tally->engine = engine;
        tally->value = arf_get_d(arb_midref(value), ARF_RND_NEAR);
    }
    return worst;
}

void scheme_tally_add(struct ver_ratios *ratios, const struct scheme_tally *tally)
{
    struct ver_ratios one = {.largest = tally->numbers > 0 ? tally->worst : VER_NAN};
    for (size_t b = 0; b < VER_RATIO_BINS; b++)
        one.count[b] = tally->bin[b];
    ver_ratios_add(ratios, &one);
}

void ver_ratios_add(struct ver_ratios *sum, const struct ver_ratios *ratios)
{
    uint64_t before = 0, more = 0;
    for (size_t b = 0; b < VER_RATIO_BINS; b++) {
        before += sum->count[b];
        more += ratios->count[b];
        sum->count[b] += ratios->count[b];
    }
    if (before == 0)
        sum->largest = ratios->largest;
    else if (more > 0 && !isnan(sum->largest) && !(ratios->largest <= sum->largest))
        sum->largest = ratios->largest;
}
