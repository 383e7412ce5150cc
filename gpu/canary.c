/* SPDX-License-Identifier: MIT */
/* canary.c: the table of the canary, and the line about what broke.
 *
 * Operands are chosen so that the wrong way gives other bits. All results but the last two kinds
 * are those of IEEE 754: t_canary.c has MPFR compute them again, and tests/canary.sh shows
 * which flags of a compiler they catch. */
#include "gpu/canary.h"

#include <stdio.h>

#define OPERANDS "subnormal operands are flushed"
#define RESULTS "subnormal results are flushed"
#define WIDER "floating point is evaluated in a wider type"
#define TWICE "results are rounded twice"
#define NEAREST "rounding is not to nearest, ties to even"
#define NARROWED "conversions do not round to nearest"
#define CUT "conversions do not cut off"
#define FUSED "a product and a sum are fused"
#define SUMS "sums are reassociated"
#define PRODUCTS "products are reassociated"
#define DIVISION "division is not exact"
#define ROOT "the square root is not exact"
#define NANS "NaN is thought not to occur"
#define INFINITIES "infinity is thought not to occur"
#define ZEROS "signs of zero are dropped"
#define EXPONENTIAL "the exponential is not its own"
#define LOGARITHM "the logarithm is not its own"

#define NOT_A_NUMBER ((double)NAN)
#define INFINITE ((double)INFINITY)

#define F(name, operation, a, b, c, wanted)                                                        \
    {                                                                                              \
        name, CANARY_FLOAT, CANARY_##operation, a, b, c, UINT64_C(wanted)                          \
    }
#define D(name, operation, a, b, c, wanted)                                                        \
    {                                                                                              \
        name, CANARY_DOUBLE, CANARY_##operation, a, b, c, UINT64_C(wanted)                         \
    }

/* What the compiler is told comes first and what follows from it last: the first that fails is the
 * one that is named. */
static const struct gpu_canary_entry entries[] = {
    F(OPERANDS, ADD, 0x1p-149, 0x1p-149, 0, 2),
    F(OPERANDS, MULTIPLY, 0x1.8p-140, 0x1p+60, 0, 0x17C00000),
    F(OPERANDS, COMPARE, 0x1p-149, 0, 0, 0x78),
    D(OPERANDS, ADD, 0x1p-1074, 0x1p-1074, 0, 2),
    D(OPERANDS, MULTIPLY, 0x1.8p-1060, 0x1p+200, 0, 0xA38000000000000),
    D(OPERANDS, COMPARE, 0x1p-1074, 0, 0, 0x78),
    F(RESULTS, ADD, 0x1.8p-126, -0x1p-126, 0, 0x400000),
    F(RESULTS, MULTIPLY, 0x1.8p-100, 0x1p-40, 0, 0x300),
    F(RESULTS, DIVIDE, 0x1p-120, 0x1.8p+20, 0, 0x155),
    F(RESULTS, NARROW, 0x1.8p-140, 0, 0, 0x300),
    D(RESULTS, ADD, 0x1.8p-1022, -0x1p-1022, 0, 0x8000000000000),
    D(RESULTS, MULTIPLY, 0x1.8p-1000, 0x1p-40, 0, 0x600000000),
    D(RESULTS, DIVIDE, 0x1p-1000, 0x1.8p+40, 0, 0x2AAAAAAAB),
    F(WIDER, EVALUATION, 0, 0, 0, 0),
    F(TWICE, ADD, 1, 0x1.000002p-24, 0, 0x3F800001),
    D(TWICE, ADD, 1, 0x1.0000000000001p-53, 0, 0x3FF0000000000001),
    F(NEAREST, ADD, 1, 0x1.8p-25, 0, 0x3F800000),
    F(NEAREST, ADD, 1, 0x1.8p-24, 0, 0x3F800001),
    F(NEAREST, ADD, 0x1.000002p+0, 0x1p-24, 0, 0x3F800002),
    F(NEAREST, MULTIPLY, -0x1.000002p+0, 0x1.000002p+0, 0, 0xBF800002),
    D(NEAREST, ADD, 1, 0x1.8p-54, 0, 0x3FF0000000000000),
    D(NEAREST, ADD, 1, 0x1.8p-53, 0, 0x3FF0000000000001),
    D(NEAREST, ADD, 0x1.0000000000001p+0, 0x1p-53, 0, 0x3FF0000000000002),
    D(NEAREST, MULTIPLY, -0x1.0000000000001p+0, 0x1.0000000000001p+0, 0, 0xBFF0000000000002),
    F(NARROWED, NARROW, 0x1.0000030000000p+0, 0, 0, 0x3F800002),
    F(NARROWED, NARROW, -0x1.0000010000001p+0, 0, 0, 0xBF800001),
    F(CUT, INTEGER, -0x1.fffffep+0, 0, 0, 0xFFFFFFFFFFFFFFFF),
    D(CUT, INTEGER, -0x1.fffffffffffffp+0, 0, 0, 0xFFFFFFFFFFFFFFFF),
    F(FUSED, MULTIPLY_ADD, 0x1.001p+0, 0x1.001p+0, -0x1.002p+0, 0),
    F(FUSED, MULTIPLY_LESS, 0x1.001p+0, 0x1.001p+0, 0x1.002p+0, 0),
    F(FUSED, LESS_MULTIPLY, 0x1.001p+0, 0x1.001p+0, 0x1.002p+0, 0),
    F(FUSED, THEN_ADD, 0x1.001p+0, 0x1.001p+0, -0x1.002p+0, 0),
    D(FUSED, MULTIPLY_ADD, 0x1.0000002p+0, 0x1.0000002p+0, -0x1.0000004p+0, 0),
    D(FUSED, MULTIPLY_LESS, 0x1.0000002p+0, 0x1.0000002p+0, 0x1.0000004p+0, 0),
    D(FUSED, LESS_MULTIPLY, 0x1.0000002p+0, 0x1.0000002p+0, 0x1.0000004p+0, 0),
    D(FUSED, THEN_ADD, 0x1.0000002p+0, 0x1.0000002p+0, -0x1.0000004p+0, 0),
    F(SUMS, SUM_LESS, 0x1p+24, 1, 0, 0),
    F(SUMS, LESS_LESS, 0x1p+24, 1.25, 0, 0x3F800000),
    F(SUMS, SUM_SUM, 0x1p+24, 1, 1, 0x4B800000),
    F(SUMS, SUM_SUM, 1, 0x1p+24, -0x1p+24, 0),
    F(SUMS, LOOP, 0x1p+24, 1, -0x1p+24, 0),
    D(SUMS, SUM_LESS, 0x1p+53, 1, 0, 0),
    D(SUMS, LESS_LESS, 0x1p+53, 1.25, 0, 0x3FF0000000000000),
    D(SUMS, SUM_SUM, 0x1p+53, 1, 1, 0x4340000000000000),
    D(SUMS, SUM_SUM, 1, 0x1p+53, -0x1p+53, 0),
    D(SUMS, LOOP, 0x1p+53, 1, -0x1p+53, 0),
    F(PRODUCTS, FACTOR, 0x1.1c1eecp+0, 0x1.a44ab4p+0, 0x1.39f25cp+0, 0x404BB91C),
    F(PRODUCTS, PRODUCTS, 0x1p+100, 0x1p+100, 0x1p-100, 0x7F800000),
    F(PRODUCTS, FOURTH, 0x1.168acep+0, 0, 0, 0x3FB36586),
    D(PRODUCTS, FACTOR, 0x1.4eb592bb86575p+0, 0x1.39e22130115bep+0, 0x1.46b7553598c89p+0,
      0x400A2C74A130FD38),
    D(PRODUCTS, PRODUCTS, 0x1p+1000, 0x1p+1000, 0x1p-1000, 0x7FF0000000000000),
    D(PRODUCTS, FOURTH, 0x1.cc6698310dc51p+0, 0, 0, 0x4024EC2B1EF58B4E),
    F(DIVISION, THIRD, 5, 0, 0, 0x3FD55555),
    F(DIVISION, SEVENTH, 3, 0, 0, 0x3EDB6DB7),
    F(DIVISION, DIVIDE, 5, 3, 0, 0x3FD55555),
    F(DIVISION, DIVIDE, 0x1.fffffep+127, 0x1.fffffcp+127, 0, 0x3F800001),
    F(DIVISION, QUOTIENTS, 5, 1, 3, 0x3FAAAAAA),
    F(DIVISION, SAME_DIVISOR, 5, 1, 3, 0x17FFFFE),
    F(DIVISION, QUOTIENT_BACK, 13, 11, 0, 0x414FFFFF),
    F(DIVISION, RECIPROCAL, 3, 7, 3, 0x3FA4924A),
    D(DIVISION, THIRD, 5, 0, 0, 0x3FFAAAAAAAAAAAAB),
    D(DIVISION, SEVENTH, 5, 0, 0, 0x3FE6DB6DB6DB6DB7),
    D(DIVISION, DIVIDE, 5, 3, 0, 0x3FFAAAAAAAAAAAAB),
    D(DIVISION, DIVIDE, 0x1.fffffffffffffp+1023, 0x1.ffffffffffffep+1023, 0, 0x3FF0000000000001),
    D(DIVISION, QUOTIENTS, 5, 1, 3, 0x3FF5555555555556),
    D(DIVISION, SAME_DIVISOR, 5, 1, 3, 0x2FFFFFFFFFFFFE),
    D(DIVISION, QUOTIENT_BACK, 15, 11, 0, 0x402DFFFFFFFFFFFF),
    D(DIVISION, RECIPROCAL, 3, 13, 3, 0x3FE6276276276277),
    F(ROOT, SQRT, 2, 0, 0, 0x3FB504F3),
    F(ROOT, SQRT, 0x1.fffffep+127, 0, 0, 0x5F7FFFFF),
    F(ROOT, SQRT, 0x1p-149, 0, 0, 0x1A3504F3),
    F(ROOT, SQRT_SQUARE, 2, 0, 0, 0x3FFFFFFF),
    F(ROOT, SQRT_UNDER, 3, 2, 0, 0x4007C3B7),
    D(ROOT, SQRT, 2, 0, 0, 0x3FF6A09E667F3BCD),
    D(ROOT, SQRT, 0x1.fffffffffffffp+1023, 0, 0, 0x5FEFFFFFFFFFFFFF),
    D(ROOT, SQRT, 0x1p-1074, 0, 0, 0x1E60000000000000),
    D(ROOT, SQRT_SQUARE, 2, 0, 0, 0x4000000000000001),
    D(ROOT, SQRT_UNDER, 3, 3, 0, 0x3FFBB67AE8584CAB),
    F(NANS, COMPARE, NOT_A_NUMBER, 1, 0, 0xC8),
    F(NANS, COMPARE, NOT_A_NUMBER, NOT_A_NUMBER, 0, 0xC8),
    F(NANS, SMALLER, NOT_A_NUMBER, 1, 0, 0x3F800000),
    F(NANS, IS_NAN, INFINITE, INFINITE, 0, 1),
    F(NANS, IS_NAN, INFINITE, 0, 0, 2),
    D(NANS, COMPARE, NOT_A_NUMBER, 1, 0, 0xC8),
    D(NANS, COMPARE, NOT_A_NUMBER, NOT_A_NUMBER, 0, 0xC8),
    D(NANS, SMALLER, NOT_A_NUMBER, 1, 0, 0x3FF0000000000000),
    D(NANS, IS_NAN, INFINITE, INFINITE, 0, 1),
    D(NANS, IS_NAN, INFINITE, 0, 0, 2),
    F(INFINITIES, ADD, 0x1.fffffep+127, 0x1p+103, 0, 0x7F800000),
    F(INFINITIES, COMPARE, INFINITE, 0x1.fffffep+127, 0, 0x78),
    D(INFINITIES, ADD, 0x1.fffffffffffffp+1023, 0x1p+970, 0, 0x7FF0000000000000),
    D(INFINITIES, COMPARE, INFINITE, 0x1.fffffffffffffp+1023, 0, 0x78),
    F(ZEROS, ADD_ZERO, -0.0, 0, 0, 0),
    F(ZEROS, ZERO_LESS, 0, 0, 0, 0),
    F(ZEROS, TIMES_ZERO, -1, 0, 0, 0x80000000),
    F(ZEROS, SMALLER, 0, -0.0, 0, 0x80000000),
    D(ZEROS, ADD_ZERO, -0.0, 0, 0, 0),
    D(ZEROS, ZERO_LESS, 0, 0, 0, 0),
    D(ZEROS, TIMES_ZERO, -1, 0, 0, 0x8000000000000000),
    D(ZEROS, SMALLER, 0, -0.0, 0, 0x8000000000000000),
    F(EXPONENTIAL, EXP, -0x1.d2259ap+3, 0, 0, 0x34FD331B),
    F(EXPONENTIAL, EXP, -0x1.e1dbe2p-8, 0, 0, 0x3F7E1FE9),
    F(EXPONENTIAL, EXP, 0x1.fdff02p-17, 0, 0, 0x3F800080),
    F(EXPONENTIAL, EXP, -0x1.9d1d9ep+6, 0, 0, 1),
    D(EXPONENTIAL, EXP, -0x1.d2259ap+3, 0, 0, 0x3E9FA66350000001),
    D(EXPONENTIAL, EXP, 0x1.62e42fefa39efp-2, 0, 0, 0x3FF6A09E667F3BCC),
    D(EXPONENTIAL, EXP, -0x1.74046dfefd9d1p+9, 0, 0, 1),
    D(EXPONENTIAL, EXP, 0x1.62e42fefa39efp+9, 0, 0, 0x7FEFFFFFFFFFFF2A),
    D(EXPONENTIAL, EXP, -INFINITE, 0, 0, 0),
    D(EXPONENTIAL, EXP, NOT_A_NUMBER, 0, 0, 0x7FF8000000000000),
    F(LOGARITHM, LOG, 0x1.827a74p-7, 0, 0, 0xC08E158F),
    F(LOGARITHM, LOG, 0x1.2f1fd6p+3, 0, 0, 0x400FE5E7),
    F(LOGARITHM, LOG, 0x1.bacb4ap+25, 0, 0, 0x418F034B),
    F(LOGARITHM, LOG, 0x1.b121a6p+76, 0, 0, 0x4254D1F9),
    F(LOGARITHM, LOG, 0x1.6351d8p+95, 0, 0, 0x42845A89),
    D(LOGARITHM, LOG, 0x1.827a74p-7, 0, 0, 0xC011C2B1EFFFFFFF),
    D(LOGARITHM, LOG, 0x1.fffffffffffffp-1, 0, 0, 0xBCA0000000000000),
    D(LOGARITHM, LOG, 0x1.6a09e667f3bcdp+0, 0, 0, 0x3FD62E42FEFA39F0),
    D(LOGARITHM, LOG, 0x1p-1074, 0, 0, 0xC0874385446D71C3),
    D(LOGARITHM, LOG, 0, 0, 0, 0xFFF0000000000000),
    D(LOGARITHM, LOG, -1, 0, 0, 0x7FF8000000000000),
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

const struct gpu_canary_entry *gpu_canary_table(uint32_t *count)
{
    *count = ENTRIES;
    return entries;
}

void gpu_canary_explain(char *text, size_t size, uint32_t entry, uint64_t got, uint32_t failures)
{
    const struct gpu_canary_entry *e = &entries[entry];
    snprintf(text, size,
             "the build is broken: %s (%s, entry %lu: 0x%llx instead of 0x%llx; %lu of %lu fail)",
             e->name, e->type == CANARY_FLOAT ? "float" : "double", (unsigned long)entry,
             (unsigned long long)got, (unsigned long long)e->wanted, (unsigned long)failures,
             (unsigned long)ENTRIES);
}

bool gpu_canary(char *text, size_t size)
{
    uint32_t first = gpu_canary_run(entries, 0, ENTRIES), failures = 0;
    for (uint32_t i = first; i < ENTRIES; i = gpu_canary_run(entries, i + 1, ENTRIES))
        failures++;
    if (failures > 0)
        gpu_canary_explain(text, size, first, gpu_canary_bits(&entries[first]), failures);
    return failures == 0;
}
