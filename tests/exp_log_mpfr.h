/* SPDX-License-Identifier: MIT */
/* exp_log_mpfr.h: gpu_exp and gpu_log once more, every operation by MPFR, rounded once to binary64:
 * what their bits are on any machine that keeps to IEEE 754. For t_exp_log.c. */
#ifndef EVIDENT_TESTS_EXP_LOG_MPFR_H
#define EVIDENT_TESTS_EXP_LOG_MPFR_H

#include <math.h>
#include <mpfr.h>

typedef int mpfr_operation(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);

static double by_mpfr(mpfr_operation *f, double a, double b)
{
    mpfr_t x, y;
    mpfr_inits2(53, x, y, (mpfr_ptr)0);
    mpfr_set_d(x, a, MPFR_RNDN);
    mpfr_set_d(y, b, MPFR_RNDN);
    mpfr_exp_t const low = mpfr_get_emin(), high = mpfr_get_emax();
    mpfr_set_emin(-1073);
    mpfr_set_emax(1024);
    int const ternary = f(x, x, y, MPFR_RNDN);
    mpfr_subnormalize(x, ternary, MPFR_RNDN);
    double const result = mpfr_get_d(x, MPFR_RNDN);
    mpfr_set_emin(low);
    mpfr_set_emax(high);
    mpfr_clears(x, y, (mpfr_ptr)0);
    return result;
}

static double times(double a, double b)
{
    return by_mpfr(mpfr_mul, a, b);
}

static double plus(double a, double b)
{
    return by_mpfr(mpfr_add, a, b);
}

static double minus(double a, double b)
{
    return by_mpfr(mpfr_sub, a, b);
}

/* 1/k!, or 2/(2k + 1), rounded to nearest */
static double coefficient(int k, int factorial)
{
    mpfr_t x;
    mpfr_init2(x, 400);
    mpfr_fac_ui(x, factorial ? (unsigned long)k : 0, MPFR_RNDN);
    mpfr_ui_div(x, 1, x, MPFR_RNDN);
    if (!factorial) {
        mpfr_mul_ui(x, x, 2, MPFR_RNDN);
        mpfr_div_ui(x, x, (unsigned long)(2 * k + 1), MPFR_RNDN);
    }
    double const result = mpfr_get_d(x, MPFR_RNDN);
    mpfr_clear(x);
    return result;
}

/* ln 2 to 42 bits, and what is left. */
static void ln2_parts(double *high, double *low)
{
    mpfr_t x;
    mpfr_init2(x, 400);
    mpfr_const_log2(x, MPFR_RNDN);
    *high = ldexp(floor(ldexp(mpfr_get_d(x, MPFR_RNDD), 42)), -42);
    mpfr_sub_d(x, x, *high, MPFR_RNDN);
    *low = mpfr_get_d(x, MPFR_RNDN);
    mpfr_clear(x);
}

static double exp_by_mpfr(double x)
{
    static double factor[15], high_part, low_part, inverse;
    if (factor[2] <= 0) {
        for (int k = 2; k < 15; k++)
            factor[k] = coefficient(k, 1);
        ln2_parts(&high_part, &low_part);
        mpfr_t one;
        mpfr_init2(one, 400);
        mpfr_const_log2(one, MPFR_RNDN);
        mpfr_ui_div(one, 1, one, MPFR_RNDN);
        inverse = mpfr_get_d(one, MPFR_RNDN);
        mpfr_clear(one);
    }
    double const within = x < -746 ? -746 : x > 710 ? 710 : x;
    double const k = minus(plus(times(within, inverse), 0x1.8p+52), 0x1.8p+52);
    double const high = minus(within, times(k, high_part)), low = times(k, low_part);
    double const r = minus(high, low), c = minus(minus(high, r), low);
    double const sum = plus(1, r), rest = plus(minus(1, sum), r);
    double q = factor[14];
    for (int j = 13; j >= 2; j--)
        q = plus(times(q, r), factor[j]);
    double const y = plus(sum, plus(rest, plus(times(c, sum), times(times(r, r), q))));
    int const exponent = (int)k + 2046, half = exponent / 2;
    return times(times(y, ldexp(1, half - 1023)), ldexp(1, exponent - half - 1023));
}

static double over(double a, double b)
{
    return by_mpfr(mpfr_div, a, b);
}

struct mpfr_pair {
    double high, low;
};

/* a b and what its rounding left, which MPFR knows without splitting. */
static struct mpfr_pair product(double a, double b)
{
    mpfr_t x;
    mpfr_init2(x, 106);
    mpfr_set_d(x, a, MPFR_RNDN);
    mpfr_mul_d(x, x, b, MPFR_RNDN);
    struct mpfr_pair p = {.high = mpfr_get_d(x, MPFR_RNDN)};
    mpfr_sub_d(x, x, p.high, MPFR_RNDN);
    p.low = mpfr_get_d(x, MPFR_RNDN);
    mpfr_clear(x);
    return p;
}

/* Of a positive number; but for those next to a tie of binary32, see gpu_log. */
static struct mpfr_pair log_by_mpfr(double x)
{
    static double factor[13], high_part, low_part, third_low;
    double const third_high = 2.0 / 3;
    if (factor[2] <= 0) {
        for (int j = 2; j < 13; j++)
            factor[j] = coefficient(j, 0);
        ln2_parts(&high_part, &low_part);
        third_low = third_high * 0x1p-54; /* 0.1010...: its bits go on */
    }
    int k;
    double m = 2 * frexp(x, &k);
    k--;
    if (m > 0x1.6a09e667f3bcdp+0)
        m /= 2, k++;
    double const f = minus(m, 1), d = plus(2, f), d_low = minus(f, minus(d, 2)), s = over(f, d);
    struct mpfr_pair const back = product(s, d);
    double const left = minus(minus(f, back.high), back.low);
    double const s_low = over(minus(left, times(s, d_low)), d);
    struct mpfr_pair z = product(s, s), cube = product(s, z.high), third;
    z.low = plus(z.low, times(times(2, s), s_low));
    cube.low = plus(cube.low, plus(times(s, z.low), times(s_low, z.high)));
    third = product(cube.high, third_high);
    third.low = plus(third.low, plus(times(cube.high, third_low), times(cube.low, third_high)));
    double q = factor[12];
    for (int j = 11; j >= 2; j--)
        q = plus(times(q, z.high), factor[j]);
    double const tail = times(times(cube.high, z.high), q), first = times(2, s);
    double const k_high = times(k, high_part), k_low = times(k, low_part);
    double const sum = plus(k_high, first), sum_low = minus(first, minus(sum, k_high));
    double const total = plus(sum, third.high);
    double const total_low = minus(third.high, minus(total, sum));
    double const low =
        plus(plus(total_low, sum_low), plus(plus(k_low, times(2, s_low)), plus(third.low, tail)));
    struct mpfr_pair p = {.high = plus(total, low)};
    p.low = minus(low, minus(p.high, total));
    return p;
}

#endif
