/* SPDX-License-Identifier: MIT */
/* t_ref_grid_adjoint.c: the adjoint of a cell in the grid reference, a step at a time: is the
 * engine's within the bounds of grid_propagate.c, and are they no more than they have to be? */
#include "tests/grid_operand.h"
#include "tests/run_suite.h"

#include <stdlib.h>

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

/* In the middle of the range, and around 2^-100. */
static const int ends[] = {0, -100};
enum { ENDS = sizeof ends / sizeof *ends };

TEST_EACH(a_free_adjoint_is_within_its_bounds_and_comes_near_them, 0, ENDS)
{
    const double size[] = {0, ldexp(1, ends[_i] - 24), ldexp(1, ends[_i] - 10)};
    double worst[3] = {0};
    for (int k = 0; k < TRIALS; k++) {
        struct fixture f = {0};
        struct grid_adjoint l = {0};
        fixture_init(&f);
        float V = real(ends[_i] - 3, ends[_i] + 1), I = real(ends[_i] - 3, ends[_i] + 1);
        adjoint_around(&l, V, I, size[k % 3], size[k / 3 % 3]);
        grid_propagate_free(&f.g, &l, &f.cell);
        float kappa_v = f.kappa_back * V, beta_i = f.beta * I;
        check_adjoint(worst, &l, flushed(f.alpha * V), flushed(kappa_v + beta_i));
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
TEST_EACH(a_driven_adjoint_is_within_its_bounds_and_comes_near_them, 0, ENDS)
{
    const double size[] = {0, ldexp(1, ends[_i] - 24), ldexp(1, ends[_i] - 10)};
    double worst[3] = {0};
    for (int k = 0; k < TRIALS; k++) {
        struct fixture f = {0};
        struct grid_adjoint l = {0};
        struct grid_number drive;
        arb_init(drive.x);
        fixture_init(&f);
        float A = real(ends[_i] - 1, ends[_i] + 1), V = A * (float)between(0.9, 1.1),
              I = A * (float)between(0.9, 1.1);
        around(&drive, A, size[k % 3]);
        adjoint_around(&l, V, I, size[k / 3 % 3], size[k / 9 % 3]);
        for (int step = 0; step < 2; step++) {
            float d = V - A, i = f.beta * (I - A);
            grid_propagate_driven(&f.g, &l, &f.cell, &drive, step ? 0 : HUGE_VAL);
            i = A + i;
            I = flushed(i + f.kappa_back * d);
            d = f.alpha * d;
            V = flushed(A + d);
            check_adjoint(worst, &l, V, I);
            arb_t gap;
            arb_init(gap);
            arb_sub(gap, l.v.x, drive.x, GRID_BITS);
            ck_assert(used((double)V - (double)A, gap, l.gap) <= 1); /* exact, in doubles */
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

SUITE("ref_grid_adjoint")
