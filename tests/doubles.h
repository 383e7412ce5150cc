/* SPDX-License-Identifier: MIT */
/* doubles.h: what the reference takes as balls, of doubles. */
#ifndef EVIDENT_TESTS_DOUBLES_H
#define EVIDENT_TESTS_DOUBLES_H

#include "ref/reference/reference.h"

static inline void constants_of_doubles(struct constants *k, double tau_mem, double tau_syn,
                                        long prec)
{
    arb_t mem, syn;
    arb_init(mem);
    arb_init(syn);
    arb_set_d(mem, tau_mem);
    arb_set_d(syn, tau_syn);
    constants_init(k, mem, syn, prec);
    arb_clear(mem);
    arb_clear(syn);
}

#endif
