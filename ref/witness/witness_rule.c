/* SPDX-License-Identifier: MIT */
/* witness_rule.c: Gauss-Legendre nodes and weights of 2 * half points, by Newton's iteration.
 *
 * (j + 1) P_{j+1} = (2j + 1) x P_j - j P_{j-1},  (1 - x^2) P_n' = n (P_{n-1} - x P_n),
 * weight = 2 / ((1 - x^2) P_n'^2). The last Newton step d is far below the square root of the
 * rounding unit, so P_n' is carried over it by d P_n'', (1 - x^2) P_n'' = 2 x P_n' - n (n + 1) P_n.
 */
#include "ref/witness/witness.h"

#include <math.h>

enum { X, P, BEFORE, NEXT, SLOPE, BEND, ROOM, STEP, RULE_SCRATCH };

/* P_n in P, P_n' in SLOPE, P_n'' in BEND, 1 - x^2 in ROOM. */
static void legendre(mpfr_t *t, size_t n)
{
    mpfr_set_ui(t[BEFORE], 1, MPFR_RNDN);
    mpfr_set(t[P], t[X], MPFR_RNDN);
    for (size_t j = 1; j < n; j++) {
        mpfr_mul(t[NEXT], t[X], t[P], MPFR_RNDN);
        mpfr_mul_ui(t[NEXT], t[NEXT], 2 * j + 1, MPFR_RNDN);
        mpfr_mul_ui(t[BEFORE], t[BEFORE], j, MPFR_RNDN);
        mpfr_sub(t[NEXT], t[NEXT], t[BEFORE], MPFR_RNDN);
        mpfr_set(t[BEFORE], t[P], MPFR_RNDN);
        mpfr_div_ui(t[P], t[NEXT], j + 1, MPFR_RNDN);
    }
    mpfr_sqr(t[ROOM], t[X], MPFR_RNDN);
    mpfr_ui_sub(t[ROOM], 1, t[ROOM], MPFR_RNDN);
    mpfr_mul(t[SLOPE], t[X], t[P], MPFR_RNDN);
    mpfr_sub(t[SLOPE], t[BEFORE], t[SLOPE], MPFR_RNDN);
    mpfr_mul_ui(t[SLOPE], t[SLOPE], n, MPFR_RNDN);
    mpfr_div(t[SLOPE], t[SLOPE], t[ROOM], MPFR_RNDN);
    mpfr_mul(t[BEND], t[X], t[SLOPE], MPFR_RNDN);
    mpfr_mul_2ui(t[BEND], t[BEND], 1, MPFR_RNDN);
    mpfr_mul_ui(t[NEXT], t[P], n * (n + 1), MPFR_RNDN);
    mpfr_sub(t[BEND], t[BEND], t[NEXT], MPFR_RNDN);
    mpfr_div(t[BEND], t[BEND], t[ROOM], MPFR_RNDN);
}

/* The i-th root from above in double: Tricomi's start, good to about 1 / n^3, then Newton. */
static double root_d(size_t i, size_t n)
{
    enum { ROUNDS = 4 };
    double x = cos(acos(-1.0) * ((double)i + 0.75) / ((double)n + 0.5));
    for (int round = 0; round < ROUNDS; round++) {
        double before = 1, p = x;
        for (size_t j = 1; j < n; j++) {
            double next = ((double)(2 * j + 1) * x * p - (double)j * before) / (double)(j + 1);
            before = p;
            p = next;
        }
        x -= p * (1 - x * x) / ((double)n * (before - x * p));
    }
    return x;
}

int witness_rule_make(struct witness_rule *rule, struct witness_store *store, size_t half,
                      mpfr_prec_t prec)
{
    size_t n = 2 * half;
    mpfr_t *at = witness_store_take(store, 2 * half, prec);
    mpfr_t *t = witness_store_take(store, RULE_SCRATCH, prec);
    if (at == NULL || t == NULL) {
        return -1;
    }
    for (size_t i = 0; i < half; i++) {
        mpfr_set_d(t[X], root_d(i, n), MPFR_RNDN);
        do {
            legendre(t, n);
            mpfr_div(t[STEP], t[P], t[SLOPE], MPFR_RNDN);
            mpfr_sub(t[X], t[X], t[STEP], MPFR_RNDN);
        } while (mpfr_number_p(t[STEP]) && !mpfr_zero_p(t[STEP]) &&
                 mpfr_get_exp(t[STEP]) > -(mpfr_exp_t)(prec / 2 + 16));
        mpfr_mul(t[BEND], t[BEND], t[STEP], MPFR_RNDN);
        mpfr_sub(t[SLOPE], t[SLOPE], t[BEND], MPFR_RNDN);
        mpfr_sqr(t[ROOM], t[X], MPFR_RNDN);
        mpfr_ui_sub(t[ROOM], 1, t[ROOM], MPFR_RNDN);
        mpfr_sqr(t[SLOPE], t[SLOPE], MPFR_RNDN);
        mpfr_mul(t[ROOM], t[ROOM], t[SLOPE], MPFR_RNDN);
        mpfr_set(at[i], t[X], MPFR_RNDN);
        mpfr_ui_div(at[half + i], 2, t[ROOM], MPFR_RNDN);
    }
    rule->half = half;
    rule->node = at;
    rule->weight = at + half;
    return 0;
}
