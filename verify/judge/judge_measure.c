/* SPDX-License-Identifier: MIT */
/* judge_measure.c: facts of a case for the tables: sizes, margins, norm and condition of its
 * gradient; and which of its parameters have none. */
#include "verify/judge/judge.h"
#include "verify/base/number.h"

#include <math.h>

enum { MEASURE_BITS = 128 };

void judge_measure_case(struct judge *judge)
{
    const struct case_problem *c = judge->problem;
    judge->out->parameters = judge->parameters;
    for (size_t p = 0; p < c->populations; p++)
        judge->out->neurons += c->population[p].size;
}

/* Beyond double precision there is nothing to say of them: NaN, which is printed as "-". */
static double within_double(const arb_t x)
{
    double value = middle(x);
    return isfinite(value) ? value : VER_NAN;
}

/* Norm and condition of the gradient: of what has a derivative. */
static void measure_gradient(struct judge *judge)
{
    const struct ref_result *truth = judge->truth;
    arb_t norm, largest, x;
    arb_init(norm);
    arb_init(largest);
    arb_init(x);
    arb_zero(judge->all);
    for (size_t k = 0; k < truth->parameters && k < judge->parameters && truth->gradient; k++) {
        judge->none[k] = ref_none_of(truth, k) != NULL;
        if (judge->none[k])
            continue;
        arb_addmul(norm, truth->gradient + k, truth->gradient + k, MEASURE_BITS);
        arb_set_d(x, judge->scale[k]);
        arb_mul(x, x, truth->gradient + k, MEASURE_BITS);
        arb_abs(x, x);
        arb_max(largest, largest, x, MEASURE_BITS);
        arb_add(judge->all, judge->all, x, MEASURE_BITS);
    }
    arb_sqrtpos(norm, norm, MEASURE_BITS);
    arb_abs(x, truth->loss);
    arb_div(largest, largest, x, MEASURE_BITS);
    judge->out->gradient_norm = within_double(norm);
    judge->out->condition = within_double(largest);
    arb_clear(norm);
    arb_clear(largest);
    arb_clear(x);
}

void judge_measure_truth(struct judge *judge)
{
    const struct ref_result *truth = judge->truth;
    struct ver_judgement *out = judge->out;
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t p = 0; p < truth->populations; p++)
            for (size_t n = 0; n < truth->size[p]; n++)
                out->spikes += truth->sample[s].spikes[p][n].count;
    measure_gradient(judge);
    for (int m = 0; m < REF_MARGINS; m++)
        out->margin[m] = middle(truth->margin[m]);
}

double judge_cost(const struct case_problem *c, double step, unsigned lanes)
{
    size_t cells = 0, whole = lanes > 0 ? lanes : 1;
    for (size_t p = 0; p < c->populations; p++)
        if (c->population[p].model != CASE_SPIKE_SOURCE)
            cells += (c->population[p].size + whole - 1) / whole * whole;
    return (step > 0 ? c->end / step : 0) * (double)cells * (double)c->samples;
}
