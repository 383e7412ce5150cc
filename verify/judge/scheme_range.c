/* SPDX-License-Identifier: MIT */
/* scheme_range.c: scaling by a power of two is exact unless a number underflows or overflows, or is
 * flushed. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"

#include <math.h>

static bool in_range(double x)
{
    return x == 0 ||
           (fabs(x) >= ldexp(1, -VER_SCALING_RANGE) && fabs(x) <= ldexp(1, VER_SCALING_RANGE));
}

static bool all_in_range(const double *x, size_t count)
{
    for (size_t k = 0; x && k < count; k++)
        if (!in_range(x[k]))
            return false;
    return true;
}

/* With x = dt/tau_m, y = dt/tau_s: alpha, beta >= e^-max(x, y), and kappa = x e^-z,
 * kappa_b = y e^-z for a z between x and y. */
static bool constants_in_range(const struct case_problem *c, uint32_t steps)
{
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *q = &c->population[p];
        for (size_t k = 0; q->model != CASE_SPIKE_SOURCE && k < q->size; k++) {
            double x = c->end / steps / case_value(&q->tau_mem, k);
            double y = c->end / steps / case_value(&q->tau_syn, k);
            if (!in_range(fmin(fmin(x, y), 1) * exp(-fmax(x, y))))
                return false;
        }
    }
    return true;
}

bool scheme_far_from_underflow(const struct scheme *scheme)
{
    const struct result *r = &scheme->result;
    const struct case_problem *c = scheme->problem;
    size_t numbers = (size_t)r->steps * r->cells;
    bool far = scheme->options.trace && constants_in_range(c, r->steps) &&
               all_in_range(r->gradient, scheme->judge->parameters);
    for (size_t s = 0; s < r->samples && far; s++) {
        const struct result_trace *trace = &r->sample[s].trace;
        far = in_range(r->sample[s].loss) && all_in_range(trace->v, numbers) &&
              all_in_range(trace->i, numbers) && all_in_range(trace->lambda_v, numbers) &&
              all_in_range(trace->lambda_i, numbers);
    }
    for (size_t j = 0; j < c->projections && far; j++)
        far =
            all_in_range(c->projection[j].weight, c->population[c->projection[j].source].size *
                                                      c->population[c->projection[j].target].size);
    return far;
}
