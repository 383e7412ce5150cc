/* SPDX-License-Identifier: MIT */
/* t_ref_grid_number.c: one operation of the grid reference at a time, with operands that are off by
 * as much as their bounds allow: is the rounded result within its bound, and the bound no more than
 * it has to be? */
#include "tests/grid_operand.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { ADD, SUB, MUL, DIV, OPERATIONS };

static double worst_of(int operation, int low, int high, double relative)
{
    struct grid_number x, y, z;
    double worst = 0;
    arb_init(x.x);
    arb_init(y.x);
    arb_init(z.x);
    for (int k = 0; k < TRIALS; k++) {
        float X = real(low, high), Y = real(low, high);
        around(&x, X, relative * fabs((double)X));
        around(&y, Y, relative * fabs((double)Y));
        const float results[] = {X + Y, X - Y, X * Y, X / Y};
        void (*const does[])(struct grid_number *, const struct grid_number *,
                             const struct grid_number *, const struct grid_rounding *) = {
            grid_add, grid_sub, grid_mul, grid_div};
        does[operation](&z, &x, &y, &grid_binary32);
        double ratio = used((double)results[operation], z.x, z.e);
        ck_assert_msg(ratio <= 1, "operation %d, %a, %a: %g", operation, (double)X, (double)Y,
                      ratio);
        worst = fmax(worst, ratio);
    }
    arb_clear(x.x);
    arb_clear(y.x);
    arb_clear(z.x);
    return worst;
}

TEST_EACH(an_operation_is_within_its_bound_and_comes_near_it, 0, OPERATIONS)
{
    ck_assert(worst_of(_i, -4, 4, 0) > 0.9);       /* rounding alone */
    ck_assert(worst_of(_i, -4, 4, 0x1p-22) > 0.7); /* errors as large as rounding */
    ck_assert(worst_of(_i, -4, 4, 0x1p-4) > 0.7);  /* and far larger */
}

/* Products around 2^-140 are rounded to multiples of 2^-149. */
TEST(a_subnormal_result_is_within_its_bound)
{
    ck_assert(worst_of(MUL, -72, -68, 0) > 0.9);
    ck_assert(worst_of(ADD, -149, -140, 0) <= 1);
}

/* Exact numbers on both sides of 2^-100, and engines' on the same side or the other. */
TEST(a_flush_is_within_its_bound_and_comes_near_it)
{
    const double size[] = {0, 0x1p-124, 0x1p-110, 0x1p-98};
    double worst = 0;
    size_t moved = 0, still = 0;
    for (int k = 0; k < TRIALS; k++) {
        struct grid_number z;
        arb_init(z.x);
        float X = real(-103, -97);
        around(&z, X, size[k % 4]);
        double before = z.e, may = grid_flush(&z, &grid_binary32);
        double const ratio = used((double)flushed(X), z.x, z.e);
        ck_assert_msg(ratio <= 1, "%a: %g", (double)X, ratio);
        ck_assert(z.e >= before && z.e <= grid_up(before + 0x1p-100));
        ck_assert(fabsf(X) >= 0x1p-100f || may >= 0x1p-100);
        worst = fmax(worst, ratio);
        moved += may > 0;
        still += !(may > 0) && !(z.e > before);
        arb_clear(z.x);
    }
    ck_assert_msg(worst > 0.9, "%g", worst);
    ck_assert_uint_gt(moved, TRIALS / 4);
    ck_assert_uint_eq(moved + still, TRIALS);
    struct grid_number none;
    arb_init(none.x);
    grid_zero(&none);
    ck_assert(!(grid_flush(&none, &grid_binary32) > 0) && grid_is_zero(&none));
    arb_clear(none.x);
}

TEST(what_may_overflow_has_no_bound)
{
    struct grid_number x, z;
    arb_init(x.x);
    arb_init(z.x);
    grid_set_d(&x, 0x1.8p125);
    grid_add(&z, &x, &x, &grid_binary32);
    ck_assert(z.e < HUGE_VAL);
    grid_add(&z, &z, &x, &grid_binary32);
    ck_assert(!(z.e < HUGE_VAL));
    grid_mul(&z, &x, &x, &grid_binary32);
    ck_assert(!(z.e < HUGE_VAL));
    grid_mul(&z, &x, &x, &grid_binary64);
    ck_assert(z.e < HUGE_VAL);
    arb_clear(x.x);
    arb_clear(z.x);
}

TEST(a_divisor_that_may_be_zero_leaves_no_bound)
{
    struct grid_number x, y;
    arb_init(x.x);
    arb_init(y.x);
    grid_set_d(&x, 1);
    grid_set_d(&y, 0x1p-10);
    y.e = 0x1p-11;
    grid_div(&x, &x, &y, &grid_binary32);
    ck_assert(x.e < HUGE_VAL && x.e > 0x1p10);
    y.e = 0x1p-10;
    grid_set_d(&x, 1);
    grid_div(&x, &x, &y, &grid_binary32);
    ck_assert(!(x.e < HUGE_VAL));
    arb_clear(x.x);
    arb_clear(y.x);
}

/* 1 and then 2^-24 (1 - 2^-20), which rounds away every time. */
TEST(a_sum_in_unknown_order_covers_the_worst_order)
{
    enum { TERMS = 5000 };
    struct grid_sums s;
    struct grid_number x;
    float sum = 0, term[] = {1, 0x1.ffffep-25f};
    arb_init(x.x);
    ck_assert_int_eq(grid_sums_init(&s, 1, false, &grid_binary32), 0);
    for (int k = 0; k < TERMS; k++) {
        grid_set_d(&x, (double)term[k > 0]);
        grid_sums_add(&s, 0, &x);
        sum = sum + term[k > 0];
    }
    grid_sums_end(&x, &s, 0);
    double ratio = used((double)sum, x.x, x.e);
    ck_assert_msg(ratio <= 1 && ratio > 0.9, "%g", ratio);
    grid_sums_clear(&s);
    arb_clear(x.x);
}

/* ---- the propagation of an adjoint ---- */

SUITE("ref_grid_number")
