/* SPDX-License-Identifier: MIT */
/* t_ref_grid_number.c: one operation of the grid reference at a time, with operands that are off by
 * as much as their bounds allow: is the rounded result within its bound, and the bound no more than
 * it has to be? */
#include "ref/grid/grid.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { TRIALS = 20000 };

static uint64_t state = 1;

static uint64_t draw(void) /* xorshift */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double between(double low, double high)
{
    return low + (high - low) * (double)(draw() >> 11) * 0x1p-53;
}

/* A number of binary32 of either sign between 2^low and 2^high. */
static float real(int low, int high)
{
    double x = ldexp(between(1, 2), low + (int)(draw() % (unsigned)(high - low)));
    return (float)(draw() & 1 ? -x : x);
}

/* The engine has X; the exact number is off by up to e, often by all of it, or not at all. */
static void around(struct grid_number *z, float X, double e)
{
    const double part[] = {-1, 1, between(-1, 1), 0};
    z->e = draw() % 3 == 0 ? 0 : e;
    arb_set_d(z->x, (double)X);
    arf_t off;
    arf_init(off);
    arf_set_d(off, z->e * part[draw() % 4] * (1 - 0x1p-30));
    arf_add(arb_midref(z->x), arb_midref(z->x), off, GRID_BITS, ARF_RND_DOWN);
    arf_clear(off);
}

/* |X - x| / bound */
static double used(double X, const arb_t x, double bound)
{
    arb_t gap;
    arb_init(gap);
    arb_set_d(gap, X);
    arb_sub(gap, gap, x, GRID_BITS);
    double least = grid_least(gap);
    arb_clear(gap);
    return least > 0 ? least / bound : 0;
}

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

/* A cell of dt = 1/8 and what an engine makes of its constants. */
struct fixture {
    struct grid g;
    struct grid_cell cell;
    float alpha, beta, kappa_back;
};

static void constant(struct grid_number *z, float *rounded, const arb_t x)
{
    grid_constant(z, x, &grid_binary32);
    *rounded = (float)arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

static void fixture_init(struct fixture *f)
{
    arb_t em, es, t;
    arb_init(em);
    arb_init(es);
    arb_init(t);
    double tau_mem = between(2, 30), tau_syn = between(2, 30);
    f->g.real = &grid_binary32;
    arb_set_d(em, -0.125 / tau_mem);
    arb_exp(em, em, GRID_BITS);
    arb_set_d(es, -0.125 / tau_syn);
    arb_exp(es, es, GRID_BITS);
    constant(&f->cell.alpha, &f->alpha, em);
    constant(&f->cell.beta, &f->beta, es);
    arb_sub(em, em, es, GRID_BITS);
    arb_set_d(t, tau_mem / (tau_mem - tau_syn));
    arb_mul(em, em, t, GRID_BITS);
    constant(&f->cell.kappa_back, &f->kappa_back, em);
    grid_plan_bounds(&f->cell);
    arb_clear(em);
    arb_clear(es);
    arb_clear(t);
}

/* The engine has V, I; the exact numbers are off by e_v, e_i, their difference by e_across. */
static void adjoint_around(struct grid_adjoint *l, float V, float I, double e_v, double e_i)
{
    around(&l->v, V, e_v);
    around(&l->i, I, e_i);
    l->gap = HUGE_VAL;
    arb_t gap;
    arb_init(gap); /* across is as small as this case allows */
    arb_sub(gap, l->v.x, l->i.x, GRID_BITS);
    arb_t engine;
    arb_init(engine);
    arb_set_d(engine, (double)V);
    arb_sub(gap, gap, engine, GRID_BITS);
    arb_set_d(engine, (double)I);
    arb_add(gap, gap, engine, GRID_BITS);
    l->across = grid_up(grid_size(gap));
    arb_clear(engine);
    arb_clear(gap);
}

static void check(double *worst, double engine, const arb_t exact, double bound)
{
    double ratio = used(engine, exact, bound);
    ck_assert_msg(ratio <= 1, "%g", ratio);
    *worst = fmax(*worst, ratio);
}

/* V, I and V - I; what is left of a step, and of the errors before it. */
static void check_adjoint(double worst[3], const struct grid_adjoint *l, float V, float I)
{
    arb_t across;
    arb_init(across);
    arb_sub(across, l->v.x, l->i.x, GRID_BITS);
    check(worst, (double)V, l->v.x, l->v.e);
    check(worst + 1, (double)I, l->i.x, l->i.e);
    check(worst + 2, (double)V - (double)I, across,
          l->across); /* exact: both are near each other */
    arb_clear(across);
}

static void fixture_clear(struct fixture *f, struct grid_adjoint *l)
{
    arb_clear(l->v.x);
    arb_clear(l->i.x);
    arb_clear(f->cell.alpha.x);
    arb_clear(f->cell.beta.x);
    arb_clear(f->cell.kappa_back.x);
    for (int k = 0; k < GRID_SCRATCH; k++)
        arb_clear(f->g.scratch[k].x);
}

TEST(a_free_adjoint_is_within_its_bounds_and_comes_near_them)
{
    const double size[] = {0, 0x1p-24, 0x1p-10};
    double worst[3] = {0};
    for (int k = 0; k < TRIALS; k++) {
        struct fixture f = {0};
        struct grid_adjoint l = {0};
        fixture_init(&f);
        float V = real(-3, 0), I = real(-3, 0);
        adjoint_around(&l, V, I, size[k % 3], size[k / 3 % 3]);
        grid_propagate_free(&f.g, &l, &f.cell);
        float kappa_v = f.kappa_back * V, beta_i = f.beta * I;
        check_adjoint(worst, &l, f.alpha * V, kappa_v + beta_i);
        fixture_clear(&f, &l);
    }
    ck_assert_msg(worst[0] > 0.8 && worst[1] > 0.8 && worst[2] > 0.8, "%g %g %g", worst[0],
                  worst[1], worst[2]);
}

TEST(an_adjoint_beyond_a_quarter_of_the_range_has_no_bound)
{
    for (int driven = 0; driven < 2; driven++)
        for (int large = 0; large < 2; large++) {
            struct fixture f = {0};
            struct grid_adjoint l = {0};
            struct grid_number drive;
            arb_init(drive.x);
            fixture_init(&f);
            adjoint_around(&l, large ? 0x1p125f : 0x1p123f, 0x1p122f, 0, 0);
            grid_set_d(&drive, 1);
            if (driven)
                grid_propagate_driven(&f.g, &l, &f.cell, &drive, 0);
            else
                grid_propagate_free(&f.g, &l, &f.cell);
            ck_assert((l.v.e < HUGE_VAL) == !large && (l.i.e < HUGE_VAL) == !large);
            fixture_clear(&f, &l);
            arb_clear(drive.x);
        }
}

/* Two steps under nearly the same drive, so that the second one uses the gap of the first. */
TEST(a_driven_adjoint_is_within_its_bounds_and_comes_near_them)
{
    const double size[] = {0, 0x1p-24, 0x1p-10};
    double worst[3] = {0};
    for (int k = 0; k < TRIALS; k++) {
        struct fixture f = {0};
        struct grid_adjoint l = {0};
        struct grid_number drive;
        arb_init(drive.x);
        fixture_init(&f);
        float A = real(-1, 0), V = A * (float)between(0.9, 1.1), I = A * (float)between(0.9, 1.1);
        around(&drive, A, size[k % 3]);
        adjoint_around(&l, V, I, size[k / 3 % 3], size[k / 9 % 3]);
        for (int step = 0; step < 2; step++) {
            float d = V - A, i = f.beta * (I - A);
            grid_propagate_driven(&f.g, &l, &f.cell, &drive, step ? 0 : HUGE_VAL);
            i = A + i;
            I = i + f.kappa_back * d;
            d = f.alpha * d;
            V = A + d;
            check_adjoint(worst, &l, V, I);
            arb_t gap;
            arb_init(gap);
            arb_sub(gap, l.v.x, drive.x, GRID_BITS);
            ck_assert(used((double)V - (double)A, gap, l.gap) <= 1); /* exact, by Sterbenz */
            arb_clear(gap);
        }
        arb_clear(drive.x);
        fixture_clear(&f, &l);
    }
    ck_assert_msg(worst[0] > 0.5 && worst[1] > 0.5 && worst[2] > 0.5, "%g %g %g", worst[0],
                  worst[1], worst[2]);
}

/* The drives of neighbouring steps, Q W and Q W', share the error of Q. */
TEST(the_difference_of_two_drives_is_within_their_drift_and_comes_near_it)
{
    struct case_problem c = {.loss = {.kind = CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY}};
    struct ref_grid_options options = {0};
    struct grid g = {.c = &c, .options = &options, .real = &grid_binary32, .steps = 2};
    struct grid_number drive[2];
    double worst = 0;
    arb_init(drive[0].x);
    arb_init(drive[1].x);
    g.loss.shape = grid_numbers(2);
    g.loss.pull = grid_numbers(1);
    for (int k = 0; k < TRIALS; k++) {
        const double size[] = {0, 0x1p-24, 0x1p-8}, w = between(0.25, 1);
        float Q = real(-2, 2), A[2];
        around(g.loss.pull, Q, size[k % 3]);
        grid_set_d(g.loss.shape, w);
        grid_set_d(g.loss.shape + 1, w * between(0.99, 1));
        double drift = 0;
        for (uint32_t n = 2; n-- > 0;) {
            grid_loss_drive_begin(&g, n);
            drift = grid_loss_drive(drive + n, &g, n, 0);
            A[n] = Q * (float)arf_get_d(arb_midref(g.loss.shape[n].x), ARF_RND_NEAR);
        }
        arb_sub(drive[0].x, drive[0].x, drive[1].x, GRID_BITS);
        check(&worst, (double)A[0] - (double)A[1], drive[0].x, drift);
    }
    ck_assert_msg(worst > 0.5, "%g", worst);
    grid_numbers_clear(g.loss.shape, 2);
    grid_numbers_clear(g.loss.pull, 1);
    arb_clear(drive[0].x);
    arb_clear(drive[1].x);
    arb_clear(g.loss.real_shape.x);
    for (int k = 0; k < GRID_SCRATCH; k++)
        arb_clear(g.scratch[k].x);
}

SUITE("ref_grid_number")
