/* family_closed_terms.h: sums of terms coefficient t^power e^{-rate t}, each from some time on:
 * what the voltage of an LI neuron and its derivatives are made of. */
#ifndef EVIDENT_FAMILY_CLOSED_TERMS_H
#define EVIDENT_FAMILY_CLOSED_TERMS_H

#include "cases/families/family_closed.h"

enum { CLOSED_TERMS = 96 };

struct closed_term {
    mpfr_t coefficient, rate, from;
    unsigned power;
};

struct closed_terms {
    size_t count;
    struct closed_term at[CLOSED_TERMS];
};

struct closed_terms *closed_terms_new(size_t count); /* NULL if memory is short */
void closed_terms_free(struct closed_terms *terms, size_t count);
void closed_terms_clear(struct closed_terms *terms);
void closed_terms_copy(struct closed_terms *to, const struct closed_terms *from);

/* Adds coefficient (t - from)^power e^{-rate (t - from)} from then on; NULL: rate 0, from 0. */
void closed_terms_add(struct closed_terms *terms, mpfr_srcptr coefficient, unsigned power,
                      mpfr_srcptr rate, mpfr_srcptr from);
void closed_terms_add_simple(struct closed_terms *terms, double coefficient, unsigned power,
                             mpfr_srcptr rate);
void closed_terms_subtract_steps(struct closed_terms *terms, const struct case_steps *y);

void closed_terms_evaluate(mpfr_t value, const struct closed_terms *terms, mpfr_srcptr t);

/* int_0^end a(t) b(t) dt */
void closed_terms_integrate(mpfr_t value, const struct closed_terms *a,
                            const struct closed_terms *b, double end);

/* V of output k, driven by population 0 through projection 0 alone. */
void closed_terms_voltage(struct closed_terms *v, const struct case_problem *c, size_t sample,
                          size_t k);

/* dV/dp for the bias, tau_mem or tau_syn of output k. */
void closed_terms_change(struct closed_terms *change, const struct case_problem *c, size_t sample,
                         size_t k, enum case_quantity quantity);

/* dV/dp for the weight or the time (delay, input spike) of one arrival. */
void closed_terms_change_arrival(struct closed_terms *change, const struct case_problem *c,
                                 size_t sample, size_t k, size_t neuron, size_t spike,
                                 enum case_quantity quantity);

#endif
