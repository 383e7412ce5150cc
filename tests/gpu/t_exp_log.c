/* SPDX-License-Identifier: MIT */
/* t_exp_log.c: the engine's exponential and logarithm are as near as their header says, rounded
 * correctly to float, in order, and right where they are special. All floats are tried by
 * gpu/tools/sweep.c; here is what a second can hold. */
#include "cases/families/random.h"
#include "gpu/exp_log.h"
#include "tests/exp_log_mpfr.h"
#include "tests/run_suite.h"

#include <math.h>
#include <mpfr.h>
#include <stdlib.h>

enum { DRAWS = 12000, FLOATS = 30000, NEIGHBOURS = 30, PRECISION = 160 };

typedef int mpfr_function(mpfr_t, const mpfr_t, mpfr_rnd_t);

/* |got - f(x)| in units of 2^-53 |f(x)|, at least; with low: got + low. */
static double units(double got, double low, mpfr_function *f, double x)
{
    mpfr_t exact, error;
    mpfr_inits2(PRECISION, exact, error, (mpfr_ptr)0);
    mpfr_set_d(exact, x, MPFR_RNDN);
    f(exact, exact, MPFR_RNDN);
    mpfr_set_d(error, got, MPFR_RNDN);
    mpfr_add_d(error, error, low, MPFR_RNDN);
    mpfr_sub(error, error, exact, MPFR_RNDN);
    mpfr_div(error, error, exact, MPFR_RNDN);
    mpfr_mul_2si(error, error, 53, MPFR_RNDN);
    double result = fabs(mpfr_get_d(error, MPFR_RNDA));
    mpfr_clears(exact, error, (mpfr_ptr)0);
    return result;
}

/* f(x) rounded once to binary32. */
static float rounded(mpfr_function *f, float x)
{
    mpfr_exp_t low = mpfr_get_emin(), high = mpfr_get_emax();
    mpfr_t y;
    mpfr_set_emin(-148);
    mpfr_set_emax(128);
    mpfr_init2(y, 24);
    mpfr_set_flt(y, x, MPFR_RNDN);
    int ternary = f(y, y, MPFR_RNDN);
    mpfr_subnormalize(y, ternary, MPFR_RNDN);
    float result = mpfr_get_flt(y, MPFR_RNDN);
    mpfr_clear(y);
    mpfr_set_emin(low);
    mpfr_set_emax(high);
    return result;
}

static void assert_bits(double got, uint64_t wanted)
{
    ck_assert_uint_eq(gpu_bits(got), wanted);
}

static void assert_float(float got, float wanted)
{
    ck_assert_mem_eq(&got, &wanted, sizeof got);
}

/* A third of all arguments each: spread over the range, near 0, next to the joins of k. */
TEST(exp_is_within_1_4_units_where_it_is_normal)
{
    struct case_random r;
    case_random_init(&r, 1, "exp", 0);
    for (int i = 0; i < DRAWS; i++) {
        double x = case_random_between(&r, -708, 709.7), join = 0;
        if (i % 3 == 1)
            x = (x < 0 ? -1 : 1) * case_random_log_between(&r, 0x1p-80, 1);
        if (i % 3 == 2) {
            join = (floor(x / 0.7) + 0.5) * 0x1.62e42fefa39efp-1;
            x = join * (1 + case_random_between(&r, -1, 1) * 0x1p-40);
        }
        ck_assert(units(gpu_exp(x), 0, mpfr_exp, x) <= 1.4);
    }
}

TEST(exp_underflows_gradually)
{
    struct case_random r;
    mpfr_t exact;
    mpfr_init2(exact, PRECISION);
    case_random_init(&r, 2, "exp", 0);
    for (int i = 0; i < DRAWS / 4; i++) {
        double x = case_random_between(&r, -746, -708), y = gpu_exp(x);
        mpfr_set_d(exact, x, MPFR_RNDN);
        mpfr_exp(exact, exact, MPFR_RNDN);
        mpfr_sub_d(exact, exact, y, MPFR_RNDN);
        mpfr_mul_2si(exact, exact, 1074, MPFR_RNDN); /* in units of the last place */
        ck_assert(fabs(mpfr_get_d(exact, MPFR_RNDA)) <= 0.5 + 1.4 * (y * 0x1p+1021));
    }
    mpfr_clear(exact);
}

TEST(exp_is_right_at_its_special_values)
{
    assert_bits(gpu_exp(0.0), gpu_bits(1));
    assert_bits(gpu_exp(-0.0), gpu_bits(1));
    assert_bits(gpu_exp(0x1p-1074), gpu_bits(1));
    assert_bits(gpu_exp((double)INFINITY), gpu_bits((double)INFINITY));
    assert_bits(gpu_exp(-(double)INFINITY), 0);
    assert_bits(gpu_exp(0x1.fffffffffffffp+1023), gpu_bits((double)INFINITY));
    assert_bits(gpu_exp(-0x1.fffffffffffffp+1023), 0);
    /* the last finite one and the next; the last that is not 0 and the next */
    ck_assert(gpu_exp(0x1.62e42fefa39efp+9) < (double)INFINITY);
    assert_bits(gpu_exp(0x1.62e42fefa39fp+9), gpu_bits((double)INFINITY));
    assert_bits(gpu_exp(-0x1.74910d52d3051p+9), 1);
    assert_bits(gpu_exp(-0x1.74910d52d3052p+9), 0);
}

TEST_EACH(every_nan_gives_the_one_nan, 0, 4)
{
    static const uint64_t nans[] = {UINT64_C(0x7FF8000000000000), UINT64_C(0xFFF8000000000000),
                                    UINT64_C(0x7FF0000000000001), UINT64_C(0xFFFFFFFFFFFFFFFF)};
    assert_bits(gpu_exp(gpu_from_bits(nans[_i])), nans[0]);
    assert_bits(gpu_log(gpu_from_bits(nans[_i])), nans[0]);
}

/* Over all exponents, near 1, and from 1/2 to 2 with the join between. */
static double log_argument(struct case_random *r, int i)
{
    double any = gpu_from_bits(case_random_bits(r) % UINT64_C(0x7FF0000000000000));
    if (i % 3 == 1)
        return 1 + (i % 2 ? -1 : 1) * case_random_log_between(r, 0x1p-52, 0.25);
    return i % 3 == 2 ? case_random_between(r, 0.5, 2) : any;
}

TEST(log_is_within_its_bound)
{
    struct case_random r;
    case_random_init(&r, 3, "log", 0);
    for (int i = 0; i < DRAWS; i++) {
        double x = log_argument(&r, i), y = gpu_log(x);
        if (x == 0 || x == 1)
            continue;
        uint64_t low = gpu_bits(y) & UINT64_C(0x1FFFFFFF); /* the bits that a float has not */
        double bound = low >= UINT64_C(0xFFFFFFF) && low <= UINT64_C(0x10000001) ? 2 : 1.01;
        ck_assert(units(y, 0, mpfr_log, x) <= bound);
    }
}

TEST(log_as_a_pair_is_within_2_to_the_minus_61)
{
    struct case_random r;
    case_random_init(&r, 4, "log", 0);
    for (int i = 0; i < DRAWS; i++) {
        double x = log_argument(&r, i);
        if (x < 0x1p-1022 || x == 1)
            continue;
        struct gpu_pair p = gpu_log_pair(x, 0);
        ck_assert(units(p.high, p.low, mpfr_log, x) <= 0x1p-8);
    }
}

TEST(log_is_right_at_its_special_values)
{
    assert_bits(gpu_log(1.0), 0);
    assert_bits(gpu_log(0.0), gpu_bits(-(double)INFINITY));
    assert_bits(gpu_log(-0.0), gpu_bits(-(double)INFINITY));
    assert_bits(gpu_log((double)INFINITY), gpu_bits((double)INFINITY));
    assert_bits(gpu_log(-(double)INFINITY), UINT64_C(0x7FF8000000000000));
    assert_bits(gpu_log(-0x1p-1074), UINT64_C(0x7FF8000000000000));
    assert_bits(gpu_log(0x1p-1074), gpu_bits(-0x1.74385446d71c3p+9));
    assert_bits(gpu_log(0x1.fffffffffffffp+1023), gpu_bits(0x1.62e42fefa39efp+9));
}

/* Nearest to the middle of two floats, of all floats (anchors-verification M3); the first three
 * are exp's. In the others the nearest double is that middle. */
TEST_EACH(the_hardest_floats_are_rounded_correctly, 0, 8)
{
    static const float hardest[] = {-0x1.d2259ap+3f, -0x1.e1dbe2p-8f, 0x1.fdff02p-17f,
                                    0x1.827a74p-7f,  0x1.2f1fd6p+3f,  0x1.bacb4ap+25f,
                                    0x1.b121a6p+76f, 0x1.6351d8p+95f};
    float x = hardest[_i];
    if (_i < 3)
        assert_float((float)gpu_exp((double)x), rounded(mpfr_exp, x));
    else
        assert_float((float)gpu_log((double)x), rounded(mpfr_log, x));
}

TEST(floats_are_rounded_correctly)
{
    struct case_random r;
    case_random_init(&r, 5, "floats", 0);
    for (int i = 0; i < FLOATS; i++) {
        uint32_t bits = case_random_word(&r);
        float x;
        if (i % 2) /* where exp is neither 1 nor 0 nor infinite */
            bits = (bits & 0x80000000u) | (0x32000000u + (bits & 0x7FFFFFFFu) % 0x10C00000u);
        memcpy(&x, &bits, sizeof x);
        if (isnan(x))
            continue;
        assert_float((float)gpu_exp((double)x), rounded(mpfr_exp, x));
        if (x >= 0)
            assert_float((float)gpu_log((double)x), rounded(mpfr_log, x));
    }
}

/* The bits are those of the documented operations, each rounded once, by MPFR. */
TEST(exp_has_the_bits_of_its_operations)
{
    struct case_random r;
    case_random_init(&r, 6, "bits", 0);
    for (int i = 0; i < DRAWS; i++) {
        double x = case_random_between(&r, -745, 709.7);
        assert_bits(gpu_exp(x), gpu_bits(exp_by_mpfr(x)));
    }
}

TEST(log_has_the_bits_of_its_operations)
{
    struct case_random r;
    case_random_init(&r, 6, "bits", 0);
    for (int i = 0; i < DRAWS; i++) {
        double const x = log_argument(&r, i), y = gpu_log(x);
        struct mpfr_pair const p = log_by_mpfr(x);
        /* next to the middle of two floats it is the next double on the side of what is left */
        if ((gpu_bits(p.high) & UINT64_C(0x1FFFFFFF)) != UINT64_C(0x10000000))
            assert_bits(y, gpu_bits(p.high));
    }
}

/* Results of the engine change with any of these bits, so they are frozen: a digest of what the two
 * tests above compare with MPFR. */
TEST(the_bits_have_not_changed)
{
    struct case_random r;
    uint64_t digest = 0;
    case_random_init(&r, 6, "bits", 0);
    for (int i = 0; i < 4 * DRAWS; i++) {
        double x = case_random_between(&r, -745, 709.7), y = log_argument(&r, i);
        digest = digest * UINT64_C(0x100000001B3) + gpu_bits(gpu_exp(x));
        digest = digest * UINT64_C(0x100000001B3) + gpu_bits(gpu_log(y));
    }
    ck_assert_uint_eq(digest, UINT64_C(0x3586AA7DFB693B2B));
}

/* f does not fall from any of the doubles around x to the next. */
static void assert_rises(double (*f)(double), double x)
{
    uint64_t middle = gpu_bits(x);
    int step = x < 0 ? -1 : 1;
    double before = f(gpu_from_bits(middle - (uint64_t)(step * NEIGHBOURS)));
    for (int i = 1 - NEIGHBOURS; i <= NEIGHBOURS; i++) {
        double y = f(gpu_from_bits(middle + (uint64_t)(step * i)));
        ck_assert(y >= before);
        before = y;
    }
}

static double exp_here(double x)
{
    return gpu_exp(x);
}

static double log_here(double x)
{
    return gpu_log(x);
}

TEST(exp_rises_across_every_join)
{
    for (int k = -1077; k <= 1025; k++) {
        assert_rises(exp_here, (k + 0.5) * 0x1.62e42fefa39efp-1);
        if (k != 0)
            assert_rises(exp_here, k * 0x1.62e42fefa39efp-1);
    }
}

TEST(log_rises_across_every_join_and_power_of_two)
{
    for (int k = -1022; k <= 1023; k++) {
        assert_rises(log_here, ldexp(0x1.6a09e667f3bcdp+0, k));
        assert_rises(log_here, ldexp(1, k));
    }
}

/* Where the result was moved off the middle of two floats, order must not suffer. */
TEST_EACH(log_rises_around_the_middles_of_floats, 0, 5)
{
    static const double middles[] = {0x1.827a74p-7, 0x1.2f1fd6p+3, 0x1.bacb4ap+25, 0x1.b121a6p+76,
                                     0x1.6351d8p+95};
    assert_rises(log_here, middles[_i]);
}

SUITE("exp_log")
