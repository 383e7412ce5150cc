/* SPDX-License-Identifier: MIT */
/* t_compare.c: comparisons with numbers planted by hand: does the judge say what they deserve? */
#include "verify/judge/bounds.h"
#include "verify/verify.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- enclosures ---- */

static struct ver_comparison enclose(double middle, long radius_bits, double value, double slack)
{
    struct ver_comparison c = {.kind = VER_KIND_SPIKES, .quantity = "spikes"};
    arb_t ball;
    mpfr_t x, s;
    arb_init(ball);
    mpfr_init2(x, 200);
    mpfr_init2(s, 64);
    arb_set_d(ball, middle);
    if (radius_bits)
        mag_set_ui_2exp_si(arb_radref(ball), 1, -radius_bits);
    mpfr_set_d(x, value, MPFR_RNDN);
    mpfr_set_d(s, slack, MPFR_RNDN);
    ver_compare_enclosure(&c, ball, x, s);
    arb_clear(ball);
    mpfr_clear(x);
    mpfr_clear(s);
    return c;
}

TEST(value_inside_the_ball_agrees)
{
    struct ver_comparison c = enclose(1, 10, 1 + 0x1p-11, 0);
    ck_assert_int_eq(c.outcome, VER_AGREES);
    ck_assert_double_eq(c.distance, 0.5);
}

TEST(value_outside_the_ball_differs)
{
    struct ver_comparison c = enclose(1, 10, 1 - 0x1p-9, 0);
    ck_assert_int_eq(c.outcome, VER_DIFFERS);
    ck_assert_double_ge(c.distance, 1.5);
}

TEST(slack_grows_the_ball_and_no_more)
{
    ck_assert_int_eq(enclose(1, 0, 1 + 0x1p-40, 0x1p-40).outcome, VER_AGREES);
    ck_assert_int_eq(enclose(1, 0, 1 + 0x1p-40, 0x1p-41).outcome, VER_DIFFERS);
    ck_assert_int_eq(enclose(1, 0, 1, 0).outcome, VER_AGREES);
}

TEST(nan_never_lies_in_a_ball)
{
    ck_assert_int_eq(enclose(1, 1, VER_NAN, 0).outcome, VER_DIFFERS);
    ck_assert_int_eq(enclose(VER_NAN, 1, 1, 0).outcome, VER_DIFFERS);
    ck_assert_int_eq(enclose(1, 1, VER_INFINITY, 0).outcome, VER_DIFFERS);
}

TEST(ball_without_end_proves_nothing)
{
    struct ver_comparison c = {.kind = VER_KIND_LOSS, .quantity = "loss"};
    arb_t ball;
    mpfr_t x;
    arb_init(ball);
    mpfr_init2(x, 64);
    arb_zero_pm_inf(ball);
    mpfr_set_ui(x, 0, MPFR_RNDN);
    ver_compare_enclosure(&c, ball, x, x);
    ck_assert_int_eq(c.outcome, VER_DIFFERS);
    arb_clear(ball);
    mpfr_clear(x);
}

/* ---- differences ---- */

/* A difference of 1 + 2^-offset with an error of 2^-error, against a truth of 1 known to 2^-200. */
struct planted {
    long offset, error;
    double truth, scale, fallback, order;
    enum witness_class class_;
};

static const struct planted honest = {100, 100, 1, 1, 1, 2, WITNESS_SMOOTH};

static struct ver_comparison differ(struct planted p)
{
    struct ver_comparison c = {.kind = VER_KIND_DIRECTION, .quantity = "direction"};
    struct witness_difference d = {
        .class_ = p.class_, .order = p.order, .step = -80, .precision = 256};
    arb_t truth, scale, fallback, loss;
    arb_init(truth);
    arb_init(scale);
    arb_init(fallback);
    arb_init(loss);
    mpfr_init2(d.value, 256);
    mpfr_init2(d.error, 64);
    mpfr_set_ui_2exp(d.value, 1, -p.offset, MPFR_RNDN);
    mpfr_add_d(d.value, d.value, p.truth, MPFR_RNDN);
    mpfr_set_ui_2exp(d.error, 1, -p.error, MPFR_RNDN);
    arb_set_d(truth, p.truth);
    if (p.truth != 0)
        mag_set_ui_2exp_si(arb_radref(truth), 1, -200);
    arb_set_d(scale, p.scale);
    arb_set_d(fallback, p.fallback);
    arb_set_d(loss, 1);
    ver_compare_difference(&c, truth, scale, fallback, loss, &d);
    arb_clear(truth);
    arb_clear(scale);
    arb_clear(fallback);
    arb_clear(loss);
    mpfr_clear(d.value);
    mpfr_clear(d.error);
    return c;
}

TEST(difference_within_its_error_agrees)
{
    struct ver_comparison c = differ(honest);
    ck_assert_int_eq(c.outcome, VER_AGREES);
    ck_assert_double_lt(c.distance, 1);
    ck_assert_double_gt(c.digits, 30); /* 2^-100 */
    ck_assert_double_lt(c.digits, 31);
}

TEST(difference_beyond_its_error_differs)
{
    struct planted p = honest;
    p.error = 102;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}

TEST(few_digits_differ_however_large_the_error)
{
    struct planted p = honest;
    p.offset = p.error = 60; /* 18 digits */
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}

TEST(order_of_one_differs)
{
    struct planted p = honest;
    p.order = 1;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.order = 2 + 2 * VER_ORDER_SLACK;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.order = VER_NAN; /* undefined: the differences agree to rounding */
    ck_assert_int_eq(differ(p).outcome, VER_AGREES);
}

TEST(difference_that_is_not_smooth_is_excluded)
{
    struct planted p = honest;
    for (int class_ = WITNESS_ORDER_CHANGE; class_ < VER_CLASSES; class_++) {
        p.class_ = (enum witness_class)class_;
        ck_assert_int_eq(differ(p).outcome, VER_EXCLUDED);
    }
}

/* The same spikes in the same order, and yet no precision brings the order, nor the truth. */
TEST(wrong_order_and_wrong_value_refute)
{
    struct planted p = honest;
    p.class_ = WITNESS_UNRESOLVED;
    p.order = 1;
    ck_assert_int_eq(differ(p).outcome, VER_EXCLUDED); /* the value is right */
    p.error = 102;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.order = 2; /* it only wants digits */
    ck_assert_int_eq(differ(p).outcome, VER_EXCLUDED);
    p.class_ = WITNESS_ORDER_CHANGE;
    p.order = 1;
    ck_assert_int_eq(differ(p).outcome, VER_EXCLUDED);
    p.class_ = WITNESS_UNRESOLVED;
    p.order = VER_NAN;
    p.truth = VER_NAN; /* so is the value */
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}

TEST(cancelled_direction_is_judged_relative_to_its_terms)
{
    struct planted p = honest;
    p.truth = 0x1p-30; /* terms of size 2^10 that nearly cancel */
    p.scale = 1024;
    struct ver_comparison c = differ(p);
    ck_assert_int_eq(c.outcome, VER_AGREES);
    ck_assert_double_gt(c.digits, 33); /* 2^-110 */
}

TEST(zero_gradient_takes_the_size_of_the_others)
{
    struct planted p = honest;
    p.truth = p.scale = 0;
    ck_assert_int_eq(differ(p).outcome, VER_AGREES);
    p.fallback = 0x1p-60; /* 12 digits of the others */
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}

TEST(without_any_gradient_only_rounding_is_allowed)
{
    struct planted p = honest;
    p.truth = p.scale = p.fallback = 0;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.offset = 150; /* 2^-150 < 2^(32 - 256 + 80) */
    ck_assert_int_eq(differ(p).outcome, VER_AGREES);
}

SUITE("compare")
