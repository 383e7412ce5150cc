/* SPDX-License-Identifier: MIT */
/* exp_log.h: the exponential and the logarithm of the clock engine, one text for host and device.
 *
 * Only + - * /, comparisons and integer operations on the bits of doubles, each rounded once
 * (-ffp-contract=off, -fmad=false): equal bits come out on every machine, where the functions of
 * libm and of devices differ. There is no branch and no table, so loops over either vectorise.
 *
 * u = 2^-53. Bounds, relative; first what is proven below, then the worst that was measured:
 *   gpu_exp  1.4 u  (1.00 u)  where the result is normal; below, half a unit in the last place more
 *   gpu_log  1.01 u (1.00 u)  and 2 u where the logarithm is almost a tie of binary32, see there
 * (float)gpu_exp((double)x) and (float)gpu_log((double)x) are rounded correctly for all 2^32 floats
 * x: gpu/tools/sweep.c tries them all, 0 wrong. t_exp_log.c compares the doubles with MPFR.
 *
 * NaN gives the NaN 0x7FF8000000000000 whatever its payload (as a float it is 0x7FC00000 on hosts
 * and 0x7FFFFFFF on devices: compare doubles, or that both are NaN); exp overflows to inf and
 * underflows gradually to 0; log of 0 is -inf, log of a negative number is NaN, subnormal
 * arguments lose nothing. */
#ifndef EVIDENT_GPU_EXP_LOG_H
#define EVIDENT_GPU_EXP_LOG_H

#include <stdint.h>
#include <string.h>

#ifndef GPU_BOTH
#ifdef __CUDACC__
#define GPU_BOTH __host__ __device__
#else
#define GPU_BOTH
#endif
#endif

/* ln 2 to 42 bits, so that products with |k| < 2^11 are exact, and the rest to 53 bits more:
 * off by less than 2^-98. Both, and all coefficients below, are MPFR's, rounded to nearest. */
#define GPU_LN2_HIGH 0x1.62e42fefa38p-1
#define GPU_LN2_LOW 0x1.ef35793c7673p-45

GPU_BOTH static inline uint64_t gpu_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

GPU_BOTH static inline double gpu_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* sum_{k=2}^{14} r^(k-2) / k!, |r| <= 0.3466: less than 2^-60 is left out. */
GPU_BOTH static inline double gpu_exp_tail(double r)
{
    double q = 0x1.93974a8c07c9dp-37;
    q = q * r + 0x1.6124613a86d09p-33;
    q = q * r + 0x1.1eed8eff8d898p-29;
    q = q * r + 0x1.ae64567f544e4p-26;
    q = q * r + 0x1.27e4fb7789f5cp-22;
    q = q * r + 0x1.71de3a556c734p-19;
    q = q * r + 0x1.a01a01a01a01ap-16;
    q = q * r + 0x1.a01a01a01a01ap-13;
    q = q * r + 0x1.6c16c16c16c17p-10;
    q = q * r + 0x1.1111111111111p-7;
    q = q * r + 0x1.5555555555555p-5;
    q = q * r + 0x1.5555555555555p-3;
    return q * r + 0.5;
}

/* e^x = 2^k e^(r+c), k the integer nearest to x / ln 2, r + c = x - k ln 2.
 *
 * x - k GPU_LN2_HIGH is exact: a multiple of 2^-54 below 0.35 (or x itself, where k = 0), so r + c
 * is off by less than 2^-87. e^(r+c) = (1 + r) + (c (1 + r) + r^2 q): the first sum is kept exactly
 * as sum + rest, so that besides the last rounding (1 u; 0.71 u below 1) only those of terms below
 * 0.08 count (0.3 u; 0.42 u below 1). */
GPU_BOTH static inline double gpu_exp(double x)
{
    /* Beyond these the result is inf and 0 by itself; within, k fits. NaN passes. */
    double within = x > 710.0 ? 710.0 : x;
    within = within < -746.0 ? -746.0 : within;
    /* Adding 1.5 2^52 rounds to an integer and leaves it in the low bits. */
    double shifted = within * 0x1.71547652b82fep+0 + 0x1.8p+52;
    double k = shifted - 0x1.8p+52;
    double high = within - k * GPU_LN2_HIGH, low = k * GPU_LN2_LOW;
    double r = high - low, c = (high - r) - low;
    double sum = 1.0 + r, rest = (1.0 - sum) + r;
    double y = sum + (rest + (c * sum + r * r * gpu_exp_tail(r)));

    /* 2^k in two factors, each normal: the first product is exact, the second rounds once. */
    uint64_t exponent = gpu_bits(shifted) - gpu_bits(0x1.8p+52) + 2046; /* k + 2046 */
    uint64_t half = exponent >> 1;
    y = y * gpu_from_bits(half << 52) * gpu_from_bits((exponent - half) << 52);
    return x != x ? gpu_from_bits(UINT64_C(0x7FF8000000000000)) : y;
}

/* high + low = a b exactly (Dekker), where nothing overflows or underflows: all that is multiplied
 * below is 0 or between 2^-170 and 2. */
struct gpu_pair {
    double high, low;
};

GPU_BOTH static inline struct gpu_pair gpu_product(double a, double b)
{
    struct gpu_pair p;
    double a_split = a * 134217729.0, b_split = b * 134217729.0; /* 2^27 + 1 */
    double a_high = a_split - (a_split - a), b_high = b_split - (b_split - b);
    double a_low = a - a_high, b_low = b - b_high;
    p.high = a * b;
    p.low = ((a_high * b_high - p.high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return p;
}

/* sum_{j=2}^{12} 2 z^(j-2) / (2j+1), 0 <= z < 0.02945: less than 2^-59 is left out. */
GPU_BOTH static inline double gpu_log_tail(double z)
{
    double q = 0x1.47ae147ae147bp-4;
    q = q * z + 0x1.642c8590b2164p-4;
    q = q * z + 0x1.8618618618618p-4;
    q = q * z + 0x1.af286bca1af28p-4;
    q = q * z + 0x1.e1e1e1e1e1e1ep-4;
    q = q * z + 0x1.1111111111111p-3;
    q = q * z + 0x1.3b13b13b13b14p-3;
    q = q * z + 0x1.745d1745d1746p-3;
    q = q * z + 0x1.c71c71c71c71cp-3;
    q = q * z + 0x1.2492492492492p-2;
    return q * z + 0x1.999999999999ap-2;
}

/* log x as high + low, off by less than 2^-61 of it; x = 2^k m positive, finite and normal.
 *
 * m within sqrt(1/2) .. sqrt(2), s = (m-1) / (m+1), |s| < 0.1716, z = s^2:
 * log x = k ln 2 + 2 s + (2/3) s z + s z^2 q(z). The first three are carried in pairs; the last
 * is below 2^-12.5 of 2 s, and the roundings of plain operations below 8 u of it, so 2^-62.5. Sums
 * of pairs are exact where the first is 0 or the greater one: |k ln 2| >= 0.69 > |2 s|, and what
 * they add up to is at least 0.34 or 2 s, either above the third. */
GPU_BOTH static inline struct gpu_pair gpu_log_pair(double x, double k)
{
    const double third_high = 0x1.5555555555555p-1, third_low = 0x1.5555555555555p-55; /* 2/3 */
    uint64_t bits = gpu_bits(x);
    double m = gpu_from_bits((bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x3FF0000000000000));
    k = k + (double)((int32_t)(bits >> 52) - 1023);
    k = m > 0x1.6a09e667f3bcdp+0 ? k + 1.0 : k;
    m = m > 0x1.6a09e667f3bcdp+0 ? 0.5 * m : m;

    double f = m - 1.0, d = 2.0 + f, d_low = f - (d - 2.0); /* d + d_low = m + 1 exactly */
    double s = f / d;
    struct gpu_pair back = gpu_product(s, d);
    double s_low = (((f - back.high) - back.low) - s * d_low) / d;

    struct gpu_pair z = gpu_product(s, s), cube = gpu_product(s, z.high), third;
    z.low = z.low + 2.0 * s * s_low;
    cube.low = cube.low + (s * z.low + s_low * z.high);
    third = gpu_product(cube.high, third_high);
    third.low = third.low + (cube.high * third_low + cube.low * third_high);
    double tail = cube.high * z.high * gpu_log_tail(z.high);

    double k_high = k * GPU_LN2_HIGH, k_low = k * GPU_LN2_LOW, first = 2.0 * s;
    double sum = k_high + first, sum_low = first - (sum - k_high);
    double total = sum + third.high, total_low = third.high - (total - sum);
    double low = (total_low + sum_low) + ((k_low + 2.0 * s_low) + (third.low + tail));
    struct gpu_pair p;
    p.high = total + low;
    p.low = low - (p.high - total);
    return p;
}

/* The nearest double is not good enough to be rounded to float afterwards: a few logarithms of
 * floats are so near the middle between two floats that it is the middle, and their side is lost.
 * There (and nowhere else) the next double on their side is given: still in order, 2 u off. */
GPU_BOTH static inline double gpu_log(double x)
{
    int tiny = x < 0x1p-1022;
    struct gpu_pair p = gpu_log_pair(tiny ? x * 0x1p+54 : x, tiny ? -54.0 : 0.0);
    uint64_t bits = gpu_bits(p.high);
    uint64_t toward = (p.low > 0) == (p.high > 0) ? 1 : UINT64_MAX; /* 1 or -1 */
    int middle = (bits & UINT64_C(0x1FFFFFFF)) == UINT64_C(0x10000000) && p.low != 0;
    double y = gpu_from_bits(middle ? bits + toward : bits);
    y = x > 0x1.fffffffffffffp+1023 ? x : y;
    y = x == 0 ? gpu_from_bits(UINT64_C(0xFFF0000000000000)) : y;
    return x >= 0 ? y : gpu_from_bits(UINT64_C(0x7FF8000000000000));
}

#endif
