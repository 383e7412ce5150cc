/* SPDX-License-Identifier: MIT */
/* number.h: small functions of numbers that many files of verify/ need. Private to verify/. */
#ifndef EVIDENT_VERIFY_NUMBER_H
#define EVIDENT_VERIFY_NUMBER_H

#include "ref/ref.h"

/* The midpoint of a ball, rounded. */
static inline double middle(arb_srcptr x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* The output function of splitmix64: a bijection whose outputs at consecutive inputs pass for
 * random. */
static inline uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* For qsort: doubles from the least to the greatest. */
static inline int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
