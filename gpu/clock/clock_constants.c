/* SPDX-License-Identifier: MIT */
/* clock_constants.c: every number of a case, rounded to real once.
 *
 * Constants of a step are computed by MPFR from the exact parameters and the exact step end / steps
 * with so many bits that their rounding is correct: differences of time constants are exact, that
 * of the exponentials loses at most 53 + 30 + 30 bits (nearly equal constants, small steps). */
#include "gpu/clock/plan.h"

#include <math.h>
#include <mpfr.h>
#include <stdio.h>

enum { BITS = 512 };

struct numbers { /* of one cell */
    mpfr_t dt, tau_mem, tau_syn, em, es, x, y;
};

static real nearest(mpfr_srcptr x)
{
#if REAL_BITS == 32
    return mpfr_get_flt(x, MPFR_RNDN);
#else
    return mpfr_get_d(x, MPFR_RNDN);
#endif
}

static void numbers_init(struct numbers *n)
{
    mpfr_inits2(BITS, n->dt, n->tau_mem, n->tau_syn, n->em, n->es, n->x, n->y, (mpfr_ptr)0);
}

static void numbers_clear(struct numbers *n)
{
    mpfr_clears(n->dt, n->tau_mem, n->tau_syn, n->em, n->es, n->x, n->y, (mpfr_ptr)0);
}

/* e^(-dt / tau) */
static void decay(mpfr_ptr e, mpfr_srcptr dt, mpfr_srcptr tau)
{
    mpfr_div(e, dt, tau, MPFR_RNDN);
    mpfr_neg(e, e, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
}

/* kappa and kappa_back: tau_syn or tau_mem over (tau_mem - tau_syn), times (alpha - beta). */
static void gains(real *kappa, real *kappa_back, struct numbers *n)
{
    if (mpfr_equal_p(n->tau_mem, n->tau_syn)) {
        mpfr_div(n->x, n->dt, n->tau_mem, MPFR_RNDN);
        mpfr_mul(n->x, n->x, n->em, MPFR_RNDN);
        *kappa = *kappa_back = nearest(n->x);
        return;
    }
    mpfr_sub(n->x, n->em, n->es, MPFR_RNDN);
    mpfr_sub(n->y, n->tau_mem, n->tau_syn, MPFR_RNDN);
    mpfr_div(n->x, n->x, n->y, MPFR_RNDN);
    mpfr_mul(n->y, n->x, n->tau_syn, MPFR_RNDN);
    *kappa = nearest(n->y);
    mpfr_mul(n->y, n->x, n->tau_mem, MPFR_RNDN);
    *kappa_back = nearest(n->y);
}

/* sign tau_syn / samples, and dt / (tau samples) without or with dt (published: without). */
static void scales(struct clock_plan *plan, size_t cell, struct numbers *n)
{
    bool published = (plan->options.variant & SCHEME_TAU_PUBLISHED) != 0;
    unsigned long samples = (unsigned long)plan->samples;
    mpfr_div_ui(n->x, n->tau_syn, samples, MPFR_RNDN);
    plan->weight_scale[cell] = -nearest(n->x);
    mpfr_set_ui(n->y, 1, MPFR_RNDN);
    mpfr_div_ui(n->y, published ? n->y : n->dt, samples, MPFR_RNDN);
    mpfr_div(n->x, n->y, n->tau_mem, MPFR_RNDN);
    plan->tau_mem_scale[cell] = nearest(n->x);
    mpfr_div(n->x, n->y, n->tau_syn, MPFR_RNDN);
    plan->tau_syn_scale[cell] = -nearest(n->x);
}

static void lay_cell(struct clock_plan *plan, const struct case_population *p, size_t k,
                     size_t cell, struct numbers *n)
{
    mpfr_set_d(n->tau_mem, case_value(&p->tau_mem, k), MPFR_RNDN);
    mpfr_set_d(n->tau_syn, case_value(&p->tau_syn, k), MPFR_RNDN);
    decay(n->em, n->dt, n->tau_mem);
    decay(n->es, n->dt, n->tau_syn);
    plan->tau_mem[cell] = case_value(&p->tau_mem, k);
    plan->alpha[cell] = nearest(n->em);
    plan->beta[cell] = nearest(n->es);
    gains(&plan->kappa[cell], &plan->kappa_back[cell], n);
    mpfr_set_d(n->y, case_value(&p->bias, k), MPFR_RNDN);
    plan->bias[cell] = nearest(n->y);
    mpfr_ui_sub(n->x, 1, n->em, MPFR_RNDN);
    mpfr_mul(n->x, n->x, n->y, MPFR_RNDN);
    plan->drive[cell] = nearest(n->x);
    if (p->model == CASE_LIF) {
        mpfr_set_d(n->x, case_value(&p->threshold, k), MPFR_RNDN);
        mpfr_set_d(n->y, case_value(&p->reset, k), MPFR_RNDN);
        plan->threshold[cell] = nearest(n->x);
        plan->reset[cell] = nearest(n->y);
        mpfr_sub(n->x, n->x, n->y, MPFR_RNDN);
        plan->height[cell] = nearest(n->x);
    }
    scales(plan, cell, n);
}

static int take_cells(struct clock_plan *plan)
{
    real **const array[] = {
        &plan->alpha,  &plan->beta,         &plan->kappa,         &plan->kappa_back,
        &plan->drive,  &plan->bias,         &plan->threshold,     &plan->reset,
        &plan->height, &plan->weight_scale, &plan->tau_mem_scale, &plan->tau_syn_scale,
    };
    for (size_t k = 0; k < sizeof array / sizeof *array; k++) {
        *array[k] = clock_take(&plan->memory, plan->cells, sizeof(real));
        for (size_t j = 0; *array[k] && j < plan->cells; j++)
            (*array[k])[j] = array[k] == &plan->threshold ? (real)INFINITY : 0;
        if (!*array[k])
            return -1;
    }
    plan->tau_mem = clock_take(&plan->memory, plan->cells, sizeof *plan->tau_mem);
    for (size_t j = 0; plan->tau_mem && j < plan->cells; j++)
        plan->tau_mem[j] = 1;
    return plan->tau_mem ? 0 : -1;
}

static real *take_weights(struct clock_plan *plan, const double *const *override)
{
    real *weight = clock_take(&plan->memory, plan->synapses, sizeof *weight);
    for (size_t k = 0; weight && k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        const double *from = override ? override[k] : plan->c->projection[k].weight;
        size_t columns = plan->population[p->target].size;
        for (size_t i = 0; i < p->rows; i++)
            for (size_t j = 0; j < p->width; j++)
                weight[p->weight + i * p->width + j] =
                    j < columns ? clock_real(from[i * columns + j]) : 0;
    }
    return weight;
}

/* Infinity where the case has none: a number that binary32 cannot hold. */
static enum result_status refuse_range(const struct clock_plan *plan, char reason[RESULT_REASON])
{
    const real *const array[] = {plan->weight,        plan->weight_back, plan->kappa,
                                 plan->kappa_back,    plan->drive,       plan->bias,
                                 plan->reset,         plan->height,      plan->tau_mem_scale,
                                 plan->tau_syn_scale, plan->weight_scale};
    static const char *const name[] = {
        "weight", "weight",    "time constant", "time constant", "bias",         "bias",
        "reset",  "threshold", "time constant", "time constant", "time constant"};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++)
        for (size_t j = 0; j < (k < 2 ? plan->synapses : plan->cells); j++)
            if (!isfinite(array[k][j])) {
                snprintf(reason, RESULT_REASON, "a %s is beyond the range of binary%d", name[k],
                         REAL_BITS);
                return RESULT_REFUSED;
            }
    return RESULT_OK;
}

enum result_status clock_constants(struct clock_plan *plan, char reason[RESULT_REASON])
{
    const struct case_problem *c = plan->c;
    bool stale = (plan->options.variant & SCHEME_STALE) != 0;
    struct numbers n;
    plan->samples_real = (real)plan->samples;
    plan->weight = take_weights(plan, NULL);
    plan->weight_back = stale ? take_weights(plan, plan->options.backward_weight) : plan->weight;
    if (take_cells(plan) != 0 || !plan->weight || !plan->weight_back) {
        snprintf(reason, RESULT_REASON, "memory is short");
        return RESULT_SHORT;
    }
    numbers_init(&n);
    mpfr_set_d(n.dt, c->end, MPFR_RNDN);
    mpfr_div_ui(n.dt, n.dt, plan->steps, MPFR_RNDN);
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; c->population[p].model != CASE_SPIKE_SOURCE && k < c->population[p].size;
             k++)
            lay_cell(plan, &c->population[p], k, plan->population[p].first + k, &n);
    numbers_clear(&n);
    return refuse_range(plan, reason);
}
