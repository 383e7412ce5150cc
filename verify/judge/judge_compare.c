/* SPDX-License-Identifier: MIT */
/* judge_compare.c: when do two numbers agree?
 *
 * Two rules. A number of the witness, or a known truth, must lie inside the ball of the reference.
 * A difference of the loss must agree with the truth within its own error estimate, to a least
 * number of digits, at the order it should have. Agreement is what is proved: NaN differs. Where
 * the same spikes in the same order stand at all points and still no precision brings the order,
 * nor the value to the truth, the truth is no derivative: that is a disagreement, too. */
#include "verify/verify.h"
#include "verify/judge/bounds.h"
#include "verify/judge/judge.h"

#include <math.h>

/* Ratios and digits of agreement need few bits, but a wide range of exponents. */
enum { RATIO_BITS = 64 };

void judge_number_text(char *text, size_t size, mpfr_srcptr x)
{
    mpfr_snprintf(text, size, "%.20Re", x);
}

static void ball_text(char *text, size_t size, const arb_t x)
{
    mpfr_t mid;
    mpfr_init2(mid, RATIO_BITS * 2);
    arf_get_mpfr(mid, arb_midref(x), MPFR_RNDN);
    judge_number_text(text, size, mid);
    mpfr_clear(mid);
}

/* a / b where b bounds a; 0 / 0 is exact agreement. */
static double ratio(mpfr_srcptr a, mpfr_srcptr b)
{
    if (mpfr_zero_p(a) && mpfr_zero_p(b))
        return 0;
    mpfr_t quotient;
    mpfr_init2(quotient, RATIO_BITS);
    mpfr_div(quotient, a, b, MPFR_RNDU);
    double value = mpfr_get_d(quotient, MPFR_RNDU);
    mpfr_clear(quotient);
    return value;
}

/* -log10(distance / scale), at most what so many bits can hold. */
static double digits_of(mpfr_srcptr distance, mpfr_srcptr scale, long precision)
{
    double most = (double)precision * log10(2);
    if (mpfr_nan_p(distance) || mpfr_nan_p(scale))
        return VER_NAN;
    if (mpfr_zero_p(distance))
        return most;
    mpfr_t x;
    mpfr_init2(x, RATIO_BITS);
    mpfr_div(x, scale, distance, MPFR_RNDD);
    mpfr_log10(x, x, MPFR_RNDD);
    double digits = mpfr_get_d(x, MPFR_RNDD);
    mpfr_clear(x);
    return digits < most ? digits : most;
}

/* |value - midpoint|, rounded up, and the radius. */
static void distance_to_ball(mpfr_t distance, mpfr_t radius, const arb_t ball, mpfr_srcptr value)
{
    arf_t x;
    arf_init(x);
    arf_set_mpfr(x, value);
    arf_sub(x, x, arb_midref(ball), RATIO_BITS, ARF_RND_UP);
    arf_get_mpfr(distance, x, MPFR_RNDA);
    mpfr_abs(distance, distance, MPFR_RNDU);
    arf_set_mag(x, arb_radref(ball));
    arf_get_mpfr(radius, x, MPFR_RNDU);
    arf_clear(x);
}

static void upper_bound(mpfr_t bound, const arb_t x)
{
    arf_t upper;
    arf_init(upper);
    arb_get_abs_ubound_arf(upper, x, RATIO_BITS);
    arf_get_mpfr(bound, upper, MPFR_RNDU);
    arf_clear(upper);
}

void ver_compare_enclosure(struct ver_comparison *comparison, const arb_t ball, mpfr_srcptr value,
                           mpfr_srcptr slack)
{
    mpfr_t distance, bound, size;
    mpfr_inits2(RATIO_BITS, distance, bound, size, (mpfr_ptr)NULL);
    distance_to_ball(distance, bound, ball, value);
    mpfr_add(bound, bound, slack, MPFR_RNDU);
    upper_bound(size, ball);
    comparison->class_ = VER_NO_CLASS;
    comparison->order = comparison->step = VER_NAN;
    comparison->numbers = 1;
    comparison->precision = (long)mpfr_get_prec(value);
    comparison->digits = digits_of(distance, size, comparison->precision);
    comparison->distance = ratio(distance, bound);
    bool agrees = mpfr_lessequal_p(distance, bound) && mpfr_number_p(bound);
    comparison->outcome = agrees ? VER_AGREES : VER_DIFFERS;
    judge_number_text(comparison->value, sizeof comparison->value, value);
    ball_text(comparison->reference, sizeof comparison->reference, ball);
    mpfr_clears(distance, bound, size, (mpfr_ptr)NULL);
}

/* The most two losses can differ by rounding alone, divided by the step. */
static void rounding_floor(mpfr_t bound, const arb_t loss, const struct witness_difference *d)
{
    upper_bound(bound, loss);
    if (mpfr_cmp_ui(bound, 1) < 0)
        mpfr_set_ui(bound, 1, MPFR_RNDU);
    mpfr_mul_2si(bound, bound, VER_ZERO_BITS - (long)d->precision - lround(floor(d->step)),
                 MPFR_RNDU);
}

/* How a derivative is to be judged. */
enum scale_kind {
    SCALE_OWN,     /* relative to itself */
    SCALE_OTHERS,  /* it is zero as far as reference or witness can say: relative to the others */
    SCALE_NONE,    /* all derivatives of the case are zero: absolutely, to rounding */
    SCALE_TOO_FINE /* it, and all others, are below what the witness can see */
};

static enum scale_kind classify_scale(const arb_t scale, const arb_t fallback, mpfr_srcptr floor)
{
    mpfr_t size;
    mpfr_init2(size, RATIO_BITS);
    upper_bound(size, scale);
    bool known = !arb_contains_zero(scale) && arb_rel_accuracy_bits(scale) >= VER_SCALE_BITS;
    enum scale_kind kind = SCALE_OWN;
    if (!known || mpfr_lessequal_p(size, floor)) {
        upper_bound(size, fallback);
        mpfr_mul_2si(size, size, -VER_SCALE_BITS, MPFR_RNDD);
        if (arb_contains_zero(fallback))
            kind = SCALE_NONE;
        else
            kind = mpfr_lessequal_p(size, floor) ? SCALE_TOO_FINE : SCALE_OTHERS;
    }
    mpfr_clear(size);
    return kind;
}

void ver_compare_difference(struct ver_comparison *comparison, const arb_t truth, const arb_t scale,
                            const arb_t fallback, const arb_t loss,
                            const struct witness_difference *d)
{
    mpfr_t distance, radius, bound, size, floor;
    mpfr_inits2(RATIO_BITS, distance, radius, bound, size, floor, (mpfr_ptr)NULL);
    rounding_floor(floor, loss, d);
    enum scale_kind kind = classify_scale(scale, fallback, floor);
    distance_to_ball(distance, radius, truth, d->value);
    if (kind == SCALE_NONE)
        mpfr_set_zero(bound, 1);
    else
        mpfr_mul_ui(bound, d->error, VER_DIFFERENCE_FACTOR, MPFR_RNDU);
    if (kind != SCALE_OWN)
        mpfr_max(bound, bound, floor, MPFR_RNDU);
    mpfr_add(bound, bound, radius, MPFR_RNDU);
    upper_bound(size, kind == SCALE_OWN ? scale : fallback);

    comparison->class_ = (int)(kind == SCALE_TOO_FINE ? WITNESS_UNRESOLVED : d->class_);
    comparison->numbers = 1;
    comparison->precision = (long)d->precision;
    comparison->order = d->order;
    comparison->step = d->step;
    comparison->digits =
        kind == SCALE_NONE ? VER_NAN : digits_of(distance, size, comparison->precision);
    comparison->distance = ratio(distance, bound);
    bool within = mpfr_lessequal_p(distance, bound) && mpfr_number_p(bound);
    bool enough = kind == SCALE_NONE || comparison->digits >= VER_MINIMUM_DIGITS;
    bool second = isnan(d->order) || fabs(d->order - 2) <= VER_ORDER_SLACK;
    bool refuted = comparison->class_ == WITNESS_UNRESOLVED && kind != SCALE_TOO_FINE &&
                   (!mpfr_number_p(d->value) || (!second && !within));
    if (refuted)
        comparison->outcome = VER_DIFFERS;
    else if (comparison->class_ != WITNESS_SMOOTH)
        comparison->outcome = VER_EXCLUDED;
    else
        comparison->outcome = within && enough && second ? VER_AGREES : VER_DIFFERS;
    judge_number_text(comparison->value, sizeof comparison->value, d->value);
    ball_text(comparison->reference, sizeof comparison->reference, truth);
    mpfr_clears(distance, radius, bound, size, floor, (mpfr_ptr)NULL);
}
