/* SPDX-License-Identifier: MIT */
/* t_tau.c: constants of a step from trained time constants, against MPFR over the range that
 * training allows, equal and nearly equal time constants among them. */
#include "gpu/step_tau.h"
#include "tests/run_suite.h"

#include "cases/families/random.h"

#include <math.h>
#include <mpfr.h>
#include <stdbool.h>
#include <stdlib.h>

enum { BITS = 400, DRAWN = 20000 };

static mpfr_t a, b, x, y;

static void setup(void)
{
    mpfr_inits2(BITS, a, b, x, y, (mpfr_ptr)0);
}

static void teardown(void)
{
    mpfr_clears(a, b, x, y, (mpfr_ptr)0);
    mpfr_free_cache();
}

/* alpha, beta, kappa, kappa_back as they are, each rounded to float once. */
static struct step_tau exact(double tau_mem, double tau_syn, double dt)
{
    struct step_tau made;
    mpfr_set_d(a, -dt, MPFR_RNDN);
    mpfr_div_d(b, a, tau_syn, MPFR_RNDN);
    mpfr_div_d(a, a, tau_mem, MPFR_RNDN);
    mpfr_exp(a, a, MPFR_RNDN);
    mpfr_exp(b, b, MPFR_RNDN);
    made.alpha = mpfr_get_flt(a, MPFR_RNDN);
    made.beta = mpfr_get_flt(b, MPFR_RNDN);
    mpfr_set_d(y, tau_mem, MPFR_RNDN);
    mpfr_sub_d(y, y, tau_syn, MPFR_RNDN);
    if (mpfr_zero_p(y)) { /* the limit: dt / tau alpha, both */
        mpfr_mul_d(x, a, dt, MPFR_RNDN);
        mpfr_div_d(x, x, tau_mem, MPFR_RNDN);
        made.kappa = made.kappa_back = mpfr_get_flt(x, MPFR_RNDN);
        return made;
    }
    mpfr_sub(x, a, b, MPFR_RNDN);
    mpfr_div(x, x, y, MPFR_RNDN);
    mpfr_mul_d(y, x, tau_syn, MPFR_RNDN);
    made.kappa = mpfr_get_flt(y, MPFR_RNDN);
    mpfr_mul_d(y, x, tau_mem, MPFR_RNDN);
    made.kappa_back = mpfr_get_flt(y, MPFR_RNDN);
    return made;
}

static int apart(float got, float wanted)
{
    return got == wanted ? 0 : got == nextafterf(wanted, wanted < got ? 2 * wanted : 0) ? 1 : 2;
}

/* How many of the four are not the nearest float; none may be further than its neighbour. */
static int misses(double tau_mem, double tau_syn, double dt)
{
    struct step_tau got = step_tau(tau_mem, tau_syn, dt), wanted = exact(tau_mem, tau_syn, dt);
    const float pairs[4][2] = {{got.alpha, wanted.alpha},
                               {got.beta, wanted.beta},
                               {got.kappa, wanted.kappa},
                               {got.kappa_back, wanted.kappa_back}};
    int count = 0;
    for (int k = 0; k < 4; k++) {
        int by = apart(pairs[k][0], pairs[k][1]);
        ck_assert_msg(by < 2, "%a %a %a: number %d is %a, wanted %a", tau_mem, tau_syn, dt, k,
                      (double)pairs[k][0], (double)pairs[k][1]);
        count += by;
    }
    return count;
}

/* Relative errors of 2^-48 meet a tie of 2^-24 once in 2^23 numbers. */
TEST(constants_are_the_nearest_floats)
{
    int count = 0;
    for (uint64_t k = 0; k < DRAWN; k++) {
        struct case_random random;
        case_random_init(&random, 1, "tau", k);
        double tau_mem = (double)(float)case_random_log_between(&random, 1, 200);
        double near = case_random_log_between(&random, 0x1p-24, 1);
        double tau_syn = (double)(float)(k % 2 ? tau_mem * (1 + near)
                                               : case_random_log_between(&random, 0.5, 100));
        count += misses(tau_mem, tau_syn, case_random_log_between(&random, 0.001, 2));
    }
    ck_assert_msg(count <= 1, "%d numbers are not the nearest", count);
}

TEST(equal_time_constants_are_no_special_case)
{
    int count = 0;
    for (int k = 0; k < 400; k++) {
        double tau = 1 + 0.25 * k, next = (double)nextafterf((float)tau, INFINITY);
        count += misses(tau, tau, 1);
        count += misses(tau, next, 0.5);
        count += misses(next, tau, 2);
    }
    ck_assert_int_eq(count, 0);
}

/* Either side of where the series ends. */
TEST(the_ratio_has_no_seam)
{
    for (int k = -1000; k <= 1000; k++) {
        double d = (k < 0 ? -0.25 : 0.25) + (double)k * 0x1p-12;
        mpfr_set_d(x, d, MPFR_RNDN);
        mpfr_expm1(y, x, MPFR_RNDN);
        mpfr_div(y, y, x, MPFR_RNDN);
        double wanted = mpfr_get_d(y, MPFR_RNDN);
        ck_assert(fabs(step_tau_ratio(d) - wanted) <= 0x1p-49 * wanted);
    }
    ck_assert(step_tau_ratio(0) == 1);
}

SUITE("tau", .setup = setup, .teardown = teardown, .seconds = 60)
