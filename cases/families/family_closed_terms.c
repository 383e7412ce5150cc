/* family_closed_terms.c: sums of t^power e^{-rate t}; see family_closed_terms.h. */
#include "cases/families/family_closed_terms.h"

#include <stdlib.h>

struct closed_terms *closed_terms_new(size_t count)
{
    struct closed_terms *terms = calloc(count, sizeof *terms);
    for (size_t i = 0; terms != NULL && i < count; i++) {
        for (size_t k = 0; k < CLOSED_TERMS; k++) {
            struct closed_term *term = &terms[i].at[k];
            mpfr_inits2(CLOSED_BITS, term->coefficient, term->rate, term->from, (mpfr_ptr)0);
        }
    }
    return terms;
}

void closed_terms_free(struct closed_terms *terms, size_t count)
{
    for (size_t i = 0; terms != NULL && i < count; i++) {
        for (size_t k = 0; k < CLOSED_TERMS; k++) {
            struct closed_term *term = &terms[i].at[k];
            mpfr_clears(term->coefficient, term->rate, term->from, (mpfr_ptr)0);
        }
    }
    free(terms);
}

void closed_terms_clear(struct closed_terms *terms)
{
    terms->count = 0;
}

void closed_terms_copy(struct closed_terms *to, const struct closed_terms *from)
{
    to->count = from->count;
    for (size_t k = 0; k < from->count; k++) {
        mpfr_set(to->at[k].coefficient, from->at[k].coefficient, MPFR_RNDN);
        mpfr_set(to->at[k].rate, from->at[k].rate, MPFR_RNDN);
        mpfr_set(to->at[k].from, from->at[k].from, MPFR_RNDN);
        to->at[k].power = from->at[k].power;
    }
}

/* The power of t - from is expanded, so that products of terms stay terms: power <= 2. */
void closed_terms_add(struct closed_terms *terms, mpfr_srcptr coefficient, unsigned power,
                      mpfr_srcptr rate, mpfr_srcptr from)
{
    static const unsigned binomial[3][3] = {{1}, {1, 1}, {1, 2, 1}};
    for (unsigned j = 0; j <= power; j++) {
        struct closed_term *term = &terms->at[terms->count++];
        mpfr_set_zero(term->rate, 1);
        mpfr_set_zero(term->from, 1);
        mpfr_mul_ui(term->coefficient, coefficient, binomial[power][j], MPFR_RNDN);
        if (rate != NULL) {
            mpfr_set(term->rate, rate, MPFR_RNDN);
        }
        term->power = j;
        if (from != NULL) {
            mpfr_t factor;
            mpfr_init2(factor, CLOSED_BITS);
            mpfr_set(term->from, from, MPFR_RNDN);
            mpfr_mul(factor, term->rate, from, MPFR_RNDN);
            mpfr_exp(factor, factor, MPFR_RNDN);
            mpfr_mul(term->coefficient, term->coefficient, factor, MPFR_RNDN);
            mpfr_neg(factor, from, MPFR_RNDN);
            mpfr_pow_ui(factor, factor, power - j, MPFR_RNDN);
            mpfr_mul(term->coefficient, term->coefficient, factor, MPFR_RNDN);
            mpfr_clear(factor);
        } else if (j < power) {
            terms->count--;
        }
    }
}

void closed_terms_add_simple(struct closed_terms *terms, double coefficient, unsigned power,
                             mpfr_srcptr rate)
{
    mpfr_t value;
    mpfr_init2(value, CLOSED_BITS);
    mpfr_set_d(value, coefficient, MPFR_RNDN);
    closed_terms_add(terms, value, power, rate, NULL);
    mpfr_clear(value);
}

void closed_terms_subtract_steps(struct closed_terms *terms, const struct case_steps *y)
{
    mpfr_t jump, from;
    mpfr_inits2(CLOSED_BITS, jump, from, (mpfr_ptr)0);
    for (size_t i = 0; i < y->count; i++) {
        mpfr_set_d(jump, i > 0 ? y->value[i - 1] : 0, MPFR_RNDN);
        mpfr_sub_d(jump, jump, y->value[i], MPFR_RNDN);
        mpfr_set_d(from, y->time[i], MPFR_RNDN);
        closed_terms_add(terms, jump, 0, NULL, from);
    }
    mpfr_clears(jump, from, (mpfr_ptr)0);
}

void closed_terms_evaluate(mpfr_t value, const struct closed_terms *terms, mpfr_srcptr t)
{
    mpfr_t x, y;
    mpfr_inits2(CLOSED_BITS, x, y, (mpfr_ptr)0);
    mpfr_set_zero(value, 1);
    for (size_t k = 0; k < terms->count; k++) {
        const struct closed_term *term = &terms->at[k];
        if (mpfr_less_p(t, term->from)) {
            continue;
        }
        mpfr_mul(x, term->rate, t, MPFR_RNDN);
        mpfr_neg(x, x, MPFR_RNDN);
        mpfr_exp(x, x, MPFR_RNDN);
        mpfr_pow_ui(y, t, term->power, MPFR_RNDN);
        mpfr_mul(x, x, y, MPFR_RNDN);
        mpfr_mul(x, x, term->coefficient, MPFR_RNDN);
        mpfr_add(value, value, x, MPFR_RNDN);
    }
    mpfr_clears(x, y, (mpfr_ptr)0);
}

/* G with G' = t^m e^{-c t}: t^{m+1}/(m+1) where c = 0, else -e^{-ct} sum_j m!/j! t^j / c^{m-j+1},
 * summed from j = m down: the coefficient of t^{j-1} is j/c times that of t^j. */
static void primitive(mpfr_t g, unsigned power, mpfr_srcptr rate, mpfr_srcptr t)
{
    if (mpfr_zero_p(rate)) {
        mpfr_pow_ui(g, t, power + 1, MPFR_RNDN);
        mpfr_div_ui(g, g, power + 1, MPFR_RNDN);
        return;
    }
    mpfr_t coefficient, part;
    mpfr_inits2(CLOSED_BITS, coefficient, part, (mpfr_ptr)0);
    mpfr_ui_div(coefficient, 1, rate, MPFR_RNDN);
    mpfr_set_zero(g, 1);
    for (unsigned j = power + 1; j-- > 0;) {
        mpfr_pow_ui(part, t, j, MPFR_RNDN);
        mpfr_mul(part, part, coefficient, MPFR_RNDN);
        mpfr_add(g, g, part, MPFR_RNDN);
        mpfr_mul_ui(coefficient, coefficient, j, MPFR_RNDN);
        mpfr_div(coefficient, coefficient, rate, MPFR_RNDN);
    }
    mpfr_mul(part, rate, t, MPFR_RNDN);
    mpfr_neg(part, part, MPFR_RNDN);
    mpfr_exp(part, part, MPFR_RNDN);
    mpfr_mul(g, g, part, MPFR_RNDN);
    mpfr_neg(g, g, MPFR_RNDN);
    mpfr_clears(coefficient, part, (mpfr_ptr)0);
}

void closed_terms_integrate(mpfr_t value, const struct closed_terms *a,
                            const struct closed_terms *b, double end)
{
    mpfr_t rate, low, high, until;
    mpfr_inits2(CLOSED_BITS, rate, low, high, until, (mpfr_ptr)0);
    mpfr_set_d(until, end, MPFR_RNDN);
    mpfr_set_zero(value, 1);
    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            const struct closed_term *x = &a->at[i], *y = &b->at[k];
            mpfr_srcptr from = mpfr_less_p(x->from, y->from) ? y->from : x->from;
            if (!mpfr_less_p(from, until)) {
                continue;
            }
            mpfr_add(rate, x->rate, y->rate, MPFR_RNDN);
            primitive(low, x->power + y->power, rate, from);
            primitive(high, x->power + y->power, rate, until);
            mpfr_sub(high, high, low, MPFR_RNDN);
            mpfr_mul(high, high, x->coefficient, MPFR_RNDN);
            mpfr_mul(high, high, y->coefficient, MPFR_RNDN);
            mpfr_add(value, value, high, MPFR_RNDN);
        }
    }
    mpfr_clears(rate, low, high, until, (mpfr_ptr)0);
}
