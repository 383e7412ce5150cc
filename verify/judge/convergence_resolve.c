/* SPDX-License-Identifier: MIT */
/* convergence_resolve.c: what can a ladder of steps say of a case? Its finest step must resolve
 * what decides: peaks near the threshold, events near each other, maxima of a voltage nearly alike.
 * Where it does not, an error is that of another network, and no evidence. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"

#include <math.h>

double convergence_shortest_constant(const struct case_problem *c)
{
    double shortest = VER_INFINITY;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model != CASE_SPIKE_SOURCE && n < c->population[p].size;
             n++)
            shortest = fmin(shortest, fmin(case_value(&c->population[p].tau_mem, n),
                                           case_value(&c->population[p].tau_syn, n)));
    return shortest;
}

double convergence_least_constant(const struct judge *judge, enum ver_ladder_quantity quantity)
{
    const struct case_problem *c = judge->problem;
    double tau = convergence_shortest_constant(c), threshold = 0,
           slope = judge->out->margin[REF_SLOPE];
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model == CASE_LIF && n < c->population[p].size; n++)
            threshold = fmax(threshold, case_value(&c->population[p].threshold, n));
    return quantity == VER_LADDER_SPIKES ? 1 : (1 + threshold / (tau * slope)) / tau;
}

enum ver_cause convergence_excuse(const struct judge *judge, enum ver_ladder_quantity quantity,
                                  double step)
{
    const double *margin = judge->out->margin;
    double shift = VER_LADDER_RESOLVED * step / convergence_shortest_constant(judge->problem);
    if (!(margin[REF_GRAZING] >= shift))
        return VER_CAUSE_GRAZING;
    if (!(margin[REF_COINCIDENCE] >= VER_LADDER_RESOLVED * step))
        return VER_CAUSE_COINCIDENCE;
    if (!(margin[REF_END] >= VER_LADDER_RESOLVED * step))
        return VER_CAUSE_END;
    if (quantity != VER_LADDER_SPIKES && !(margin[REF_MAXIMUM_GAP] >= shift))
        return VER_CAUSE_MAXIMA;
    return VER_CAUSE_NONE;
}
