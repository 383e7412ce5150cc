/* SPDX-License-Identifier: MIT */
/* clock_rows.c: adds up rows of reals, LANES at a time, with the widest vectors of the machine.
 *
 * Vectors of a fixed number of bytes are a language extension of gcc and clang. Where the machine's
 * own are narrower, gcc 12 passes them through the stack (2.7 times slower on machines with AVX2
 * only), so each width has code of its own, and the machine says at run time which it can. */
#include "gpu/clock/plan.h"
#include "gpu/clock/vector.h"

#define CONCAT_TEXT(a, b) a##b
#define CONCAT(a, b) CONCAT_TEXT(a, b)

#define ROWS_BYTES 32
#define ROWS_TARGET CLONED
#include "gpu/clock/rows.h"
#undef ROWS_BYTES
#undef ROWS_TARGET

#ifdef VECTOR_WIDEST
#define ROWS_BYTES 64
#define ROWS_TARGET __attribute__((target(VECTOR_WIDEST)))
#include "gpu/clock/rows.h"
#define CHOOSE(name, ...)                                                                          \
    (__builtin_cpu_supports(VECTOR_WIDEST) ? name##_64(__VA_ARGS__) : name##_32(__VA_ARGS__))
#else
#define CHOOSE(name, ...) name##_32(__VA_ARGS__)
#endif

void clock_add_rows(real *restrict i, const real *const *row, size_t rows, size_t width)
{
    CHOOSE(add_rows, i, row, rows, width);
}

void clock_dot_lanes(real *restrict lane, const real *restrict w, const real *restrict x,
                     size_t width)
{
    CHOOSE(dot_lanes, lane, w, x, width);
}

void clock_add_history(real *restrict sum, const real *restrict history,
                       const uint32_t *restrict entry, size_t entries, size_t stride, size_t width)
{
    CHOOSE(add_history, sum, history, entry, entries, stride, width);
}
