/* SPDX-License-Identifier: MIT */
/* canary.h: a table of operations whose bits are known, run before anything else is: a build that
 * fuses, reassociates, flushes, approximates or drops comparisons is refused, not trusted.
 *
 * One text for host and device. The table is the host's (gpu_canary_table); a device gets a copy,
 * runs gpu_canary_run or, a thread each, gpu_canary_bits, and the host names what broke. Operands
 * are read through volatile, so that nothing is computed by the compiler instead.
 *
 * gpu_canary speaks for the flags of canary.c and the state of the calling thread; a file built
 * with flags of its own asks gpu_canary_run. */
#ifndef EVIDENT_GPU_CANARY_H
#define EVIDENT_GPU_CANARY_H

#include "gpu/exp_log.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gpu_canary_operation {
    CANARY_ADD,           /* a + b */
    CANARY_ADD_ZERO,      /* a + 0 */
    CANARY_ZERO_LESS,     /* 0 - a */
    CANARY_MULTIPLY,      /* a b */
    CANARY_TIMES_ZERO,    /* 0 a */
    CANARY_MULTIPLY_ADD,  /* a b + c */
    CANARY_MULTIPLY_LESS, /* a b - c */
    CANARY_LESS_MULTIPLY, /* c - a b */
    CANARY_THEN_ADD,      /* t = a b; t + c */
    CANARY_SUM_LESS,      /* (a + b) - a */
    CANARY_LESS_LESS,     /* a - (a - b) */
    CANARY_SUM_SUM,       /* (a + b) + c */
    CANARY_FACTOR,        /* a b + a c */
    CANARY_PRODUCTS,      /* (a b) c */
    CANARY_FOURTH,        /* ((a a) a) a */
    CANARY_LOOP,          /* a + b + b + ..., 16 b, then + c */
    CANARY_DIVIDE,        /* a / b */
    CANARY_THIRD,         /* a / 3 */
    CANARY_SEVENTH,       /* a / 7 */
    CANARY_QUOTIENTS,     /* a / c - b / c */
    CANARY_SAME_DIVISOR,  /* a / c, then b / c: the bits of both, by exclusive or */
    CANARY_QUOTIENT_BACK, /* (a / b) b */
    CANARY_RECIPROCAL,    /* a / (b / c) */
    CANARY_SQRT,
    CANARY_SQRT_SQUARE, /* sqrt(a) sqrt(a) */
    CANARY_SQRT_UNDER,  /* a / sqrt(b) */
    CANARY_NARROW,      /* (float)(a of double) */
    CANARY_INTEGER,     /* (int32_t)a */
    CANARY_COMPARE,     /* bits 0 to 7: < <= == != >= > and the negations of < and >= */
    CANARY_SMALLER,     /* a < b ? a : b */
    CANARY_IS_NAN,      /* by the bits: a - b, b a */
    CANARY_EXP,         /* double, rounded to the type */
    CANARY_LOG,
    CANARY_EVALUATION /* FLT_EVAL_METHOD */
};

enum gpu_canary_type { CANARY_FLOAT, CANARY_DOUBLE };

struct gpu_canary_entry {
    const char *name; /* what is broken where the bits are others; memory of the host */
    enum gpu_canary_type type;
    enum gpu_canary_operation operation;
    double a, b, c;  /* exact in the type */
    uint64_t wanted; /* bits of the result, or what the operation says */
};

#define CANARY_REAL float
#define CANARY_BITS uint32_t
#define CANARY_ROOT sqrtf
#define CANARY(name) gpu_canary_##name##_float
#include "gpu/canary_real.h"

#define CANARY_REAL double
#define CANARY_BITS uint64_t
#define CANARY_ROOT sqrt
#define CANARY(name) gpu_canary_##name##_double
#include "gpu/canary_real.h"

/* What an entry gives here. */
GPU_BOTH static inline uint64_t gpu_canary_bits(const struct gpu_canary_entry *e)
{
    return e->type == CANARY_FLOAT ? gpu_canary_entry_float(e) : gpu_canary_entry_double(e);
}

/* Index of the first entry at or after first whose bits are others; count where there is none. */
GPU_BOTH static inline uint32_t gpu_canary_run(const struct gpu_canary_entry *table, uint32_t first,
                                               uint32_t count)
{
    while (first < count && gpu_canary_bits(&table[first]) == table[first].wanted)
        first++;
    return first;
}

#ifdef __cplusplus
extern "C" {
#endif

/* [*count] */
const struct gpu_canary_entry *gpu_canary_table(uint32_t *count);

/* true: this build computes as it must. Else text is one line about what broke, and how many
 * entries say so. Takes microseconds. */
bool gpu_canary(char *text, size_t size);

/* That line, where entry was the first of failures and gave got: for a device's driver. */
void gpu_canary_explain(char *text, size_t size, uint32_t entry, uint64_t got, uint32_t failures);

#ifdef __cplusplus
}
#endif

#endif
