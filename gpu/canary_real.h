/* SPDX-License-Identifier: MIT */
/* canary_real.h: the operations of the canary in one type; a text that canary.h includes twice.
 *
 * Operands come out of volatile once, into plain variables: the compiler knows nothing about them,
 * but may do to the expressions below all that its flags allow it. */

GPU_BOTH static inline uint64_t CANARY(word)(CANARY_REAL x)
{
    CANARY_BITS bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

GPU_BOTH static inline int CANARY(nan)(CANARY_REAL x)
{
    const uint64_t infinity = sizeof x == 4 ? UINT64_C(0x7F800000) : UINT64_C(0x7FF0000000000000);
    return (CANARY(word)(x) & (UINT64_MAX >> (65 - 8 * sizeof x))) > infinity;
}

/* Operations of which a wrong build makes others. */
GPU_BOTH static inline CANARY_REAL CANARY(sums)(enum gpu_canary_operation operation, CANARY_REAL a,
                                                CANARY_REAL b, CANARY_REAL c)
{
    CANARY_REAL t;
    switch (operation) {
    case CANARY_ADD:
        return a + b;
    case CANARY_ADD_ZERO:
        return a + 0;
    case CANARY_ZERO_LESS:
        return 0 - a;
    case CANARY_MULTIPLY:
        return a * b;
    case CANARY_TIMES_ZERO:
        return a * 0;
    case CANARY_MULTIPLY_ADD:
        return a * b + c;
    case CANARY_MULTIPLY_LESS:
        return a * b - c;
    case CANARY_LESS_MULTIPLY:
        return c - a * b;
    case CANARY_THEN_ADD:
        t = a * b;
        return t + c;
    case CANARY_SUM_LESS:
        return (a + b) - a;
    case CANARY_LESS_LESS:
        return a - (a - b);
    case CANARY_SUM_SUM:
        return (a + b) + c;
    case CANARY_FACTOR:
        return a * b + a * c;
    case CANARY_PRODUCTS:
        return (a * b) * c;
    case CANARY_FOURTH:
        return ((a * a) * a) * a;
    default:
        return a;
    }
}

/* The same of division, roots and functions. */
GPU_BOTH static inline CANARY_REAL CANARY(quotients)(enum gpu_canary_operation operation,
                                                     CANARY_REAL a, CANARY_REAL b, CANARY_REAL c)
{
    switch (operation) {
    case CANARY_DIVIDE:
        return a / b;
    case CANARY_THIRD:
        return a / 3;
    case CANARY_SEVENTH:
        return a / 7;
    case CANARY_QUOTIENTS:
        return a / c - b / c;
    case CANARY_QUOTIENT_BACK:
        return (a / b) * b;
    case CANARY_RECIPROCAL:
        return a / (b / c);
    case CANARY_SQRT:
        return CANARY_ROOT(a);
    case CANARY_SQRT_SQUARE:
        return CANARY_ROOT(a) * CANARY_ROOT(a);
    case CANARY_SQRT_UNDER:
        return a / CANARY_ROOT(b);
    case CANARY_SMALLER:
        return a < b ? a : b;
    case CANARY_EXP:
        return (CANARY_REAL)gpu_exp((double)a);
    case CANARY_LOG:
        return (CANARY_REAL)gpu_log((double)a);
    default:
        return CANARY(sums)(operation, a, b, c);
    }
}

/* A sum in a loop, which a vectoriser may only touch where sums may be reordered. */
GPU_BOTH static inline CANARY_REAL CANARY(loop)(CANARY_REAL a, CANARY_REAL b, CANARY_REAL c)
{
    volatile CANARY_REAL opaque[16];
    CANARY_REAL terms[16], sum = a;
    for (int i = 0; i < 16; i++)
        opaque[i] = b;
    for (int i = 0; i < 16; i++)
        terms[i] = opaque[i];
    for (int i = 0; i < 16; i++)
        sum += terms[i];
    return sum + c;
}

GPU_BOTH static inline uint64_t CANARY(compare)(CANARY_REAL a, CANARY_REAL b)
{
    return (uint64_t)(a < b) | (uint64_t)(a <= b) << 1 | (uint64_t)(a == b) << 2 |
           (uint64_t)(a != b) << 3 | (uint64_t)(a >= b) << 4 | (uint64_t)(a > b) << 5 |
           (uint64_t) !(a < b) << 6 | (uint64_t) !(a >= b) << 7;
}

GPU_BOTH static inline uint64_t CANARY(entry)(const struct gpu_canary_entry *e)
{
    volatile CANARY_REAL opaque_a = (CANARY_REAL)e->a, opaque_b = (CANARY_REAL)e->b,
                         opaque_c = (CANARY_REAL)e->c;
    const CANARY_REAL a = opaque_a, b = opaque_b, c = opaque_c;
    volatile double opaque_wide = e->a;
    volatile int opaque_method = FLT_EVAL_METHOD;
    switch (e->operation) {
    case CANARY_LOOP:
        return CANARY(word)(CANARY(loop)(a, b, c));
    case CANARY_SAME_DIVISOR:
        return CANARY(word)(a / c) ^ CANARY(word)(b / c);
    case CANARY_NARROW:
        return CANARY(word)((CANARY_REAL)opaque_wide);
    case CANARY_INTEGER:
        return (uint64_t)(int64_t)(int32_t)a;
    case CANARY_COMPARE:
        return CANARY(compare)(a, b);
    case CANARY_IS_NAN:
        return (uint64_t)(CANARY(nan)(a - b) | CANARY(nan)(b * a) << 1);
    case CANARY_EVALUATION:
        return (uint64_t)opaque_method;
    default:
        return CANARY(word)(CANARY(quotients)(e->operation, a, b, c));
    }
}

#undef CANARY_REAL
#undef CANARY_BITS
#undef CANARY_ROOT
#undef CANARY
