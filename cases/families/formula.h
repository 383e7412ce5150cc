/* SPDX-License-Identifier: MIT */
/* formula.h: arithmetic that remembers its formulas: every number knows what it was made of, so one
 * pass backward (reverse accumulation of the chain rule) gives the derivatives of the last by all.
 *
 * Numbers are indices; number 0 is the constant 0. */
#ifndef EVIDENT_FORMULA_H
#define EVIDENT_FORMULA_H

#include <mpfr.h>
#include <stdbool.h>
#include <stddef.h>

typedef size_t number;

enum formula_operation {
    FORMULA_GIVEN, /* a constant, or a parameter */
    FORMULA_PLUS,
    FORMULA_MINUS,
    FORMULA_TIMES,
    FORMULA_OVER,
    FORMULA_EXP,
    FORMULA_LN,
    FORMULA_ROOT
};

struct formula {
    mpfr_prec_t bits;
    bool failed; /* memory is short: numbers are 0 from then on */
    size_t count, room;
    struct formula_number {
        enum formula_operation operation;
        number a, b;
        mpfr_t value, adjoint; /* adjoint: of formula_differentiate, else not initialised */
    } * at;
    size_t differentiated; /* numbers with an adjoint */
};

void formula_start(struct formula *f, mpfr_prec_t bits);
void formula_clear(struct formula *f);

number formula_given(struct formula *f, double value);
number formula_constant(struct formula *f, number a); /* the value of a, with derivative 0 */
number formula_apply(struct formula *f, enum formula_operation operation, number a, number b);

/* Sets the adjoint of every number up to `of`: d of / d number. Once. */
void formula_differentiate(struct formula *f, number of);

static inline mpfr_srcptr value(const struct formula *f, number a)
{
    return f->at[a].value;
}

static inline bool less(const struct formula *f, number a, number b)
{
    return mpfr_less_p(value(f, a), value(f, b)) != 0;
}

static inline int sign(const struct formula *f, number a)
{
    return mpfr_sgn(value(f, a));
}

static inline number plus(struct formula *f, number a, number b)
{
    return formula_apply(f, FORMULA_PLUS, a, b);
}

static inline number minus(struct formula *f, number a, number b)
{
    return formula_apply(f, FORMULA_MINUS, a, b);
}

static inline number times(struct formula *f, number a, number b)
{
    return formula_apply(f, FORMULA_TIMES, a, b);
}

static inline number over(struct formula *f, number a, number b)
{
    return formula_apply(f, FORMULA_OVER, a, b);
}

static inline number e_to_minus(struct formula *f, number a)
{
    return formula_apply(f, FORMULA_EXP, minus(f, 0, a), 0);
}

static inline number ln(struct formula *f, number a)
{
    return formula_apply(f, FORMULA_LN, a, 0);
}

#endif
