/* SPDX-License-Identifier: MIT */
/* grid_operand.h: random operands of one operation of the grid reference, off by as much as their
 * bounds allow, and how much of a bound a result uses. */
#ifndef EVIDENT_TESTS_GRID_OPERAND_H
#define EVIDENT_TESTS_GRID_OPERAND_H

#include "ref/grid/grid.h"

#include <check.h>
#include <math.h>
#include <stdint.h>

enum { TRIALS = 20000 };

static uint64_t state = 1;

static inline uint64_t draw(void) /* xorshift */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static inline double between(double low, double high)
{
    return low + (high - low) * (double)(draw() >> 11) * 0x1p-53;
}

/* A number of binary32 of either sign between 2^low and 2^high. */
static inline float real(int low, int high)
{
    double x = ldexp(between(1, 2), low + (int)(draw() % (unsigned)(high - low)));
    return (float)(draw() & 1 ? -x : x);
}

/* The engine has X; the exact number is off by up to e, often by all of it, or not at all. */
static inline void around(struct grid_number *z, float X, double e)
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
static inline double used(double X, const arb_t x, double bound)
{
    arb_t gap;
    arb_init(gap);
    arb_set_d(gap, X);
    arb_sub(gap, gap, x, GRID_BITS);
    double least = grid_least(gap);
    arb_clear(gap);
    return least > 0 ? least / bound : 0;
}

/* What a step ends with. */
static inline float flushed(float x)
{
    return fabsf(x) < 0x1p-100f ? 0 : x;
}

#endif
