/* SPDX-License-Identifier: MIT */
/* t_ref_grid_range.c: numbers of the grid reference at the ends of the range of doubles, where a
 * bound is the largest or the least that there is. */
#include "ref/grid/grid.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdlib.h>

/* Sizes are doubles; numbers need not be. */
TEST(a_size_is_never_less_and_a_least_size_never_more)
{
    static const slong exponents[] = {-100000, -1100, -950, -850, -60,  -1,    0,
                                      1,       60,    899,  950,  1100, 100000};
    arb_t x;
    arb_init(x);
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++)
        for (int radius = 0; radius < 2; radius++) {
            arb_set_si(x, radius ? 0 : -3);
            mag_set_ui(arb_radref(x), radius ? 3 : 0);
            arb_mul_2exp_si(x, x, exponents[k]);
            double const size = grid_size(x), least = grid_least(x);
            double const exact = ldexp(3, (int)exponents[k]); /* 0 or infinite far out */
            bool const inside = labs(exponents[k]) <= 850;    /* clear of both ends */
            ck_assert_msg(size > 0 && size >= exact, "%ld", exponents[k]);
            ck_assert_msg((size >= HUGE_VAL) == (exponents[k] >= 899), "%ld", exponents[k]);
            ck_assert_msg(!inside || size <= exact * (1 + 0x1p-20), "%ld", exponents[k]);
            if (radius || labs(exponents[k]) > 900)
                ck_assert_msg(!(least > 0), "%ld", exponents[k]);
            else if (inside)
                ck_assert_msg(least <= exact && least >= exact * (1 - 0x1p-20), "%ld",
                              exponents[k]);
        }
    arb_zero(x);
    ck_assert(grid_size(x) <= GRID_FLOOR && !(grid_least(x) > 0));
    arb_pos_inf(x);
    ck_assert(grid_size(x) >= HUGE_VAL && !(grid_least(x) > 0));
    arb_zero_pm_inf(x);
    ck_assert(grid_size(x) >= HUGE_VAL && !(grid_least(x) > 0));
    ck_assert(grid_grow(1) < HUGE_VAL && grid_grow(1) >= expm1(1));
    ck_assert(grid_grow(1.0000001) >= HUGE_VAL);
    arb_clear(x);
}

/* e^x and sums in any order that may leave the range. */
TEST(what_may_leave_the_range_has_no_bound)
{
    struct grid_number x, z;
    struct grid_sums s;
    arb_init(x.x);
    arb_init(z.x);
    grid_set_d(&x, 600);
    grid_exp(&z, &x);
    ck_assert(z.e < HUGE_VAL);
    grid_set_d(&x, 700);
    grid_exp(&z, &x);
    ck_assert(!(z.e < HUGE_VAL));
    grid_zero(&x);
    grid_mul(&z, &x, &z, &grid_binary32); /* nothing times what may be infinite */
    ck_assert(!(z.e < HUGE_VAL));
    grid_mul(&z, &x, &x, &grid_binary32);
    ck_assert(!(z.e > 0));
    for (int last = 0; last < 2; last++) {
        ck_assert_int_eq(grid_sums_init(&s, 1, false, &grid_binary32), 0);
        for (int k = 0; k < 3 + last; k++) {
            grid_set_d(&x, 0x1p125);
            grid_sums_add(&s, 0, &x);
        }
        grid_sums_end(&z, &s, 0);
        ck_assert((z.e < HUGE_VAL) == (last == 0));
        grid_sums_clear(&s);
    }
    arb_clear(x.x);
    arb_clear(z.x);
}

SUITE("ref_grid_range", .seconds = 60)
