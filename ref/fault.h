/* fault.h: the planted faults that need more than one line; see tests/faults.tsv. */
#ifndef EVIDENT_FAULT_H
#define EVIDENT_FAULT_H

#include "ref/reference.h"

#if FAULT == 6
static void fault_ignore_delay(struct engine *e, const struct neuron *n, double delay, arb_t p,
                               arb_t q)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    arb_t d, part;
    arb_init(d);
    arb_init(part);
    arb_set_d(d, delay);
    propagate(values, n->k, d, BRIEF, e->prec);
    arb_mul(part, p, values + P_K, e->prec);
    arb_mul(q, q, values + P_ES, e->prec);
    arb_add(q, q, part, e->prec);
    arb_mul(p, p, values + P_EM, e->prec);
    arb_clear(d);
    arb_clear(part);
    _arb_vec_clear(values, P_ALL);
}
#endif

#if FAULT == 7
static void fault_source_tau(struct engine *e, const struct spike *spike, const arb_t q,
                             arb_t by_time)
{
    if (spike->neuron != NOBODY)
        arb_div(by_time, q, e->neuron[spike->neuron].k->tau_syn, e->prec);
}
#endif

#endif
