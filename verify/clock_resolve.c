/* clock_resolve.c: what can a ladder of steps say of a case? Its finest step must resolve what
 * decides: peaks near the threshold, events near each other. Where it does not, an error is that of
 * another network, and no evidence. */
#include "verify/bounds.h"
#include "verify/clock.h"

#include <math.h>

double clock_shortest_constant(const struct case_problem *c)
{
    double shortest = VER_INFINITY;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model != CASE_SPIKE_SOURCE && n < c->population[p].size;
             n++)
            shortest = fmin(shortest, fmin(case_value(&c->population[p].tau_mem, n),
                                           case_value(&c->population[p].tau_syn, n)));
    return shortest;
}

double clock_least_constant(const struct judge *judge, enum ver_ladder_quantity quantity)
{
    const struct case_problem *c = judge->problem;
    double tau = clock_shortest_constant(c), threshold = 0, slope = judge->out->margin[REF_SLOPE];
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model == CASE_LIF && n < c->population[p].size; n++)
            threshold = fmax(threshold, case_value(&c->population[p].threshold, n));
    return quantity == VER_LADDER_SPIKES ? 1 : (1 + threshold / (tau * slope)) / tau;
}

/* Does a maximum loss look at a maximum that sits at an arrival? Its time moves with the arrival;
 * the scheme, which knows of smooth maxima only, lacks that term of the derivative. */
static bool maximum_at_arrival(const struct judge *judge)
{
    const struct case_problem *c = judge->problem;
    size_t smooth = 0, outputs = c->population[c->loss.population].size;
    if (c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        return false;
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result truth;
    ask.digits = VER_LADDER_DIGITS;
    ask.adjoints = true;
    enum ref_status status = ref_run(&truth, c, &ask);
    for (size_t s = 0; status == REF_OK && s < truth.samples; s++)
        for (size_t k = 0; k < truth.sample[s].adjoints; k++)
            smooth += truth.sample[s].adjoint[k].event == REF_MAXIMUM;
    ref_clear(&truth);
    return smooth < outputs * c->samples;
}

const char *clock_excuse(const struct judge *judge, enum ver_ladder_quantity quantity, double step)
{
    const double *margin = judge->out->margin;
    double shift = VER_LADDER_RESOLVED * step / clock_shortest_constant(judge->problem);
    if (!(margin[REF_GRAZING] >= shift))
        return "grazing";
    if (!(margin[REF_COINCIDENCE] >= VER_LADDER_RESOLVED * step))
        return "coincidence";
    if (!(margin[REF_END] >= VER_LADDER_RESOLVED * step))
        return "end";
    if (quantity != VER_LADDER_SPIKES && maximum_at_arrival(judge))
        return "a maximum at an arrival";
    return NULL;
}
