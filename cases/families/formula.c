/* SPDX-License-Identifier: MIT */
/* formula.c: arithmetic that remembers its formulas; see formula.h. */
#include "cases/families/formula.h"

#include <stdlib.h>

static struct formula_number *next(struct formula *f)
{
    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 256;
        struct formula_number *at = realloc(f->at, room * sizeof *at);
        if (!at) {
            f->failed = true;
            return NULL;
        }
        f->at = at;
        f->room = room;
    }
    struct formula_number *x = &f->at[f->count++];
    *x = (struct formula_number){.operation = FORMULA_GIVEN};
    mpfr_init2(x->value, f->bits);
    return x;
}

void formula_start(struct formula *f, mpfr_prec_t bits)
{
    *f = (struct formula){.bits = bits};
    formula_given(f, 0);
}

void formula_clear(struct formula *f)
{
    for (size_t i = 0; i < f->count; i++)
        mpfr_clear(f->at[i].value);
    for (size_t i = 0; i < f->differentiated; i++)
        mpfr_clear(f->at[i].adjoint);
    free(f->at);
    *f = (struct formula){0};
}

number formula_given(struct formula *f, double value)
{
    struct formula_number *x = next(f);
    if (!x)
        return 0;
    mpfr_set_d(x->value, value, MPFR_RNDN);
    return f->count - 1;
}

number formula_constant(struct formula *f, number a)
{
    struct formula_number *x = next(f);
    if (!x)
        return 0;
    mpfr_set(x->value, f->at[a].value, MPFR_RNDN);
    return f->count - 1;
}

number formula_apply(struct formula *f, enum formula_operation operation, number a, number b)
{
    struct formula_number *x = next(f);
    if (!x)
        return 0;
    x->operation = operation;
    x->a = a;
    x->b = b;
    mpfr_srcptr first = f->at[a].value, second = f->at[b].value;
    switch (operation) {
    case FORMULA_GIVEN:
        break;
    case FORMULA_PLUS:
        mpfr_add(x->value, first, second, MPFR_RNDN);
        break;
    case FORMULA_MINUS:
        mpfr_sub(x->value, first, second, MPFR_RNDN);
        break;
    case FORMULA_TIMES:
        mpfr_mul(x->value, first, second, MPFR_RNDN);
        break;
    case FORMULA_OVER:
        mpfr_div(x->value, first, second, MPFR_RNDN);
        break;
    case FORMULA_EXP:
        mpfr_exp(x->value, first, MPFR_RNDN);
        break;
    case FORMULA_LN:
        mpfr_log(x->value, first, MPFR_RNDN);
        break;
    case FORMULA_ROOT:
        mpfr_sqrt(x->value, first, MPFR_RNDN);
        break;
    }
    return f->count - 1;
}

/* adjoint of `to` += part */
static void gather(struct formula *f, number to, mpfr_srcptr part)
{
    mpfr_add(f->at[to].adjoint, f->at[to].adjoint, part, MPFR_RNDN);
}

static void step_back(struct formula *f, const struct formula_number *x, mpfr_t part)
{
    mpfr_srcptr first = f->at[x->a].value, second = f->at[x->b].value;
    switch (x->operation) {
    case FORMULA_GIVEN:
        break;
    case FORMULA_PLUS:
        gather(f, x->a, x->adjoint);
        gather(f, x->b, x->adjoint);
        break;
    case FORMULA_MINUS:
        gather(f, x->a, x->adjoint);
        mpfr_neg(part, x->adjoint, MPFR_RNDN);
        gather(f, x->b, part);
        break;
    case FORMULA_TIMES:
        mpfr_mul(part, x->adjoint, second, MPFR_RNDN);
        gather(f, x->a, part);
        mpfr_mul(part, x->adjoint, first, MPFR_RNDN);
        gather(f, x->b, part);
        break;
    case FORMULA_OVER: /* d(a/b) = (da - (a/b) db)/b */
        mpfr_div(part, x->adjoint, second, MPFR_RNDN);
        gather(f, x->a, part);
        mpfr_mul(part, part, x->value, MPFR_RNDN);
        mpfr_neg(part, part, MPFR_RNDN);
        gather(f, x->b, part);
        break;
    case FORMULA_EXP:
        mpfr_mul(part, x->adjoint, x->value, MPFR_RNDN);
        gather(f, x->a, part);
        break;
    case FORMULA_LN:
        mpfr_div(part, x->adjoint, first, MPFR_RNDN);
        gather(f, x->a, part);
        break;
    case FORMULA_ROOT:
        mpfr_div(part, x->adjoint, x->value, MPFR_RNDN);
        mpfr_div_2ui(part, part, 1, MPFR_RNDN);
        gather(f, x->a, part);
        break;
    }
}

void formula_differentiate(struct formula *f, number of)
{
    mpfr_t part;
    mpfr_init2(part, f->bits);
    for (; f->differentiated < f->count; f->differentiated++) {
        mpfr_init2(f->at[f->differentiated].adjoint, f->bits);
        mpfr_set_zero(f->at[f->differentiated].adjoint, 1);
    }
    mpfr_set_ui(f->at[of].adjoint, 1, MPFR_RNDN);
    for (number x = of + 1; x-- > 0;)
        if (!mpfr_zero_p(f->at[x].adjoint))
            step_back(f, &f->at[x], part);
    mpfr_clear(part);
}
